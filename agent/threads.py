"""Threads: saved questions and their answers, checkpoints, and the lock that keeps a thread to one writer.

Closes LangGraph's measured gaps: the clock that steps back (checkpoint ids are seeded from the newest one), two processes
on one thread (a lock), unsafe deserialisation (strict msgpack, plain values only). Knows nothing of nodes.
"""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sourcehound.agent.state import Request
from sourcehound.tools.errors import InputError
from sourcehound.tools.ledger import Ledger
from sourcehound.tools.library.catalogue import BUSY_TIMEOUT_S
from sourcehound.tools.library.lock import exclusive

if TYPE_CHECKING:
    from langgraph.checkpoint.sqlite import SqliteSaver


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A saved thread.

    Attributes:
        state: `running` (or killed while running), `stopped` (resumable), `done`.
        answer: the newest answer document, None before there is one.
    """

    id: str
    question: str
    request: Request
    state: str
    answer: dict[str, Any] | None
    created: str
    updated: str

    def to_json(self) -> dict[str, Any]:
        """What `threads` shows of it."""
        return {
            "id": self.id,
            "question": self.question,
            "state": self.state,
            "status": self.answer["status"] if self.answer else None,
            "created": self.created,
            "updated": self.updated,
        }


class Threads:
    """The saved threads of a library, over the ledger's database."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def begin(self, request: Request, at: str, *, thread: str | None = None) -> str:
        """Write a question down before anything is done for it; returns the thread's id."""
        name = thread or secrets.token_hex(4)
        connection = self._ledger.connection
        connection.execute(
            "INSERT INTO threads (id, seq, question, request, state, answer, created, updated)"
            " VALUES (?,(SELECT COALESCE(MAX(seq), 0) + 1 FROM threads),?,?,'running',NULL,?,?)"
            " ON CONFLICT(id) DO UPDATE SET question = excluded.question, request = excluded.request, state = 'running',"
            " seq = excluded.seq, updated = excluded.updated",
            (name, request.question, json.dumps(request.to_json()), at, at),
        )
        return name

    def end(self, thread: str, state: str, answer: dict[str, Any] | None, at: str) -> None:
        """Write down how a run ended; the answer is kept if there is one."""
        self._ledger.connection.execute(
            "UPDATE threads SET state = ?, answer = COALESCE(?, answer), updated = ? WHERE id = ?",
            (state, json.dumps(answer) if answer is not None else None, at, thread),
        )

    def get(self, thread: str) -> Thread:
        """A thread by its id.

        Raises:
            InputError: there is none.
        """
        row = self._ledger.connection.execute(f"{_SELECT} WHERE id = ?", (thread,)).fetchone()
        if row is None:
            raise InputError(f"there is no thread {thread}", remedy="see `sourcehound threads`")
        return _thread(row)

    def last(self, *, state: str | None = None) -> Thread | None:
        """The thread asked last, of a state if given; None if there is none."""
        where = " WHERE state = ?" if state else ""
        row = self._ledger.connection.execute(
            f"{_SELECT}{where} ORDER BY seq DESC LIMIT 1", (state,) if state else ()
        ).fetchone()
        return None if row is None else _thread(row)

    def all(self) -> tuple[Thread, ...]:
        """Every thread, newest first."""
        return tuple(map(_thread, self._ledger.connection.execute(f"{_SELECT} ORDER BY seq DESC").fetchall()))

    def remove(self, thread: str) -> None:
        """Forget a thread: its answer, ledger and checkpoints.

        Raises:
            InputError: there is none.
        """
        self.get(thread)
        connection = self._ledger.connection
        connection.execute("DELETE FROM threads WHERE id = ?", (thread,))
        _delete_checkpoints(connection, thread)

    def forget_source(self, sha256: str) -> int:
        """Take the quotes that saved threads took from a source; returns how many citations became unreachable."""
        connection = self._ledger.connection
        rows = connection.execute("SELECT thread, n, document FROM evidence WHERE sha256 = ?", (sha256,)).fetchall()
        for thread, n, document in rows:
            kept = json.loads(document) | {"quote": None, "detail": {}}
            connection.execute(
                "UPDATE evidence SET document = ? WHERE thread = ? AND n = ?", (json.dumps(kept), thread, n)
            )
        for thread in {row[0] for row in rows}:
            self._forget_in_answer(thread, sha256)
            _delete_checkpoints(connection, thread)
            connection.execute("DELETE FROM calls WHERE thread = ?", (thread,))
        return len(rows)

    def _forget_in_answer(self, thread: str, sha256: str) -> None:
        answer = self.get(thread).answer
        if answer is None:
            return
        gone = {c["n"] for c in answer["citations"] if c["source"]["sha256"] == sha256}
        for citation in answer["citations"]:
            if citation["n"] in gone:
                citation.update(quote=None, detail={})
        for sentence in answer["sentences"]:
            if gone & set(sentence["citations"]):
                marks = "".join(f" [{n}]" for n in sentence["citations"])
                sentence.update(text=f"(forgotten){marks}", verdict="unreachable", checks=[])
        answer["text"] = " ".join(sentence["text"] for sentence in answer["sentences"])
        if gone:
            answer["short"] = None
        start = 0
        for sentence in answer["sentences"]:
            sentence["span"] = [start, start + len(sentence["text"])]
            start += len(sentence["text"]) + 1
        self._ledger.connection.execute("UPDATE threads SET answer = ? WHERE id = ?", (json.dumps(answer), thread))

    @contextmanager
    def writing(self, thread: str) -> Generator[None]:
        """Hold a thread for writing.

        Raises:
            BusyError: another process is at it.
        """
        folder = self._ledger.path.parent / "locks"
        with exclusive(folder / f"{thread}.lock", f"thread {thread}"):
            yield


