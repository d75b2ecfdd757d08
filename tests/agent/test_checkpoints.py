"""Checkpoints hold ids and small values: they stay flat in size however long a run is, and a finished one keeps one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

import pytest

from sourcehound.agent.deps import Roles
from sourcehound.agent.graph import build_graph
from sourcehound.agent.hound import Sourcehound
from sourcehound.agent.models.planner import Move, ToolCall, View
from sourcehound.agent.threads import checkpoint_name
from sourcehound.tools.evidence import Evidence, Locator, Source
from sourcehound.tools.tool import Arguments, Desk, Event, Outcome
from tests.agent.conftest import Scripted, use

N_STEPS = 50


class LineArguments(Arguments):
    """Arguments of `line`."""

    number: int


class Line:
    """Finds another line of an endless text each time it is asked."""

    name: ClassVar[str] = "search_text"
    purpose: ClassVar[str] = "find a line"
    event: ClassVar[Event] = "search"
    Args: ClassVar[type[Arguments]] = LineArguments

    def run(self, args: LineArguments, desk: Desk) -> Outcome:
        del desk
        words = f"Line {args.number} says that the lamp burns oil. " * 20
        where = Locator(chars=(1000 * args.number, 1000 * args.number + len(words)))
        source = Source(path="/a.txt", uri="file:///a.txt", sha256="ab" * 32, media_type="text/plain", title="a")
        found = Evidence(kind="text", unit_id="x", source=source, locator=where, quote=words, producer="text 1")
        return Outcome(evidence=(found,), note=words)


@dataclass
class Restless(Scripted):
    """Asks for one line after the other and keeps the last one."""

    n_steps: int = N_STEPS

    def assess(self, view: View) -> Move:
        n = len(view.records)
        if n >= self.n_steps:
            return super().assess(view)
        item = replace(view.plan[0], evidence=view.records[-1].evidence, memo={"line": n})
        return Move(plan=(item,), calls=(ToolCall(tool="search_text", args={"number": n}),))


@pytest.fixture
def planner() -> Restless:
    return Restless(calls=(ToolCall(tool="search_text", args={"number": 1000}),))


@pytest.fixture
def restless(hound: Sourcehound, planner: Restless) -> Iterator[Sourcehound]:
    runner = hound.runner
    before = runner.deps
    runner.deps = replace(before, roles=lambda _: Roles(planner=planner), tools={"search_text": Line()})
    runner.graph = build_graph(runner.deps, runner.saver)
    yield hound
    runner.deps = before
    use(hound, Scripted())


def sizes(hound: Sourcehound, thread: str) -> list[int]:
    """Bytes of each checkpoint of a thread's first turn, in order, with the writes that belong to it."""
    rows = hound.runner.ledger.rows(
        "SELECT length(c.checkpoint) + COALESCE((SELECT SUM(length(w.value)) FROM writes w"
        " WHERE w.thread_id = c.thread_id AND w.checkpoint_id = c.checkpoint_id), 0)"
        " FROM checkpoints c WHERE c.thread_id = ? ORDER BY c.checkpoint_id",
        (checkpoint_name(thread, 0),),
    )
    return [n_bytes for (n_bytes,) in rows]


def test_checkpoints_stay_flat_over_fifty_steps_and_one_is_kept(restless: Sourcehound):
    stream = restless.stream("Who lit the lamp?", max_steps=N_STEPS + 5, max_tool_calls=N_STEPS + 5)
    n_assessed = 0
    for event in stream:
        n_assessed += event.type == "assess"
        if n_assessed == N_STEPS:
            break
    stream.close()
    [thread, *_] = restless.runner.threads.all()
    grown = sizes(restless, thread.id)
    assert len(grown) >= 2 * N_STEPS - 1
    assert max(grown[10:]) < 1.2 * min(grown[10:]) + 500
    assert max(grown) < 10_000
    *_, last = restless.stream(None, resume=True, thread=thread.id)
    assert last.type == "done"
    assert last.data["usage"]["steps"] == N_STEPS
    assert len(sizes(restless, thread.id)) == 1
    assert len(restless.runner.ledger.records(thread.id)) == N_STEPS


def test_as_many_steps_are_done_as_the_person_allows(restless: Sourcehound, planner: Restless):
    planner.n_steps = 210
    answer = restless.ask("Who lit the lamp?", max_steps=220, max_tool_calls=220)
    assert answer.document["usage"]["steps"] == 210
