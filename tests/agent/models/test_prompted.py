"""The planner that is a language model, driven by scripted models: native calls, text calls, and replies of no use."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from langchain_core.messages import AIMessage

from sourcehound.agent.errors import ModelError
from sourcehound.agent.models.calling import Policy
from sourcehound.agent.models.planner import Draft, Fault, ToolCall, View
from sourcehound.agent.models.prompted import PromptedPlanner
from sourcehound.agent.state import PlanItem, Sentence
from sourcehound.agent.testing import FakeClock, FakeOpenAI, ScriptedModel, Served, calling
from sourcehound.tools.evidence import Evidence

GAUGE = "The new tide gauge was carried to Needle Island by the Silver Heron."
BOAT = ToolCall(tool="search_text", args={"query": "tide gauge boat"})
TEXT_PLAN = 'Q1: which boat? | text\nCALL search_text {"query": "tide gauge boat"}'
NATIVE = calling(("search_text", {"query": "tide gauge boat"}), text="Q1: which boat? | text")


def planner(model: ScriptedModel, **options: Any) -> PromptedPlanner:
    clock = FakeClock()
    return PromptedPlanner(model, name="scripted:m", sleep=clock.sleep, monotonic=clock.monotonic, **options)


def test_a_plan_gives_sub_questions_and_first_calls_in_one_model_call(begun: View):
    model = ScriptedModel(script=[NATIVE])
    move = planner(model).plan(begun)
    assert move.plan == (PlanItem(question="which boat?", kinds=("text",)),)
    assert move.calls == (BOAT,)
    assert move.usage.model_calls == 1
    assert move.usage.tokens_in > 100
    assert model.told[0].tools[:2] == ("search_text", "search_pages")
    assert "web_search" not in model.told[0].tools


def test_the_plan_may_come_by_the_pseudo_tool(begun: View):
    item = {"question": "which boat?", "kinds": "text, image"}
    model = ScriptedModel(
        script=[calling(("set_plan", {"items": [item]}), ("search_text", {"query": "tide gauge boat"}))]
    )
    move = planner(model).plan(begun)
    assert (move.plan, move.calls) == ((PlanItem(question="which boat?", kinds=("text", "image")),), (BOAT,))


def test_a_model_that_writes_its_calls_is_spoken_to_by_text_from_then_on(begun: View, view: View):
    model = ScriptedModel(script=[TEXT_PLAN, "Q1: enough E1"])
    asked = planner(model)
    assert asked.plan(begun).calls == (BOAT,)
    asked.assess(view)
    assert model.told[0].tools
    assert model.told[1].tools == ()
    assert "CALL tool {" in model.told[1].text


def test_a_model_that_calls_natively_is_offered_tools_until_it_drafts(begun: View, view: View):
    model = ScriptedModel(script=[NATIVE, "Q1: enough E1\nQ2: nothing", f"{GAUGE} [E1]"])
    asked = planner(model)
    asked.plan(begun)
    asked.assess(view)
    asked.draft(view)
    assert [bool(told.tools) for told in model.told] == [True, True, False]


def test_a_model_without_tool_calls_gets_the_text_protocol_at_once(begun: View):
    model = ScriptedModel(script=[TEXT_PLAN], takes_tools=False)
    assert planner(model).plan(begun).calls == (BOAT,)
    assert "CALL search_text" in model.told[0].text


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_server_that_refuses_tools_gets_the_text_protocol_and_is_not_offered_them_again(begun: View, view: View):
    refusal = Served(status=400, text="this model does not support tools")
    with FakeOpenAI([refusal, Served(text=TEXT_PLAN), Served(text="Q1: enough E1")]) as server:
        asked = PromptedPlanner.named(f"openai:fake@{server.url}", stop=threading.Event())
        assert asked.plan(begun).calls == (BOAT,)
        asked.assess(view)
    assert ["tools" in request for request in server.asked] == [True, False, False]


def test_a_plan_without_calls_searches_for_its_sub_questions(begun: View):
    move = planner(ScriptedModel(script=["Q1: which boat? | text\nQ2: what number? | image"])).plan(begun)
    assert [call.args["query"] for call in move.calls] == ["which boat?", "what number?"]


def test_the_question_itself_is_searched_for_where_a_plan_searches_only_elsewhere(begun: View):
    asked = replace(begun, request=replace(begun.request, question="What does the photo of the plate say?"))
    model = ScriptedModel(script=['CALL search_pages {"query": "plate"}'])
    query = {"query": asked.request.question}
    assert planner(model).plan(asked).calls == (
        ToolCall(tool="search_pages", args={"query": "plate"}),
        ToolCall(tool="search_text", args=query),
        ToolCall(tool="search_images", args=query),
    )


def test_a_plan_that_is_of_no_use_twice_searches_for_the_question_itself(begun: View):
    model = ScriptedModel(script=["Sure! I can help with that.", "As an AI model I cannot."])
    move = planner(model).plan(begun)
    assert move.plan == (PlanItem(question=begun.request.question),)
    assert move.calls == (ToolCall(tool="search_text", args={"query": begun.request.question}),)
    assert move.usage.model_calls == 2
    assert "That could not be used: there was neither a Q line nor a call" in model.told[1].text
    assert "Sure! I can help with that." in model.told[1].text


def test_calls_that_cannot_be_understood_are_sent_back_once_with_what_is_wrong(view: View):
    model = ScriptedModel(script=['CALL teleport {"to": "island"}', 'CALL read {"evidence": "E1"}'])
    assert planner(model).assess(view).calls == (ToolCall(tool="read", args={"evidence": "E1"}),)
    assert "there is no tool 'teleport'; there are search_text" in model.told[1].text


@pytest.mark.parametrize("reply", ["CALL teleport {}", "", "CALL read {}"])
def test_after_an_assessment_of_no_use_twice_what_was_found_goes_to_the_draft_and_the_person_is_told(
    view: View, reply: str
):
    warned: list[str] = []
    model = ScriptedModel(script=[reply, reply])
    move = planner(model, warn=warned.append).assess(view)
    assert (move.plan, move.calls, move.usage.model_calls) == (view.plan, (), 2)
    assert "wrote no assessment that can be read" in warned[0]


def test_states_and_evidence_are_taken_over_and_unknown_ids_dropped(view: View):
    move = planner(ScriptedModel(script=["Q1: enough E1 E77\nQ2: partly E3\nQ3: who steered it? | text"])).assess(view)
    assert [(item.question, item.state, item.evidence) for item in move.plan] == [
        ("Which boat carried the gauge?", "enough", ("E1",)),
        ("What is the boat's number?", "partly", ("E3",)),
        ("who steered it?", "open", ()),
    ]
    assert move.calls == ()


def test_a_state_that_rests_on_ids_that_nothing_has_is_sent_back_once_and_then_not_believed(begun: View, view: View):
    model = ScriptedModel(script=["Q1: enough E77", "Q1: enough E3\nQ2: partly E78"] * 2)
    asked = planner(model)
    move = asked.assess(view)
    assert [(item.state, item.evidence) for item in move.plan] == [("enough", ("E3",)), ("partly", ())]
    assert "no result has the id E77" in model.told[1].text
    nothing = replace(begun, plan=view.plan[1:])
    assert [item.state for item in asked.assess(nothing).plan] == ["nothing"]
    assert "nothing was found yet: call a tool with other words" in model.told[3].text


def test_an_answer_in_place_of_an_assessment_counts_as_partly_answered(view: View):
    move = planner(ScriptedModel(script=["The boat is the Silver Heron, number A5-417 [E3]."])).assess(view)
    assert [(item.state, item.evidence) for item in move.plan] == [("enough", ("E1",)), ("partly", ("E3",))]


def test_sub_questions_said_back_are_not_added_to_the_plan(view: View):
    said = "\n".join(f"Q{n}: What is the boat's number? (open)" for n in range(1, 7))
    assert len(planner(ScriptedModel(script=[said])).assess(view).plan) == len(view.plan)


def test_with_time_or_tokens_spent_no_model_is_asked_to_assess(view: View):
    for name in ("tokens", "seconds"):
        model = ScriptedModel(script=[])
        move = planner(model).assess(replace(view, left={**view.left, name: 0.0}))
        assert (move.plan, move.calls, model.told) == (view.plan, (), [])


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_model_too_slow_for_the_time_left_makes_a_soft_landing(begun: View, view: View):
    with FakeOpenAI([Served(hangs=True)]) as server:
        asked = PromptedPlanner.named(f"openai:fake@{server.url}", stop=threading.Event())
        assert asked.plan(replace(begun, left={**begun.left, "seconds": 0.1})).calls == ()
        assert asked.assess(replace(view, left={**view.left, "seconds": 0.1})).plan == view.plan


def test_a_question_to_the_person_is_asked(begun: View):
    chat = replace(begun, request=replace(begun.request, interactive=True))
    model = ScriptedModel(script=["ASK: Which Needle Island, the northern or the southern?"])
    move = planner(model).plan(chat)
    assert (move.question, move.calls) == ("Which Needle Island, the northern or the southern?", ())
    assert "ASK: your question" in model.told[0].text


def test_the_persons_own_question_said_back_is_no_question_to_them(begun: View):
    move = planner(ScriptedModel(script=[f"ASK: {begun.request.question}"])).plan(begun)
    assert move.question == ""
    assert move.calls[0].args == {"query": begun.request.question}


def test_replies_of_the_person_reach_the_model(view: View):
    model = ScriptedModel(script=["Q1: enough E1"])
    planner(model).assess(replace(view, told=("Which island? The northern.",)))
    assert "The person said: Which island? The northern." in model.told[0].text


def test_a_draft_cites_ids_and_repeats_the_words_of_the_sources(view: View):
    draft = planner(ScriptedModel(script=[f"{GAUGE} [E1]\nIts number is A5-417 [E3].\nSHORT: Silver Heron"])).draft(
        view
    )
    assert draft.sentences == (
        Sentence(text=GAUGE, cites=("E1",), quoted=GAUGE),
        Sentence(
            text="film.mp4 shows “SILVER HERON A5-417” from 11.5 s to 24.0 s.",
            cites=("E3",),
            quoted="SILVER HERON\nA5-417",
        ),
    )
    assert draft.short == "Silver Heron"


def test_a_refusal_to_answer_is_an_empty_draft_with_its_reason(view: View):
    draft = planner(ScriptedModel(script=["CANNOT: no result names a price"])).draft(view)
    assert (draft.sentences, draft.why_not) == ((), "no result names a price")


def test_without_any_evidence_no_model_is_asked_to_draft(begun: View):
    model = ScriptedModel(script=[])
    assert planner(model).draft(begun).why_not == "nothing was found"
    assert model.told == []


def test_a_draft_without_ids_is_sent_back_once(view: View):
    model = ScriptedModel(script=["The Silver Heron did.", "The Silver Heron did. [E1]"])
    assert [(s.text, s.cites) for s in planner(model).draft(view).sentences] == [(GAUGE, ("E1",))]
    assert "no sentence ends with the id of a result" in model.told[1].text


def test_a_draft_without_ids_twice_is_kept_uncited_for_the_checks_to_tell(view: View):
    draft = planner(ScriptedModel(script=["The Grey Otter did."] * 2)).draft(view)
    assert [sentence.cites for sentence in draft.sentences] == [()]


@pytest.mark.parametrize("reply", ["", NATIVE.model_copy(update={"content": ""}), "<think>hm</think>"])
def test_no_draft_twice_is_no_answer_and_says_why(view: View, reply: str | AIMessage):
    warned: list[str] = []
    draft = planner(ScriptedModel(script=[reply, reply]), warn=warned.append).draft(view)
    assert (draft.sentences, draft.why_not) == ((), "scripted:m wrote no answer that can be read")
    assert warned == ["scripted:m wrote no answer that can be read: the reply was empty"]


def test_a_paraphrase_is_put_in_the_sources_words_unless_a_judge_can_rule_on_it(view: View):
    said = "It was the Silver Heron, whose number is A5-417. [E1]"
    asked = planner(ScriptedModel(script=[said, said]))
    assert [(s.text, s.cites) for s in asked.draft(view).sentences] == [
        ("film.mp4 shows “SILVER HERON A5-417” from 11.5 s to 24.0 s.", ("E3",))
    ]
    judged = replace(view, request=replace(view.request, judge="scripted:j"))
    assert [s.text for s in asked.draft(judged).sentences] == ["It was the Silver Heron, whose number is A5-417."]


def test_a_repair_shows_what_failed_and_takes_the_new_answer(view: View):
    wrong = Sentence(text="The Grey Otter did.", cites=("E1",))
    model = ScriptedModel(script=[f"{GAUGE} [E1]"])
    mended = planner(model).repair(view, Draft(sentences=(wrong,)), [Fault(sentence=wrong, reason="name: not in E1")])
    assert [sentence.text for sentence in mended.sentences] == [GAUGE]
    assert "- The Grey Otter did.\n  why: <<< name: not in E1 >>>" in model.told[0].text


def test_with_the_budget_spent_a_repair_only_drops_what_failed(view: View):
    wrong, right = Sentence(text="The Grey Otter did.", cites=("E1",)), Sentence(text=GAUGE, cites=("E1",))
    spent = replace(view, left={**view.left, "tokens": 0.0})
    model = ScriptedModel(script=[])
    draft = Draft(sentences=(wrong, right), short="Silver Heron")
    mended = planner(model).repair(spent, draft, [Fault(sentence=wrong, reason="x")])
    assert (mended.sentences, mended.short, model.told) == ((right,), "Silver Heron", [])


def test_a_model_with_a_short_context_is_shown_less_and_the_person_told(view: View, made: Callable[..., Evidence]):
    long = replace(view, evidence={**view.evidence, "E1": made(1, "text", "gauge.md", "words " * 500)})
    warned: list[str] = []
    sizes: list[int] = []

    def script(messages: list[Any]) -> Any:
        n_chars = sum(len(str(message.text)) for message in messages)
        sizes.append(n_chars)
        return "Q1: enough E1" if n_chars < sizes[0] - 400 else ValueError("maximum context length is 800 tokens")

    model = ScriptedModel(script=script)
    assert planner(model, warn=warned.append).assess(long).plan[0].state == "enough"
    assert 2 <= len(model.told) <= 5
    assert warned[0] == "scripted:m: its context is short, so less of what was found is shown to it"


def test_a_context_too_short_for_anything_is_an_error(view: View):
    model = ScriptedModel(script=lambda _: ValueError("maximum context length is 8 tokens"))
    with pytest.raises(ModelError, match="longer than its context"):
        planner(model).assess(view)
    assert len(model.told) == 5


def test_a_server_that_counts_no_tokens_is_told_of_once(begun: View, view: View):
    warned: list[str] = []
    model = ScriptedModel(script=[TEXT_PLAN, "Q1: enough E1"], counts_tokens=False)
    asked = planner(model, warn=warned.append)
    assert asked.plan(begun).usage.tokens_in == len(model.told[0].text.replace("\n\n", "", 1)) // 4
    asked.assess(view)
    assert warned == ["scripted:m tells no token counts; they are estimated as characters / 4"]


def test_a_model_that_is_down_is_never_replaced(begun: View):
    model = ScriptedModel(script=lambda _: ConnectionRefusedError("refused"))
    with pytest.raises(ModelError, match="--model built-in would go on without it"):
        planner(model, policy=Policy(tries=2)).plan(begun)
    assert len(model.told) == 2


def test_repeated_floods_of_calls_are_cut(begun: View):
    flood = calling(*[("search_text", {"query": f"q{n}"}) for n in range(10_000)])
    assert len(planner(ScriptedModel(script=[flood])).plan(begun).calls) == 8
