"""A row of the table of retrieval: ours and the plain parts on the same queries, and whether the goal holds.

Knows nothing of how anything was found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from bench.plain import FUSIONS
from sourcehound.agent.evaluate.bootstrap import Bootstrap, Interval

Goal = Literal["not below", "above", "at least"]
GOALS: dict[Goal, str] = {
    "not below": "not significantly below the best plain part",
    "above": "significantly above the best plain part",
    "at least": "at least",
}
GAIN = 0.01
"""By so much the mean over the text sets is to be better than that of the best single fusion."""

Values = Mapping[str, float]
"""One measure's value for each query."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One measure on one set.

    Attributes:
        ours: the value of each query.
        plain: the same of each plain part, by its name.
        clusters: for each query the cluster it is drawn with; empty where each is drawn by itself.
        goal: what is to be reached.
        bar: for the goal `at least`; for the others a mean that is aimed at, None for none.
    """

    name: str
    measure: str
    ours: Values
    plain: Mapping[str, Values]
    clusters: tuple[str, ...] = ()
    goal: Goal
    bar: float | None = None
    bootstrap: Bootstrap = field(default_factory=Bootstrap)

    @property
    def best(self) -> str:
        """The plain part with the highest mean."""
        return max(self.plain, key=lambda part: mean(self.plain[part]))

    @property
    def interval(self) -> Interval:
        """Our mean and its interval."""
        return self.bootstrap.interval(list(self.ours.values()), self.clusters)

    @property
    def difference(self) -> Interval:
        """Ours less the best plain part's, query by query."""
        best = self.plain[self.best]
        return self.bootstrap.interval([value - best[query] for query, value in self.ours.items()], self.clusters)

    @property
    def holds(self) -> bool:
        """Whether the goal is reached."""
        if self.goal == "at least":
            return self.bar is not None and mean(self.ours) >= self.bar
        return self.difference.is_above_zero if self.goal == "above" else not self.difference.is_below_zero

    def to_json(self) -> dict[str, Any]:
        """The row, rounded."""
        return {
            "set": self.name,
            "measure": self.measure,
            "queries": len(self.ours),
            "ours": self.interval.to_json(),
            "plain": {part: round(mean(values), 4) for part, values in self.plain.items()},
            "best": self.best,
            "difference": self.difference.to_json(),
            "goal": GOALS[self.goal] + (f" {self.bar:g}" if self.goal == "at least" else ""),
            "aim": self.bar if self.goal != "at least" else None,
            "holds": self.holds,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """The mean over several sets against the single fusion whose mean over them is best."""

    rows: tuple[Judged, ...]

    @property
    def ours(self) -> float:
        """Our mean of the sets' means."""
        return _over(row.ours for row in self.rows)

    @property
    def plain(self) -> dict[str, float]:
        """The same of each plain part."""
        return {part: _over(row.plain[part] for row in self.rows) for part in self.rows[0].plain}

    @property
    def best(self) -> str:
        """The best single fusion."""
        return max(FUSIONS, key=lambda part: self.plain[part])

    @property
    def holds(self) -> bool:
        """Whether ours is better by `GAIN`."""
        return self.ours - self.plain[self.best] >= GAIN

    def to_json(self) -> dict[str, Any]:
        """The row, rounded."""
        return {
            "sets": [row.name for row in self.rows],
            "measure": self.rows[0].measure,
            "ours": round(self.ours, 4),
            "plain": {part: round(value, 4) for part, value in self.plain.items()},
            "best": self.best,
            "gain": round(self.ours - self.plain[self.best], 4),
            "goal": f"by {GAIN:g} above the best single fusion",
            "holds": self.holds,
        }


def mean(values: Values) -> float:
    """The mean over the queries."""
    return sum(values.values()) / len(values)


def lines_of(rows: Sequence[Judged], gains: Sequence[Gain]) -> list[str]:
    """The table for people."""
    head = (
        "",
        "set",
        "measure",
        "queries",
        "ours",
        "95 % interval",
        "plain parts",
        "difference",
        "95 % interval",
        "goal",
    )
    cells = [(head), *map(_cells, rows), *map(_gain_cells, gains)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]


def _cells(row: Judged) -> tuple[str, ...]:
    document = row.to_json()
    ours, difference, aim = document["ours"], document["difference"], document["aim"]
    return (
        "ok" if row.holds else "MISS",
        row.name,
        row.measure,
        str(document["queries"]),
        f"{ours['mean']:.3f}",
        f"[{ours['low']:.3f}, {ours['high']:.3f}]",
        _parts(document["plain"]),
        f"{difference['mean']:+.3f} on {row.best}",
        f"[{difference['low']:+.3f}, {difference['high']:+.3f}]",
        document["goal"] + (f"; aim {aim:g}" if aim else ""),
    )


def _gain_cells(gain: Gain) -> tuple[str, ...]:
    document = gain.to_json()
    return (
        "ok" if gain.holds else "MISS",
        "mean of " + ", ".join(document["sets"]),
        document["measure"],
        "",
        f"{gain.ours:.3f}",
        "",
        _parts(document["plain"]),
        f"{document['gain']:+.3f} on {gain.best}",
        "",
        document["goal"],
    )


def _parts(plain: Mapping[str, float]) -> str:
    return " · ".join(f"{part} {value:.3f}" for part, value in plain.items())


def _over(several: Iterable[Values]) -> float:
    values = [mean(one) for one in several]
    return sum(values) / len(values)
