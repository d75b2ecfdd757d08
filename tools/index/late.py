"""Late interaction: items of many vectors, made few and small when they are kept, and searched in two stages.

Stage one finds candidates by one vector for each item, the mean of all it had, through the same engines as everything
else. Stage two compares every vector of the query with every kept vector of the candidates. Knows nothing of encoders'
insides or of how an engine finds its rows.

Source:
    The score: ColBERT (Khattab and Zaharia 2020, arXiv:2004.12832, equation 3), divided by the number of the query's
    vectors, so that it is a cosine's size whatever the question's length. As many of an item's vectors as the person
    pays for, chosen at index and again at search: MetaEmbed (Xiao et al. 2025, arXiv:2509.18095), there trained for;
    here by clusters in an order (clusters.py). Candidates by one vector, then all: MUVERA (Dhulipala et al. 2024,
    arXiv:2405.19504), whose one vector is longer. Tried and left out: candidates by four rows an item, recall@10 of 100
    candidates .973 instead of .963 (hotpotqa) for four times the rows in the index.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sourcehound.tools.encoders.encoder import FloatArray, Vectors
from sourcehound.tools.encoders.spec import Spec
from sourcehound.tools.errors import ConfigError, ToolInputError
from sourcehound.tools.evidence import UnitKind
from sourcehound.tools.index import vectors
from sourcehound.tools.index.clusters import mean_row, pooled
from sourcehound.tools.index.compact import Compact, Effort
from sourcehound.tools.index.engine import DenseEngine, Scored, as_unit_length, best
from sourcehound.tools.index.nearest import starts_of
from sourcehound.tools.index.schemes import Scheme

_AT_ONCE = 32
"""Candidates read and compared in one go: of pages of 1,000 rows of 128 numbers that takes 16 MB."""
_ONE: Scheme = "float16"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is written of an encoder's result under one stamp."""

    stamp: str
    vectors: Vectors
    scheme: Scheme


def to_keep(stamp: str, gives: Literal["single", "multi"], encoded: Vectors, compact: Compact) -> tuple[Kept, ...]:
    """What to write of an encoder's result. The slow part is done here, outside any transaction.

    Args:
        stamp: `str` of the encoder's stamp.
        gives: what the encoder gives.
        encoded: at least one row for each item.
        compact: how many vectors become few.

    Returns:
        What it gave as it is; of many vectors an item, few and small ones, and one for each item to find it by.
    """
    if gives == "single":
        return (Kept(stamp=stamp, vectors=encoded, scheme=_ONE),)
    starts = starts_of(encoded.owner)
    owner = encoded.owner[starts]
    items = np.split(encoded.rows, starts[1:])
    few = [pooled(rows, compact.vectors, how=compact.pooling) for rows in items]
    owners = np.repeat(owner, [len(rows) for rows in few])
    means = np.stack([mean_row(rows) for rows in items])
    return (
        Kept(stamp=stamp, vectors=Vectors(rows=np.concatenate(few), owner=owners), scheme=compact.scheme),
        Kept(stamp=vectors.mean_stamp(stamp), vectors=Vectors(rows=means, owner=owner), scheme=_ONE),
    )


def schemes_of(stamp: str, gives: Literal["single", "multi"], compact: Compact) -> tuple[tuple[str, Scheme], ...]:
    """The stamps under which an encoder's vectors are kept, and how they are kept under each."""
    if gives == "single":
        return ((stamp, _ONE),)
    return ((stamp, compact.scheme), (vectors.mean_stamp(stamp), _ONE))


def compact_for(spec: str, compact: Compact) -> Compact:
    """The choices for one encoder: the number of vectors that its spec asks for goes before that of the settings.

    Raises:
        ConfigError: the spec is none.
    """
    asked = Spec.parse(spec).vectors if spec.startswith("hf:") else None
    return compact if asked is None else replace(compact, vectors=asked)


def write(connection: sqlite3.Connection, units: Sequence[int], kept: Sequence[Kept]) -> None:
    """Write what `to_keep` made, in place of what the units had. Must run inside a transaction.

    Args:
        connection: the library's.
        units: rows of the units, one for each item that was encoded, in order.
        kept: of `to_keep`.

    Raises:
        ConfigError: rows are missing, not finite or not of unit length, so the encoder is broken.
        SourcehoundError: a unit is not in the catalogue.
    """
    for part in kept:
        vectors.write_vectors(connection, units, part.stamp, part.vectors, scheme=part.scheme)


