"""Threads: saved questions and their answers, checkpoints, and the lock that keeps a thread to one writer.

Closes LangGraph's measured gaps: the clock that steps back (checkpoint ids are seeded from the newest one), two processes
on one thread (a lock), unsafe deserialisation (plain values and `State`, nothing else). Knows nothing of nodes.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sourcehound.agent.state import Request, State
from sourcehound.tools.errors import InputError
from sourcehound.tools.evidence import Evidence, digest
from sourcehound.tools.ledger import Ledger
from sourcehound.tools.library.catalogue import busy, connect
from sourcehound.tools.library.lock import WAIT_S, exclusive

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
    """The saved threads of a library, over the ledger's database.

    Every method raises BusyError where the database is locked for too long or the disk is full.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def begin(self, request: Request, at: str, *, thread: str | None = None) -> str:
        """Write a question down before anything is done for it, in a thread that is held for writing or a new one.

        Returns the thread's id.
        """
        name = thread or new_name()
        with self._ledger.transaction() as connection:
            connection.execute(
                "INSERT INTO threads (id, seq, question, request, state, answer, created, updated)"
                " VALUES (?,(SELECT COALESCE(MAX(seq), 0) + 1 FROM threads),?,?,'running',NULL,?,?)"
                " ON CONFLICT(id) DO UPDATE SET question = excluded.question, request = excluded.request,"
                " state = 'running', seq = excluded.seq, updated = excluded.updated",
                (name, request.question, json.dumps(request.to_json()), at, at),
            )
        return name

    def end(self, thread: str, state: str, answer: dict[str, Any] | None, at: str) -> None:
        """Write down how a run ended; the answer is kept if there is one."""
        with self._ledger.transaction() as connection:
            connection.execute(
                "UPDATE threads SET state = ?, answer = COALESCE(?, answer), updated = ? WHERE id = ?",
                (state, json.dumps(answer) if answer is not None else None, at, thread),
            )

    def get(self, thread: str) -> Thread:
        """A thread by its id.

        Raises:
            InputError: there is none.
        """
        rows = self._ledger.rows(f"{_SELECT} WHERE id = ?", (thread,))
        if not rows:
            raise InputError(f"there is no thread {thread}", remedy="see `sourcehound threads`")
        return _thread(rows[0])

    def last(self, *, states: Sequence[str] = (), answered: bool = False) -> Thread | None:
        """The thread asked last, of some states or with an answer if asked for; None if there is none."""
        where = "(? = '[]' OR state IN (SELECT value FROM json_each(?))) AND (NOT ? OR answer IS NOT NULL)"
        wanted = json.dumps(list(states))
        rows = self._ledger.rows(f"{_SELECT} WHERE {where} ORDER BY seq DESC LIMIT 1", (wanted, wanted, answered))
        return _thread(rows[0]) if rows else None

    def has(self, thread: str) -> bool:
        """Whether there is a thread of that id."""
        return bool(self._ledger.rows("SELECT 1 FROM threads WHERE id = ?", (thread,)))

    def all(self) -> tuple[Thread, ...]:
        """Every thread, newest first."""
        return tuple(map(_thread, self._ledger.rows(f"{_SELECT} ORDER BY seq DESC")))

    def remove(self, thread: str) -> None:
        """Forget a thread: its answer, ledger and checkpoints.

        Raises:
            InputError: there is none.
            BusyError: a question of it is being answered.
        """
        self.get(thread)
        with self.writing(thread), self._ledger.transaction() as connection:
            connection.execute("DELETE FROM threads WHERE id = ?", (thread,))
            _delete_checkpoints(connection, thread)
        self._empty_log()

    def sources_at(self, paths: Sequence[str]) -> set[str]:
        """The hashes of every source that saved threads took from files at or below some paths, older versions too."""
        place = "json_extract(document, '$.source.path')"
        query = f"SELECT DISTINCT sha256 FROM evidence WHERE {place} = ? OR substr({place}, 1, ?) = ?"  # noqa: S608  constants
        found: set[str] = set()
        for path in paths:
            below = path.rstrip("/") + "/"
            found.update(sha256 for (sha256,) in self._ledger.rows(query, (path, len(below), below)))
        return found

    def forget_source(self, sha256: str) -> int:
        """Take the quotes that saved threads took from a source; returns how many citations became unreachable.

        Raises:
            BusyError: a thread that cites it is at work; nothing was taken.
        """
        citing = self._ledger.rows("SELECT DISTINCT thread FROM evidence WHERE sha256 = ? ORDER BY thread", (sha256,))
        with ExitStack() as held:
            for (thread,) in citing:
                held.enter_context(self.writing(thread))
            n_citations = self._forget_source(sha256)
        self._empty_log()
        return n_citations

    def _forget_source(self, sha256: str) -> int:
        with self._ledger.transaction() as connection:
            rows = connection.execute("SELECT thread, n, document FROM evidence WHERE sha256 = ?", (sha256,)).fetchall()
            for thread, n, document in rows:
                kept = without_words(json.loads(document))
                connection.execute(
                    "UPDATE evidence SET document = ? WHERE thread = ? AND n = ?", (json.dumps(kept), thread, n)
                )
            for thread in {row[0] for row in rows}:
                saved = self.get(thread)
                request = replace(
                    saved.request, history=tuple((asked, FORGOTTEN) for asked, _ in saved.request.history)
                )
                answer = saved.answer and without_source(saved.answer, sha256)
                connection.execute(
                    "UPDATE threads SET request = ?, answer = ? WHERE id = ?",
                    (json.dumps(request.to_json()), json.dumps(answer) if answer else None, thread),
                )
                _delete_checkpoints(connection, thread)
                connection.execute("DELETE FROM calls WHERE thread = ?", (thread,))
        return len(rows)

    @contextmanager
    def writing(self, thread: str, *, wait_s: float = WAIT_S) -> Generator[None]:
        """Hold a thread for writing.

        Raises:
            BusyError: another process is at it.
        """
        # a thread's name may be anything a person or a program gave it, so it never is a file's name
        path = self._ledger.path.parent / "locks" / f"{digest(thread)}.lock"
        with exclusive(path, f"thread {thread}", wait_s=wait_s):
            if self._ledger.rows("SELECT 1 FROM sqlite_schema WHERE name = 'checkpoints'"):
                # after the lock: what another process wrote until now has to sort before what comes
                seed_clock(self._ledger.connection)
            yield

    def _empty_log(self) -> None:
        """Rewrite the write-ahead log, which holds old pages still."""
        self._ledger.rows("PRAGMA wal_checkpoint(TRUNCATE)")


