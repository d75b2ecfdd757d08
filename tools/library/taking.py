"""Taking in: hashes and reads the files that a sync found, a few ahead, and commits each with all that came of it.

Knows nothing of how files are found or of what is in them.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol

from sourcehound.tools.errors import MediaError, SourcehoundError
from sourcehound.tools.library import files, intake
from sourcehound.tools.library.catalogue import Catalogue
from sourcehound.tools.library.dating import best_date
from sourcehound.tools.library.files import Row
from sourcehound.tools.library.readers.formats import Format, Skip
from sourcehound.tools.library.reading import Reading
from sourcehound.tools.library.scan import Found, check_unchanged, hash_file
from sourcehound.tools.library.sidecars import Sidecars

_N_AHEAD = 4
"""Files read ahead of the one being committed: keeps both reader processes busy without holding many readings."""
_TICK_NS = 2_000_000_000
"""No file system's clock ticks slower (FAT): a file changed twice within a tick may seem unchanged after the first."""


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
        missing: paths that were asked for and do not exist, or are mount points whose disk is away.
        gone: for each source that lost files in this sync, their paths: a new file with its bytes was moved from there.
    """

    new: int = 0
    changed: int = 0
    moved: int = 0
    deleted: int = 0
    unchanged: int = 0
    missing: list[str] = field(default_factory=list[str])
    gone: dict[int, list[str]] = field(default_factory=dict[int, list[str]])

    def to_json(self) -> dict[str, int]:
        """The counts as the contract has them."""
        names = ("new", "changed", "moved", "deleted", "unchanged")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """One sync: what all its steps share.

    Attributes:
        sidecars: knows what is read with a file.
        begun_ns: when it began; a file that the file system changed just before may change again unseen.
        program: version of this program.
    """

    catalogue: Catalogue
    changes: Changes
    begun_ns: int
    program: str
    sidecars: Sidecars = field(default_factory=Sidecars)


@dataclass(frozen=True, slots=True)
class Todo:
    """A file to look at, and what was known of it; None for one that was never looked at."""

    found: Found
    was: Row | None

    def is_read_anew(self, source: int, media_type: str) -> bool:
        """Whether a film or recording of the same bytes has other sidecars than when it was read."""
        if self.was is None or self.was.source != source or self.was.beside == self.found.beside:
            return False
        return media_type.startswith(("video/", "audio/"))


def take_in(run: Pass, readers: FirstLook, todo: Sequence[Todo], *, now: Callable[[], str], progress: Progress) -> None:
    """Hash, look at and commit each file, reading a few ahead."""
    with ThreadPoolExecutor(max_workers=2, thread_name_prefix="look") as pool:
        ahead: list[tuple[Todo, Future[_Look]]] = []
        waiting = list(reversed(todo))
        done = 0
        try:
            while waiting or ahead:
                while waiting and len(ahead) < _N_AHEAD:
                    item = waiting.pop()
                    ahead.append((item, pool.submit(_look, run.catalogue, readers, item)))
                item, future = ahead.pop(0)
                progress("reading", done, len(todo), os.path.basename(item.found.path))
                _commit(run, item, future.result(), now())
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


def _look(catalogue: Catalogue, readers: FirstLook, item: Todo) -> _Look:
    found = item.found
    try:
        kind = readers.detect(found.path)
        if isinstance(kind, Skip):
            return _Look(failed=kind.reason) if kind.broken else _Look(skipped=kind.reason)
        sha256 = hash_file(found.path, expected=found)
        known = catalogue.connection.execute(
            "SELECT id, media_type FROM sources WHERE sha256 = ?", (sha256,)
        ).fetchone()
        reading = readers.read(found.path) if known is None or item.is_read_anew(*known) else None
        check_unchanged(found)
        return _Look(sha256=sha256, reading=reading)
    except MediaError as error:
        return _Look(failed=error.message, retry=error.retry)


def _commit(run: Pass, item: Todo, look: _Look, at: str) -> None:
    with run.catalogue.transaction() as connection:
        if look.skipped or look.failed:
            put_problem(run, connection, item.found, item.was, (look.skipped, look.failed), retry=look.retry)
            return
        row = connection.execute("SELECT id FROM sources WHERE sha256 = ?", (look.sha256,)).fetchone()
        if row is not None:
            source = int(row[0])
        elif look.reading is not None:
            source = _put_source(connection, item.found, look.sha256, look.reading, at)
        else:
            raise SourcehoundError(f"source {look.sha256} vanished while {item.found.path} was taken in")
        fresh = item.found.ctime_ns >= run.begun_ns - _TICK_NS
        files.put(connection, item.found, "read", program=run.program, source=source, retry=fresh)
        if look.reading is not None:
            write = intake.write_reading if row is None else intake.rewrite_words
            write(connection, source, look.sha256, item.found.path, look.reading)
        _count(run.changes, connection, item, source, is_new=look.reading is not None)


def _count(changes: Changes, connection: sqlite3.Connection, item: Todo, source: int, *, is_new: bool) -> None:
    """Count a file that was read; a new one whose bytes were elsewhere, where nothing is any more, was moved."""
    if item.was is not None:
        if item.was.source == source and not is_new:
            changes.unchanged += 1
        else:
            changes.changed += 1
        return
    if changes.gone.get(source):
        changes.gone[source].pop()
        changes.deleted -= 1
        changes.moved += 1
    elif lost := files.lost_paths(connection, source):
        files.drop(connection, lost[0])
        changes.moved += 1
    else:
        changes.new += 1


def put_problem(
    run: Pass, connection: sqlite3.Connection, found: Found, old: Row | None, problem: tuple[str, str], *, retry: bool
) -> None:
    """Write down why a file is left out; what was read of it before stays if this may pass.

    Args:
        run: the sync.
        connection: the catalogue's, inside a transaction.
        found: the file.
        old: what was known of it.
        problem: why it is skipped and why it failed, one of the two empty.
        retry: whether a failure may pass.
    """
    skipped, failed = problem
    state, reason = ("skipped", skipped) if skipped else ("failed", failed)
    if old is None:
        run.changes.new += 1
    elif (old.state, old.reason) == (state, reason):
        run.changes.unchanged += 1
    else:
        run.changes.changed += 1
    if state == "failed" and retry and old is not None and old.source is not None:
        files.keep(connection, found.path, "failed", reason)
    else:
        files.put(connection, found, state, reason, program=run.program, retry=state == "failed" and retry)


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
        "INSERT INTO sources (sha256, size, media_type, title, reader, meta, indexed_at, named, dated, dated_by)"
        " VALUES (?,?,?,?,?,?,?,?,?,?)",
        (
            sha256,
            found.size,
            reading.media_type,
            reading.title,
            reading.reader,
            json.dumps(meta),
            at,
            os.fsencode(found.path),
            *best_date(reading.dates, found.mtime_ns),
        ),
    )
    return int(cursor.lastrowid or 0)
