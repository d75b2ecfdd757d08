"""Rows of vectors at one byte a number: a first look that reads a quarter of the bytes and knows how far off it can be.

Every row has a step and whole multiples of it in -127..127. What a product of such rows can differ from the true one is
bounded by the Cauchy-Schwarz inequality, so that a search which compares again, in full, all that the bound does not rule
out is exact. Knows nothing of units or files.

Source:
    Two passes, a scan of quantised vectors and a second look at the candidates: Jegou, Tavenard, Douze and Amsaleg 2011
    (arXiv:1102.3828). Differs: one step a row instead of a product quantiser, and the second look is at all rows that the
    bound leaves, not at a fixed number.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sourcehound.tools.encoders.encoder import FloatArray

CodeArray = NDArray[np.int8]
_MOST = 127
_ROUNDING = np.float32(2e-6)
"""What float32 may lose in the scores themselves, which are at most one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """Rows in one byte a number.

    Attributes:
        rows: int8, shape (n_rows, dimension), -127..127.
        steps: float32, shape (n_rows,); `rows[i] * steps[i]` is nearly the row.
        errors: float32, shape (n_rows,), how far from the row that is, rounded up.
    """

    rows: CodeArray
    steps: FloatArray
    errors: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """Scores that are nearly right.

    Attributes:
        scores: float32, shape (n_rows,).
        slack: float32, shape (n_rows,) or one for all, how far off each can be.
    """

    scores: FloatArray
    slack: FloatArray | np.float32


def quantise(rows: NDArray[Any]) -> Codes:
    """The codes of some rows.

    Args:
        rows: float16 or float32, shape (n_rows, dimension), none of them zero.
    """
    full = rows.astype(np.float32)
    steps = np.abs(full).max(axis=1) / np.float32(_MOST)
    codes = np.rint(full / steps[:, None])
    errors = np.linalg.norm(full - codes * steps[:, None], axis=1)
    return Codes(rows=codes.astype(np.int8), steps=steps, errors=errors * np.float32(1.001) + _ROUNDING)


def guess(codes: Codes, direction: FloatArray) -> Guess:
    """Nearly the product of every row with a direction.

    Args:
        codes: of rows of about unit length.
        direction: float32, shape (dimension,), of unit length.
    """
    asked = quantise(direction[None])
    scores = _products(codes.rows, asked.rows) * (codes.steps * asked.steps[0])
    # q·x - q'·x' = q·(x - x') + (q - q')·x', and x' is no longer than x and its error together
    slack = codes.errors + asked.errors[0] * (np.float32(1.01) + codes.errors)
    return Guess(scores=scores, slack=slack)


def why_not() -> str:
    """Why the multiplication of codes cannot be used in this process; empty if it can.

    Another package that loads its own copy of simsimd's kernels for all to see (numkong) breaks it.
    """
    two = np.array([[_MOST] * 70, [-_MOST, 1] * 35], dtype=np.int8)
    expected = two.astype(np.int64) @ two[1].astype(np.int64)
    try:
        found = _products(two, two[1:])
    except (ImportError, TypeError, ValueError, RuntimeError) as error:
        return " ".join(str(error).split())[:200] or type(error).__name__
    return "" if np.array_equal(found, expected) else "its products are wrong"


def _products(rows: CodeArray, one: CodeArray) -> FloatArray:
    """The products of all rows with one, as float32: exact as whole numbers, rounded to 24 bits."""
    import simsimd

    # on one thread: two would be quicker only where nothing else runs
    out = np.empty((1, len(rows)), dtype=np.float32)
    simsimd.cdist(one, rows, metric="dot", out=out)
    return out[0]