def searched_stamp(stamp: str, gives: Literal["single", "multi"]) -> str:
    """The stamp whose rows the engines search for an encoder."""
    return stamp if gives == "single" else vectors.mean_stamp(stamp)


def search_late(
    connection: sqlite3.Connection,
    engine: DenseEngine,
    kind: UnitKind,
    stamp: str,
    query: FloatArray,
    *,
    k: int,
    effort: Effort | None = None,
    allowed: Collection[int] | None = None,
) -> tuple[Scored, ...]:
    """Find units of one kind by many vectors of one stamp.

    Args:
        connection: the library's.
        engine: finds the candidates.
        kind: the kind of unit.
        stamp: `str` of the stamp of the encoder that made the query.
        query: float32, shape (n_rows, dimension), n_rows >= 1, none of them zero.
        k: how many at most, >= 1.
        effort: candidates, at least `k` of them in any case, and vectors of each.
        allowed: rows of units to choose from, None for all of the kind.

    Returns:
        Best first; equal scores in order of unit. A score is the mean over the query's rows of the best cosine with a row
        of the unit, -1..1; times the number of the query's rows it is the sum that papers give. Empty if no unit of that
        kind has vectors of that stamp.

    Raises:
        ToolInputError: `k` < 1, or the query is no matrix of finite rows.
        ConfigError: the stored vectors have another dimension than the query.
        BusyError: a search server cannot be reached.
    """
    if query.ndim != 2 or not len(query):
        raise ToolInputError(f"a query of many vectors has the shape (n_rows, dimension), not {query.shape}")
    effort = effort or Effort()
    rows = np.stack([as_unit_length(row, query.shape[1]) for row in query])
    mean = vectors.mean_stamp(stamp)
    found = engine.search(kind, mean, mean_row(rows), k=max(effort.candidates, k), allowed=allowed)
    units, scores = compare(
        connection, kind, stamp, rows, [candidate.unit for candidate in found], first=effort.vectors
    )
    return best(units, scores, k)


def compare(
    connection: sqlite3.Connection,
    kind: UnitKind,
    stamp: str,
    query: FloatArray,
    units: Sequence[int],
    *,
    first: int = 0,
) -> tuple[NDArray[np.int64], FloatArray]:
    """Compare a query with some units and no others, reading their rows a few units at a time.

    Args:
        connection: the library's.
        kind: of the units.
        stamp: `str` of the stamp of the encoder that made the query; of one row an item or of many.
        query: float32, shape (n_rows, dimension), n_rows >= 1, each of unit length.
        units: their rows.
        first: vectors of each unit that are read at most; 0 for all that are kept.

    Returns:
        The units that have vectors, int64, each once, and their scores, float32, as `max_sim` has them; both of the shape
        (n_units,).

    Raises:
        ConfigError: the stored vectors have another dimension than the query.
    """
    found: list[NDArray[np.int64]] = []
    scores: list[FloatArray] = []
    for start in range(0, len(units), _AT_ONCE):
        matrix = vectors.load_units(connection, kind, stamp, units[start : start + _AT_ONCE], first=first)
        if not len(matrix.units):
            continue  # removed since, or waiting to be encoded again
        if matrix.rows.shape[1] != query.shape[1]:
            raise ConfigError(
                f"the query has {query.shape[1]} dimensions, the vectors of {stamp} {matrix.rows.shape[1]}",
                remedy="run `sourcehound add` to encode anew",
            )
        starts = starts_of(matrix.units)
        found.append(matrix.units[starts])
        scores.append(max_sim(query, matrix.rows, starts))
    if not found:
        return np.empty(0, np.int64), np.empty(0, np.float32)
    return np.concatenate(found), np.concatenate(scores)


def max_sim(query: FloatArray, rows: FloatArray, starts: NDArray[np.int64]) -> FloatArray:
    """The mean over the query's rows of the best product with a row of each item.

    Args:
        query: float32, shape (n_query, dimension), of unit length.
        rows: float32, shape (n_rows, dimension), of unit length.
        starts: int64, shape (n_items,), the index of each item's first row, rising from 0.

    Returns:
        float32, shape (n_items,), -1..1.

    Example:
        >>> import numpy as np
        >>> axes = np.eye(3, dtype=np.float32)
        >>> max_sim(axes[:2], axes, np.array([0, 2])).tolist()
        [1.0, 0.0]
    """
    return np.maximum.reduceat(rows @ query.T, starts, axis=0).mean(axis=1)
