"""Where the graph goes next: pure functions of the state."""

from __future__ import annotations

from typing import Literal

from sourcehound.agent.state import State

MOST_REPAIRS = 1
MOST_GAPS = 1


def after_plan(state: State) -> Literal["act", "ask", "draft"]:
    """Act if there are calls to do, ask the person if the planner wants to, else draft."""
    if state.ask_person:
        return "ask"
    return "act" if state.calls and not state.stop else "draft"


def after_draft(state: State) -> Literal["verify", "assess"]:
    """Verify; but if nothing could be drafted and the search ended of itself, look for what is missing once."""
    wants_more = not state.draft and state.stop.get("reason") == "nothing_found" and state.gaps < MOST_GAPS
    return "assess" if wants_more else "verify"


def after_verify(state: State) -> Literal["draft", "answer"]:
    """Repair once if a sentence failed, else answer."""
    failed = any(check["verdict"] in {"not_supported", "contradicted", "unreachable"} for check in state.checks)
    return "draft" if failed and state.repairs < MOST_REPAIRS else "answer"
