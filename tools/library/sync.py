"""Sync: makes the catalogue agree with the files, touching only what is new, changed, moved or deleted.

First look at every file (newest first), so that names, text and captions are findable; the slow jobs come after, one by
one (jobs.py). Each file is committed on its own: a kill loses at most the file in hand. Knows nothing of formats.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol

from sourcehound.tools.errors import InputError, MediaError
from sourcehound.tools.library import intake
from sourcehound.tools.library.catalogue import Catalogue, fold
from sourcehound.tools.library.readers.formats import Format, Skip
from sourcehound.tools.library.reading import Reading
from sourcehound.tools.library.scan import Found, hash_file, walk
from sourcehound.tools.library.units import delete_units

_N_AHEAD = 4
"""Files read ahead of the one being committed: keeps both reader processes busy without holding many readings."""


class Progress(Protocol):
    """Is told how far a stage of long work is."""

    def __call__(self, stage: str, done: int, total: int, label: str) -> None:
        """`done` of `total` steps of `stage`, the one in hand named by `label`."""
        ...


class FirstLook(Protocol):
    """Looks at a file for the first time (a reader pool)."""

    def detect(self, path: str) -> Format | Skip:
        """The format of a file, or why it is skipped; raises MediaError."""
        ...

    def read(self, path: str) -> Reading:
        """Read a file; raises MediaError."""
        ...


def no_progress(stage: str, done: int, total: int, label: str) -> None:
    """Tell nobody."""
    del stage, done, total, label


@dataclass(slots=True)
class Changes:
    """How many files a sync found new, changed, moved, deleted and unchanged.

    Attributes:
        missing: paths that were asked for and do not exist.
        gone: for each source that lost files in this sync, how many: a new file with its bytes was moved.
    """

    new: int = 0
    changed: int = 0
    moved: int = 0
    deleted: int = 0
    unchanged: int = 0
    missing: list[str] = field(default_factory=list[str])
    gone: Counter[int] = field(default_factory=Counter[int])

    def to_json(self) -> dict[str, int]:
        """The counts as the contract has them."""
        names = ("new", "changed", "moved", "deleted", "unchanged")
        return {name: getattr(self, name) for name in names}


def sync(
    catalogue: Catalogue,
    readers: FirstLook,
    paths: Sequence[str],
    *,
    now: Callable[[], str],
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    progress: Progress = no_progress,
) -> Changes:
    """Bring the catalogue up to date with folders and files.

    Args:
        catalogue: the library; its writer's lock is held by the caller.
        readers: looks at files in processes of their own.
        paths: absolute paths.
        now: the time, ISO 8601 in UTC.
        include: globs of files to take, everything if empty.
        exclude: globs of files and folders to leave out.
        progress: told of each file.

    Raises:
        InputError: none of the paths exists.
        BusyError: the disk is full or the library locked.
    """
    changes = Changes()
    roots = [path for path in paths if os.path.lexists(path)]
    changes.missing = [path for path in paths if not os.path.lexists(path)]
    if not roots:
        raise InputError(f"no such file or folder: {changes.missing[0]}", remedy="check the spelling of the path")
    todo = _compare(catalogue, roots, include, exclude, changes)
    _take_in(catalogue, readers, todo, changes, now=now, progress=progress)
    with catalogue.transaction() as connection:
        drop_unheld(connection)
        intake.refresh_abouts(connection)
    return changes


def forget(catalogue: Catalogue, paths: Sequence[str]) -> tuple[int, list[str]]:
    """Forget files and everything below folders.

    Returns the number of files forgotten and the hashes of the sources that are gone with them.

    Raises:
        InputError: the library holds nothing at a path.
    """
    gone: list[str] = []
    n_files = 0
    for path in paths:
        with catalogue.transaction() as connection:
            below = fold(path.rstrip("/")) + b"/"
            rows = connection.execute(
                "SELECT path FROM files WHERE path = ? OR substr(path, 1, ?) = ?", (fold(path), len(below), below)
            ).fetchall()
            if not rows:
                raise InputError(f"the library holds nothing at {path}", remedy="see `sourcehound status`")
            connection.executemany("DELETE FROM files WHERE path = ?", rows)
            connection.execute(
                "DELETE FROM roots WHERE path = ? OR substr(path, 1, ?) = ?", (fold(path), len(below), below)
            )
            n_files += len(rows)
            gone.extend(drop_unheld(connection))
            intake.refresh_abouts(connection)
    return n_files, gone


def drop_unheld(connection: sqlite3.Connection) -> list[str]:
    """Delete the sources that no file holds any more, with all that came of them; returns their hashes."""
    rows = connection.execute(
        "SELECT id, sha256 FROM sources WHERE NOT EXISTS (SELECT 1 FROM files WHERE files.source = sources.id)"
    ).fetchall()
    for source, _ in rows:
        units = [row for (row,) in connection.execute("SELECT id FROM units WHERE source_id = ?", (source,))]
        delete_units(connection, units)
        connection.execute("DELETE FROM sources WHERE id = ?", (source,))
    return [sha256 for _, sha256 in rows]


def _compare(
    catalogue: Catalogue, roots: Sequence[str], include: Sequence[str], exclude: Sequence[str], changes: Changes
) -> list[Found]:
    """Write every entry found into `files` as pending, skipped or failed; return what must be looked at, newest first."""
    todo: list[Found] = []
    for root in roots:
        seen: set[bytes] = set()
        with catalogue.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO roots (path, include, exclude) VALUES (?,?,?)",
                (fold(root), json.dumps(list(include)), json.dumps(list(exclude))),
            )
            for found in walk(root, include=include, exclude=exclude):
                seen.add(fold(found.path))
                if _note(connection, found, changes):
                    todo.append(found)
            if not include and not exclude:
                _drop_unseen(connection, root, seen, changes)
    return sorted(todo, key=lambda found: (-found.mtime_ns, found.path))


def _note(connection: sqlite3.Connection, found: Found, changes: Changes) -> bool:
    """Write one entry down; True if it must be looked at."""
    old = connection.execute(
        "SELECT size, mtime_ns, state, retry FROM files WHERE path = ?", (fold(found.path),)
    ).fetchone()
    if found.skipped or found.failed:
        state, reason = ("skipped", found.skipped) if found.skipped else ("failed", found.failed)
        _put_file(connection, found, state, reason, retry=bool(found.failed))
        if old is None:
            changes.new += 1
        else:
            changes.unchanged += 1
        return False
    if old is None:
        changes.new += 1
        _put_file(connection, found, "pending", "not looked at yet", retry=True)
        return True
    if (old[0], old[1]) != (found.size, found.mtime_ns):
        changes.changed += 1
        return True
    if old[2] in {"read", "skipped"} or (old[2] == "failed" and not old[3]):
        changes.unchanged += 1
        return False
    return True


def _drop_unseen(connection: sqlite3.Connection, root: str, seen: set[bytes], changes: Changes) -> None:
    below = fold(root.rstrip("/")) + b"/"
    for path, source in connection.execute(
        "SELECT path, source FROM files WHERE path = ? OR substr(path, 1, ?) = ?", (fold(root), len(below), below)
    ).fetchall():
        if path not in seen:
            connection.execute("DELETE FROM files WHERE path = ?", (path,))
            changes.deleted += 1
            if source is not None:
                changes.gone[source] += 1


def _take_in(
    catalogue: Catalogue,
    readers: FirstLook,
    todo: Sequence[Found],
    changes: Changes,
    *,
    now: Callable[[], str],
    progress: Progress,
) -> None:
    """Hash, look at and commit each file, reading a few ahead."""
    with ThreadPoolExecutor(max_workers=2, thread_name_prefix="look") as pool:
        ahead: list[tuple[Found, Future[_Look]]] = []
        waiting = list(reversed(todo))
        done = 0
        try:
            while waiting or ahead:
                while waiting and len(ahead) < _N_AHEAD:
                    found = waiting.pop()
                    ahead.append((found, pool.submit(_look, catalogue, readers, found)))
                found, future = ahead.pop(0)
                progress("reading", done, len(todo), os.path.basename(found.path))
                _commit(catalogue, found, future.result(), now(), changes)
                done += 1
        finally:
            for _, future in ahead:
                future.cancel()
    progress("reading", len(todo), len(todo), "")


@dataclass(frozen=True, slots=True)
class _Look:
    sha256: str = ""
    reading: Reading | None = None
    skipped: str = ""
    failed: str = ""
    retry: bool = False


def _look(catalogue: Catalogue, readers: FirstLook, found: Found) -> _Look:
    try:
        kind = readers.detect(found.path)
        if isinstance(kind, Skip):
            return _Look(failed=kind.reason) if kind.broken else _Look(skipped=kind.reason)
        sha256 = hash_file(found.path, expected=found)
        known = catalogue.connection.execute("SELECT 1 FROM sources WHERE sha256 = ?", (sha256,)).fetchone()
        return _Look(sha256=sha256, reading=None if known else readers.read(found.path))
    except MediaError as error:
        return _Look(failed=error.message, retry=error.retry)


def _commit(catalogue: Catalogue, found: Found, look: _Look, at: str, changes: Changes) -> None:
    with catalogue.transaction() as connection:
        if look.skipped or look.failed:
            state, reason = ("skipped", look.skipped) if look.skipped else ("failed", look.failed)
            _put_file(connection, found, state, reason, retry=look.retry)
            return
        row = connection.execute("SELECT id FROM sources WHERE sha256 = ?", (look.sha256,)).fetchone()
        if row is None:
            if look.reading is None:
                _put_file(connection, found, "pending", "its twin was forgotten meanwhile", retry=True)
                return
            source = _put_source(connection, found, look.sha256, look.reading, at)
            _put_file(connection, found, "read", "", source=source)
            intake.write_reading(connection, source, look.sha256, found.path, look.reading)
        else:
            _put_file(connection, found, "read", "", source=row[0])
            if changes.gone[row[0]] > 0:
                changes.gone[row[0]] -= 1
                changes.new, changes.deleted, changes.moved = changes.new - 1, changes.deleted - 1, changes.moved + 1


def _put_source(connection: sqlite3.Connection, found: Found, sha256: str, reading: Reading, at: str) -> int:
    meta: dict[str, Any] = {
        "dates": reading.dates,
        "exif": reading.visual.exif if reading.visual else {},
        "n_pages": reading.n_pages,
        "warnings": list(reading.warnings),
    }
    if reading.visual is not None:
        meta["size"] = [reading.visual.width, reading.visual.height]
    if reading.media is not None:
        meta["media"] = {
            "duration_s": reading.media.duration_s,
            "has_video": reading.media.has_video,
            "has_audio": reading.media.has_audio,
            "size": [reading.media.width, reading.media.height],
        }
    cursor = connection.execute(
        "INSERT INTO sources (sha256, size, media_type, title, reader, meta, indexed_at) VALUES (?,?,?,?,?,?,?)",
        (sha256, found.size, reading.media_type, reading.title, reading.reader, json.dumps(meta), at),
    )
    return int(cursor.lastrowid or 0)


def _put_file(
    connection: sqlite3.Connection,
    found: Found,
    state: str,
    reason: str,
    *,
    source: int | None = None,
    retry: bool = False,
) -> None:
    shown = os.fsencode(found.path).decode("utf-8", "replace")
    connection.execute(
        "INSERT OR REPLACE INTO files (path, shown, size, mtime_ns, source, state, reason, retry) VALUES (?,?,?,?,?,?,?,?)",
        (fold(found.path), shown, found.size, found.mtime_ns, source, state, reason, int(retry)),
    )
