"""The node `assess`: for each sub-question, is it enough? Then search on, look closer, ask the person, or draft.

Repeated calls and rounds without anything fresh are detected here, in code.
"""

from __future__ import annotations

import json
from dataclasses import replace

from sourcehound.agent.budget import MOST_STALE, exhausted, left
from sourcehound.agent.deps import Deps
from sourcehound.agent.events import emit
from sourcehound.agent.models.planner import Move, View
from sourcehound.agent.plan import taken
from sourcehound.agent.state import Request, State, Update


def assess(deps: Deps, state: State) -> Update:
    """Let the planner judge what was found and choose what to do next."""
    request = Request.from_json(state.request)
    view = deps.view(state, left(request, state.spent))
    move = deps.roles(request).planner.assess(view)
    fresh = without_repeats(move, view)
    update = taken(state, request, fresh)
    if state.draft == [] and state.stop.get("reason") == "nothing_found":
        update["gaps"] = state.gaps + 1
        if update.get("calls"):
            update["stop"] = {}
    if move.calls and not fresh.calls and not move.question and exhausted(request, state.spent) is None:
        update["stop"] = {"reason": "no_progress", "detail": "every call proposed had been made before"}
    elif state.stale >= MOST_STALE and fresh.calls and exhausted(request, state.spent) is None:
        update["calls"] = []
        update["stop"] = {"reason": "no_progress", "detail": f"{state.stale} rounds brought nothing new"}
    emit("assess", plan=[{"question": i.question, "state": i.state, "evidence": list(i.evidence)} for i in move.plan])
    return update


def without_repeats(move: Move, view: View) -> Move:
    """A move without the calls that this turn has made before, or that it makes twice."""
    made = {_same(record.tool, record.args) for record in view.records if not record.error}
    kept = []
    for call in move.calls:
        key = _same(call.tool, call.args)
        if key not in made:
            made.add(key)
            kept.append(call)
    return replace(move, calls=tuple(kept))


def _same(tool: str, args: dict[str, object]) -> str:
    plain = {
        name: " ".join(value.casefold().split()) if isinstance(value, str) else value for name, value in args.items()
    }
    return json.dumps([tool, plain], sort_keys=True)
