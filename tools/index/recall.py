"""How wide an approximate index must be searched so that the ten nearest are found: measured on the rows that it holds.

How hard rows are to index depends on what encoder made them and how many they are, so no setting fits all. Asked for more
rows, a graph index looks at more of its graph; every one of them is compared exactly afterwards. Knows nothing of Chroma.

Source:
    HNSW's ef, of which the number of rows asked for is the least: Malkov and Yashunin 2016 (arXiv:1603.09320), section 4.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator

import numpy as np

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.index.vectors import Matrix

GOAL = 0.99
"""Recall@10 that a search must have."""
K = 10
WIDTHS = (30, 400, 1000, 2000, 4000)
"""Rows that are asked for, in the order of trying; the last takes about as long as to compare a million rows exactly."""
N_QUERIES = 64
_NOISE = 0.5
_SEED = 0

Place = tuple[int, int]
"""A unit and which of its rows."""


def width_for(
    pieces: Callable[[], Iterable[Matrix]], n_rows: int, ask: Callable[[FloatArray, int], Collection[Place]]
) -> int | None:
    """The least of `WIDTHS` at which the recall of an index reaches `GOAL`; None where none does.

    Args:
        pieces: gives all rows that the index holds, some at a time, units rising.
        n_rows: how many they are, >= 1.
        ask: the rows that the index gives for a query, float32 of shape (dimension,), and a width.
    """
    queries = _queries(pieces(), n_rows)
    truth = _nearest(pieces(), queries)
    for width in WIDTHS:
        found = [len(near & set(ask(query, width))) / len(near) for query, near in zip(queries, truth, strict=True)]
        if np.mean(found) >= GOAL:
            return width
    return None


def _queries(pieces: Iterable[Matrix], n_rows: int) -> FloatArray:
    """Directions near rows from all over the index, as a question is near what answers it."""
    wanted = np.unique(np.linspace(0, n_rows - 1, N_QUERIES).astype(np.int64))
    rows: list[FloatArray] = []
    before = 0
    for piece in pieces:
        here = wanted[(wanted >= before) & (wanted < before + len(piece.units))] - before
        rows.append(piece.rows[here])
        before += len(piece.units)
    near = np.concatenate(rows)
    noise = np.random.default_rng(_SEED).standard_normal(near.shape).astype(np.float32)
    near = near + _NOISE * noise / np.linalg.norm(noise, axis=1, keepdims=True)
    return near / np.linalg.norm(near, axis=1, keepdims=True)


def _nearest(pieces: Iterable[Matrix], queries: FloatArray) -> list[set[Place]]:
    """The places of the `K` nearest rows of each query."""
    scores = np.full((len(queries), 0), 0, np.float32)
    places: list[list[Place]] = [[] for _ in queries]
    for piece in pieces:
        both = np.concatenate([scores, queries @ piece.rows.T], axis=1)
        best = np.argsort(-both, axis=1, kind="stable")[:, :K]
        here = list(_places(piece))
        n_kept = scores.shape[1]
        places = [
            [kept[i] if i < n_kept else here[i - n_kept] for i in row]
            for kept, row in zip(places, best.tolist(), strict=True)
        ]
        scores = np.take_along_axis(both, best, axis=1)
    return [set(found) for found in places]


def _places(piece: Matrix) -> Iterator[Place]:
    unit, row = -1, 0
    for found in piece.units.tolist():
        row = row + 1 if found == unit else 0
        unit = found
        yield unit, row
