"""Shares of what was counted. A share of nothing is None, and is shown as a dash."""

from __future__ import annotations

from collections.abc import Sequence


def share(flags: Sequence[bool]) -> float | None:
    """Share of flags that are set, 0..1; None of none."""
    return sum(flags) / len(flags) if flags else None


def percent(value: float | None) -> str:
    """A share for people."""
    return "–" if value is None else f"{100 * value:.0f} %"
