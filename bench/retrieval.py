"""`python -m bench.retrieval [SET …] [--data DIR] [--work DIR] [--json]`: is what it finds as good as its parts, or better?

Measures the program with its defaults on labelled sets, and in the same run on the same data the plain parts with the same
weights (bench/plain.py). Exit 0 when everything asked for was measured, 3 when a set is not there; a missed goal is shown
and is no error.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.judged import Gain, Goal, Judged, lines_of

if TYPE_CHECKING:
    from bench.ranked import Ranked

IN_PART = 3
_SWITCHES = {"OMP_WAIT_POLICY": "PASSIVE", "OPENBLAS_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
"""As the command line sets them before any import: worker threads that do not spin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table.

    Attributes:
        folder: the set, below the folder of all data.
        half: `all`, `even` or `odd` queries.
        bar: see `Judged`.
    """

    folder: str
    task: str
    measure: str
    scope: str = "all"
    half: str = "all"
    goal: Goal
    bar: float | None = None

    @property
    def name(self) -> str:
        """The set, with the half and the scope where they are not all."""
        words = [self.folder, f"{self.half} queries" if self.half != "all" else ""]
        if self.task == "pages":
            words.append("own document" if self.scope == "document" else "all pages")
        return ", ".join(filter(None, words))


HOTPOT, NATURAL, MUSIQUE = "text/hotpotqa", "text/nq_oracle", "text/musique"
PAGES, PHOTOS = "docs/mmlongbench", "images/flickr8k_thumbs"
ROWS: tuple[Row, ...] = (
    Row(folder=HOTPOT, task="text", measure="nDCG@10", goal="not below"),
    # settings were chosen on the even queries
    Row(folder=HOTPOT, task="text", measure="nDCG@10", half="odd", goal="not below"),
    Row(folder=NATURAL, task="text", measure="nDCG@10", goal="not below"),
    Row(folder=MUSIQUE, task="text", measure="nDCG@10", goal="not below"),
    Row(folder=PAGES, task="pages", measure="Success@5", scope="document", goal="above", bar=0.72),
    Row(folder=PAGES, task="pages", measure="Success@5", scope="all", goal="above", bar=0.62),
    Row(folder=PHOTOS, task="images", measure="RR", goal="at least", bar=0.195),
    Row(folder=PHOTOS, task="images", measure="R@10", goal="at least", bar=0.40),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is asked for and print it."""
    os.environ.update(_SWITCHES)
    from bench.ranked import rank
    from sourcehound.tools.errors import SourcehoundError

    options = _parse(arguments)
    data = Path(options.data).expanduser().absolute()
    ranked: dict[str, Ranked] = {}
    missing: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="sourcehound-bench-") as temporary:
        work = Path(options.work or temporary).absolute()
        for folder in dict.fromkeys(row.folder for row in ROWS if not options.sets or row.folder in options.sets):
            task, scopes = _asked(folder)
            try:
                ranked[folder] = rank(
                    task, data / folder, work, scopes=scopes, without=tuple(options.without), tell=_tell
                )
            except SourcehoundError as error:
                missing[folder] = str(error)
    rows, gains = judge(ranked)
    if options.json:
        print(json.dumps(_document(ranked, rows, gains, missing)))
    else:
        print("\n".join(lines_of(rows, gains)))
    for folder, why in missing.items():
        _tell(f"{folder} was not measured: {why}")
    return IN_PART if missing else 0


def judge(ranked: Mapping[str, Ranked]) -> tuple[list[Judged], list[Gain]]:
    """The rows of every set that was ranked, and the gains over the three text sets if all of them were."""
    by_row = {
        row: ranked[row.folder].judged(row.name, row.measure, (row.scope, row.half), row.goal, row.bar)
        for row in ROWS
        if row.folder in ranked
    }
    text = [row for row in by_row if row.task == "text"]
    gains: list[Gain] = []
    if {row.folder for row in text} == {HOTPOT, NATURAL, MUSIQUE}:
        for half in ("all", "odd"):
            chosen = [row for row in text if row.folder != HOTPOT or row.half == half]
            gains.append(Gain(rows=tuple(by_row[row] for row in chosen)))
    return list(by_row.values()), gains


def _asked(folder: str) -> tuple[str, tuple[str, ...]]:
    """The task of a set, and the scopes that its rows are of."""
    rows = [row for row in ROWS if row.folder == folder]
    return rows[0].task, tuple(dict.fromkeys(row.scope for row in rows))


def _document(
    ranked: Mapping[str, Ranked], rows: Sequence[Judged], gains: Sequence[Gain], missing: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "rows": [row.to_json() for row in rows],
        "gains": [gain.to_json() for gain in gains],
        "systems": {folder: one.evaluation.system() for folder, one in ranked.items()},
        "missing": dict(missing),
    }


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    known = list(dict.fromkeys(row.folder for row in ROWS))
    parser = argparse.ArgumentParser(prog="python -m bench.retrieval", description="How good is what it finds?")
    parser.add_argument("sets", nargs="*", metavar="SET", help=f"all if left out: {', '.join(known)}")
    parser.add_argument("--data", default=os.environ.get("SOURCEHOUND_DATA"), metavar="DIR", help="SOURCEHOUND_DATA")
    parser.add_argument("--work", metavar="DIR", help="work in this folder and keep it: a second run indexes nothing")
    parser.add_argument("--without", action="append", default=[], metavar="SENSE", help="leave out ocr or speech")
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.sets if name not in known]
    if unknown:
        parser.error(f"no set is named {unknown[0]}: there are {', '.join(known)}")
    if not options.data:
        parser.error("where are the data? name their folder by --data or SOURCEHOUND_DATA")
    return options


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
