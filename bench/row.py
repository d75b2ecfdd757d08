"""A measured row: what ours cost, what the other cost in the same run, and the ratio that was aimed for.

Knows nothing of how anything is measured.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bench.ground import Ground

_MANY = 100.0
_DIGITS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One comparison, written so that less is better.

    Attributes:
        name: what was measured.
        ours: our figure, in `unit`.
        against: what `other` is: a program measured in turns with ours, or a fixed bar.
        other: its figure, in `unit`, > 0.
        goal: the largest ratio of ours to other that is good enough.
    """

    name: str
    ours: float
    against: str
    other: float
    goal: float
    unit: str

    @property
    def ratio(self) -> float:
        """Ours over other."""
        return self.ours / self.other

    @property
    def is_met(self) -> bool:
        """Whether the goal is reached."""
        return self.ratio <= self.goal

    def to_json(self) -> dict[str, Any]:
        """The row as the contract has it."""
        return {
            "name": self.name,
            "ours": _short(self.ours),
            "against": self.against,
            "other": _short(self.other),
            "ratio": _short(self.ratio),
            "goal": _short(self.goal),
            "unit": self.unit,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """One thing that can be measured, by its name."""

    name: str
    about: str
    run: Callable[[Ground], tuple[Row, ...]]


def table(rows: Sequence[Row]) -> str:
    """Rows for people, one line each."""
    head = ("", "name", "ours", "other", "unit", "ratio", "goal", "against")
    lines = [
        (
            "ok" if row.is_met else "MISS",
            row.name,
            _shown(row.ours),
            _shown(row.other),
            row.unit,
            f"{row.ratio:.2f}",
            f"{row.goal:.2f}",
            row.against,
        )
        for row in rows
    ]
    widths = [max(len(line[at]) for line in (head, *lines)) for at in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in (head, *lines)
    )


def _shown(value: float) -> str:
    return f"{value:.0f}" if value >= _MANY else f"{value:.3g}"


def _short(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")
