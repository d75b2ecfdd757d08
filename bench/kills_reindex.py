"""Kills `reindex` before each of its commits in turn, lets it go on, and looks at what can be found meanwhile.

    python -m bench.kills_reindex

The encoders are made up, the library and the code that reindexes it are real. After every kill the library must be whole,
everything must be found by one encoder that answers for words and pictures alike, and the same call must lead to what a run
that nobody disturbed leads to. Prints one JSON line; exit 0 when nothing is lost, doubled or changed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import sqlite3
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from bench.made_library import MadeUp, make, opened, workshop
from sourcehound.tools.index.choose import open_engine
from sourcehound.tools.index.made_with import Role
from sourcehound.tools.library.answering import Answering
from sourcehound.tools.library.catalogue import Catalogue
from sourcehound.tools.library.reindex import Reindex

MUST_BE_ZERO = ("lost", "changed", "unsound", "torn")


def main() -> int:
    """Kill at each commit."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1, help="kill before every so many commits only")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sourcehound-kills-") as folder:
        report = run(Path(folder), every=options.every)
    sys.stdout.write(json.dumps(report) + "\n")
    return int(any(report[name] for name in MUST_BE_ZERO))


def run(folder: Path, *, every: int = 1) -> dict[str, Any]:
    """Kill a run of `reindex` before each commit.

    Args:
        folder: to work in.
        every: 2 kills before every second commit only, and so on.

    Returns:
        How many runs were killed, how often the former and the new encoder answered then, what was lost, changed, torn
        (words by one encoder, pictures by the other) or unsound.
    """
    make(folder / "old")
    before = read(folder / "old")
    shutil.copytree(folder / "old", folder / "new")
    in_fork(folder / "new", kill_at=0)
    after = read(folder / "new")
    counts: Counter[str] = Counter()
    number = 1
    while True:
        home = folder / str(number)
        shutil.copytree(folder / "old", home)
        killed = in_fork(home, kill_at=number)
        counts["killed"] += killed
        counts.update(look(home, before, after))
        if killed:
            in_fork(home, kill_at=0)
        found = read(home)
        counts["lost"] += len(after["vectors"].keys() - found["vectors"].keys())
        counts["changed"] += found != after
        if not killed:
            break
        number += every
    return {name: counts[name] for name in ("killed", "old_answers", "new_answers", *MUST_BE_ZERO)}


def look(home: Path, before: dict[str, Any], after: dict[str, Any]) -> Counter[str]:
    """What is wrong with what a kill left, and who answers."""
    found = read(home)
    expected = before if found["answers"] == before["answers"] else after
    stamps = set(expected["answers"].values())
    mine = {key: rows for key, rows in expected["vectors"].items() if key[1] in stamps}
    return Counter(
        torn=int(found["answers"] != expected["answers"]),
        unsound=int(not found["sound"]),
        lost=sum(found["vectors"].get(key) != rows for key, rows in mine.items()),
        old_answers=int(expected is before),
        new_answers=int(expected is after),
    )


def read(home: Path) -> dict[str, Any]:
    """Everything in a library that must not depend on kills."""
    with opened(home) as (catalogue, answering):
        connection = catalogue.connection
        roles: tuple[Role, ...] = ("text", "picture", "likeness")
        return {
            "answers": {role: str(answering.encoder(role).stamp) for role in roles},
            "answering": connection.execute("SELECT * FROM answering ORDER BY role").fetchall(),
            "vectors": {
                (unit, stamp): blob for unit, stamp, blob in connection.execute("SELECT unit, stamp, blob FROM vectors")
            },
            "encoded": connection.execute("SELECT id, encoded FROM units ORDER BY id").fetchall(),
            "jobs": connection.execute("SELECT source, job, state FROM jobs ORDER BY source").fetchall(),
            "sound": connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            and not connection.execute("PRAGMA foreign_key_check").fetchall(),
        }


def in_fork(home: Path, *, kill_at: int) -> bool:
    """Reindex in a process of its own, killed before its commit of that number; whether it was."""
    child = os.fork()
    if not child:
        with opened(home) as (catalogue, answering):
            if kill_at:
                _kill_at(catalogue.connection, kill_at)
            reindex(catalogue, answering)
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status not in {0, -signal.SIGKILL}:
        raise RuntimeError(f"a run ended with {status}")
    return status != 0


def reindex(catalogue: Catalogue, answering: Answering) -> None:
    """Let the new encoders answer."""
    run = Reindex(
        catalogue=catalogue,
        answering=answering,
        workshop=lambda: workshop(catalogue, answering),
        engine=open_engine(lambda: catalogue.connection, catalogue.folder / "vectors", warn=lambda _: None),
        sleep=lambda _: None,
    )
    run.run({"text": MadeUp("new-text"), **answering.of_pictures(MadeUp("new-picture"))})


def _kill_at(connection: sqlite3.Connection, number: int) -> None:
    left = number

    def count(statement: str) -> None:
        nonlocal left
        if statement == "COMMIT":
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

    connection.set_trace_callback(count)


if __name__ == "__main__":
    raise SystemExit(main())
