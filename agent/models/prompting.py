"""From a view of the thread to messages for a model: a stable beginning, notes that only grow, and the task last.

The words are in prompts/. Knows nothing of how replies are read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from sourcehound.agent.models.builtin.question import terms
from sourcehound.agent.models.calling import Turn
from sourcehound.agent.models.notes import CLOSE, OPEN, Bounds, about, harmless, notes, told
from sourcehound.agent.models.planner import Draft, Fault, View
from sourcehound.agent.models.protocol import MOST_ITEMS
from sourcehound.agent.models.tool_schemas import signature
from sourcehound.prompts import load
from sourcehound.tools.evidence import KIND_OF_UNIT
from sourcehound.tools.tool import Tool

MOST_QUESTION_CHARS = 2000
MOST_FAULT_CHARS = 300
MOST_EXAMPLE_WORDS = 8
_NATIVE_CALLS = "(and the tool calls)"


def messages(view: View, task: str, *, tools: Mapping[str, Tool], native: bool, bounds: Bounds) -> list[Turn]:
    """The messages of one call.

    Args:
        view: what the planner sees.
        task: what is to be written, which comes last, so that all before it is as it was in the call before.
        tools: the tools that can be called, by name.
        native: whether the model calls tools natively.
        bounds: how much of what was found is shown.
    """
    question = load("question").render(question=_question(view), about=about(view))
    said = (question, notes(view, bounds), told(view), task)
    return [("system", beginning(tools, native=native)), ("human", "\n\n".join(filter(None, said)))]


def beginning(tools: Mapping[str, Tool], *, native: bool) -> str:
    """The part that is the same in every call of a question."""
    listed = "(you were given them)" if native else "\n".join(f"- {signature(tool)}" for tool in tools.values())
    return load("planner").render(
        web=" and the web" if "web_search" in tools else "",
        tools=listed,
        calls=load("calls_native" if native else "calls_text").text,
    )


def plan_task(view: View, *, native: bool) -> str:
    """Ask for sub-questions and first calls. The example is made of the question: small models repeat their examples."""
    kinds = [kind for unit, kind in KIND_OF_UNIT.items() if view.kinds_here.get(unit)]
    if "web_search" in view.tools:
        kinds.append("web")
    words = " ".join(terms(view.request.question)[:MOST_EXAMPLE_WORDS]) or "telling words"
    example = f"CALL search_text {json.dumps({'query': words}, ensure_ascii=False)}"
    call = _NATIVE_CALLS if native else example
    task = load("plan").render(most=str(MOST_ITEMS), kinds=", ".join(kinds) or "text", call=call)
    return _with_ask(task, view)


def assess_task(view: View, *, native: bool) -> str:
    """Ask how far each sub-question is, and for further calls.

    A small model repeats the example; said so, it claims least: its best result answers in part.
    """
    del native
    plan = "\n".join(
        f"Q{n}: {harmless(item.question, 300)} ({' '.join((item.state, *item.evidence))})"
        for n, item in enumerate(view.plan, 1)
    )
    left = str(int(view.left.get("tool_calls", 0)))
    task = load("assess").render(plan=plan, left=left, example=_example(view))
    return _with_ask(task, view)


def draft_task(view: View, *, native: bool) -> str:
    """Ask for the answer, the same way of every model. The question is said again: small models lose it over the results."""
    del native
    return load("draft").render(question=_question(view))


def repair_task(draft: Draft, faults: Sequence[Fault], view: View, *, native: bool) -> str:
    """Ask for the answer again, without what failed."""
    del native
    drafted = "\n".join(
        f"{sentence.text} {''.join(f'[{name}]' for name in sentence.cites)}".strip() for sentence in draft.sentences
    )
    failed = "\n".join(
        f"- {fault.sentence.text}\n  why: {OPEN} {harmless(fault.reason, MOST_FAULT_CHARS)} {CLOSE}" for fault in faults
    )
    return load("repair").render(draft=drafted, faults=failed, question=_question(view))


def retry(problem: str) -> str:
    """Say what is wrong with a reply."""
    return load("retry").render(problem=problem)


def _question(view: View) -> str:
    return harmless(view.request.question, MOST_QUESTION_CHARS)


def _example(view: View) -> str:
    """A line as an assessment has them, of the result that this turn's calls found best."""
    found = [view.evidence[name] for record in view.records for name in record.evidence if name in view.evidence]
    best = max(found, key=lambda item: item.score or 0.0, default=None)
    return "Q1: nothing" if best is None else f"Q1: partly {best.id}"


def _with_ask(task: str, view: View) -> str:
    """A question to the person is offered only where there is a person to answer it."""
    return f"{task}\n{load('ask').text}" if view.request.interactive else task
