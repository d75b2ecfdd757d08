"""Budgets: what a question may spend, what is left, and which budget ended the search. Pure functions.

A spent budget is a soft landing: the draft is written from what there is.
"""

from __future__ import annotations

from collections.abc import Mapping

from sourcehound.agent.state import Request, StopReason

MOST_STALE = 2
"""Rounds in a row without fresh evidence after which searching on is no progress."""


def left(request: Request, spent: Mapping[str, float]) -> dict[str, float]:
    """What is left of each budget, never below 0."""
    tokens = spent.get("tokens_in", 0) + spent.get("tokens_out", 0)
    used = {
        "steps": (request.max_steps, spent.get("steps", 0)),
        "tool_calls": (request.max_tool_calls, spent.get("tool_calls", 0)),
        "tokens": (request.max_tokens, tokens),
        "seconds": (request.timeout_s, spent.get("seconds", 0)),
    }
    return {name: max(0.0, limit - n_spent) for name, (limit, n_spent) in used.items()}


def exhausted(request: Request, spent: Mapping[str, float]) -> StopReason | None:
    """The first budget with nothing left, None if all have some."""
    remaining = left(request, spent)
    names: tuple[StopReason, ...] = ("seconds", "steps", "tool_calls", "tokens")
    return next((name for name in names if remaining[name] <= 0), None)
