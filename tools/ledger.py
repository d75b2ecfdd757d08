"""The ledger: every piece of evidence and every tool call of a thread, kept in the threads' database.

Written by the node `act` and never by a model; ids are minted here in call order, and the same place in one thread keeps
its id. A call is keyed by its content, so that a step done twice costs nothing and changes nothing. Knows nothing of graphs.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from sourcehound.tools.errors import ConfigError
from sourcehound.tools.evidence import Evidence, digest
from sourcehound.tools.library.catalogue import busy, connect

SCHEMA_VERSION = 1
_REMEMBERED = 4096
"""Rows of each kind that are kept as read: more than a thread has, some kilobytes each."""

_TABLES = """
CREATE TABLE threads (
  id TEXT PRIMARY KEY, seq INTEGER NOT NULL, question TEXT NOT NULL, request TEXT NOT NULL, state TEXT NOT NULL,
  answer TEXT, created TEXT NOT NULL, updated TEXT NOT NULL);
CREATE TABLE evidence (
  thread TEXT NOT NULL REFERENCES threads(id) ON DELETE CASCADE, n INTEGER NOT NULL, place TEXT NOT NULL,
  sha256 TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (thread, n)) WITHOUT ROWID;
CREATE UNIQUE INDEX evidence_place ON evidence(thread, place);
CREATE INDEX evidence_source ON evidence(sha256);
CREATE TABLE calls (
  thread TEXT NOT NULL REFERENCES threads(id) ON DELETE CASCADE, key TEXT NOT NULL, n INTEGER NOT NULL,
  step INTEGER NOT NULL, turn INTEGER NOT NULL, tool TEXT NOT NULL, args TEXT NOT NULL, result TEXT NOT NULL,
  PRIMARY KEY (thread, key)) WITHOUT ROWID;
