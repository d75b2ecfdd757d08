"""Status: accounts for every file that was found, with reasons, and for what still waits.

found = indexed + skipped + failed + pending, always. Reads only what is committed. Knows nothing of how files are read.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from sourcehound.tools.evidence import UNIT_KINDS
from sourcehound.tools.library.catalogue import Catalogue
from sourcehound.tools.library.languages import count_languages, unreliable
from sourcehound.tools.library.left_out import left_out
from sourcehound.tools.library.within import Within, files_in

SCHEMA = "sourcehound.status/1"

# what waits for the encoder is asked for once, by two ranges that an index has: nothing of a library that is all encoded
_STATES = """
SELECT f.shown, f.path,
  CASE WHEN f.state <> 'read' THEN f.retry
    ELSE EXISTS (SELECT 1 FROM jobs j WHERE j.source = f.source AND j.state = 'failed' AND j.retry) END,
  CASE WHEN f.state = 'skipped' THEN 'skipped' WHEN f.state = 'failed' THEN 'failed' WHEN f.state = 'pending' THEN 'pending'
    WHEN EXISTS (SELECT 1 FROM jobs j WHERE j.source = f.source AND j.state = 'todo') THEN 'pending'
    WHEN :encodes AND f.source IN (SELECT u.source_id FROM units u WHERE (u.encoded < :stamp OR u.encoded > :stamp)
      AND u.encoded <> COALESCE((SELECT a.stamp FROM answering a WHERE a.role = 'text.next'), :stamp)) THEN 'pending'
    WHEN EXISTS (SELECT 1 FROM jobs j WHERE j.source = f.source AND j.state = 'failed') THEN 'failed' ELSE 'indexed' END,
  CASE WHEN f.reason <> '' THEN f.reason ELSE COALESCE((SELECT j.job || ': ' || j.reason FROM jobs j
    WHERE j.source = f.source AND j.state = 'failed' LIMIT 1), '') END
FROM files f ORDER BY f.shown
"""


def count_files(catalogue: Catalogue, *, stamp: str | None = None) -> dict[str, int]:
    """How many files are found, indexed, skipped, failed and pending.

    Args:
        catalogue: the library.
        stamp: the text encoder's stamp, None if its weights are missing (nothing then waits for it).
    """
    return _count(_states(catalogue, stamp))


def _states(catalogue: Catalogue, stamp: str | None) -> list[tuple[str, bytes, int, str, str]]:
    """Shown path, path, whether it is to be tried again, state and reason of every file."""
    return catalogue.connection.execute(_STATES, {"stamp": stamp or "", "encodes": stamp is not None}).fetchall()


def _count(states: Iterable[tuple[str, bytes, int, str, str]]) -> dict[str, int]:
    counts: dict[str, int] = dict.fromkeys(("found", "indexed", "skipped", "failed", "pending"), 0)
    for *_, state, _reason in states:
        counts["found"] += 1
        counts[state] += 1
    return counts


def count_units(catalogue: Catalogue) -> dict[str, int]:
    """How many units of each kind can be found."""
    rows = catalogue.connection.execute("SELECT kind, COUNT(*) FROM units GROUP BY kind").fetchall()
    return dict.fromkeys(UNIT_KINDS, 0) | dict(rows)


def count_writings(catalogue: Catalogue) -> dict[str, int]:
    """How many captions, scene descriptions and questions models wrote; what nobody wrote is left out."""
    return dict(
        catalogue.connection.execute("SELECT role, COUNT(*) FROM writings GROUP BY role ORDER BY role").fetchall()
    )


def count_changed(catalogue: Catalogue, scope: Within) -> int:
    """How many files of a scope are gone or have another size or time than when they were read."""
    rows = catalogue.connection.execute("SELECT path, size, mtime_ns FROM files WHERE source IS NOT NULL")
    known = {path: (size, mtime_ns) for path, size, mtime_ns in rows}
    return sum(_has_changed(path, *known[path]) for path, _ in files_in(catalogue, scope))


def _has_changed(path: bytes, size: int, mtime_ns: int) -> bool:
    try:
        now = os.lstat(path)
    except OSError:
        return True
    return (now.st_size, now.st_mtime_ns) != (size, mtime_ns)


def searched(catalogue: Catalogue, scope: Within, *, stamp: str | None) -> dict[str, Any]:
    """What a search covers: files and units of a scope, and how many files of the library still wait."""
    pending = count_files(catalogue, stamp=stamp)["pending"]
    held = files_in(catalogue, scope)
    units = count_units(catalogue)
    if not scope.is_all:
        marks = ",".join(map(str, sorted({source for _, source in held})))
        query = f"SELECT kind, COUNT(*) FROM units WHERE source_id IN ({marks}) GROUP BY kind"  # noqa: S608  our integers
        units = dict.fromkeys(UNIT_KINDS, 0) | dict(catalogue.connection.execute(query).fetchall())
    return {"files": len(held), "units": units, "pending": pending}


def status(catalogue: Catalogue, library: str, encoders: Mapping[str, str | None]) -> dict[str, Any]:
    """The status document.

    Args:
        catalogue: the library.
        library: its name.
        encoders: stamp of the encoder of each kind of vector (`text`, `picture`, `likeness`), None where weights are missing.
    """
    states = _states(catalogue, encoders.get("text"))
    languages = count_languages(catalogue.connection)
    problems = [
        {"path": os.fsdecode(path), "state": state, "reason": reason, "retry": bool(retry)}
        for _shown, path, retry, state, reason in states
        if state in {"skipped", "failed"}
    ]
    written = count_writings(catalogue)
    return {
        "schema": SCHEMA,
        "library": library,
        "files": _count(states),
        "units": count_units(catalogue),
        "languages": languages,
        "unreliable": unreliable(languages, encoders.get("text")),
        "problems": problems,
        "left_out": [one.to_json() for one in left_out(catalogue)],
        "encoders": dict(encoders),
        "lacking": _lacking(catalogue),
        "waiting": _waiting(catalogue),
        "bytes": _bytes(catalogue),
        **({"written": written} if written else {}),
    }


def _lacking(catalogue: Catalogue) -> list[dict[str, Any]]:
    """Jobs that wait for weights: how many files each costs, and how to get them."""
    query = "SELECT job, reason, COUNT(DISTINCT source) FROM jobs WHERE state = 'lacking' GROUP BY job, reason"
    return [{"job": job, "reason": reason, "files": n} for job, reason, n in catalogue.connection.execute(query)]


def _waiting(catalogue: Catalogue) -> dict[str, int]:
    return dict(
        catalogue.connection.execute("SELECT job, COUNT(*) FROM jobs WHERE state = 'todo' GROUP BY job").fetchall()
    )


def _bytes(catalogue: Catalogue) -> dict[str, int]:
    (sources,) = catalogue.connection.execute("SELECT COALESCE(SUM(size), 0) FROM sources").fetchone()
    return {"sources": sources, "index": _size(str(catalogue.folder))}


def _size(folder: str) -> int:
    """Bytes of all files below a folder; what a writer removes meanwhile counts nothing."""
    total = 0
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                total += _size(entry.path) if entry.is_dir(follow_symlinks=False) else _size_of_file(entry)
    except OSError:
        return total
    return total


def _size_of_file(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat(follow_symlinks=False).st_size
    except OSError:
        return 0
