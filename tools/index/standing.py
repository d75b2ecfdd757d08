"""How far a score stands out from what is usual for its query, on the scale of the default encoders' cosines.

The curves of strength.py and chance.py were fitted on the default encoders. What is far above chance for one encoder is
nothing for another: unrelated texts have cosines of about 0 by one model and of .8 by the next, and late interaction's
means of maxima lie elsewhere again. So the scores of every other encoder are first carried over: what is usual for the
query in this collection becomes what is usual by the default text encoder, and the spread around it that encoder's spread.
No labels are needed, and no order within a list changes. Knows nothing of how scores are made.

Source:
    Test normalisation of scores by those of a cohort: Auckenthaler, Carey and Lloyd-Thomas, "Score Normalization for
    Text-Independent Speaker Verification Systems", Digital Signal Processing 10, 2000, section 4. Differs: the cohort is
    drawn from the collection itself, so what is right may be in it; hence median and median absolute deviation for mean
    and standard deviation (Hampel 1974), and the result is put on another encoder's scale, not left as a z-score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

FITTED: Mapping[str, str] = {"dense": "minilm", "seen": "conse", "like": "effnet-features"}
"""The encoder of each part of a score on whose cosines the curves stand."""
USUAL = 0.02
SPREAD = 0.085
"""Median and spread of the cosines of a query with all passages by the default text encoder: HotpotQA .024 and .086,
MuSiQue .037 and .090, Natural Questions -.002 and .074. By its late interaction, carried over, right passages of MuSiQue
have .42 (its own cosine: .43)."""
LEAST = 30
"""Units from which it can be told what is usual: the spread of so many is known to about a fifth."""
UNSURE = 0.4
"""What a unit has at least where there are fewer: enough for no cut to take it, too little to pass for a good hit."""
_NORMAL = 1.4826
"""Median absolute deviations that make a standard deviation of normal values."""
_LEAST_SPREAD = 0.05
"""Spread that few scores are taken to have at least: that of three can be next to nothing by chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """The usual scores of one query.

    Attributes:
        middle: the usual score, on the encoder's own scale.
        spread: a standard deviation around it, >= 0; 0 where all are equal.
        n: scores that it was told from.
    """

    middle: float
    spread: float
    n: int

    @classmethod
    def of(cls, scores: Sequence[float]) -> Self:
        """The background of the scores of a cohort, of any length."""
        if not scores:
            return cls(middle=0.0, spread=_LEAST_SPREAD, n=0)
        values = np.array(scores, dtype=np.float64)
        middle = float(np.median(values))
        # more than half can be equal, as those of empty pages are
        spread = _NORMAL * float(np.median(np.abs(values - middle))) or float(values.std())
        return cls(middle=middle, spread=spread if len(scores) >= LEAST else max(spread, _LEAST_SPREAD), n=len(scores))

    @property
    def is_unsure(self) -> bool:
        """Whether there are too few scores to tell what is usual, so that no hit may be left out by them."""
        return self.n < LEAST

    def standing(self, score: float) -> float:
        """A score on the scale of the default encoders; above 1 for what stands out by more than they ever do.

        Example:
            >>> usual = Background(middle=0.7, spread=0.02, n=200)
            >>> round(usual.standing(0.7), 3), round(usual.standing(0.8), 3)
            (0.02, 0.445)
        """
        return USUAL + (SPREAD * (score - self.middle) / self.spread if self.spread > 0 else 0.0)


def is_fitted(part: str, stamp: str) -> bool:
    """Whether the curves stand on the cosines of the encoder of a stamp.

    Args:
        part: `dense`, `seen` or `like`.
        stamp: `str` of the encoder's stamp.
    """
    return stamp.partition("@")[0] == FITTED[part]
