"""The catalogue: one SQLite file that is the truth about a library's files, units and jobs.

Opens and migrates the database, hands out connections, holds the writer's lock. Vectors and words live in the same file
(tools/index) and can be rebuilt from it. Knows nothing of readers, encoders or search.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from sourcehound.tools.errors import BusyError, ConfigError
from sourcehound.tools.index import vectors, words

SCHEMA_VERSION = 1
BUSY_TIMEOUT_S = 5.0

_TABLES = """
CREATE TABLE roots (path BLOB PRIMARY KEY, include TEXT NOT NULL, exclude TEXT NOT NULL);
CREATE TABLE sources (
  id INTEGER PRIMARY KEY, sha256 TEXT UNIQUE NOT NULL, size INTEGER NOT NULL, media_type TEXT NOT NULL,
  title TEXT NOT NULL, reader TEXT NOT NULL, meta TEXT NOT NULL, indexed_at TEXT NOT NULL);
CREATE TABLE files (
  path BLOB PRIMARY KEY, shown TEXT NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
  source INTEGER REFERENCES sources(id), state TEXT NOT NULL CHECK (state IN ('pending', 'read', 'skipped', 'failed')),
  reason TEXT NOT NULL DEFAULT '', retry INTEGER NOT NULL DEFAULT 0);
CREATE INDEX files_source ON files(source);
CREATE TABLE texts (
  source INTEGER NOT NULL REFERENCES sources(id) ON DELETE CASCADE, ordinal INTEGER NOT NULL, start INTEGER NOT NULL,
  role TEXT NOT NULL, page INTEGER, section TEXT NOT NULL, PRIMARY KEY (source, ordinal)) WITHOUT ROWID;
CREATE TABLE units (
  id INTEGER PRIMARY KEY, unit_id TEXT UNIQUE NOT NULL, source_id INTEGER NOT NULL REFERENCES sources(id) ON DELETE CASCADE,
  kind TEXT NOT NULL, page INTEGER, text TEXT NOT NULL, about TEXT NOT NULL, locator TEXT NOT NULL,
  producer TEXT NOT NULL, detail TEXT NOT NULL DEFAULT '{}', encoded TEXT NOT NULL DEFAULT '');
CREATE INDEX units_source ON units(source_id, kind);
CREATE INDEX units_kind ON units(kind, source_id);
CREATE INDEX units_encoded ON units(encoded, kind);
CREATE TABLE mentions (
  source INTEGER NOT NULL REFERENCES sources(id) ON DELETE CASCADE, target TEXT NOT NULL, caption TEXT NOT NULL,
  around TEXT NOT NULL);
CREATE TABLE jobs (
  source INTEGER NOT NULL REFERENCES sources(id) ON DELETE CASCADE, job TEXT NOT NULL, detail INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('todo', 'done', 'failed', 'lacking')), attempts INTEGER NOT NULL DEFAULT 0,
  reason TEXT NOT NULL DEFAULT '', PRIMARY KEY (source, job, detail)) WITHOUT ROWID;
"""


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
        self._open: list[sqlite3.Connection] = []
        self._guard = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _migrate(self.connection, self.path)

    @property
    def connection(self) -> sqlite3.Connection:
        """This thread's connection, in autocommit: write only inside `transaction`."""
        found: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if found is None:
            found = _connect(self.path)
            self._local.connection = found
            with self._guard:
                self._open.append(found)
        return found

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
            for connection in self._open:
                connection.close()
            self._open.clear()
        self._local = threading.local()


def busy(error: sqlite3.OperationalError, path: Path) -> Exception:
    """What a failing SQLite call means for the person: try again later, or a fault of ours."""
    text = str(error)
    if "full" in text or "disk I/O" in text:
        return BusyError(f"no space left to write {path}", remedy="free some space and run the same command again")
    if "locked" in text or "busy" in text:
        return BusyError(f"{path} is locked by another process", remedy="wait until it ends and try again")
    return error


def _connect(path: Path) -> sqlite3.Connection:
    try:
        connection = sqlite3.connect(
            path, timeout=BUSY_TIMEOUT_S, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON"):
            connection.execute(f"PRAGMA {pragma}")
    except sqlite3.OperationalError as error:
        raise busy(error, path) from error
    except sqlite3.DatabaseError as error:
        message = f"{path} is not a Sourcehound library ({error})"
        raise ConfigError(message, remedy="move the file away and run `sourcehound add` again") from error
    return connection


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > SCHEMA_VERSION:
        raise ConfigError(
            f"{path} was written by a newer Sourcehound (schema {version}, this one knows {SCHEMA_VERSION})",
            remedy="upgrade Sourcehound, or name another --home",
        )
    if version == SCHEMA_VERSION:
        return
    try:
        connection.execute("BEGIN IMMEDIATE")
        if connection.execute("PRAGMA user_version").fetchone()[0] == 0:
            for statement in filter(str.strip, _TABLES.split(";")):
                connection.execute(statement)
            vectors.create_tables(connection)
            words.create_tables(connection)
            connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
        connection.execute("COMMIT")
    except sqlite3.OperationalError as error:
        _roll_back(connection)
        raise busy(error, path) from error


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        connection.execute("ROLLBACK")


def fold(path: str) -> bytes:
    """A path as the catalogue keeps it: the file system's own bytes."""
    return os.fsencode(path)
