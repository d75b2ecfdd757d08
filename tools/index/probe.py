"""Probe: whether Chroma can use the files of a new generation, asked in a process of its own.

Damaged index files crash the interpreter, which no `try` can catch. A probe samples: it can find damage, but cannot prove
that there is none. Knows nothing of what the rows are.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass

import numpy as np

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.index.chroma_rows import ChromaFailure, ChromaRows, Place

TIMEOUT_S = 120.0
_SAMPLES = 20
_WIDTH = 2000
"""Rows asked for when a row looks for itself: a sound index misses some rows where it is searched less widely."""
_TOLERANCE = 1e-3


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was seen of a collection.

    Attributes:
        count: rows counted.
        ids: ids listed.
        rows: some rows by id, of its beginning, middle and end.
        lost: how many of these do not find themselves.
    """

    count: int
    ids: int
    rows: dict[str, list[float]]
    lost: int


def find_damage(
    place: Place, truth: Callable[[list[str]], dict[str, FloatArray]], *, look: Callable[[Place], Seen]
) -> str:
    """What is wrong with a collection, in a few words; empty if nothing was found.

    Args:
        place: where it is.
        truth: gives the rows, float32 of shape (dimension,), that belong to ids; ids out of date may be left out.
        look: `look_apart`, or `look_here` where a crash is impossible or does not matter.

    Raises:
        BusyError: the server cannot be reached.
    """
    try:
        seen = look(place)
    except ChromaFailure as error:
        return error.message
    if seen.count != seen.ids:
        return f"{seen.ids} rows in its database, {seen.count} counted"
    if seen.lost:
        return f"{seen.lost} of {len(seen.rows)} rows do not find themselves"
    expected = truth(list(seen.rows))
    wrong = sum(not np.allclose(seen.rows[key], row, atol=_TOLERANCE) for key, row in expected.items())
    return f"{wrong} of {len(expected)} rows differ from the table" if wrong else ""


def look_apart(place: Place) -> Seen:
    """Look at a collection in a process of its own; at one on a server from here, since its crash is the server's.

    Raises:
        ChromaFailure: Chroma cannot use it, or crashed.
        BusyError: the server cannot be reached.
    """
    if place.url:
        return look_here(place)
    command = [sys.executable, "-m", "sourcehound.tools.index.probe", place.to_json()]
    try:
        done = subprocess.run(command, capture_output=True, timeout=TIMEOUT_S, check=False)
    except subprocess.TimeoutExpired as error:
        raise ChromaFailure(f"its probe gave no answer within {TIMEOUT_S:.0f} s") from error
    if done.returncode != 0:
        raise ChromaFailure(f"its probe ended with {done.returncode}")
    return Seen(**json.loads(done.stdout))


def look_here(place: Place) -> Seen:
    """Look at a collection in this process.

    Raises:
        ChromaFailure: Chroma cannot use it.
        BusyError: the server cannot be reached.
    """
    rows: dict[str, list[float]] = {}
    lost = 0
    with closing(ChromaRows(place)) as collection:
        n_rows = collection.count()
        for offset in {0, max(0, n_rows // 2 - _SAMPLES // 2), max(0, n_rows - _SAMPLES)}:
            ids, found = collection.sample(_SAMPLES, offset)
            for key, row in zip(ids, found, strict=True):
                rows[key] = row.tolist()
                # equal rows stand in for each other: it is enough to be among the first
                lost += key not in collection.nearest(row, min(_WIDTH, n_rows))
        return Seen(count=n_rows, ids=len(collection.ids()), rows=rows, lost=lost)


def main() -> None:
    """Print what is seen of the collection that the first argument names, as JSON."""
    sys.stdout.write(json.dumps(asdict(look_here(Place.from_json(sys.argv[1])))))


if __name__ == "__main__":
    main()
