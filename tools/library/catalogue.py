"""The catalogue: one SQLite file that is the truth about a library's files, units and jobs.

Opens and migrates the database, hands out connections, holds the writer's lock. Vectors and words live in the same file
(tools/index) and can be rebuilt from it. Knows nothing of readers, encoders or search.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import weakref
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from sourcehound.tools.errors import BusyError, ConfigError
from sourcehound.tools.index import vectors, words, written
from sourcehound.tools.library.languages import fill_languages

SCHEMA_VERSION = 4
BUSY_TIMEOUT_S = 5.0
_WAL_TRIES = 5

_TABLES = """
CREATE TABLE roots (
  path BLOB PRIMARY KEY, include TEXT NOT NULL, exclude TEXT NOT NULL, device INTEGER NOT NULL DEFAULT 0);
CREATE TABLE sources (
  id INTEGER PRIMARY KEY, sha256 TEXT UNIQUE NOT NULL, size INTEGER NOT NULL, media_type TEXT NOT NULL,
  title TEXT NOT NULL, reader TEXT NOT NULL, meta TEXT NOT NULL, indexed_at TEXT NOT NULL,
  named BLOB NOT NULL DEFAULT x'', dated TEXT NOT NULL DEFAULT '', dated_by TEXT NOT NULL DEFAULT '',
  language TEXT NOT NULL DEFAULT '');
CREATE TABLE files (
  path BLOB PRIMARY KEY, shown TEXT NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
  ctime_ns INTEGER NOT NULL DEFAULT 0, beside TEXT NOT NULL DEFAULT '', source INTEGER REFERENCES sources(id),
  state TEXT NOT NULL CHECK (state IN ('pending', 'read', 'skipped', 'failed')),
  reason TEXT NOT NULL DEFAULT '', retry INTEGER NOT NULL DEFAULT 0, program TEXT NOT NULL DEFAULT '');
CREATE INDEX files_source ON files(source);
CREATE TABLE texts (
  source INTEGER NOT NULL REFERENCES sources(id) ON DELETE CASCADE, ordinal INTEGER NOT NULL, start INTEGER NOT NULL,
  role TEXT NOT NULL, page INTEGER, section TEXT NOT NULL, PRIMARY KEY (source, ordinal)) WITHOUT ROWID;
CREATE TABLE units (
  id INTEGER PRIMARY KEY, unit_id TEXT UNIQUE NOT NULL, source_id INTEGER NOT NULL REFERENCES sources(id) ON DELETE CASCADE,
  kind TEXT NOT NULL, page INTEGER, text TEXT NOT NULL, about TEXT NOT NULL, locator TEXT NOT NULL,
  producer TEXT NOT NULL, detail TEXT NOT NULL DEFAULT '{}', encoded TEXT NOT NULL DEFAULT '',
  part TEXT NOT NULL DEFAULT '', number INTEGER NOT NULL DEFAULT 0, folded TEXT NOT NULL DEFAULT '');
CREATE INDEX units_source ON units(source_id, kind);
CREATE INDEX units_kind ON units(kind);
CREATE INDEX units_encoded ON units(encoded, kind);
CREATE INDEX units_part ON units(source_id, part, number) WHERE part <> '';
CREATE TABLE regions (
  unit INTEGER NOT NULL REFERENCES units(id) ON DELETE CASCADE, stamp TEXT NOT NULL, row INTEGER NOT NULL,
  box TEXT NOT NULL, PRIMARY KEY (unit, stamp, row)) WITHOUT ROWID;
CREATE TABLE headings (
  source INTEGER NOT NULL REFERENCES sources(id) ON DELETE CASCADE, number INTEGER NOT NULL, level INTEGER NOT NULL,
  label TEXT NOT NULL, words TEXT NOT NULL, page INTEGER, locator TEXT NOT NULL, PRIMARY KEY (source, number)) WITHOUT ROWID;
CREATE TABLE answering (role TEXT PRIMARY KEY, spec TEXT NOT NULL, stamp TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE writings (
  id INTEGER PRIMARY KEY, unit INTEGER NOT NULL REFERENCES units(id) ON DELETE CASCADE,
  role TEXT NOT NULL CHECK (role IN ('caption', 'scene', 'question')), n INTEGER NOT NULL, model TEXT NOT NULL,
  text TEXT NOT NULL, also TEXT NOT NULL DEFAULT '', UNIQUE (unit, role, n));
CREATE TABLE described (
  unit INTEGER NOT NULL REFERENCES units(id) ON DELETE CASCADE, task TEXT NOT NULL, model TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('todo', 'done', 'failed')), attempts INTEGER NOT NULL DEFAULT 0,
  reason TEXT NOT NULL DEFAULT '', PRIMARY KEY (unit, task)) WITHOUT ROWID;
