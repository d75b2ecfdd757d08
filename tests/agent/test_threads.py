from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from langgraph.checkpoint.base import id as checkpoint_id
from langgraph.checkpoint.base.id import uuid6
from langgraph.graph import END, START, StateGraph

from sourcehound.agent.state import Request, State
from sourcehound.agent.threads import (
    FORGOTTEN,
    Threads,
    checkpoint_name,
    open_saver,
    prune,
    seed_clock,
    without_source,
)
from sourcehound.tools.errors import BusyError, InputError
from sourcehound.tools.evidence import Evidence, Locator, Source
from sourcehound.tools.ledger import Ledger, Record

AT = "2026-01-01T00:00:00Z"
HOUR_S = 3600
CANARY = "zuleikacanary"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(tmp_path / "threads.db", lambda: AT)
    yield ledger
    ledger.close()


@pytest.fixture
def threads(ledger: Ledger) -> Threads:
    return Threads(ledger)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock that checkpoint ids are made from, as in a process that has just begun."""
    clock = Clock()
    monkeypatch.setattr("time.time_ns", lambda: clock.now_s * 1_000_000_000)
    monkeypatch.setattr(checkpoint_id, "_last_v6_timestamp", None)
    return clock


@dataclass
class Clock:
    now_s: int = 1_800_000_000


@dataclass(frozen=True)
class Count:
    n: int = 0


def counting(saver: Any, *, steps: int) -> Any:
    """A graph that counts to `steps`, a checkpoint for each."""
    builder: Any = StateGraph(Count)
    builder.add_node("count", lambda state: {"n": state.n + 1})
    builder.add_edge(START, "count")
    builder.add_conditional_edges("count", lambda state: END if state.n >= steps else "count", ["count", END])
    return builder.compile(checkpointer=saver)


def config(name: str) -> Any:
    return {"configurable": {"thread_id": name}, "recursion_limit": 200}


def evidence(sha256: str, quote: str) -> Evidence:
    source = Source(path=f"/{sha256}.txt", uri="file:///a.txt", sha256=sha256, media_type="text/plain", title="a")
    where = Locator(chars=(0, len(quote)))
    return Evidence(kind="text", unit_id=sha256, source=source, locator=where, quote=quote, producer="text 1")


def document(*cited: Evidence, question: str = "Who lit the lamp?") -> dict[str, Any]:
    """An answer with a sentence for each piece of evidence, in its own words."""
    sentences = [
        {
            "text": f"{e.quote} [{n}]",
            "span": [0, 0],
            "citations": [n],
            "verdict": "supported",
            "checks": [{"check": "quote"}],
        }
        for n, e in enumerate(cited, 1)
    ]
    return {
        "question": question,
        "status": "answered",
        "text": " ".join(str(sentence["text"]) for sentence in sentences),
        "short": cited[0].quote,
        "sentences": sentences,
        "citations": [{"n": n, **e.to_json()} for n, e in enumerate(cited, 1)],
        "plan": [
            {"question": "Who lit the lamp", "kinds": [], "state": "enough", "evidence": ["E1"]},
            {"question": f"Where does {CANARY} live?", "kinds": [], "state": "enough", "evidence": ["E2"]},
        ],
    }


def test_a_question_is_written_down_and_comes_back(threads: Threads):
    request = Request(question="Who lit the lamp?", history=(("before?", "this"),), kinds=("passage",))
    name = threads.begin(request, AT)
    saved = threads.get(name)
    assert (saved.state, saved.request, saved.answer, saved.created) == ("running", request, None, AT)
    threads.end(name, "done", {"status": "answered"}, "later")
    assert threads.get(name).to_json() == {
        "id": name,
        "question": "Who lit the lamp?",
        "state": "done",
        "status": "answered",
        "created": AT,
        "updated": "later",
    }
    threads.end(name, "stopped", None, "later still")
    assert threads.get(name).answer == {"status": "answered"}


def test_threads_are_told_newest_first_whatever_the_clock_says(threads: Threads):
    names = [threads.begin(Request(question=q), at) for q, at in (("a", "2030"), ("b", "2020"), ("c", "2025"))]
    threads.end(names[2], "done", None, AT)
    assert [saved.question for saved in threads.all()] == ["c", "b", "a"]
    last, running, stopped = threads.last(), threads.last(states=["running"]), threads.last(states=["stopped"])
    assert last is not None
    assert running is not None
    assert (last.question, running.question, stopped) == ("c", "b", None)
    threads.begin(Request(question="a again"), AT, thread=names[0])
    assert [saved.question for saved in threads.all()] == ["a again", "c", "b"]


def test_an_unknown_thread_is_an_error_of_input(threads: Threads):
    for act in (threads.get, threads.remove):
        with pytest.raises(InputError, match="there is no thread x"):
            act("x")


def test_a_locked_database_is_temporary_and_no_fault(threads: Threads, ledger: Ledger):
    other = sqlite3.connect(ledger.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    ledger.connection.execute("PRAGMA busy_timeout=0")
    with pytest.raises(BusyError, match="locked"):
        threads.begin(Request(question="?"), AT)
    other.execute("ROLLBACK")
    other.close()
    name = threads.begin(Request(question="?"), AT)
    assert threads.get(name).state == "running"


def test_the_second_at_a_thread_is_refused_by_name(threads: Threads):
    with (
        threads.writing("t1"),
        threads.writing("t2"),
        pytest.raises(BusyError, match="thread t1 is being written by process") as failure,
        threads.writing("t1", wait_s=0),
    ):
        pass
    assert failure.value.exit_code == 75


@pytest.mark.parametrize("thread", ["../../evil", "/etc/passwd", "a" * 400, "t\0x", "*", "\udcff"])
def test_a_thread_may_have_any_name_and_its_lock_stays_in_its_folder(threads: Threads, ledger: Ledger, thread: str):
    with threads.writing(thread):
        [lock] = (ledger.path.parent / "locks").iterdir()
        assert lock.name.endswith(".lock")
        assert lock.stat().st_size > 0


def test_removing_a_thread_takes_its_turns_and_no_others(threads: Threads, ledger: Ledger):
    saver = open_saver(ledger.path)
    for name in ("a", "a:1", "*", "ab"):
        threads.begin(Request(question=name), AT, thread=name)
        for turn in (0, 1):
            counting(saver, steps=2).invoke(Count(), config(checkpoint_name(name, turn)))
    ledger.mint("a", [evidence("aa", "One lamp.")])
    threads.remove("a")
    left = {row[0] for row in ledger.rows("SELECT DISTINCT thread_id FROM checkpoints")}
    assert left == {"a:1:0", "a:1:1", "*:0", "*:1", "ab:0", "ab:1"}
    threads.remove("*")
    assert {saved.id for saved in threads.all()} == {"a:1", "ab"}
    assert ledger.rows("SELECT * FROM evidence") == []
    assert {row[0] for row in ledger.rows("SELECT DISTINCT thread_id FROM writes")} <= {
        "a:1:0",
        "a:1:1",
        "ab:0",
        "ab:1",
    }
    saver.conn.close()


def test_a_finished_turn_keeps_one_checkpoint_and_still_knows_its_end(ledger: Ledger):
    saver = open_saver(ledger.path)
    graph = counting(saver, steps=20)
    graph.invoke(Count(), config("t:0"))
    graph.invoke(Count(), config("t:1"))
    prune(saver, "t:0")
    assert ledger.rows("SELECT COUNT(*) FROM checkpoints WHERE thread_id = 't:0'") == [(1,)]
    assert ledger.rows("SELECT COUNT(*) FROM writes WHERE thread_id = 't:0'") == [(0,)]
    assert ledger.rows("SELECT COUNT(*) FROM checkpoints WHERE thread_id = 't:1'")[0][0] > 20
    state = graph.get_state(config("t:0"))
    assert (state.values["n"], state.next) == (20, ())
    saver.conn.close()


@pytest.mark.parametrize("step_s", [-1, -HOUR_S, -365 * 24 * HOUR_S, 0, 365 * 24 * HOUR_S])
def test_a_clock_that_steps_between_two_processes_loses_no_step(ledger: Ledger, clock: Clock, step_s: int):
    saver = open_saver(ledger.path)
    counting(saver, steps=5).invoke(Count(), config("t:0"))
    saver.conn.close()
    # another process, whose clock says something else
    clock.now_s += step_s
    checkpoint_id._last_v6_timestamp = None  # pyright: ignore[reportPrivateUsage]
    saver = open_saver(ledger.path)
    counting(saver, steps=9).invoke(Count(n=5), config("t:0"))
    saver.conn.close()
    checkpoint_id._last_v6_timestamp = None  # pyright: ignore[reportPrivateUsage]
    saver = open_saver(ledger.path)
    state = counting(saver, steps=9).get_state(config("t:0"))
    assert (state.values["n"], state.next) == (9, ())
    saver.conn.close()


def test_what_another_process_wrote_meanwhile_sorts_before_what_comes(threads: Threads, ledger: Ledger, clock: Clock):
    saver = open_saver(ledger.path)
    clock.now_s += HOUR_S
    newest = str(uuid6())
    with saver.cursor() as cursor:
        cursor.execute("INSERT INTO checkpoints (thread_id, checkpoint_id) VALUES ('t:0', ?)", (newest,))
    clock.now_s -= HOUR_S
    checkpoint_id._last_v6_timestamp = None  # pyright: ignore[reportPrivateUsage]
    assert str(uuid6()) < newest
    with threads.writing("t"):
        assert str(uuid6()) > newest
    saver.conn.close()


def test_the_seam_to_langgraphs_clock_is_still_there(ledger: Ledger, clock: Clock):
    before = uuid6()
    saver = open_saver(ledger.path)
    with saver.cursor() as cursor:
        cursor.execute("INSERT INTO checkpoints (thread_id, checkpoint_id) VALUES ('t:0', ?)", (str(before),))
    checkpoint_id._last_v6_timestamp = None  # pyright: ignore[reportPrivateUsage]
    clock.now_s -= HOUR_S
    seed_clock(ledger.connection)
    assert str(uuid6()) > str(before)
    saver.conn.close()


def test_a_full_disk_while_a_checkpoint_is_written_says_so_and_the_run_goes_on_later(ledger: Ledger):
    saver = open_saver(ledger.path)
    graph = counting(saver, steps=30)
    (pages,) = saver.conn.execute("PRAGMA page_count").fetchone()
    failures = 0
    begin: Any = Count()
    while True:
        saver.conn.execute(f"PRAGMA max_page_count={pages}")
        try:
            graph.invoke(begin, config("t:0"), durability="sync")
        except BusyError:
            failures += 1
            pages += 2
            begin = None if graph.get_state(config("t:0")).values else Count()
        else:
            break
    assert failures >= 3
    assert graph.get_state(config("t:0")).values["n"] == 30
    assert ledger.rows("PRAGMA integrity_check") == [("ok",)]
    saver.conn.close()


def test_two_threads_of_a_program_ask_at_once(ledger: Ledger):
    saver = open_saver(ledger.path)
    graph = counting(saver, steps=20)
    runs = [threading.Thread(target=graph.invoke, args=(Count(), config(f"{n}:0"))) for n in range(4)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert [graph.get_state(config(f"{n}:0")).values["n"] for n in range(4)] == [20] * 4
    saver.conn.close()


def test_a_forgotten_source_leaves_no_word_in_any_thread(threads: Threads, ledger: Ledger, tmp_path: Path):
    saver = open_saver(ledger.path)
    secret, public = evidence("aa", f"It was {CANARY}."), evidence("bb", "The lamp burns oil.")
    name = threads.begin(Request(question="Who lit the lamp?", history=(("Who?", f"{CANARY} [1]"),)), AT)
    record = Record(step=0, turn=0, tool="search_text", args={"query": CANARY}, note=f"found {CANARY}")
    ledger.record(name, "k", record, [secret, public])
    counting(saver, steps=1).invoke(Count(n=0), config(checkpoint_name(name, 0)))
    with saver.cursor() as cursor:
        cursor.execute("UPDATE checkpoints SET checkpoint = ?", (CANARY.encode() * 100,))
    minted = ledger.all_evidence(name)
    threads.end(name, "done", document(*minted), AT)

    assert threads.forget_source("aa") == 1

    answer = threads.get(name).answer
    assert answer is not None
    assert [s["verdict"] for s in answer["sentences"]] == ["unreachable", "supported"]
    assert answer["text"] == f"{FORGOTTEN} [1] The lamp burns oil. [2]"
    assert [answer["text"][slice(*s["span"])] for s in answer["sentences"]] == [s["text"] for s in answer["sentences"]]
    assert [item["question"] for item in answer["plan"]] == ["Who lit the lamp", FORGOTTEN]
    assert [found.quote for found in ledger.all_evidence(name)] == [None, "The lamp burns oil."]
    assert [":~:text=" in c["uri"] for c in answer["citations"]] == [False, True]
    saver.conn.close()
    held = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert CANARY.encode() not in held


def test_a_source_that_no_thread_used_changes_nothing(threads: Threads, ledger: Ledger):
    name = threads.begin(Request(question="?", history=(("a", "b"),)), AT)
    ledger.mint(name, [evidence("bb", "One lamp.")])
    before = threads.get(name)
    assert threads.forget_source("aa") == 0
    assert threads.get(name) == before
    answer = document(evidence("bb", "One lamp."))
    assert without_source(answer, "aa") is answer


def test_a_thread_killed_before_its_answer_can_still_forget(threads: Threads, ledger: Ledger):
    name = threads.begin(Request(question="?"), AT)
    ledger.mint(name, [evidence("aa", CANARY)])
    assert threads.forget_source("aa") == 1
    saved = threads.get(name)
    assert (saved.state, saved.answer) == ("running", None)
    assert CANARY not in json.dumps([found.to_json() for found in ledger.all_evidence(name)])


def test_a_request_survives_the_way_through_the_database(threads: Threads):
    request = Request(
        question="Wo?",
        model="openai:x",
        seer="y",
        judge="z",
        web=True,
        within="talks/**",
        kinds=("moment", "speech"),
        attached=("/a.png",),
        max_steps=3,
        timeout_s=1.5,
        turn=2,
        interactive=True,
    )
    assert threads.get(threads.begin(replace(request, max_tokens=7), AT)).request == replace(request, max_tokens=7)


def test_a_checkpoint_gives_back_our_state_and_no_other_class_even_after_langgraph_was_imported(ledger: Ledger):
    saver = open_saver(ledger.path)
    state = State(request=Request(question="q").to_json())
    try:
        assert saver.serde.loads_typed(saver.serde.dumps_typed(state)) == state
        assert not isinstance(saver.serde.loads_typed(saver.serde.dumps_typed(Count(n=3))), Count)
    finally:
        saver.conn.close()
