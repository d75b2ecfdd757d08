"""The node `plan`: the question becomes sub-questions, and the first calls are chosen."""

from __future__ import annotations

from sourcehound.agent.budget import exhausted, left
from sourcehound.agent.deps import Deps
from sourcehound.agent.events import emit
from sourcehound.agent.models.planner import Move
from sourcehound.agent.state import Request, State, Update


def plan(deps: Deps, state: State) -> Update:
    """Ask the planner for sub-questions and first calls."""
    request = Request.from_json(state.request)
    remaining = left(request, state.spent)
    move = deps.roles(request).planner.plan(deps.view(state, remaining))
    update = taken(state, request, move)
    emit("plan", plan=[item.to_json() | {"memo": {}} for item in move.plan])
    return update


def taken(state: State, request: Request, move: Move) -> Update:
    """A planner's move as a change of the state: calls within the budgets, and the stop if there are none."""
    remaining = left(request, state.spent)
    calls = [call.to_json() for call in move.calls[: int(remaining["tool_calls"])]]
    update = Update(
        plan=[item.to_json() for item in move.plan],
        calls=calls,
        spent=move.usage.to_counts(),
        ask_person=move.question if request.interactive else "",
    )
    spent_up = exhausted(request, state.spent)
    if spent_up is not None:
        update["calls"], update["ask_person"] = [], ""
        update["stop"] = {"reason": spent_up, "detail": f"the budget of {spent_up} is spent"}
    elif move.question and not request.interactive:
        update["calls"] = []
        update["stop"] = {"reason": "needs_input", "detail": move.question}
    elif not calls and not move.question:
        found = any(item.evidence for item in move.plan)
        update["stop"] = {"reason": "answered" if found else "nothing_found", "detail": ""}
    return update