_SELECT = "SELECT id, question, request, state, answer, created, updated FROM threads"


def checkpoint_name(thread: str, turn: int) -> str:
    """The name under which LangGraph keeps one turn of a thread."""
    return f"{thread}:{turn}"


def open_saver(path: Path) -> SqliteSaver:
    """LangGraph's checkpointer on the threads' database, with the clock's gap closed."""
    os.environ["LANGGRAPH_STRICT_MSGPACK"] = "true"
    from langgraph.checkpoint.sqlite import SqliteSaver

    connection = sqlite3.connect(path, timeout=BUSY_TIMEOUT_S, check_same_thread=False)
    saver = SqliteSaver(connection)
    saver.setup()
    _seed_clock(connection)
    return saver


def prune(saver: SqliteSaver, name: str) -> None:
    """Keep one checkpoint of a finished turn."""
    with saver.cursor() as cursor:
        cursor.execute(
            "DELETE FROM checkpoints WHERE thread_id = ? AND checkpoint_id < (SELECT MAX(checkpoint_id) FROM checkpoints"
            " WHERE thread_id = ?)",
            (name, name),
        )
        cursor.execute("DELETE FROM writes WHERE thread_id = ?", (name,))


def _seed_clock(connection: sqlite3.Connection) -> None:
    """Checkpoint ids are ordered by time; a clock that stepped back must not make new ones sort before old ones."""
    from uuid import UUID

    from langgraph.checkpoint.base import id as checkpoint_id

    (newest,) = connection.execute("SELECT MAX(checkpoint_id) FROM checkpoints").fetchone()
    if newest is None:
        return
    value = UUID(newest).int
    timestamp = (value >> 80) << 12 | ((value >> 64) & 0x0FFF)
    last = checkpoint_id._last_v6_timestamp or 0  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  the only seam; a test holds it
    checkpoint_id._last_v6_timestamp = max(last, timestamp)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def _delete_checkpoints(connection: sqlite3.Connection, thread: str) -> None:
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for table in tables & {"checkpoints", "writes"}:
        connection.execute(f"DELETE FROM {table} WHERE thread_id GLOB ?", (f"{thread}:*",))  # noqa: S608  a fixed name


def _thread(row: tuple[Any, ...]) -> Thread:
    return Thread(
        id=row[0],
        question=row[1],
        request=Request.from_json(json.loads(row[2])),
        state=row[3],
        answer=json.loads(row[4]) if row[4] else None,
        created=row[5],
        updated=row[6],
    )
