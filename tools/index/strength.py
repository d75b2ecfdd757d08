"""How strong a hit is on a fixed scale of 0..1, from the parts of its score.

A noisy-or of two signs: how near the meanings are, and how much of the question's rare words the unit has. Ranks come from
the fusion; this says whether the best of them is any good. Knows nothing of ranking.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

_MIDDLE_COSINE = 0.45
_STEEPNESS = 12.0
_WORDS_CEILING = 0.9
_SEEN_CEILING = 0.6
"""What a rough recogniser alone can reach: it is a hint, never a gate."""
_OTHERS = ("shown", "alike")


def score(parts: Mapping[str, float]) -> float:
    """Strength of a hit, on one scale for every kind of unit.

    Args:
        parts: `dense` cosine, `words` coverage in 0..1, `seen` and `like` cosines of the default encoders, `shown` and
            `alike` what other encoders have in place of the two, as standings (standing.py); those it was found by.

    Returns:
        0..1.
    """
    meaning = told(parts.get("dense", 0.0))
    words = _WORDS_CEILING * parts.get("words", 0.0) ** 2
    seen = _SEEN_CEILING * _rise(parts.get("seen", 0.0), _MIDDLE_COSINE)
    like = _rise(parts.get("like", 0.0), 0.5)
    others = math.prod(1.0 - told(parts[part]) for part in _OTHERS if part in parts)
    return 1.0 - (1.0 - meaning) * (1.0 - words) * (1.0 - seen) * (1.0 - like) * others


def told(cosine: float) -> float:
    """How much nearness of meaning tells, in 0..1: next to nothing below a cosine of .3, nearly all above .6."""
    return _rise(cosine, _MIDDLE_COSINE)


def _rise(cosine: float, middle: float) -> float:
    return 0.0 if cosine <= 0 else 1.0 / (1.0 + math.exp(-_STEEPNESS * (cosine - middle)))
