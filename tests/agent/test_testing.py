"""The public test doubles do what their names say, so that other people's tests may rest on them."""

from __future__ import annotations

import doctest
from typing import Any

import httpx
import numpy as np
import pytest

from sourcehound.agent import testing
from sourcehound.agent.deps import Judge, Ruling
from sourcehound.agent.models.planner import Draft, Move, Planner
from sourcehound.agent.testing import (
    FakeClock,
    FakeOpenAI,
    ScriptedJudge,
    ScriptedModel,
    ScriptedPlanner,
    ScriptedSeer,
    Served,
    calling,
)
from sourcehound.tools.senses.sense import Seer

TOOL = {"type": "function", "function": {"name": "search_text", "description": "d", "parameters": {"type": "object"}}}


def test_the_examples_of_the_doubles_run():
    assert doctest.testmod(testing).failed == 0


def test_a_scripted_model_says_its_script_and_remembers_what_it_was_told():
    model = ScriptedModel(script=["one", calling(("search_text", {"query": "x"}))])
    assert model.invoke("first").text == "one"
    reply = model.bind_tools([TOOL]).invoke([("system", "s"), ("human", "second")])
    assert reply.tool_calls[0]["args"] == {"query": "x"}
    assert [told.text for told in model.told] == ["first", "s\n\nsecond"]
    assert [told.tools for told in model.told] == [(), ("search_text",)]


def test_a_scripted_model_counts_a_token_for_four_characters_or_none_at_all():
    counted: Any = ScriptedModel(script=["x" * 40]).invoke("y" * 80)
    assert (counted.usage_metadata["input_tokens"], counted.usage_metadata["output_tokens"]) == (20, 10)
    silent: Any = ScriptedModel(script=["x"], counts_tokens=False).invoke("y")
    assert silent.usage_metadata is None


def test_a_scripted_model_raises_the_errors_of_its_script_and_says_when_it_is_over():
    with pytest.raises(ConnectionError):
        ScriptedModel(script=[ConnectionError("down")]).invoke("x")
    with pytest.raises(RuntimeError, match="the script has 0 replies"):
        ScriptedModel(script=[]).invoke("x")
    with pytest.raises(NotImplementedError):
        ScriptedModel(takes_tools=False).bind_tools([TOOL])


def test_scripted_roles_meet_the_protocols_and_follow_their_scripts():
    planner: Planner = ScriptedPlanner(
        moves=[Move(plan=()), ValueError("x")], drafts=[Draft(sentences=(), why_not="y")]
    )
    view: Any = object()
    assert planner.plan(view).plan == ()
    with pytest.raises(ValueError, match="x"):
        planner.assess(view)
    assert planner.draft(view).why_not == "y"
    seer: Seer = ScriptedSeer(answers=["red", None])
    picture = np.zeros((2, 3, 3), dtype=np.uint8)
    assert [seer.look("colour?", [picture]).answer, seer.look("colour?", []).answer] == ["red", None]
    judge: Judge = ScriptedJudge(rulings=[Ruling(verdict="supported", why="w")])
    assert judge.rule("s", ("q",)).verdict == "supported"


def test_a_fake_clock_moves_only_when_it_is_slept():
    clock = FakeClock()
    clock.sleep(90)
    assert (clock.now(), clock.monotonic(), clock.slept) == ("2026-01-01T00:01:30Z", 90, [90])


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_fake_server_speaks_the_protocol_and_repeats_its_last_response():
    with FakeOpenAI(["one", Served(status=429, text="slow", headers={"retry-after": "3"})]) as server:
        replies = [httpx.post(f"{server.url}/chat/completions", json={"messages": [n]}) for n in range(3)]
    assert replies[0].json()["choices"][0]["message"]["content"] == "one"
    assert [reply.status_code for reply in replies] == [200, 429, 429]
    assert replies[1].headers["retry-after"] == "3"
    assert [asked["messages"] for asked in server.asked] == [[0], [1], [2]]
