"""What is in a home after a run, and what of it differs from that of a run that nobody disturbed.

Reads the databases as they lie there. Knows nothing of processes.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

_STEPS = {"plan": "plan", "assess": "assess", "draft": "draft", "verify": "verify"}
_ALIKE = 0.999
"""Cosine above which two vectors of a unit are one: what is encoded together changes the last bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a home holds.

    Attributes:
        rows: by table and key, everything that must be the same.
        vectors: by unit and encoder, float rows.
        attempts: how often slow jobs were begun.
        unsound: whether a database or the word index is damaged or does not add up.
    """

    rows: Mapping[str, Mapping[Any, Any]]
    vectors: Mapping[Any, Any]
    attempts: int
    calls: int
    evidence: int
    checkpoints: int
    unsound: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """What a run of `ask` said: its steps by kind, and the answer if it came so far."""

    events: int = 0
    steps: Counter[str] = field(default_factory=Counter[str])
    answer: dict[str, Any] | None = None


_QUERIES = {
    "files": "SELECT path, state, reason FROM files",
    "units": "SELECT unit_id, kind, text, about, locator, producer, detail, encoded FROM units",
    "texts": "SELECT s.sha256 || t.ordinal, t.section FROM texts t JOIN sources s ON s.id = t.source",
    "jobs": "SELECT s.sha256 || j.job || j.detail, j.state, j.reason FROM jobs j JOIN sources s ON s.id = j.source",
    "words": "SELECT u.unit_id, w.id IS NOT NULL FROM units u LEFT JOIN words_docsize w ON w.id = u.id",
}


def see(home: Path) -> Seen:
    """Look into the default library of a home."""
    folder = home / "libraries" / "default"
    with closing(sqlite3.connect(folder / "library.db")) as library:
        rows = {name: {row[0]: row[1:] for row in library.execute(query)} for name, query in _QUERIES.items()}
        vectors = {
            (unit, stamp): np.frombuffer(blob, "<f2" if scheme == "float16" else "<f4").astype(np.float32)
            for unit, stamp, scheme, blob in library.execute(
                "SELECT u.unit_id, v.stamp, v.scheme, v.blob FROM vectors v JOIN units u ON u.id = v.unit"
            )
        }
        (attempts,) = library.execute("SELECT COALESCE(SUM(attempts), 0) FROM jobs").fetchone()
        unsound = _is_unsound(library) or _words_are_unsound(library)
    calls = evidence = checkpoints = 0
    if (folder / "threads.db").exists():
        with closing(sqlite3.connect(folder / "threads.db")) as threads:
            tables = {name for (name,) in threads.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
            unsound = unsound or _is_unsound(threads)
            calls, evidence, checkpoints = (
                threads.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] if table in tables else 0  # noqa: S608
                for table in ("calls", "evidence", "checkpoints")
            )
    return Seen(
        rows=rows,
        vectors=vectors,
        attempts=attempts,
        calls=calls,
        evidence=evidence,
        checkpoints=checkpoints,
        unsound=unsound,
    )


def differences(expected: Seen, seen: Seen) -> tuple[Counter[str], list[str]]:
    """How much is lost, doubled (there, but not expected), changed and unsound; and what, by table and key."""
    counts: Counter[str] = Counter(unsound=int(seen.unsound))
    named: list[str] = []
    for name, rows in (*expected.rows.items(), ("vectors", expected.vectors)):
        others = seen.vectors if name == "vectors" else seen.rows[name]
        for what, keys in (("lost", rows.keys() - others.keys()), ("doubled", others.keys() - rows.keys())):
            counts[what] += len(keys)
            named += [f"{what}: {name} {key}" for key in keys]
        for key in rows.keys() & others.keys():
            same = _alike(rows[key], others[key]) if name == "vectors" else rows[key] == others[key]
            counts["changed"] += not same
            named += [] if same else [f"changed: {name} {key}: {rows[key]} is {others[key]}"[:400]]
    return counts, named


def read_events(output: str) -> Events:
    """Read the lines that `ask --ndjson` wrote; the last may be cut."""
    steps: Counter[str] = Counter()
    answer: dict[str, Any] | None = None
    lines = output.split("\n")[:-1]
    for line in lines:
        event = json.loads(line)
        if event["type"] == "done":
            answer = event["data"]
        elif event["type"] in _STEPS:
            steps[_STEPS[event["type"]]] += 1
    return Events(events=len(lines), steps=steps, answer=answer)


def same_answer(one: dict[str, Any] | None, other: dict[str, Any] | None) -> bool:
    """Whether two answers are the same but for times and names of threads."""
    return one is not None and other is not None and _timeless(one) == _timeless(other)


def _timeless(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {name: _timeless(item) for name, item in value.items() if name not in {"at", "thread", "seconds", "id"}}
        return kept | ({"evidence_id": value["id"]} if "kind" in value else {})
    return [_timeless(item) for item in value] if isinstance(value, list) else value


def _alike(one: Any, other: Any) -> bool:
    if one.shape != other.shape:
        return False
    return float(one @ other) >= _ALIKE * float(np.linalg.norm(one) * np.linalg.norm(other))


def _is_unsound(connection: sqlite3.Connection) -> bool:
    whole = connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    return not whole or bool(connection.execute("PRAGMA foreign_key_check").fetchall())


def _words_are_unsound(connection: sqlite3.Connection) -> bool:
    try:
        for table in ("words", "letters"):
            connection.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('integrity-check', 1)")  # noqa: S608  fixed names
    except sqlite3.DatabaseError:
        return True
    finally:
        connection.rollback()
    return False
