"""Fusion: several ranked lists of one question become one. Pure functions; knows nothing of where the lists come from.

Reciprocal rank fusion needs no common scale and is the safe default; the score fusion normalises each list by itself.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.index.engine import Scored

Ranked = Sequence[Scored]
"""A list of units, best first, each at most once."""


def fuse_ranks(lists: Sequence[Ranked], *, weights: Sequence[float] | None = None, k: int = 60) -> tuple[Scored, ...]:
    """Fuse by rank: each list gives a unit weight / (k + rank), ranks from 1; a list without it gives nothing.

    Args:
        lists: best first.
        weights: one for each list; all 1 by default.
        k: damps the lead of the first ranks.

    Returns:
        Every unit of any list, best first, equal scores in order of unit.

    Source:
        Cormack, Clarke and Buettcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning
        Methods", SIGIR 2009, with its k = 60.

    Example:
        >>> words, dense = [Scored(unit=1, score=9), Scored(unit=2, score=8)], [Scored(unit=2, score=0.4)]
        >>> [scored.unit for scored in fuse_ranks([words, dense])]
        [2, 1]
    """
    totals: dict[int, float] = {}
    for ranked, weight in zip(lists, _weights(lists, weights), strict=True):
        for rank, scored in enumerate(ranked, start=1):
            totals[scored.unit] = totals.get(scored.unit, 0.0) + weight / (k + rank)
    return _ordered(totals)


def fuse_min_max(lists: Sequence[Ranked], *, weights: Sequence[float] | None = None) -> tuple[Scored, ...]:
    """Fuse by score: each list is stretched to 0..1 (its worst 0, its best 1) and the lists are summed by weight.

    A list of one unit, or of equal scores, gives 1; a list without a unit gives it 0.

    Args:
        lists: best first, scores of one list on one scale.
        weights: one for each list; all equal and summing to 1 by default, so that the result is in 0..1.

    Source:
        CombSUM of Fox and Shaw, "Combination of Multiple Searches", TREC-2, 1994, over the min-max normalisation of
        Lee, "Analyses of Multiple Evidence Combination", SIGIR 1997.
    """
    given = weights if weights is not None else [1 / max(1, len(lists))] * len(lists)
    totals = dict.fromkeys((scored.unit for ranked in lists for scored in ranked), 0.0)
    for ranked, weight in zip(lists, given, strict=True):
        if ranked:
            stretched = _stretch(np.array([scored.score for scored in ranked], dtype=np.float32))
            for scored, score in zip(ranked, stretched, strict=True):
                totals[scored.unit] += weight * float(score)
    return _ordered(totals)


def _weights(lists: Sequence[Ranked], weights: Sequence[float] | None) -> Sequence[float]:
    return [1.0] * len(lists) if weights is None else weights


def _stretch(scores: FloatArray) -> FloatArray:
    low, high = scores.min(), scores.max()
    return np.ones_like(scores) if high == low else (scores - low) / (high - low)


def _ordered(totals: dict[int, float]) -> tuple[Scored, ...]:
    order = sorted(totals, key=lambda unit: (-totals[unit], unit))
    return tuple(Scored(unit=unit, score=totals[unit]) for unit in order)
