"""Where the graph goes next, and when a budget ends the search."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sourcehound.agent import routing
from sourcehound.agent.budget import exhausted, left
from sourcehound.agent.state import COUNTS, Request, State, add_counts

STATE = State(request=Request(question="q").to_json())


def test_calls_are_done_and_no_calls_are_drafted():
    assert routing.after_plan(replace(STATE, calls=[{"tool": "read", "args": {}}])) == "act"
    assert routing.after_plan(STATE) == "draft"
    assert routing.after_plan(replace(STATE, calls=[{}], stop={"reason": "steps"})) == "draft"
    assert routing.after_plan(replace(STATE, ask_person="which?")) == "ask"


def test_an_empty_draft_looks_once_more_and_then_lets_go():
    empty = replace(STATE, stop={"reason": "nothing_found"})
    assert routing.after_draft(empty) == "assess"
    assert routing.after_draft(replace(empty, gaps=1)) == "verify"
    assert routing.after_draft(replace(empty, draft=[{}])) == "verify"


@pytest.mark.parametrize(
    ("verdict", "goes"), [("supported", "answer"), ("unchecked", "answer"), ("not_supported", "draft")]
)
def test_a_failed_sentence_is_repaired_once(verdict: str, goes: str):
    checked = replace(STATE, checks=[{"verdict": verdict, "checks": []}])
    assert routing.after_verify(checked) == goes
    assert routing.after_verify(replace(checked, repairs=1)) == "answer"


@pytest.mark.parametrize(
    ("spent", "reason"),
    [
        ({"steps": 12}, "steps"),
        ({"tool_calls": 40}, "tool_calls"),
        ({"tokens_in": 150_000, "tokens_out": 50_000}, "tokens"),
        ({"seconds": 600.0}, "seconds"),
        ({"steps": 11}, None),
    ],
)
def test_a_spent_budget_is_named(spent: dict[str, float], reason: str | None):
    assert exhausted(Request(question="q"), spent) == reason
    assert all(value >= 0 for value in left(Request(question="q"), spent).values())


def test_counts_add_up_and_none_is_forgotten():
    assert add_counts({"steps": 1}, {"steps": 1, "seconds": 0.5}) == dict.fromkeys(COUNTS, 0) | {
        "steps": 2,
        "seconds": 0.5,
    }


def test_a_request_survives_the_checkpoint():
    request = Request(question="q", history=(("a", "b"),), kinds=("image",), attached=("/x",), web=True)
    assert Request.from_json(request.to_json()) == request
