"""Fusion: several ranked lists of one question become one. Pure functions; knows nothing of where the lists come from.

Reciprocal rank fusion needs no common scale; min-max and z-scores normalise each list by itself; `fuse_following` leaves
words and meaning on scales of their own, so that each query weighs them itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.index.engine import Scored

WORDS_WEIGHT = 0.085
"""What BM25 over the logarithm of the number of units weighs against a cosine. Chosen on 75 HotpotQA questions among .04 to
.2: nDCG@10 .873; from .07 to .1 it changes by .002 there, and by less than .015 on MuSiQue and Natural Questions."""

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


def fuse_z(lists: Sequence[Ranked], *, weights: Sequence[float] | None = None) -> tuple[Scored, ...]:
    """Fuse by score: each list is centred and divided by its standard deviation, and the lists are summed by weight.

    A list of equal scores gives 0; a list without a unit gives it the list's least.

    Args:
        lists: best first, scores of one list on one scale.
        weights: one for each list; all 1 by default.

    Source:
        The normalisation of each query's scores in CMRAG (its UCMR), here by mean and standard deviation.
    """
    totals = dict.fromkeys((scored.unit for ranked in lists for scored in ranked), 0.0)
    for ranked, weight in zip(lists, _weights(lists, weights), strict=True):
        if ranked:
            _add(totals, ranked, weight * _standard(np.array([scored.score for scored in ranked], dtype=np.float32)))
    return _ordered(totals)


def fuse_following(dense: Ranked, words: Ranked, *, n_units: int, weight: float = WORDS_WEIGHT) -> tuple[Scored, ...]:
    """Fuse meaning and words with weights that follow the query: cosine + weight * BM25 / ln(n_units).

    Neither list is normalised by what it found, so a query whose words are rare and stand there is decided by words, and
    one whose words are common or absent by meaning. BM25 grows with the logarithm of the collection, which is taken out.

    Args:
        dense: cosines, best first.
        words: BM25 >= 0, best first.
        n_units: units of the collection, >= 1.
        weight: of words.

    Returns:
        Every unit of either list, best first, equal scores in order of unit; a list without a unit gives it the list's
        least. One empty list leaves the other as it is.
    """
    if not dense or not words:
        return tuple(dense or words)
    totals = dict.fromkeys((scored.unit for ranked in (dense, words) for scored in ranked), 0.0)
    _add(totals, dense, np.array([scored.score for scored in dense], dtype=np.float32))
    bm25 = np.array([scored.score for scored in words], dtype=np.float32)
    _add(totals, words, weight / math.log(max(n_units, 3)) * bm25)
    return _ordered(totals)


def _add(totals: dict[int, float], ranked: Ranked, scores: FloatArray) -> None:
    """Add a list's scores; who is not on it gets the list's least."""
    found = {scored.unit: float(score) for scored, score in zip(ranked, scores, strict=True)}
    least = min(found.values())
    for unit in totals:
        totals[unit] += found.get(unit, least)


def _standard(scores: FloatArray) -> FloatArray:
    spread = scores.std()
    return (scores - scores.mean()) / spread if spread > 0 else np.zeros_like(scores)


def _weights(lists: Sequence[Ranked], weights: Sequence[float] | None) -> Sequence[float]:
    return [1.0] * len(lists) if weights is None else weights


def _stretch(scores: FloatArray) -> FloatArray:
    low, high = scores.min(), scores.max()
    return np.ones_like(scores) if high == low else (scores - low) / (high - low)


def _ordered(totals: dict[int, float]) -> tuple[Scored, ...]:
    order = sorted(totals, key=lambda unit: (-totals[unit], unit))
    return tuple(Scored(unit=unit, score=totals[unit]) for unit in order)