CREATE TABLE mentions (
  source INTEGER NOT NULL REFERENCES sources(id) ON DELETE CASCADE, target TEXT NOT NULL, caption TEXT NOT NULL,
  around TEXT NOT NULL);
CREATE INDEX mentions_source ON mentions(source);
CREATE TABLE jobs (
  source INTEGER NOT NULL REFERENCES sources(id) ON DELETE CASCADE, job TEXT NOT NULL, detail INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('todo', 'done', 'failed', 'lacking')), attempts INTEGER NOT NULL DEFAULT 0,
  reason TEXT NOT NULL DEFAULT '', retry INTEGER NOT NULL DEFAULT 0, program TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (source, job, detail)) WITHOUT ROWID;
"""
_STEPS: dict[int, str] = {
    1: """
ALTER TABLE roots ADD COLUMN device INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sources ADD COLUMN named BLOB NOT NULL DEFAULT x'';
ALTER TABLE files ADD COLUMN ctime_ns INTEGER NOT NULL DEFAULT 0;
ALTER TABLE files ADD COLUMN program TEXT NOT NULL DEFAULT '';
ALTER TABLE jobs ADD COLUMN retry INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN program TEXT NOT NULL DEFAULT '';
CREATE INDEX mentions_source ON mentions(source);
""",
    2: "ALTER TABLE files ADD COLUMN beside TEXT NOT NULL DEFAULT ''",
    3: """
ALTER TABLE sources ADD COLUMN dated TEXT NOT NULL DEFAULT '';
ALTER TABLE sources ADD COLUMN dated_by TEXT NOT NULL DEFAULT '';
ALTER TABLE sources ADD COLUMN language TEXT NOT NULL DEFAULT '';
ALTER TABLE units ADD COLUMN part TEXT NOT NULL DEFAULT '';
ALTER TABLE units ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
DROP INDEX IF EXISTS units_kind;
CREATE INDEX units_kind ON units(kind);
ALTER TABLE units ADD COLUMN folded TEXT NOT NULL DEFAULT '';
CREATE INDEX units_part ON units(source_id, part, number) WHERE part <> '';
CREATE TABLE regions (
  unit INTEGER NOT NULL REFERENCES units(id) ON DELETE CASCADE, stamp TEXT NOT NULL, row INTEGER NOT NULL,
  box TEXT NOT NULL, PRIMARY KEY (unit, stamp, row)) WITHOUT ROWID;
CREATE TABLE headings (
  source INTEGER NOT NULL REFERENCES sources(id) ON DELETE CASCADE, number INTEGER NOT NULL, level INTEGER NOT NULL,
  label TEXT NOT NULL, words TEXT NOT NULL, page INTEGER, locator TEXT NOT NULL, PRIMARY KEY (source, number)) WITHOUT ROWID;
CREATE TABLE answering (role TEXT PRIMARY KEY, spec TEXT NOT NULL, stamp TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE writings (
  id INTEGER PRIMARY KEY, unit INTEGER NOT NULL REFERENCES units(id) ON DELETE CASCADE,
  role TEXT NOT NULL CHECK (role IN ('caption', 'scene', 'question')), n INTEGER NOT NULL, model TEXT NOT NULL,
  text TEXT NOT NULL, also TEXT NOT NULL DEFAULT '', UNIQUE (unit, role, n));
CREATE TABLE described (
  unit INTEGER NOT NULL REFERENCES units(id) ON DELETE CASCADE, task TEXT NOT NULL, model TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('todo', 'done', 'failed')), attempts INTEGER NOT NULL DEFAULT 0,
  reason TEXT NOT NULL DEFAULT '', PRIMARY KEY (unit, task)) WITHOUT ROWID;
""",
}
"""What makes the next version's tables of those of each older version."""


