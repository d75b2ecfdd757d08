"""A planner's move becomes a change of the state, within the budgets."""

from __future__ import annotations

from sourcehound.agent.models.planner import Move, ToolCall
from sourcehound.agent.plan import taken
from sourcehound.agent.state import PlanItem, Request, State

ITEM = PlanItem(question="q")
CALLS = tuple(ToolCall(tool="read", args={"evidence": f"E{n}"}) for n in range(3))


def state(request: Request, **spent: float) -> State:
    return State(request=request.to_json(), spent=dict(spent))


def test_no_more_calls_are_taken_than_are_left():
    request = Request(question="q", max_tool_calls=5)
    update = taken(state(request, tool_calls=3), request, Move(plan=(ITEM,), calls=CALLS))
    assert [call["args"]["evidence"] for call in update.get("calls", [])] == ["E0", "E1"]
    assert "stop" not in update


def test_nobody_is_asked_once_a_budget_is_spent():
    request = Request(question="q", max_steps=2, interactive=True)
    asking = Move(plan=(ITEM,), question="Which island?")
    assert taken(state(request, steps=1), request, asking).get("ask_person") == "Which island?"
    update = taken(state(request, steps=2), request, asking)
    assert (update.get("ask_person"), update.get("stop", {}).get("reason")) == ("", "steps")


def test_a_script_is_told_what_the_planner_would_ask():
    request = Request(question="q")
    update = taken(state(request), request, Move(plan=(ITEM,), question="Which island?"))
    assert update.get("stop") == {"reason": "needs_input", "detail": "Which island?"}
    assert (update.get("calls"), update.get("ask_person")) == ([], "")
