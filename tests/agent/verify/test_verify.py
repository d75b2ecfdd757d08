"""The node `verify` in a graph: verdicts, the judge, the budget, and the event."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, cast

import pytest
from langgraph.graph import END, START, StateGraph

from sourcehound.agent.deps import Clock, Deps, Roles, Ruling
from sourcehound.agent.errors import ModelError
from sourcehound.agent.models.planner import Usage
from sourcehound.agent.state import Request, Sentence, State
from sourcehound.agent.testing import FakeClock, ScriptedJudge, ScriptedPlanner
from sourcehound.agent.verify.verify import verify
from sourcehound.tools.ledger import Ledger
from sourcehound.tools.web.web import Web
from tests.agent.verify.conftest import Shelf

TRUE = "It measures the tide every 6 minutes."
FALSE = "It measures the tide every 9 minutes."
PARAPHRASE = "Every six minutes the tide is measured there."


@dataclass
class Ran:
    """What a run of the node gave."""

    verdicts: list[str]
    checks: list[dict[str, Any]]
    spent: dict[str, float]
    events: list[dict[str, Any]]


@dataclass
class Bench:
    """A thread with evidence, and the node in a graph of its own."""

    shelf: Shelf
    ledger: Ledger
    clock: FakeClock

    def run(self, *sentences: Sentence, judge: ScriptedJudge | None = None, **bounds: Any) -> Ran:
        request = Request(question="How often is the tide measured?", **bounds)
        deps = Deps(
            library=self.shelf.library,
            ledger=self.ledger,
            tools={},
            roles=lambda _: Roles(planner=ScriptedPlanner(moves=(), drafts=()), judge=judge),
            web=lambda: cast("Web", None),
            clock=Clock(now=self.clock.now, monotonic=self.clock.monotonic),
        )
        builder = StateGraph(State)
        builder.add_node("verify", partial(verify, deps), input_schema=State)
        builder.add_edge(START, "verify")
        builder.add_edge("verify", END)
        state = State(request=request.to_json(), thread="t", draft=[sentence.to_json() for sentence in sentences])
        events: list[dict[str, Any]] = []
        final: dict[str, Any] = {}
        for mode, data in builder.compile().stream(state, stream_mode=["custom", "values"]):
            if mode == "custom":
                events.append(cast("dict[str, Any]", data))
            else:
                final = cast("dict[str, Any]", data)
        return Ran(
            verdicts=[check["verdict"] for check in final["checks"]],
            checks=final["checks"],
            spent=final["spent"],
            events=events,
        )


@pytest.fixture
def bench(shelf: Shelf, tmp_path: Path) -> Iterator[Bench]:
    clock = FakeClock()
    ledger = Ledger(tmp_path / "threads.db", clock.now)
    ledger.connection.execute("INSERT INTO threads VALUES ('t', 1, '?', '{}', 'open', NULL, '', '')")
    wide = replace(shelf.found(TRUE), id="")
    ledger.mint("t", [wide])
    yield Bench(shelf=shelf, ledger=ledger, clock=clock)
    ledger.close()


def cites(text: str, **more: Any) -> Sentence:
    return Sentence(text=text, cites=("E1",), **more)


def test_code_alone_supports_own_words_rejects_swaps_and_leaves_paraphrases_open(bench: Bench) -> None:
    ran = bench.run(cites(TRUE), cites(FALSE), cites(PARAPHRASE), Sentence(text="Seals like fish."))
    assert ran.verdicts == ["supported", "contradicted", "unchecked", "unchecked"]
    assert {result["by"] for check in ran.checks for result in check["checks"]} == {"code"}
    passed = {result["check"] for result in ran.checks[2]["checks"] if result["result"] == "passed"}
    assert {"hash", "quote", "number"} <= passed


def test_the_event_tells_verdicts_and_checks(bench: Bench) -> None:
    (event,) = bench.run(cites(TRUE)).events
    assert event["type"] == "verify"
    (sentence,) = event["data"]["sentences"]
    assert (sentence["text"], sentence["verdict"]) == (TRUE, "supported")
    assert {"check", "result", "by", "detail"} == set(sentence["checks"][0])


def test_a_judge_rules_only_on_what_code_leaves_open(bench: Bench) -> None:
    usage = Usage(model_calls=1, tokens_in=50, tokens_out=5)
    judge = ScriptedJudge(rulings=[Ruling(verdict="supported", why="it says so", usage=usage)])
    ran = bench.run(cites(TRUE), cites(FALSE), cites(PARAPHRASE), Sentence(text="Seals like fish."), judge=judge)
    assert ran.verdicts == ["supported", "contradicted", "supported", "unchecked"]
    assert [sentence for sentence, _ in judge.ruled] == [PARAPHRASE]
    assert "every 6 minutes" in judge.ruled[0][1][0]
    assert ran.checks[2]["checks"][-1] == {
        "check": "entailment", "result": "passed", "by": "scripted-judge", "detail": "it says so",
    }  # fmt: skip
    assert ran.spent["tokens_in"] == 50


@pytest.mark.parametrize("verdict", ["not_supported", "contradicted"])
def test_a_judge_can_reject(bench: Bench, verdict: str) -> None:
    judge = ScriptedJudge(rulings=[Ruling(verdict=verdict, why="no")])
    ran = bench.run(cites(PARAPHRASE), judge=judge)
    assert ran.verdicts == [verdict]
    assert ran.checks[0]["checks"][-1]["result"] == "failed"


@pytest.mark.parametrize(
    "ruling",
    [ModelError("the model is down"), Ruling(verdict="unchecked", why="unclear"), Ruling(verdict="yes!", why="")],
)
def test_a_judge_that_fails_or_cannot_tell_leaves_the_sentence_unchecked(
    bench: Bench, ruling: Ruling | Exception
) -> None:
    ran = bench.run(cites(PARAPHRASE), judge=ScriptedJudge(rulings=[ruling]))
    assert ran.verdicts == ["unchecked"]
    assert ran.checks[0]["checks"][-1]["check"] == "entailment"
    assert ran.checks[0]["checks"][-1]["result"] == "error"


@pytest.mark.parametrize("bounds", [{"timeout_s": 0.0}, {"max_tokens": 0}])
def test_a_spent_budget_asks_no_judge_and_says_so(bench: Bench, bounds: dict[str, Any]) -> None:
    judge = ScriptedJudge(rulings=[])
    ran = bench.run(cites(PARAPHRASE), judge=judge, **bounds)
    assert ran.verdicts == ["unchecked"]
    assert "budget" in ran.checks[0]["checks"][-1]["detail"]
    assert judge.ruled == []


def test_given_words_are_the_persons_and_need_no_citation(bench: Bench) -> None:
    request_words = "I keep two boats."
    ran = bench.run(Sentence(text="You keep two boats."), history=((request_words, "So."),))
    assert ran.verdicts == ["given"]


def test_an_empty_draft_has_no_checks(bench: Bench) -> None:
    assert bench.run().verdicts == []
