"""Queries of several weighted parts: more of this, less of that, a picture with words.

Knows nothing of where the parts' vectors come from.

Source:
    A weighted sum of vectors with negative parts is Rocchio's ("Relevance Feedback in Information Retrieval", 1971); of a
    picture's and words' vectors, WeiMoCIR's (weighted modality fusion, two weights: here `find.picture_share` in the query
    and `find.caption_share` in the score).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.errors import InputError

_SHORTEST = 1e-6
MOST_WEIGHT = 10.0


@dataclass(frozen=True, slots=True)
class Weighted:
    """Words with what they weigh against the query itself, which weighs 1; less than 0 pushes away."""

    text: str
    weight: float = 1.0


def parse_weighted(given: str, *, option: str) -> Weighted:
    """Read `TEXT` or `TEXT:WEIGHT`; a colon that no number follows belongs to the text.

    Args:
        given: what the person wrote.
        option: the option's name, for the message.

    Raises:
        InputError: there are no words, or the weight is not between 0 and 10.

    Example:
        >>> parse_weighted("red kite:0.5", option="--more")
        Weighted(text='red kite', weight=0.5)
    """
    text, colon, number = given.rpartition(":")
    try:
        weight = float(number) if colon else 1.0
    except ValueError:
        text, weight, colon = given, 1.0, ""
    text = text if colon else given
    if not text.strip():
        raise InputError(f"{option} {given!r} has no words", remedy=f"write {option} TEXT or {option} TEXT:WEIGHT")
    if not (math.isfinite(weight) and 0 < weight <= MOST_WEIGHT):
        raise InputError(
            f"{option} {given!r}: a weight is between 0 and {MOST_WEIGHT:g}", remedy=f"write {option} TEXT:0.5"
        )
    return Weighted(text.strip(), weight)


def compose(rows: Sequence[FloatArray], weights: Sequence[float]) -> FloatArray:
    """The weighted sum of rows of one space.

    Args:
        rows: at least one, float32, shape (dimension,), unit length.
        weights: one for each row; less than 0 pushes away.

    Returns:
        float32, shape (dimension,), unit length.

    Raises:
        InputError: the parts cancel each other out.
    """
    summed = np.asarray(weights, dtype=np.float32) @ np.stack(rows)
    length = float(np.linalg.norm(summed))
    if length < _SHORTEST:
        raise InputError("the parts of the query cancel each other out", remedy="change a weight, or leave one out")
    return np.asarray(summed / length, dtype=np.float32)
