"""A question through the whole graph with a language model: planned, searched, drafted, checked, cited; and with faults."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sourcehound.agent import Sourcehound
from sourcehound.agent.deps import Roles, Ruling
from sourcehound.agent.errors import ModelError
from sourcehound.agent.graph import build_graph
from sourcehound.agent.models.judge import PromptedJudge
from sourcehound.agent.models.prompted import PromptedPlanner
from sourcehound.agent.testing import FakeClock, FakeOpenAI, ScriptedJudge, ScriptedModel, Served, calling
from sourcehound.tools.errors import ConfigError

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
GAUGE = "The new tide gauge was carried to Needle Island by the Silver Heron."
QUESTION = "Which boat carried the new tide gauge to Needle Island?"
PLAN = 'Q1: Which boat carried the gauge? | text\nCALL search_text {"query": "tide gauge Needle Island boat"}'


@pytest.fixture
def hound(tmp_path: Path) -> Iterator[Sourcehound]:
    """A library of two notes."""
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "gauge.md").write_text(f"# Gauge\n\n{GAUGE} We had it on the rock before noon.\n", encoding="utf-8")
    (notes / "otter.md").write_text("# Otter\n\nThe Grey Otter brought the old gauge back.\n", encoding="utf-8")
    with Sourcehound(home=tmp_path / "home") as hound:
        hound.add(notes)
        yield hound


def play(hound: Sourcehound, model: ScriptedModel, judge: Any = None) -> None:
    """Let a scripted model plan and draft."""
    clock = FakeClock()
    planner = PromptedPlanner(model, name="scripted:m", sleep=clock.sleep, monotonic=clock.monotonic)
    hound.runner.deps = replace(hound.runner.deps, roles=lambda _: Roles(planner=planner, judge=judge))
    hound.runner.graph = build_graph(hound.runner.deps, hound.runner.saver)


def id_of(messages: list[Any], words: str) -> str:
    """The id under which the notes of a prompt show some words."""
    found = re.search(rf"(E\d+) [^\n]*{re.escape(words)}", str(messages[-1].text))
    assert found is not None
    return found[1]


def replies(*, native: bool) -> Callable[[list[Any]], Any]:
    """A model that finds the boat and copies the sentence that names it."""

    def reply(messages: list[Any]) -> Any:
        task = str(messages[-1].text).rpartition("TASK:")[2]
        if "Break the question" in task:
            query = {"query": "tide gauge Needle Island boat"}
            return calling(("search_text", query), text=PLAN.partition("\n")[0]) if native else PLAN
        evidence = id_of(messages, "Silver Heron")
        return (
            f"Q1: enough {evidence}" if "Do the results above" in task else f"{GAUGE} [{evidence}]\nSHORT: Silver Heron"
        )

    return reply


@pytest.mark.parametrize("native", [True, False], ids=["native", "text"])
def test_a_copied_sentence_is_answered_supported_and_cited_at_its_place(hound: Sourcehound, native: bool):
    model = ScriptedModel(script=replies(native=native), takes_tools=native)
    play(hound, model)
    answer = hound.ask(QUESTION).document
    assert answer["status"] == "answered"
    assert answer["text"] == f"{GAUGE} [1]"
    assert answer["short"] == "Silver Heron"
    assert answer["sentences"][0]["verdict"] == "supported"
    assert answer["citations"][0]["quote"] == GAUGE
    assert answer["citations"][0]["source"]["path"].endswith("notes/gauge.md")
    assert answer["models"]["planner"] == "scripted:m"
    assert answer["usage"]["model_calls"] == 3
    assert answer["usage"]["tokens_in"] > 500
    assert len(model.told) == 3


def test_a_paraphrase_is_unchecked_without_a_judge_and_supported_with_one(hound: Sourcehound):
    def reply(messages: list[Any]) -> Any:
        said = replies(native=False)(messages)
        return said.replace(GAUGE, "The gauge was taken there by boat before midday.")

    play(hound, ScriptedModel(script=reply, takes_tools=False))
    assert hound.ask(QUESTION).document["sentences"][0]["verdict"] == "unchecked"
    ruling = Ruling(verdict="supported", why="it says so")
    play(hound, ScriptedModel(script=reply, takes_tools=False), ScriptedJudge(rulings=[ruling]))
    assert hound.ask(QUESTION).document["sentences"][0]["verdict"] == "supported"


def test_a_judge_whose_reply_cannot_be_read_leaves_the_sentence_unchecked(hound: Sourcehound):
    def reply(messages: list[Any]) -> Any:
        return replies(native=False)(messages).replace(GAUGE, "The gauge was taken there by boat before midday.")

    judge = PromptedJudge(ScriptedModel(script=["well, it depends"]), name="scripted:j")
    play(hound, ScriptedModel(script=reply, takes_tools=False), judge)
    assert hound.ask(QUESTION).document["sentences"][0]["verdict"] == "unchecked"


def test_ids_that_were_never_found_give_way_to_where_the_copied_words_stand(hound: Sourcehound):
    def reply(messages: list[Any]) -> Any:
        said = str(replies(native=False)(messages[:2]))
        return re.sub(r"\[E\d+\]", "[E41][E42]", said)

    play(hound, ScriptedModel(script=reply, takes_tools=False))
    answer = hound.ask(QUESTION).document
    assert [citation["quote"] for citation in answer["citations"]] == [GAUGE]


def test_a_model_that_cannot_answer_abstains_with_its_reason(hound: Sourcehound):
    script = [
        PLAN,
        "Q1: partly E1",
        "CANNOT: no result tells its price",
        "Q1: partly E1",
        "CANNOT: no result tells its price",
    ]
    play(hound, ScriptedModel(script=script, takes_tools=False))
    answer = hound.ask("What did the gauge cost?").document
    assert (answer["status"], answer["stop"]["reason"]) == ("abstained", "nothing_found")
    assert "no result tells its price" in answer["text"]


def test_a_question_to_the_person_ends_a_script_with_needs_input(hound: Sourcehound):
    play(hound, ScriptedModel(script=["ASK: The new gauge or the old one?"], takes_tools=False))
    answer = hound.ask("Which boat was it?").document
    assert (answer["stop"]["reason"], answer["stop"]["detail"]) == ("needs_input", "The new gauge or the old one?")


def test_over_http_a_model_string_answers_like_any_other(hound: Sourcehound, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    found = hound.find("tide gauge Silver Heron", type="passage", n=1).document["hits"][0]["evidence"]["quote"]
    assert GAUGE in found
    served = [Served(text=PLAN), Served(text="Q1: enough E1"), Served(text=f"{GAUGE} [E1]")]
    with FakeOpenAI(served) as server:
        answer = hound.ask(QUESTION, model=f"openai:fake@{server.url}").document
    assert (answer["status"], answer["usage"]["tokens_in"], answer["usage"]["tokens_out"]) == ("answered", 300, 30)


def test_a_judge_that_is_named_rules_over_http(hound: Sourcehound, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    drafted = "The gauge was taken there by boat before midday. [E1]"
    served = [Served(text=PLAN), Served(text="Q1: enough E1"), Served(text=drafted)]
    with FakeOpenAI(served) as server, FakeOpenAI(["WHY: it says so\nVERDICT: supported"]) as other:
        model, judge = f"openai:fake@{server.url}", f"openai:judge@{other.url}"
        answer = hound.ask(QUESTION, model=model, judge=judge).document
    assert answer["sentences"][0]["verdict"] == "supported"
    assert answer["models"] == {"planner": model, "seer": None, "judge": judge}
    assert "Silver Heron" in other.asked[0]["messages"][0]["content"]


def test_a_model_that_dies_midway_leaves_a_thread_that_another_model_resumes(hound: Sourcehound):
    served = [Served(text=PLAN), Served(status=401, text="key expired")]
    with FakeOpenAI(served) as server, pytest.raises(ConfigError):
        hound.ask(QUESTION, model=f"openai:fake@{server.url}")
    events = list(hound.stream(resume=True, model="built-in"))
    assert events[-1].type == "done"
    assert "Silver Heron" in events[-1].data["text"]


def test_a_server_that_is_not_there_is_said_and_never_replaced(hound: Sourcehound):
    with FakeOpenAI(["x"]) as server:
        pass
    play(hound, ScriptedModel(script=lambda _: ConnectionRefusedError("refused")))
    with pytest.raises(ModelError, match="built-in would go on without it"):
        hound.ask(QUESTION, model=f"openai:fake@{server.url}")
    assert hound.find("tide gauge", n=1).document["hits"]


def test_the_token_budget_is_passed_by_no_more_than_the_landing(hound: Sourcehound):
    model = ScriptedModel(script=replies(native=False), takes_tools=False)
    play(hound, model)
    answer = hound.ask(QUESTION, max_tokens=50).document
    assert len(model.told) == 2
    assert answer["sentences"]
