"""What becomes of the plan after a model's reply: sub-questions taken over, states set, calls where it made none.

Pure functions of views and parsed replies.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import replace

from sourcehound.agent.models.builtin.question import parts_of
from sourcehound.agent.models.planner import ToolCall, View
from sourcehound.agent.models.protocol import MOST_ITEMS, Line, Parsed
from sourcehound.agent.state import ItemState, PlanItem

MOST_FIRST_CALLS = 4
MOST_QUERY_CHARS = 400
_SEARCHES = {"image": "search_images", "moment": "search_moments"}
_UNITS = {"search_text": ("passage", "speech"), "search_images": ("image",), "search_moments": ("moment",)}
_SAID_BACK = 0.8
"""Likeness (difflib ratio) from which a question to the person is only their own question again."""


def planned(view: View, lines: Sequence[Line]) -> tuple[PlanItem, ...]:
    """The sub-questions that a model named, in order; the whole question as one where it named none."""
    items: dict[int, PlanItem] = {}
    for line in lines:
        if line.question and len(items) < MOST_ITEMS:
            n = line.n if line.n not in items else len(items) + 1
            items.setdefault(n, PlanItem(question=line.question, kinds=line.kinds))
    return tuple(items[n] for n in sorted(items)) or view.plan or (PlanItem(question=view.request.question),)


def judged(view: View, parsed: Parsed, *, has_calls: bool) -> tuple[PlanItem, ...]:
    """The plan with the states that a model gave; revised, not rewritten: a new number adds a sub-question.

    A reply that only names ids, without states and without calls, is taken for a plan that is met in part by them. A state
    that rests on nothing that was found is not believed.
    """
    items = list(view.plan)
    for line in parsed.lines:
        known = tuple(name for name in line.evidence if name in view.evidence)
        if line.n <= len(items):
            item = items[line.n - 1]
            known = known or item.evidence
            items[line.n - 1] = replace(item, state=_believed(line.state or item.state, known, view), evidence=known)
        elif line.question and len(items) < MOST_ITEMS and not _is_known(line.question, items):
            state = _believed(line.state or "open", known, view)
            items.append(PlanItem(question=line.question, kinds=line.kinds, state=state, evidence=known))
    named = tuple(name for name in parsed.ids if name in view.evidence)
    if not has_calls and named and all(line.state is None for line in parsed.lines):
        items = [replace(item, state="partly", evidence=named) if item.state == "open" else item for item in items]
    return tuple(items)


def _is_known(question: str, items: Sequence[PlanItem]) -> bool:
    return any(is_said_back(question, item.question) for item in items)


def _believed(state: ItemState, known: Sequence[str], view: View) -> ItemState:
    if state in {"enough", "disagree"} and not known:
        return "partly" if view.evidence else "nothing"
    return "nothing" if state == "partly" and not view.evidence else state


def unknown_ids(parsed: Parsed, view: View) -> tuple[str, ...]:
    """Ids on which states rest although no result has them; none where some other id of the same state is right."""
    wrong = [
        line.evidence
        for line in parsed.lines
        if line.state in {"enough", "partly", "disagree"}
        and line.evidence
        and not set(line.evidence) & set(view.evidence)
    ]
    return tuple(dict.fromkeys(name for names in wrong for name in names))


def first_calls(view: View, items: Sequence[PlanItem]) -> tuple[ToolCall, ...]:
    """Where a plan came without calls: its sub-questions are searched for as they stand."""
    tool = "search_text" if any(view.kinds_here.values()) or "web_search" not in view.tools else "web_search"
    queries = dict.fromkeys(" ".join(item.question.split())[:MOST_QUERY_CHARS] for item in items)
    return tuple(ToolCall(tool=tool, args={"query": query}) for query in list(queries)[:MOST_FIRST_CALLS])


def surely_made(view: View, calls: Sequence[ToolCall]) -> tuple[ToolCall, ...]:
    """The searches that a first round is not left without: of the passages, and of the kinds of source the question names.

    Small models choose the wrong kind of source, or words that the question does not have.

    Args:
        view: what the planner sees.
        calls: those that the model makes; a search that is among them is not made twice.
    """
    named = {kind for part in parts_of(view.request.question) for kind in part.kinds}
    query = " ".join(view.request.question.split())[:MOST_QUERY_CHARS]
    wanted = ["search_text", *(tool for kind, tool in _SEARCHES.items() if kind in named)]
    made = {call.tool for call in calls}
    here = [tool for tool in wanted if tool in view.tools and any(map(view.kinds_here.get, _UNITS[tool]))]
    return tuple(ToolCall(tool=tool, args={"query": query}) for tool in here if tool not in made)


def is_said_back(asked: str, question: str) -> bool:
    """Whether a question to the person is only their own question again."""
    plain = asked.casefold().strip(" ?.!\"'"), question.casefold().strip(" ?.!\"'")
    return difflib.SequenceMatcher(None, *plain).ratio() >= _SAID_BACK
