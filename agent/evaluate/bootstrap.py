"""Bootstrap intervals: how far a mean over questions could be off by the draw of the questions.

Questions of one cluster are drawn together. Seeded: the same values give the same interval. Knows nothing of measures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEVEL = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A mean and its 95 % interval."""

    mean: float
    low: float
    high: float

    @property
    def is_above_zero(self) -> bool:
        """Whether all of it lies above 0."""
        return self.low > 0

    @property
    def is_below_zero(self) -> bool:
        """Whether all of it lies below 0."""
        return self.high < 0

    def to_json(self) -> dict[str, float]:
        """Rounded to four digits."""
        return {"mean": round(self.mean, 4), "low": round(self.low, 4), "high": round(self.high, 4)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bootstrap:
    """How intervals are drawn.

    Attributes:
        draws: how often the questions are drawn anew, >= 1.
        seed: of the draws.
    """

    draws: int = 2000
    seed: int = 0

    def interval(self, values: Sequence[float], clusters: Sequence[str] = ()) -> Interval:
        """The mean of some values and its percentile interval.

        Args:
            values: one for each question, at least one. For the difference of two systems: the differences on the same
                questions, which makes the interval a paired one.
            clusters: for each question the cluster it is drawn with; each by itself if empty.

        Source:
            Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13 (percentile interval); for clusters
            Davison and Hinkley, "Bootstrap Methods and their Application", 1997, section 3.8.

        Example:
            >>> Bootstrap().interval([1.0, 1.0])
            Interval(mean=1.0, low=1.0, high=1.0)
        """
        sums, sizes = _by_cluster(values, clusters)
        generator = np.random.default_rng(self.seed)
        means = np.empty(self.draws)
        for draw in range(self.draws):
            drawn = generator.integers(0, len(sums), len(sums))
            means[draw] = sums[drawn].sum() / sizes[drawn].sum()
        low, high = np.quantile(means, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
        return Interval(mean=float(np.mean(values)), low=float(low), high=float(high))


def _by_cluster(values: Sequence[float], clusters: Sequence[str]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if not clusters:
        return np.asarray(values, dtype=np.float64), np.ones(len(values))
    names = {name: place for place, name in enumerate(dict.fromkeys(clusters))}
    places = [names[name] for name in clusters]
    return np.bincount(places, weights=values).astype(np.float64), np.bincount(places).astype(np.float64)
