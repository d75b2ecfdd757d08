"""Whether the bytes that evidence was taken from are still there: the same, moved, changed, or gone.

A file is first compared by size and time with what the catalogue knows of it, and hashed only where these differ. Knows
nothing of what is in the bytes.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from dataclasses import dataclass
from typing import Literal

from sourcehound.tools.errors import SourceUnavailable
from sourcehound.tools.evidence import Evidence, Source
from sourcehound.tools.library.scan import Found, hash_file
from sourcehound.tools.web.snapshots import Snapshots

Holding = Literal["same", "moved", "changed", "gone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """How a source is found today.

    Attributes:
        path: the file that holds its bytes; the changed one where they changed; empty where it is gone.
        why: one line.
    """

    state: Holding
    path: str = ""
    why: str = ""


def find_page(evidence: Evidence, snapshots: Snapshots) -> Held:
    """Look for the snapshot of a page of the web; its bytes are hashed."""
    try:
        snapshots.get(evidence.source.sha256)
    except SourceUnavailable as error:
        return Held(state="gone", why=error.message)
    return Held(
        state="same", path=str(snapshots.find(evidence.source.sha256).path), why="the page is kept as it was fetched"
    )


def find_file(source: Source, connection: sqlite3.Connection, *, trust_times: bool = True) -> Held:
    """Look for a file's bytes: at its own paths, then wherever the library knows them.

    Args:
        source: the cited source.
        connection: the catalogue's.
        trust_times: whether equal size and time are taken for equal bytes.

    Raises:
        MediaError: a file is there and cannot be read.
        OSError: a folder cannot be looked into.
    """
    known = connection.execute(
        "SELECT path FROM files WHERE path IS NOT NULL AND source ="
        " (SELECT id FROM sources WHERE sha256 = ?) ORDER BY path",
        (source.sha256,),
    ).fetchall()
    named = list(filter(None, (source.path, *source.also)))
    changed = ""
    for path in dict.fromkeys((*named, *(os.fsdecode(path) for (path,) in known))):
        same = _is_same(path, source.sha256, connection, trust_times=trust_times)
        if same and path == source.path:
            return Held(state="same", path=path, why="the file is as it was read")
        if same:
            return Held(state="moved", path=path, why=f"the same bytes are now at {path}")
        if same is False and path in named:
            changed = changed or path
    if changed:
        return Held(state="changed", path=changed, why="the file has changed since it was read")
    return Held(state="gone", why="the file is gone")


def _is_same(path: str, sha256: str, connection: sqlite3.Connection, *, trust_times: bool) -> bool | None:
    """Whether a file holds these bytes; None if there is no such file."""
    try:
        status = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    if not stat.S_ISREG(status.st_mode):
        return False
    row = connection.execute(
        "SELECT f.size, f.mtime_ns FROM files f JOIN sources s ON s.id = f.source WHERE f.path = ? AND s.sha256 = ?",
        (os.fsencode(path), sha256),
    ).fetchone()
    if trust_times and row is not None and (row[0], row[1]) == (status.st_size, status.st_mtime_ns):
        return True
    return hash_file(path, expected=Found(path=path, size=status.st_size, mtime_ns=status.st_mtime_ns)) == sha256
