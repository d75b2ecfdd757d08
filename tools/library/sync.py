"""Sync: makes the catalogue agree with the files, touching only what is new, changed, moved or deleted.

First look at every file (newest first), so that names, text and captions are findable; the slow jobs come after, one by
one (jobs.py). Each file is committed on its own: a kill loses at most the file in hand. Knows nothing of formats.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from sourcehound.tools.errors import InputError
from sourcehound.tools.library import files, intake
from sourcehound.tools.library.catalogue import Catalogue, fold
from sourcehound.tools.library.dating import refresh_dates
from sourcehound.tools.library.scan import Found, is_gone, walk
from sourcehound.tools.library.taking import Changes, FirstLook, Pass, Progress, Todo, no_progress, put_problem, take_in
from sourcehound.tools.library.units import delete_units

_NOT_YET = "not looked at yet"


def sync(
    catalogue: Catalogue,
    readers: FirstLook,
    paths: Sequence[str],
    *,
    now: Callable[[], str],
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    progress: Progress = no_progress,
    program: str | None = None,
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
        program: version of this program, the installed one by default: what another version skipped or failed to read
            is looked at again.

    Raises:
        InputError: none of the paths exists.
        BusyError: the disk is full or the library locked.
    """
    begun_ns = int(datetime.fromisoformat(now()).timestamp()) * 1_000_000_000
    run = Pass(catalogue=catalogue, changes=Changes(), begun_ns=begun_ns, program=program or installed_program())
    roots = [path for path in dict.fromkeys(paths) if os.path.lexists(path)]
    run.changes.missing = [path for path in paths if not os.path.lexists(path)]
    if not roots:
        raise InputError(f"no such file or folder: {run.changes.missing[0]}", remedy="check the spelling of the path")
    todo = _compare(run, roots, include, exclude)
    take_in(run, readers, todo, now=now, progress=progress)
    with catalogue.transaction() as connection:
        drop_unheld(connection)
        intake.refresh_names(connection)
        intake.refresh_abouts(connection)
        refresh_dates(connection)
    return run.changes


def installed_program() -> str:
    """The version of Sourcehound that is running."""
    from importlib.metadata import version

    return version("sourcehound")


def standing(catalogue: Catalogue, paths: Sequence[str]) -> tuple[set[str], set[str]]:
    """The hashes of the sources that only files at or below some paths hold, and of those that others hold too.

    Raises:
        InputError: the library holds nothing at a path.
    """
    connection = catalogue.connection
    leaving: set[str] = set()
    for path in paths:
        held = files.below(connection, path)
        if not held:
            raise InputError(f"the library holds nothing at {path}", remedy="see `sourcehound status`")
        leaving.update(file for file, _ in held)
    gone, kept = set[str](), set[str]()
    for path, sha256 in connection.execute("SELECT f.path, s.sha256 FROM files f JOIN sources s ON s.id = f.source"):
        (gone if os.fsdecode(path) in leaving else kept).add(sha256)
    return gone - kept, kept


def forget(catalogue: Catalogue, paths: Sequence[str]) -> tuple[int, list[str]]:
    """Forget files and everything below folders: all of them, or none if one is not there.

    Returns the number of files forgotten and the hashes of the sources that are gone with them.

    Raises:
        InputError: the library holds nothing at a path.
        BusyError: the disk is full or the library locked.
    """
    n_files = 0
    with catalogue.transaction() as connection:
        for path in paths:
            held = files.below(connection, path)
            if not held:
                raise InputError(f"the library holds nothing at {path}", remedy="see `sourcehound status`")
            for file, _ in held:
                files.drop(connection, file)
            below = fold(path.rstrip("/")) + b"/"
            connection.execute(
                "DELETE FROM roots WHERE path = ? OR substr(path, 1, ?) = ?", (fold(path), len(below), below)
            )
            n_files += len(held)
        gone = drop_unheld(connection)
        intake.refresh_names(connection)
        intake.refresh_abouts(connection)
        refresh_dates(connection)
    catalogue.leave_no_trace()
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


def _compare(run: Pass, roots: Sequence[str], include: Sequence[str], exclude: Sequence[str]) -> list[Todo]:
    """Write every entry found into `files` as pending, skipped or failed; return what must be looked at, newest first."""
    todo: list[Todo] = []
    seen: set[str] = set()
    for root in roots:
        closed: list[str] = []
        with run.catalogue.transaction() as connection:
            n_before = len(seen)
            for found in walk(root, include=include, exclude=exclude):
                if found.path in seen:
                    continue
                seen.add(found.path)
                found = replace(found, beside=run.sidecars.mark_of(found.path))  # noqa: PLW2901  the same, known better
                if found.failed:
                    closed.append(found.path)
                if (item := _note(run, connection, found)) is not None:
                    todo.append(item)
            if len(seen) == n_before and _disk_is_away(connection, root):
                run.changes.missing.append(root)
                continue
            _put_root(connection, root, include, exclude)
            _drop_unseen(run, connection, root, seen=seen, closed=closed, narrowed=bool(include or exclude))
    return sorted(todo, key=lambda item: (-item.found.mtime_ns, item.found.path))


def _note(run: Pass, connection: sqlite3.Connection, found: Found) -> Todo | None:
    """Write one entry down; what to do about it if it must be looked at."""
    old = files.get(connection, found.path)
    if found.skipped or found.failed:
        put_problem(run, connection, found, old, (found.skipped, found.failed), retry=True)
        return None
    if old is None or (old.state == "pending" and old.source is None):
        files.put(connection, found, "pending", _NOT_YET, program=run.program, retry=True)
        return Todo(found, None)
    if not old.is_as(found):
        files.keep(connection, found.path, "pending", "may have changed, " + _NOT_YET)
        return Todo(found, old)
    if old.retry or old.state == "pending" or (old.state != "read" and old.program != run.program):
        return Todo(found, old)
    run.changes.unchanged += 1
    return None


def _drop_unseen(
    run: Pass, connection: sqlite3.Connection, root: str, *, seen: set[str], closed: Sequence[str], narrowed: bool
) -> None:
    """Take out what is gone: not what lies in a folder that could not be opened, nor what globs left out this time."""
    for path, source in files.below(connection, root):
        if path in seen or any(path.startswith(folder + "/") for folder in closed):
            continue
        if narrowed and not is_gone(path):
            continue
        files.drop(connection, path)
        run.changes.deleted += 1
        if source is not None:
            run.changes.gone.setdefault(source, []).append(path)


def _disk_is_away(connection: sqlite3.Connection, root: str) -> bool:
    """Whether an empty folder is the mount point of a disk that was there at the last time."""
    row = connection.execute("SELECT device FROM roots WHERE path = ?", (fold(root),)).fetchone()
    return row is not None and row[0] != os.lstat(root).st_dev and bool(files.below(connection, root))


def _put_root(connection: sqlite3.Connection, root: str, include: Sequence[str], exclude: Sequence[str]) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO roots (path, include, exclude, device) VALUES (?,?,?,?)",
        (fold(root), json.dumps(list(include)), json.dumps(list(exclude)), os.lstat(root).st_dev),
    )
