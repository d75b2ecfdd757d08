"""Exact dense search: all vectors of a kind in one matrix, one multiplication, recall 1.

The engine of small libraries and of a cold start: no build, no import beyond numpy. A matrix of many rows is kept as a
mapped file, so that a new process need not read the table. Knows nothing of encoders.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Collection
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.errors import ToolInputError
from sourcehound.tools.evidence import UnitKind
from sourcehound.tools.index import vectors
from sourcehound.tools.index.engine import Refreshed, Scored, as_unit_length, best
from sourcehound.tools.index.matrixfile import MatrixFile
from sourcehound.tools.index.vectors import Matrix

WORTH_A_FILE = 4096
"""Rows from which a file pays: reading so many from the table takes about 10 ms, no more than checking a file."""
_FEW = 0.25
"""Share of the rows below which picking the allowed ones out is cheaper than multiplying all."""


class ExactEngine:
    """Dense search by one multiplication over all vectors.

    Args:
        connect: gives this thread's connection to the library.
        folder: for the cache files; may be removed at any time.
        warn: told, in one line, when a cache file cannot be written; the search goes on without it.
        worth_a_file: rows from which a cache file is kept.
    """

    def __init__(
        self,
        connect: Callable[[], sqlite3.Connection],
        folder: Path,
        *,
        warn: Callable[[str], None],
        worth_a_file: int = WORTH_A_FILE,
    ) -> None:
        self._connect = connect
        self._folder = folder
        self._warn = warn
        self._worth_a_file = worth_a_file
        self._guard = threading.Lock()
        self._matrices: dict[tuple[UnitKind, str], Matrix] = {}

    def search(
        self, kind: UnitKind, stamp: str, query: FloatArray, *, k: int, allowed: Collection[int] | None = None
    ) -> tuple[Scored, ...]:
        """See `DenseEngine.search`."""
        return nearest(self._matrix(kind, stamp), query, k=k, allowed=allowed)

    def refresh(self, kind: UnitKind, stamp: str) -> Refreshed:
        """See `DenseEngine.refresh`."""
        known = self._matrices.get((kind, stamp))
        matrix = self._matrix(kind, stamp)
        if not len(matrix.units):
            return Refreshed(kind=kind, stamp=stamp, rows=0, how="nothing")
        return Refreshed(kind=kind, stamp=stamp, rows=len(matrix.units), how="kept" if matrix is known else "built")

    def close(self) -> None:
        """See `DenseEngine.close`."""
        with self._guard:
            self._matrices.clear()

    def _matrix(self, kind: UnitKind, stamp: str) -> Matrix:
        connection = self._connect()
        with self._guard:
            number = vectors.generation(connection, kind, stamp)
            known = self._matrices.get((kind, stamp))
            if known is not None and known.generation == number:
                return known
            file = MatrixFile(folder=self._folder, kind=kind, stamp=stamp)
            matrix = file.open(number)
            if matrix is None:
                matrix = vectors.load(connection, kind, stamp)
                if len(matrix.units) >= self._worth_a_file:
                    self._save(file, matrix)
            self._matrices[kind, stamp] = matrix
            return matrix

    def _save(self, file: MatrixFile, matrix: Matrix) -> None:
        try:
            file.save(matrix)
        except OSError as error:
            self._warn(f"no cache of {file.kind} vectors could be written to {file.folder}: {error.strerror}")


def nearest(matrix: Matrix, query: FloatArray, *, k: int, allowed: Collection[int] | None = None) -> tuple[Scored, ...]:
    """The `k` units of a matrix whose best row has the greatest cosine with the query.

    Args:
        matrix: of any number of rows, none included.
        query: float32, shape (dimension,), any length but zero.
        k: how many at most, >= 1.
        allowed: units to choose from, None for all.

    Returns:
        Best first, equal scores in order of unit.

    Raises:
        ToolInputError: `k` < 1, or the query is not a finite vector.
        ConfigError: the matrix has another dimension than the query.
    """
    if k < 1:
        raise ToolInputError(f"k must be at least 1, not {k}")
    if not len(matrix.units):
        return ()
    direction = as_unit_length(query, matrix.rows.shape[1])
    rows, units = matrix.rows, matrix.units
    if allowed is None:
        return best(*best_rows(units, rows @ direction), k)
    keep = np.isin(units, np.fromiter(allowed, dtype=np.int64, count=len(allowed)))
    if not keep.any():
        return ()
    scores = rows[keep] @ direction if keep.mean() < _FEW else (rows @ direction)[keep]
    return best(*best_rows(units[keep], scores), k)


def best_rows(units: NDArray[np.int64], scores: FloatArray) -> tuple[NDArray[np.int64], FloatArray]:
    """Each unit once, with the greatest score of its rows.

    Args:
        units: shape (n_rows,), rising.
        scores: float32, shape (n_rows,).
    """
    first = np.flatnonzero(np.diff(units, prepend=units[:1] - 1))
    return units[first], np.maximum.reduceat(scores, first)
