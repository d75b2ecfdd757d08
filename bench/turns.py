"""Both sides of a comparison, measured in turns: A B A B, so that whatever else the machine does falls on both.

Knows nothing of what runs.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Turns:
    """Seconds of each turn of ours and of the other."""

    ours: tuple[float, ...]
    other: tuple[float, ...]

    @property
    def ours_s(self) -> float:
        """Median of ours."""
        return statistics.median(self.ours)

    @property
    def other_s(self) -> float:
        """Median of the other."""
        return statistics.median(self.other)


def in_turns(
    ours: Callable[[], object], other: Callable[[], object], *, rounds: int, clock: Callable[[], float]
) -> Turns:
    """Run both `rounds` times in turns, after one turn each that does not count (imports, files not yet in memory).

    Args:
        ours: what we do.
        other: what is done instead.
        rounds: turns that count, >= 1.
        clock: seconds, rising.
    """
    ours()
    other()
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for run, seconds in zip((ours, other), taken, strict=True):
            begun = clock()
            run()
            seconds.append(clock() - begun)
    return Turns(ours=tuple(taken[0]), other=tuple(taken[1]))
