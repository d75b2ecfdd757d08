from __future__ import annotations

import os
import sqlite3
import threading
from pathlib import Path

import pytest

from sourcehound.tools.errors import BusyError, ConfigError
from sourcehound.tools.library.catalogue import SCHEMA_VERSION, Catalogue, busy, connect
from tests.tools.library.conftest import Shelf

VERSION_1 = """
CREATE TABLE sources (
  id INTEGER PRIMARY KEY, sha256 TEXT UNIQUE NOT NULL, size INTEGER NOT NULL, media_type TEXT NOT NULL,
  title TEXT NOT NULL, reader TEXT NOT NULL, meta TEXT NOT NULL, indexed_at TEXT NOT NULL);
CREATE TABLE roots (path BLOB PRIMARY KEY, include TEXT NOT NULL, exclude TEXT NOT NULL);
CREATE TABLE files (
  path BLOB PRIMARY KEY, shown TEXT NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, source INTEGER,
  state TEXT NOT NULL, reason TEXT NOT NULL DEFAULT '', retry INTEGER NOT NULL DEFAULT 0);
CREATE TABLE jobs (
  source INTEGER NOT NULL, job TEXT NOT NULL, detail INTEGER NOT NULL, state TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0, reason TEXT NOT NULL DEFAULT '', PRIMARY KEY (source, job, detail)) WITHOUT ROWID;
CREATE TABLE mentions (source INTEGER NOT NULL, target TEXT NOT NULL, caption TEXT NOT NULL, around TEXT NOT NULL);
CREATE TABLE units (
  id INTEGER PRIMARY KEY, unit_id TEXT UNIQUE NOT NULL, source_id INTEGER NOT NULL, kind TEXT NOT NULL, page INTEGER,
  text TEXT NOT NULL, about TEXT NOT NULL, locator TEXT NOT NULL, producer TEXT NOT NULL, detail TEXT NOT NULL,
  encoded TEXT NOT NULL);
INSERT INTO files (path, shown, size, mtime_ns, state) VALUES (x'2f61', '/a', 1, 2, 'read');
PRAGMA user_version=1;
"""


def columns(catalogue: Catalogue, table: str) -> set[str]:
    return {row[1] for row in catalogue.connection.execute(f"PRAGMA table_info({table})")}


def test_a_database_of_a_newer_program_is_refused_and_left_alone(tmp_path: Path):
    Catalogue(tmp_path).close()
    with sqlite3.connect(tmp_path / "library.db") as connection:
        connection.execute(f"PRAGMA user_version={SCHEMA_VERSION + 1}")
    connection.close()
    before = (tmp_path / "library.db").read_bytes()
    with pytest.raises(ConfigError, match="newer Sourcehound") as failure:
        Catalogue(tmp_path)
    assert failure.value.exit_code == 78
    assert (tmp_path / "library.db").read_bytes() == before


def test_a_database_of_an_older_program_is_migrated_and_keeps_its_rows(tmp_path: Path, shelf: Shelf):
    with sqlite3.connect(tmp_path / "library.db") as connection:
        connection.executescript(VERSION_1)
    connection.close()
    old = Catalogue(tmp_path)
    for table in ("roots", "sources", "files", "jobs", "units", "regions", "answering", "forward"):
        assert columns(old, table) == columns(shelf.catalogue, table)
    assert old.connection.execute("SELECT shown, program FROM files").fetchall() == [("/a", "")]
    assert old.connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    old.close()


def test_a_file_that_is_no_database_is_refused_with_what_to_do(tmp_path: Path):
    (tmp_path / "library.db").write_bytes(b"a letter to nobody" * 500)
    with pytest.raises(ConfigError, match=r"no database of ours.*move the file away"):
        Catalogue(tmp_path)