class Catalogue:
    """A library's database. Safe to use from several threads: each thread has a connection of its own.

    Args:
        folder: the library's folder; made if it is missing.

    Raises:
        ConfigError: the file was written by a newer Sourcehound.
        BusyError: the disk is full or the file is locked for longer than `BUSY_TIMEOUT_S`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "library.db"
        self._local = threading.local()
        self._open = weakref.WeakSet[_Holder]()
        self._guard = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _migrate(self.connection, self.path)

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection, in autocommit: write only inside `transaction`."""
        holder: _Holder | None = getattr(self._local, "holder", None)
        if holder is None:
            holder = _Holder(connect(self.path))
            self._local.holder = holder
            with self._guard:
                self._open.add(holder)
        return holder.connection

    @contextmanager
    def transaction(self) -> Generator[sqlite3.Connection]:
        """One atomic change: everything inside is committed together, or nothing is.

        Raises:
            BusyError: locked by another process, or the disk is full.
        """
        connection = self.connection
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise busy(error, self.path) from error
        try:
            yield connection
            connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            _roll_back(connection)
            raise busy(error, self.path) from error
        except BaseException:
            _roll_back(connection)
            raise

    def close(self) -> None:
        """Close every thread's connection."""
        with self._guard:
            for holder in list(self._open):
                holder.close()
            self._open.clear()
        self._local = threading.local()

    def leave_no_trace(self) -> None:
        """Rewrite what still holds deleted words: the word index, in place, and the write-ahead log.

        SQLite zeroes deleted rows by itself (`secure_delete`), but FTS5 keeps the words of deleted rows until it merges,
        and the log keeps old pages until it is emptied (by the last reader at the latest, if one is at work now).

        Raises:
            BusyError: locked by another process, or the disk is full.
        """
        with self.transaction() as connection:
            for table in ("words", "letters", "writing_words"):
                connection.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")  # noqa: S608  fixed names
        self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


class _Holder:
    """Closes its connection when its thread ends, so that threads that come and go leave no files open."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.close = weakref.finalize(self, connection.close)


def busy(error: sqlite3.OperationalError, path: Path) -> Exception:
    """What a failing SQLite call means for the person: try again later, a folder to allow, or a fault of ours."""
    text = str(error)
    if "full" in text or "disk I/O" in text:
        return BusyError(f"no space left to write {path}", remedy="free some space and run the same command again")
    if "locked" in text or "busy" in text:
        return BusyError(f"{path} is locked by another process", remedy="wait until it ends and try again")
    if "readonly" in text or "unable to open" in text:
        return ConfigError(f"cannot write {path}", remedy="allow writing there, or name another --home")
    return error


def connect(path: Path) -> sqlite3.Connection:
    """Open a database of ours: autocommit, write-ahead log, every commit on the disk, deleted rows zeroed.

    Raises:
        ConfigError: it is no database.
        BusyError: it is locked, or the disk is full.
    """
    connection: sqlite3.Connection | None = None
    try:
        connection = sqlite3.connect(
            path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        _into_wal(connection)
        for pragma in ("synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")
    except sqlite3.DatabaseError as error:
        if connection is not None:
            connection.close()
        if isinstance(error, sqlite3.OperationalError):
            raise busy(error, path) from error
        raise ConfigError(
            f"{path} is no database of ours ({error})", remedy="move the file away and try again"
        ) from error
    return connection


def _into_wal(connection: sqlite3.Connection) -> None:
    """Switch to a write-ahead log; two processes that make a database at once get in each other's way for a moment.

    SQLite does not wait by itself here: it cannot know that the other one does not wait for it.
    """
    for _ in range(_WAL_TRIES):
        try:
            (mode,) = connection.execute("PRAGMA journal_mode=WAL").fetchone()
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
        else:
            if mode == "wal":
                return
        # waits for whoever is at it, as `BUSY_TIMEOUT_S` says
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("COMMIT")
    raise sqlite3.OperationalError("database is locked")


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version == SCHEMA_VERSION:
            return
        if version > SCHEMA_VERSION:
            raise ConfigError(
                f"{path} was written by a newer Sourcehound (schema {version}, this one knows {SCHEMA_VERSION})",
                remedy="upgrade Sourcehound, or name another --home",
            )
        connection.execute("BEGIN IMMEDIATE")
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version == 0:
            _run(connection, _TABLES)
            vectors.create_tables(connection)
            words.create_tables(connection)
            written.create_tables(connection)
        else:
            for step in range(version, SCHEMA_VERSION):
                _run(connection, _STEPS[step])
            words.upgrade(connection)
            fill_languages(connection)
            written.create_tables(connection)
        connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
        connection.execute("COMMIT")
    except sqlite3.OperationalError as error:
        _roll_back(connection)
        raise busy(error, path) from error


def _run(connection: sqlite3.Connection, statements: str) -> None:
    for statement in filter(str.strip, statements.split(";")):
        connection.execute(statement)


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")


def fold(path: str) -> bytes:
    """A path as the catalogue keeps it: the file system's own bytes."""
    return os.fsencode(path)
