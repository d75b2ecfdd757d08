"""Many rows of one item made few: clusters of like ones, put in an order whose beginning stands for the whole.

Deterministic, plain numpy. Knows nothing of encoders or of how rows are kept.

Source:
    Token pooling by Ward's clustering of cosines: Clavié, Chaffin and Adams 2024 (arXiv:2409.14683); that plain clusters
    beat learnt selections of visual tokens: Omri et al. 2025 (arXiv:2504.17892). The nearest-neighbour chain: Murtagh
    1983 (doi:10.1093/comjnl/26.4.354). The order: the greedy maximum of coverage of Nemhauser, Wolsey and Fisher 1978
    (doi:10.1007/BF01588971), which is within 1 - 1/e of the best subset at every length; evaluated lazily as by Minoux
    1978. Differs: one order serves every budget at search, where the papers pool for one budget.
"""

from __future__ import annotations

import heapq

import numpy as np
from numpy.typing import NDArray

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.index.compact import Pooling

_AT_ONCE = 2048
"""Rows clustered in one go: their distances take 32 MB."""
_CANCELLED = 1e-6


def pooled(rows: FloatArray, most: int, *, how: Pooling = "clusters") -> FloatArray:
    """At most so many rows that stand for all.

    Args:
        rows: float32, shape (n_rows, dimension), n_rows >= 1, of unit length.
        most: rows that are left at most, >= 0; 0 for all.
        how: `clusters`, each as the mean of its rows made one long, in the order of `coverage`; or the `first` rows.

    Returns:
        float32, of unit length.
    """
    if how == "first":
        return rows[: most or None]
    few = rows if most == 0 or len(rows) <= most else _means(rows, _labels(rows, most))
    return few[coverage(rows, few)]


def mean_row(rows: FloatArray) -> FloatArray:
    """The mean of some rows, one long; the first of them where they cancel each other out.

    Args:
        rows: float32, shape (n_rows, dimension), n_rows >= 1, of unit length.

    Returns:
        shape (dimension,).
    """
    mean = rows.mean(axis=0, dtype=np.float64)
    length = np.linalg.norm(mean)
    return rows[0] if length < _CANCELLED else (mean / length).astype(np.float32)


def interleaved(parts: list[FloatArray]) -> FloatArray:
    """The rows of several items as one: the first of each, then the second of each, so that a beginning stands for all."""
    places = np.concatenate([np.arange(len(part)) for part in parts])
    return np.concatenate(parts)[np.argsort(places, kind="stable")]


def coverage(rows: FloatArray, few: FloatArray) -> list[int]:
    """An order of `few` in which every beginning is as near as may be to each of `rows`.

    Args:
        rows: shape (n_rows, dimension).
        few: shape (n_few, dimension).

    Returns:
        Indices into `few`. Each next one adds most to the sum, over `rows`, of the best cosine so far.
    """
    cosines = np.ascontiguousarray(few @ rows.T)  # (n_few, n_rows)
    covered = np.full(len(rows), -1.0, dtype=np.float32)
    # what a row would add only shrinks as others come in: one that is still on top with its new gain is the next
    gains = [(-float(gain), index) for index, gain in enumerate((cosines + 1).sum(axis=1))]
    heapq.heapify(gains)
    order: list[int] = []
    while gains:
        _, index = heapq.heappop(gains)
        gain = -float(np.maximum(cosines[index] - covered, 0).sum())
        if gains and (gain, index) > gains[0]:
            heapq.heappush(gains, (gain, index))
            continue
        order.append(index)
        np.maximum(covered, cosines[index], out=covered)
    return order


def _labels(rows: FloatArray, most: int) -> NDArray[np.int64]:
    """The cluster of each row, 0 to `most` - 1; beyond `_AT_ONCE` rows, clusters of neighbouring rows are clustered."""
    if len(rows) <= _AT_ONCE:
        return _cut(len(rows), _merges(rows, np.ones(len(rows))), most)
    n_blocks = -(-len(rows) // _AT_ONCE)
    share = max(1, _AT_ONCE // n_blocks)
    labels = np.concatenate(
        [
            _labels(block, min(share, len(block))) + share * place
            for place, block in enumerate(np.array_split(rows, n_blocks))
        ]
    )
    sizes = np.bincount(labels).astype(np.float64)
    means = _means(rows, labels)
    return _cut(len(means), _merges(means, sizes), min(most, len(means)))[labels]


def _means(rows: FloatArray, labels: NDArray[np.int64]) -> FloatArray:
    """The mean of each cluster, one long."""
    order = np.argsort(labels, kind="stable")
    edges = np.flatnonzero(np.diff(labels[order], prepend=-1))
    groups = np.split(rows[order], edges[1:])
    return np.stack([mean_row(group) for group in groups])


def _merges(rows: FloatArray, sizes: NDArray[np.float64]) -> list[tuple[float, int, int]]:
    """Ward's tree over rows of some weights: what each merge costs, and the clusters it makes one of (kept under the first)."""
    sizes = sizes.copy()
    wide = rows.astype(np.float64)
    squares = np.maximum(2 - 2 * (wide @ wide.T), 0)  # of rows of unit length
    costs = squares * (sizes[:, None] * sizes / (sizes[:, None] + sizes))
    np.fill_diagonal(costs, np.inf)
    gone = np.zeros(len(rows), dtype=bool)
    merges: list[tuple[float, int, int]] = []
    chain: list[int] = []
    while len(merges) < len(rows) - 1:
        while chain and gone[chain[-1]]:
            chain.pop()
        if not chain:
            chain.append(int(np.argmin(gone)))
        _follow(costs, chain)
        first, second = sorted((chain.pop(), chain.pop()))
        cost = float(costs[first, second])
        merges.append((cost, first, second))
        both = sizes[first] + sizes[second]
        # the formula of Lance and Williams
        row = (sizes[first] + sizes) * costs[first] + (sizes[second] + sizes) * costs[second] - sizes * cost
        row /= both + sizes
        gone[second] = True
        row[gone] = row[first] = np.inf
        costs[first] = costs[:, first] = row
        costs[second] = costs[:, second] = np.inf
        sizes[first] = both
    return merges


def _follow(costs: NDArray[np.float64], chain: list[int]) -> None:
    """Lengthen a chain, each cluster followed by the one it is cheapest to merge with, until two follow each other."""
    while True:
        row = costs[chain[-1]]
        nearest = int(row.argmin())
        if len(chain) > 1 and row[chain[-2]] <= row[nearest]:
            return
        chain.append(nearest)


def _cut(n_rows: int, merges: list[tuple[float, int, int]], most: int) -> NDArray[np.int64]:
    """The clusters that the cheapest merges leave, numbered by their first rows."""
    parent = np.arange(n_rows)
    for _, first, second in sorted(merges)[: n_rows - most]:
        parent[_root(parent, second)] = _root(parent, first)
    return np.unique([_root(parent, row) for row in range(n_rows)], return_inverse=True)[1].astype(np.int64)


def _root(parent: NDArray[np.int64], row: int) -> int:
    while parent[row] != row:
        row = int(parent[row])
    return row
