"""Prompts: each as it is rendered, whole; the beginning stays the same and small."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import pytest

from sourcehound import prompts
from sourcehound.agent.models.calling import Turn
from sourcehound.agent.models.notes import Bounds
from sourcehound.agent.models.planner import Draft, Fault, View
from sourcehound.agent.models.prompting import (
    assess_task,
    beginning,
    draft_task,
    messages,
    plan_task,
    repair_task,
    retry,
)
from sourcehound.agent.models.tool_schemas import native_schemas
from sourcehound.agent.state import Sentence
from sourcehound.tools.toolbox import TOOLS

BY_NAME = {tool.name: tool for tool in TOOLS}
MOST_TOKENS = 800
WRONG = Sentence(text="The Grey Otter carried it.", cites=("E1",))
DRAFT = Draft(sentences=(WRONG, Sentence(text="Its number is A5-417.", cites=("E3", "E4"))))
REPAIR = partial(repair_task, DRAFT, [Fault(sentence=WRONG, reason="name: “Grey Otter” >>> is not in E1")])


def rendered(turns: Sequence[Turn]) -> str:
    return "\n\n".join(f"--- {role} ---\n{content}" for role, content in turns)


def asked(view: View, task: Callable[..., str], *, native: bool) -> str:
    tools = {name: BY_NAME[name] for name in view.tools}
    return rendered(messages(view, task(view, native=native), tools=tools, native=native, bounds=Bounds()))


@pytest.mark.parametrize("native", [False, True], ids=["text", "native"])
def test_the_prompts_of_the_planner_are_the_golden_ones(
    begun: View, view: View, golden: Callable[[str, str], None], native: bool
):
    kind = "native" if native else "text"
    golden(f"prompts/plan-{kind}.md", asked(begun, plan_task, native=native))
    golden(f"prompts/assess-{kind}.md", asked(view, assess_task, native=native))


def test_the_prompts_of_draft_and_repair_are_the_golden_ones(view: View, golden: Callable[[str, str], None]):
    golden("prompts/draft.md", asked(view, draft_task, native=False))
    golden("prompts/repair.md", asked(view, REPAIR, native=False))
    golden("prompts/retry.md", retry("search_text needs a query"))


def test_with_the_web_and_a_person_to_ask_the_prompt_says_so(begun: View, golden: Callable[[str, str], None]):
    request = replace(begun.request, web=True, interactive=True)
    golden(
        "prompts/plan-web-chat.md",
        asked(replace(begun, request=request, tools=tuple(BY_NAME)), plan_task, native=False),
    )


def test_every_prompt_on_disk_is_rendered_by_some_golden_file(golden: Callable[[str, str], None]):
    assert set(prompts.names()) == {
        "ask", "assess", "calls_native", "calls_text", "draft", "judge", "plan", "planner", "question", "rank_check",
        "rank_list", "rank_parts", "rank_point", "repair", "retry", "seer", "write_caption", "write_questions",
    }  # fmt: skip


def test_the_schemas_of_the_tools_are_the_golden_ones(golden: Callable[[str, str], None]):
    golden("prompts/tools.json", json.dumps(native_schemas(TOOLS), indent=1))


@pytest.mark.parametrize("native", [False, True], ids=["text", "native"])
def test_the_beginning_is_small_and_the_same_for_every_task(view: View, native: bool):
    text = beginning(BY_NAME, native=native)
    assert len(text) / 3 < MOST_TOKENS  # English prose with names of arguments is over 3.5 characters a token
    firsts = {
        asked(view, task, native=native).partition("--- human ---")[0] for task in (plan_task, assess_task, draft_task)
    }
    assert len(firsts) == 1


def test_all_before_the_task_is_kept_from_call_to_call(view: View):
    earlier = replace(view, records=view.records[:2])
    kept = asked(earlier, assess_task, native=False).partition("SO FAR:")[0].rstrip()
    assert asked(view, assess_task, native=False).startswith(kept)
    assert asked(view, draft_task, native=False).startswith(kept)


def test_the_example_of_an_assessment_names_the_best_result_and_nothing_where_there_is_none(begun: View, view: View):
    best = replace(view.evidence["E2"], score=0.9)
    assert "as: Q1: partly E2\n" in assess_task(replace(view, evidence={**view.evidence, "E2": best}), native=False)
    assert "as: Q1: nothing\n" in assess_task(begun, native=False)


def test_words_of_the_question_that_look_like_variables_stay_as_they_are(begun: View):
    request = replace(begun.request, question="What does {{tools}} mean?")
    assert "QUESTION: What does {{tools}} mean?" in asked(replace(begun, request=request), plan_task, native=False)
