"""The table of files: a row for each path that was found, with what became of it.

A row's size and times are those under which its bytes were read, so that a later walk sees whether they may have changed.
Knows nothing of what is in a file.
"""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass
from typing import Literal

from sourcehound.tools.library.catalogue import fold
from sourcehound.tools.library.scan import Found, is_gone

FileState = Literal["pending", "read", "skipped", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What is known of a path.

    Attributes:
        source: row of the source whose bytes it holds, as far as is known; None before it was read.
        retry: whether it is to be looked at again though its size and times are the same.
        program: version of the program that looked at it.
    """

    size: int
    mtime_ns: int
    ctime_ns: int
    beside: str
    source: int | None
    state: FileState
    reason: str
    retry: bool
    program: str

    def is_as(self, found: Found) -> bool:
        """Whether size, times and sidecars are the same. A file's times lie if they were set back; its change time does not."""
        now = (found.size, found.mtime_ns, found.ctime_ns, found.beside)
        return (self.size, self.mtime_ns, self.ctime_ns, self.beside) == now


def get(connection: sqlite3.Connection, path: str) -> Row | None:
    """The row of a path, None if it was never found."""
    row = connection.execute(
        "SELECT size, mtime_ns, ctime_ns, beside, source, state, reason, retry, program FROM files WHERE path = ?",
        (fold(path),),
    ).fetchone()
    if row is None:
        return None
    size, mtime_ns, ctime_ns, beside, source, state, reason, retry, program = row
    return Row(
        size=size,
        mtime_ns=mtime_ns,
        ctime_ns=ctime_ns,
        beside=beside,
        source=source,
        state=state,
        reason=reason,
        retry=bool(retry),
        program=program,
    )


def put(
    connection: sqlite3.Connection,
    found: Found,
    state: FileState,
    reason: str = "",
    *,
    program: str,
    source: int | None = None,
    retry: bool = False,
) -> None:
    """Write what became of a file, in place of what was known of its path."""
    shown = os.fsencode(found.path).decode("utf-8", "replace")
    connection.execute(
        "INSERT OR REPLACE INTO files (path, shown, size, mtime_ns, ctime_ns, beside, source, state, reason, retry,"
        " program) VALUES (?,?,?,?,?,?,?,?,?,?,?)",
        (
            fold(found.path),
            shown,
            found.size,
            found.mtime_ns,
            found.ctime_ns,
            found.beside,
            source,
            state,
            reason,
            int(retry),
            program,
        ),
    )


def keep(connection: sqlite3.Connection, path: str, state: FileState, reason: str) -> None:
    """Say why a file has to be looked at again; what was read of it, and under which times, stays."""
    connection.execute("UPDATE files SET state = ?, reason = ?, retry = 1 WHERE path = ?", (state, reason, fold(path)))


def below(connection: sqlite3.Connection, root: str) -> list[tuple[str, int | None]]:
    """Path and source of the row of a path and of every row below it."""
    start = fold(root.rstrip("/")) + b"/"
    rows = connection.execute(
        "SELECT path, source FROM files WHERE path = ? OR substr(path, 1, ?) = ? ORDER BY path",
        (fold(root), len(start), start),
    ).fetchall()
    return [(os.fsdecode(path), source) for path, source in rows]


def drop(connection: sqlite3.Connection, path: str) -> None:
    """Take a path out of the table."""
    connection.execute("DELETE FROM files WHERE path = ?", (fold(path),))


def lost_paths(connection: sqlite3.Connection, source: int) -> list[str]:
    """The paths of a source at which there is nothing any more."""
    rows = connection.execute("SELECT path FROM files WHERE source = ? ORDER BY path", (source,)).fetchall()
    return [path for path in (os.fsdecode(row[0]) for row in rows) if is_gone(path)]
