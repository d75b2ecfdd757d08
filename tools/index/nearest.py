"""The nearest units of a matrix, exactly: a quick look that rules most rows out, and a full comparison of those that it left.

The quick look is the product of codes where there are codes, else one multiplication. A score comes from its row and the
query alone, wherever the row stands and whatever else is compared, so that equal rows have equal scores. Knows nothing of
files or engines.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.errors import ToolInputError
from sourcehound.tools.index import codes
from sourcehound.tools.index.codes import Codes, Guess
from sourcehound.tools.index.engine import Scored, as_unit_length, best
from sourcehound.tools.index.halves import widen
from sourcehound.tools.index.vectors import Matrix

FEW = 2000
"""Rows so few that they are all compared in full at once."""
_SLACK = np.float32(1e-5)
"""How far two ways of adding up one product of float32 rows of unit length can be apart; several times that."""
_COLUMNS = 64
_AT_ONCE = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Rows to be searched.

    Attributes:
        rows: float32 or float16, shape (n_rows, dimension), each of unit length.
        units: int64, shape (n_rows,), the unit that each row belongs to, rising.
        starts: int64, shape (n_units,), the index of each unit's first row.
        codes: of the same rows, None for none.
    """

    rows: FloatArray | NDArray[np.float16]
    units: NDArray[np.int64]
    starts: NDArray[np.int64]
    codes: Codes | None = None

    @classmethod
    def of(cls, matrix: Matrix) -> Self:
        """The rows of a matrix as it is."""
        return cls(rows=matrix.rows, units=matrix.units, starts=starts_of(matrix.units))


def starts_of(units: NDArray[np.int64]) -> NDArray[np.int64]:
    """The index of each unit's first row, of units that rise."""
    return np.flatnonzero(np.diff(units, prepend=units[:1] - 1))


def nearest(rows: Rows, query: FloatArray, *, k: int, allowed: Collection[int] | None = None) -> tuple[Scored, ...]:
    """The `k` units whose best row has the greatest cosine with the query.

    Args:
        rows: any number of them, none included.
        query: float32, shape (dimension,), any length but zero.
        k: how many at most, >= 1.
        allowed: units to choose from, None for all; an int64 array of them is the quickest.

    Returns:
        Best first, equal scores in order of unit.

    Raises:
        ToolInputError: `k` < 1, or the query is not a finite vector.
        ConfigError: the rows have another dimension than the query.
    """
    if k < 1:
        raise ToolInputError(f"k must be at least 1, not {k}")
    if not len(rows.units):
        return ()
    direction = as_unit_length(query, rows.rows.shape[1])
    keep = None if allowed is None else np.isin(rows.units, _as_array(allowed))
    if keep is not None and np.count_nonzero(keep) <= FEW:
        left = np.flatnonzero(keep)
    elif keep is None and len(rows.units) <= FEW:
        left = np.arange(len(rows.units))
    else:
        left = _left(rows, _look(rows, direction), k, keep)
    if not len(left):
        return ()
    units, scores = rows.units[left], np.vecdot(_full(rows.rows[left]), direction)
    starts = starts_of(units)
    return best(units[starts], np.maximum.reduceat(scores, starts), k)


def kth_largest(values: FloatArray, k: int) -> np.float32:
    """The `k`-th largest of at least `k` values, in little more time than it takes to read them."""
    whole = len(values) // _COLUMNS * _COLUMNS
    # the k-th largest of some values is no larger than that of all of them: what is below it is out
    tops = values[:whole].reshape(_COLUMNS, -1).max(axis=0)
    if len(tops) > k:
        values = values[values >= np.partition(tops, len(tops) - k)[len(tops) - k]]
    return np.partition(values, len(values) - k)[len(values) - k]


def _look(rows: Rows, direction: FloatArray) -> Guess:
    if rows.codes is not None:
        return codes.guess(rows.codes, direction)
    parts = [_full(rows.rows[n : n + _AT_ONCE]) @ direction for n in range(0, len(rows.rows), _AT_ONCE)]
    return Guess(scores=np.concatenate(parts), slack=_SLACK)


def _left(rows: Rows, look: Guess, k: int, keep: NDArray[np.bool_] | None) -> NDArray[np.int64]:
    """The rows that could be a best row of one of the `k` best units."""
    least = look.scores - look.slack
    most = look.scores + look.slack
    if keep is not None:
        least[~keep] = most[~keep] = -np.inf
    one_each = len(rows.starts) == len(least)
    units_least = least if one_each else np.maximum.reduceat(least, rows.starts)
    if len(units_least) <= k:
        return np.flatnonzero(most > -np.inf)
    return np.flatnonzero((most >= kth_largest(units_least, k)) & (most > -np.inf))


def _full(rows: FloatArray | NDArray[np.float16]) -> FloatArray:
    return rows.astype(np.float32, copy=False) if rows.dtype == np.float32 else widen(rows.view(np.float16))


def _as_array(units: Collection[int]) -> NDArray[np.int64]:
    if isinstance(units, np.ndarray):
        return units
    return np.fromiter(units, dtype=np.int64, count=len(units))
