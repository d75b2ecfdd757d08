"""Guided query refinement: the query's own vectors are moved, at question time, towards what a second retriever says.

Pure arithmetic; knows nothing of where vectors and guiding scores come from.

Source:
    GQR (Guided Query Refinement, whose authors refine the query of a late-interaction retriever by a light one's scores):
    gradient steps on KL(target || softmax of the query's scores), the target being a mean of both retrievers' chances over
    the same candidates. Differs: plain gradient descent for Adam, rows brought back to unit length after each step, so
    that two runs agree to the bit.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.errors import ToolInputError

GUIDE_SHARE = 0.3
TEMPERATURE = 0.05
GUIDE_TEMPERATURE = 3.0
STEPS = 30
RATE = 0.2
"""Chosen on 75 HotpotQA questions with cosines guided by BM25: nDCG@10 .874 against .836 of the unrefined query."""


def refine(
    query: FloatArray,
    rows: FloatArray,
    owner: NDArray[np.int64],
    guide: FloatArray,
    *,
    share: float = GUIDE_SHARE,
    steps: int = STEPS,
) -> FloatArray:
    """Move a query's vectors so that its scores over some candidates lean towards a guide's.

    Args:
        query: float32, shape (n_query_rows, dimension), unit length; one row, or several for late interaction.
        rows: float32, shape (n_rows, dimension), the candidates' rows, unit length.
        owner: int64, shape (n_rows,), the candidate of each row, 0..n-1, rising, each at least once.
        guide: float32, shape (n,), the second retriever's score of each candidate, on the scale of BM25.
        share: what the guide weighs in the target, 0..1.
        steps: gradient steps, >= 0.

    Returns:
        The refined rows, shape and length as the query's.

    Raises:
        ToolInputError: the shapes disagree.

    Example:
        >>> q = np.array([[1.0, 0.0]], np.float32)
        >>> rows = np.eye(2, dtype=np.float32)
        >>> moved = refine(q, rows, np.array([0, 1]), np.array([0.0, 9.0], np.float32))
        >>> bool(moved[0, 1] > 0)
        True
    """
    n_items = len(guide)
    if len(rows) != len(owner) or query.ndim != 2 or (len(owner) and int(owner[-1]) != n_items - 1):
        raise ToolInputError(f"{len(rows)} rows, {len(owner)} owners and {n_items} guiding scores do not fit together")
    if not n_items:
        return query
    first = np.flatnonzero(np.diff(owner, prepend=-1))
    target = (1 - share) * _chances(_scores(query, rows, first)[0] / TEMPERATURE) + share * _chances(
        guide / GUIDE_TEMPERATURE
    )
    moved = query
    for _ in range(steps):
        scores, nearest = _scores(moved, rows, first)
        error = (_chances(scores / TEMPERATURE) - target).astype(np.float32)  # (n,)
        gradient = np.einsum("n,qnd->qd", error, rows[nearest])
        moved = moved - RATE * gradient
        moved = (moved / np.linalg.norm(moved, axis=1, keepdims=True)).astype(np.float32)
    return moved


def _scores(query: FloatArray, rows: FloatArray, first: NDArray[np.int64]) -> tuple[FloatArray, NDArray[np.int64]]:
    """Each candidate's mean over query rows of its best row's cosine, and those rows, shape (n_query_rows, n)."""
    cosines = query @ rows.T  # (n_query_rows, n_rows)
    edges = [*first.tolist(), cosines.shape[1]]
    nearest = np.stack([begin + cosines[:, begin:end].argmax(axis=1) for begin, end in pairwise(edges)], axis=1)
    return np.take_along_axis(cosines, nearest, axis=1).mean(axis=0), nearest


def _chances(scores: FloatArray) -> FloatArray:
    risen = np.exp(scores - scores.max())
    return risen / risen.sum()