_SELECT = "SELECT id, question, request, state, answer, created, updated FROM threads"
FORGOTTEN = "(forgotten)"


def new_name() -> str:
    """An id that no thread has."""
    return secrets.token_hex(4)


def without_source(answer: dict[str, Any], sha256: str) -> dict[str, Any]:
    """An answer document without what it took from a source: its quotes, the sentences that cite it, the value alone.

    What a plan asked beyond the person's own words may be taken from it too.
    """
    gone = {c["n"] for c in answer["citations"] if c["source"]["sha256"] == sha256}
    if not gone:
        return answer
    citations = [{"n": c["n"], **without_words(c)} if c["n"] in gone else c for c in answer["citations"]]
    sentences: list[dict[str, Any]] = []
    start = 0
    for sentence in answer["sentences"]:
        kept = dict(sentence)
        if gone & set(sentence["citations"]):
            marks = "".join(f" [{n}]" for n in sentence["citations"])
            kept |= {"text": FORGOTTEN + marks, "verdict": "unreachable", "checks": []}
        kept["span"] = [start, start + len(kept["text"])]
        start += len(kept["text"]) + 1
        sentences.append(kept)
    plan = [i if i["question"] in answer["question"] else i | {"question": FORGOTTEN} for i in answer["plan"]]
    changed = {
        "citations": citations,
        "sentences": sentences,
        "plan": plan,
        "text": " ".join(sentence["text"] for sentence in sentences),
        "short": None,
        "status": "partial" if any(sentence["verdict"] == "supported" for sentence in sentences) else "abstained",
    }
    return answer | changed


def without_words(document: dict[str, Any]) -> dict[str, Any]:
    """An evidence document without what was read at its place: quote and details, and the link that names the words."""
    evidence = Evidence.from_json({name: value for name, value in document.items() if name != "n"})
    return replace(evidence, quote=None, detail={}).to_json()


def checkpoint_name(thread: str, turn: int) -> str:
    """The name under which LangGraph keeps one turn of a thread."""
    return f"{thread}:{turn}"


def open_saver(path: Path) -> SqliteSaver:
    """LangGraph's checkpointer on the threads' database: strict, on the disk at once, and a full disk says so.

    Raises:
        BusyError: the database is locked, or the disk is full.
    """
    from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
    from langgraph.checkpoint.sqlite import SqliteSaver

    class Saver(SqliteSaver):
        """LangGraph's own commits half a change when the other half fails; this one commits all or nothing."""

        @contextmanager
        def cursor(self, transaction: bool = True) -> Generator[sqlite3.Cursor]:  # noqa: FBT001, FBT002  LangGraph's own
            with self.lock:
                cursor = self.conn.cursor()
                try:
                    self.setup()
                    yield cursor
                    if transaction:
                        self.conn.commit()
                except sqlite3.OperationalError as error:
                    raise busy(error, path) from error
                finally:
                    self.conn.rollback()
                    cursor.close()

    connection = connect(path)
    connection.isolation_level = "DEFERRED"  # as LangGraph expects it: a transaction begins by itself
    # said here and not by LangGraph's switch in the environment, which is read when LangGraph is first imported: a program
    # may have done that long before
    saver = Saver(connection, serde=JsonPlusSerializer(allowed_msgpack_modules=[(State.__module__, State.__name__)]))
    with saver.cursor():
        seed_clock(connection)
    return saver


def prune(saver: SqliteSaver, name: str) -> None:
    """Keep one checkpoint of a finished turn.

    Raises:
        BusyError: the database is locked, or the disk is full.
    """
    with saver.cursor() as cursor:
        cursor.execute(
            "DELETE FROM checkpoints WHERE thread_id = ? AND checkpoint_id < (SELECT MAX(checkpoint_id) FROM checkpoints"
            " WHERE thread_id = ?)",
            (name, name),
        )
        cursor.execute("DELETE FROM writes WHERE thread_id = ?", (name,))


def seed_clock(connection: sqlite3.Connection) -> None:
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
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    for table in sorted(tables & {"checkpoints", "writes"}):
        # the turn's number alone may follow: a thread may be named as another one with a colon behind it
        connection.execute(
            f"DELETE FROM {table} WHERE substr(thread_id, 1, ?1) = ?2 AND substr(thread_id, ?1 + 1) NOT GLOB '*[^0-9]*'",  # noqa: S608  a fixed name
            (len(thread) + 1, f"{thread}:"),
        )


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