CREATE INDEX calls_order ON calls(thread, n);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A tool call that was done.

    Attributes:
        evidence: ids of what it found, best first.
        fresh: how many of them this thread had not seen before.
        error: why it failed, empty if it did not.
    """

    step: int
    turn: int
    tool: str
    args: dict[str, Any]
    note: str
    evidence: tuple[str, ...] = ()
    fresh: int = 0
    error: str = ""
    images: int = 0


class Ledger:
    """The evidence and calls of all threads of a library. Safe to use from several threads.

    Args:
        path: the threads' database; made if it is missing.
        now: the time, ISO 8601 in UTC.

    Raises:
        ConfigError: the file was written by a newer Sourcehound, or is no database.
        BusyError: it is locked, or the disk is full.
    """

    def __init__(self, path: Path, now: Callable[[], str]) -> None:
        self.path = path
        self._now = now
        self._guard = threading.RLock()
        # Each step of a thread reads all that the thread has. Remembered by the very words of a row: a row that was
        # written anew, here or by another process, is read anew.
        self._evidence_in = lru_cache(maxsize=_REMEMBERED)(_evidence)
        self._record_in = lru_cache(maxsize=_REMEMBERED)(_record)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.connection = connect(path)
        try:
            self._migrate()
        except BaseException:
            self.connection.close()
            raise

    @contextmanager
    def transaction(self) -> Generator[sqlite3.Connection]:
        """One atomic change to the threads' database, of one thread of the program at a time; may be nested.

        Raises:
            BusyError: locked by another process for longer than `BUSY_TIMEOUT_S`, or the disk is full.
        """
        with self._guard:
            if self.connection.in_transaction:
                yield self.connection
                return
            try:
                self.connection.execute("BEGIN IMMEDIATE")
                yield self.connection
                self.connection.execute("COMMIT")
            except sqlite3.OperationalError as error:
                raise busy(error, self.path) from error
            finally:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")

    def rows(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        """What is committed, by a query; waits for a change that another thread of the program is making.

        Raises:
            BusyError: locked by another process.
        """
        with self._guard:
            try:
                return self.connection.execute(query, values).fetchall()
            except sqlite3.OperationalError as error:
                raise busy(error, self.path) from error

    def mint(self, thread: str, found: Sequence[Evidence]) -> tuple[tuple[Evidence, ...], int]:
        """Give evidence its ids, in order; the same place keeps the id it has. Returns it and how many are fresh.

        What a later look read at a known place (a quote, what a seer said) is added to the kept document.

        Raises:
            BusyError: the database is locked or the disk is full.
        """
        minted: list[Evidence] = []
        fresh = 0
        with self.transaction() as connection:
            for evidence in found:
                row = connection.execute(
                    "SELECT n, document FROM evidence WHERE thread = ? AND place = ?", (thread, evidence.place_key)
                ).fetchone()
                if row is None:
                    (last,) = connection.execute(
                        "SELECT COALESCE(MAX(n), 0) FROM evidence WHERE thread = ?", (thread,)
                    ).fetchone()
                    number, kept = last + 1, evidence.with_id(f"E{last + 1}", self._now())
                    fresh += 1
                else:
                    number, kept = row[0], _merge(self._evidence_in(row[1]), evidence)
                connection.execute(
                    "INSERT OR REPLACE INTO evidence (thread, n, place, sha256, document) VALUES (?,?,?,?,?)",
                    (thread, number, kept.place_key, kept.source.sha256, json.dumps(kept.to_json())),
                )
                minted.append(kept)
        return tuple(minted), fresh

    def record(self, thread: str, key: str, call: Record, found: Sequence[Evidence]) -> Record:
        """Mint what a call found and write the call down, in one transaction.

        Args:
            thread: the thread.
            key: `call_key` of the call; one that was done before is kept as it was and returned.
            call: the call, its evidence not yet minted.
            found: what it found, best first.

        Raises:
            BusyError: the database is locked or the disk is full.
        """
        with self.transaction():
            kept = self.recorded(thread, key)
            if kept is None:
                minted, fresh = self.mint(thread, found)
                kept = replace(call, evidence=tuple(evidence.id for evidence in minted), fresh=fresh)
                self._insert_call(thread, key, kept)
        return kept

    def recorded(self, thread: str, key: str) -> Record | None:
        """The call of a key, if it was done."""
        rows = self.rows("SELECT step, turn, tool, args, result FROM calls WHERE thread = ? AND key = ?", (thread, key))
        return self._record_in(*rows[0]) if rows else None

    def records(self, thread: str, *, turn: int | None = None) -> tuple[Record, ...]:
        """The calls of a thread in order, of one turn of the conversation if asked."""
        rows = self.rows("SELECT step, turn, tool, args, result FROM calls WHERE thread = ? ORDER BY n", (thread,))
        records = (self._record_in(*row) for row in rows)
        return tuple(record for record in records if turn is None or record.turn == turn)

    def evidence(self, thread: str, evidence_id: str) -> Evidence | None:
        """Evidence by its id, None if this thread has none of it."""
        digits = evidence_id.strip().removeprefix("E").removeprefix("e")
        if not digits.isascii() or not digits.isdigit() or len(digits) > 9:
            return None
        rows = self.rows("SELECT document FROM evidence WHERE thread = ? AND n = ?", (thread, int(digits)))
        return self._evidence_in(rows[0][0]) if rows else None

    def all_evidence(self, thread: str) -> tuple[Evidence, ...]:
        """Everything a thread found, in the order of its ids."""
        rows = self.rows("SELECT document FROM evidence WHERE thread = ? ORDER BY n", (thread,))
        return tuple(self._evidence_in(document) for (document,) in rows)

    def close(self) -> None:
        """Close the database."""
        self.connection.close()

    def _insert_call(self, thread: str, key: str, record: Record) -> None:
        result = {
            "note": record.note,
            "evidence": list(record.evidence),
            "fresh": record.fresh,
            "error": record.error,
            "images": record.images,
        }
        self.connection.execute(
            "INSERT INTO calls (thread, key, n, step, turn, tool, args, result)"
            " VALUES (?,?,(SELECT COUNT(*) FROM calls WHERE thread = ?),?,?,?,?,?)",
            (thread, key, thread, record.step, record.turn, record.tool, json.dumps(record.args), json.dumps(result)),
        )

    def _migrate(self) -> None:
        # only looking takes no lock: a new one of these never waits for what another process is writing
        if self._version() == SCHEMA_VERSION:
            return
        with self.transaction() as connection:
            if self._version() == 0:
                for statement in filter(str.strip, _TABLES.split(";")):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")

    def _version(self) -> int:
        [(version,)] = self.rows("PRAGMA user_version")
        if version > SCHEMA_VERSION:
            raise ConfigError(
                f"{self.path} was written by a newer Sourcehound (schema {version}, this one knows {SCHEMA_VERSION})",
                remedy="upgrade Sourcehound, or name another --home",
            )
        return version


def call_key(step: int, turn: int, tool: str, args: dict[str, Any]) -> str:
    """What makes a call one call: where in the thread it stands and what it asks."""
    return digest(str(turn), str(step), tool, json.dumps(args, sort_keys=True))


def _evidence(document: str) -> Evidence:
    return Evidence.from_json(json.loads(document))


def _record(step: int, turn: int, tool: str, args: str, result: str) -> Record:
    found = json.loads(result)
    return Record(
        step=step,
        turn=turn,
        tool=tool,
        args=json.loads(args),
        note=found["note"],
        evidence=tuple(found["evidence"]),
        fresh=found["fresh"],
        error=found["error"],
        images=found["images"],
    )


def _merge(kept: Evidence, again: Evidence) -> Evidence:
    return replace(
        kept,
        quote=again.quote or kept.quote,
        producer=again.producer if again.quote else kept.producer,
        score=max(filter(None, (kept.score, again.score)), default=None),
        detail=kept.detail | again.detail,
    )
