"""The one small interface of dense search, and the values that go through it.

Two engines stand behind it (exact.py, chroma.py) and must agree. Knows nothing of encoders, of words, or of how an
engine keeps its vectors.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.errors import ConfigError, ToolInputError
from sourcehound.tools.evidence import UnitKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A unit and how well it fits.

    Attributes:
        unit: its row in the catalogue.
        score: the higher the better. A cosine in -1..1 from dense search, BM25 >= 0 from words, no unit from fusion.
    """

    unit: int
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """What `refresh` did for one kind and stamp.

    Attributes:
        rows: rows of vectors that the engine's structure now holds.
        how: `nothing` there is nothing to hold, `kept` it was good enough, `built` from the table, `extended` with new
            rows.
    """

    kind: UnitKind
    stamp: str
    rows: int
    how: Literal["nothing", "kept", "built", "extended"]


class DenseEngine(Protocol):
    """Finds the units whose vectors lie nearest to a query. Safe to use from several threads."""

    def search(
        self, kind: UnitKind, stamp: str, query: FloatArray, *, k: int, allowed: Collection[int] | None = None
    ) -> tuple[Scored, ...]:
        """Find units of one kind by vectors of one stamp, over everything that is committed.

        Args:
            kind: the kind of unit.
            stamp: `str` of the stamp of the encoder that made the query.
            query: float32, shape (dimension,), any length but zero.
            k: how many at most, >= 1.
            allowed: rows of units to choose from, None for all of the kind.

        Returns:
            Best first; equal scores in order of unit. A unit of several rows has the score of its best row. Empty if no
            unit of that kind has vectors of that stamp.

        Raises:
            ToolInputError: `k` < 1, or the query is not a finite vector.
            ConfigError: the stored vectors have another dimension than the query.
            BusyError: a search server cannot be reached.
        """
        ...

    def refresh(self, kind: UnitKind, stamp: str, *, anew: bool = False) -> Refreshed:
        """Bring the engine's structure up to the table. Never needed for right answers, only for quick ones.

        Args:
            kind: the kind of unit.
            stamp: `str` of an encoder's stamp; where it has no vectors any more, the structure is removed.
            anew: whether it is built from nothing, however good the one that is there.

        Raises:
            BusyError: another process is writing the structure still after the wait, or the disk is full.
        """
        ...

    def close(self) -> None:
        """Let go of files and connections; the engine may be used again and opens them anew."""
        ...


def as_unit_length(query: FloatArray, dimension: int) -> FloatArray:
    """Check a query against the stored vectors and give it length one.

    Args:
        query: shape (dimension,).
        dimension: of the stored vectors.

    Raises:
        ToolInputError: it is not a finite, non-zero vector.
        ConfigError: its dimension is another.
    """
    if query.ndim != 1:
        raise ToolInputError(f"a query is one vector of shape (dimension,), not {query.shape}")
    if query.shape[0] != dimension:
        raise ConfigError(
            f"the query has {query.shape[0]} dimensions, the index {dimension}: it was made with another encoder",
            remedy="ask with the encoder of the index, or run `sourcehound add` to encode anew",
        )
    length = float(np.linalg.norm(query))
    if not np.isfinite(length) or length == 0:
        raise ToolInputError("the query's vector is zero or not finite")
    return (query / length).astype(np.float32, copy=False)


def best(units: NDArray[np.int64], scores: FloatArray, k: int) -> tuple[Scored, ...]:
    """The `k` best units, best first, equal scores in order of unit.

    Args:
        units: shape (n,), each unit once.
        scores: float32, shape (n,).
        k: how many at most, >= 1.

    Raises:
        ToolInputError: `k` < 1.
    """
    if k < 1:
        raise ToolInputError(f"k must be at least 1, not {k}")
    if len(units) > k:
        # all that reach the k-th score, so that ties at the edge are cut by unit and not by chance
        edge = np.partition(scores, len(scores) - k)[len(scores) - k]
        reach = np.flatnonzero(scores >= edge)
        units, scores = units[reach], scores[reach]
    order = np.lexsort((units, -scores))[:k]
    return tuple(Scored(unit=int(units[i]), score=float(scores[i])) for i in order)