def test_an_error_inside_a_transaction_undoes_all_of_it(shelf: Shelf):
    def fail(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO roots (path, include, exclude) VALUES (x'2f', '[]', '[]')")
        raise KeyError

    with pytest.raises(KeyError), shelf.catalogue.transaction() as connection:
        fail(connection)
    assert shelf.rows("SELECT COUNT(*) FROM roots") == [(0,)]
    with shelf.catalogue.transaction() as connection:
        assert connection.in_transaction


def test_a_reader_sees_what_is_committed_while_a_writer_holds_a_transaction(shelf: Shelf):
    shelf.put("a.txt", "The lamp was lit at nine.")
    shelf.add()
    with shelf.catalogue.transaction() as connection:
        connection.execute("DELETE FROM files")
        other = Catalogue(shelf.catalogue.folder)
        assert other.connection.execute("SELECT COUNT(*) FROM files").fetchone() == (1,)
        other.close()
    assert shelf.rows("SELECT COUNT(*) FROM files") == [(0,)]


def test_a_second_writer_of_the_database_is_told_to_try_again(shelf: Shelf):
    other = Catalogue(shelf.catalogue.folder)
    other.connection.execute("PRAGMA busy_timeout=0")
    with (
        shelf.catalogue.transaction(),
        pytest.raises(BusyError, match="locked by another process") as failure,
        other.transaction(),
    ):
        pass
    assert failure.value.exit_code == 75
    other.close()


def test_a_full_disk_undoes_the_change_and_says_so(shelf: Shelf):
    (pages,) = shelf.catalogue.connection.execute("PRAGMA page_count").fetchone()
    shelf.catalogue.connection.execute(f"PRAGMA max_page_count={pages}")
    with pytest.raises(BusyError, match="no space left") as failure, shelf.catalogue.transaction() as connection:
        connection.execute("INSERT INTO roots (path, include, exclude) VALUES (zeroblob(100000), '', '')")
    assert failure.value.exit_code == 75
    assert shelf.rows("SELECT COUNT(*) FROM roots") == [(0,)]


@pytest.mark.parametrize("message", ["attempt to write a readonly database", "unable to open database file"])
def test_a_library_that_cannot_be_written_is_named_with_what_to_do(message: str, tmp_path: Path):
    error = busy(sqlite3.OperationalError(message), tmp_path / "library.db")
    assert isinstance(error, ConfigError)
    assert str(tmp_path) in error.message
    assert error.remedy


def test_an_unknown_fault_of_the_database_is_not_called_busy():
    fault = sqlite3.OperationalError("no such table: lamps")
    assert busy(fault, Path("x")) is fault


def test_threads_that_come_and_go_leave_no_files_open(shelf: Shelf):
    def read() -> None:
        shelf.catalogue.connection.execute("SELECT COUNT(*) FROM files").fetchone()

    before = len(os.listdir("/proc/self/fd"))
    for _ in range(20):
        thread = threading.Thread(target=read)
        thread.start()
        thread.join()
    assert len(os.listdir("/proc/self/fd")) <= before + 3


def test_threads_have_connections_of_their_own_and_close_closes_all(shelf: Shelf):
    found: list[sqlite3.Connection] = []
    waiting, done = threading.Event(), threading.Event()

    def hold() -> None:
        found.append(shelf.catalogue.connection)
        waiting.set()
        done.wait()

    thread = threading.Thread(target=hold)
    thread.start()
    waiting.wait()
    mine = shelf.catalogue.connection
    assert found[0] is not mine
    shelf.catalogue.close()
    for connection in (mine, found[0]):
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            connection.execute("SELECT 1")
    done.set()
    thread.join()


def test_whoever_opens_a_library_that_another_process_is_just_making_waits_for_it(tmp_path: Path):
    # SQLite itself does not wait here: it says "database is locked" at once
    first = sqlite3.connect(tmp_path / "library.db", isolation_level=None, check_same_thread=False)
    first.execute("BEGIN IMMEDIATE")
    first.execute("CREATE TABLE t (a)")
    done = threading.Timer(0.2, first.execute, args=["COMMIT"])
    done.start()
    Catalogue(tmp_path).close()
    done.join()
    first.close()


def test_deleted_rows_are_zeroed_on_the_disk(tmp_path: Path):
    connection = connect(tmp_path / "x.db")
    connection.execute("CREATE TABLE t (a TEXT)")
    connection.execute("INSERT INTO t VALUES ('zuleika-canary')")
    connection.execute("DELETE FROM t")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    assert b"zuleika-canary" not in (tmp_path / "x.db").read_bytes()
    connection.close()
