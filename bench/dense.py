"""Dense search against what people would take instead, over the same random directions, in turns: the ten nearest.

What a peer finds counts only if it finds 99 of 100; who is not installed is named and left out. The peers hold their rows
in memory; ours are a library's, with all that a search does there.
"""

from __future__ import annotations

import importlib.util
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.ground import Ground
from bench.made_vectors import STAMP, blocks, open_vectors, queries
from bench.row import Bench, Row
from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.index.exact import ExactEngine

K = 10
RECALL = 0.99
GOAL = 1.5
N_QUERIES = 20

Search = Callable[[FloatArray], Sequence[int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One way to search: its median time in ms and its recall@10."""

    name: str
    ms: float
    recall: float


def run(ground: Ground) -> tuple[Row, ...]:
    """Measure ours against every peer that is here, and against the quickest of those that find 99 of 100."""
    n_rows = ground.sizes.n_vectors
    rows = np.concatenate(list(blocks("random", n_rows)))
    asked = queries("random", n_rows, N_QUERIES)
    library = open_vectors(ground.folder / f"vectors-{n_rows}", "random", n_rows)
    engine = ExactEngine(lambda: library, ground.folder / f"vectors-{n_rows}" / "cache", warn=ground.tell)
    searches: dict[str, Search] = {
        "ours": lambda query: [found.unit - 1 for found in engine.search("passage", STAMP, query, k=K)]
    }
    searches["ours"](asked[0])  # before usearch, whose kernels would be taken for simsimd's
    for name, (package, make) in PEERS.items():
        if importlib.util.find_spec(package) is None:
            ground.tell(f"  {name} is left out: {package} is not installed")
        else:
            searches[name] = make(rows)
    sides = measure(searches, rows, asked, rounds=ground.sizes.rounds, clock=ground.clock)
    engine.close()
    library.close()
    for side in sides:
        ground.tell(f"  {side.name}: {side.ms:.2f} ms, recall {side.recall:.4f}")
    return rows_of(sides)


def measure(
    searches: dict[str, Search], rows: FloatArray, asked: FloatArray, *, rounds: int, clock: Callable[[], float]
) -> list[Side]:
    """Time and recall of each way to search, query by query in turns."""
    near = [set(np.argsort(-(rows @ query), kind="stable")[:K].tolist()) for query in asked]
    seconds: dict[str, list[float]] = {name: [] for name in searches}
    hits: dict[str, list[float]] = {name: [] for name in searches}
    for search in searches.values():
        search(asked[0])
    for _ in range(rounds):
        for query, expected in zip(asked, near, strict=True):
            for name, search in searches.items():
                begun = clock()
                found = search(query)
                seconds[name].append(clock() - begun)
                hits[name].append(len(expected & set(found)) / len(expected))
    return [
        Side(name=name, ms=1000 * statistics.median(seconds[name]), recall=statistics.mean(hits[name]))
        for name in searches
    ]


def rows_of(sides: Sequence[Side]) -> tuple[Row, ...]:
    """A row for each peer, for the quickest that finds enough, and for what ours misses."""
    ours, *peers = sides
    able = [side for side in peers if side.recall >= RECALL]
    found = [
        Row(
            name=f"dense {side.name}",
            ours=ours.ms,
            against=f"{side.name}, recall@{K} {side.recall:.3f}",
            other=side.ms,
            goal=GOAL,
            unit="ms",
        )
        for side in peers
    ]
    if able:
        best = min(able, key=lambda side: side.ms)
        against = f"the quickest that finds 99 of 100: {best.name}"
        found.append(Row(name="dense", ours=ours.ms, against=against, other=best.ms, goal=GOAL, unit="ms"))
    missed = Row(
        name="dense missed",
        ours=1 - ours.recall,
        against=f"one of 100 of the nearest {K}",
        other=1 - RECALL,
        goal=1.0,
        unit="share",
    )
    return (*found, missed)


def _numpy(rows: FloatArray) -> Search:
    def find(query: FloatArray) -> Sequence[int]:
        return np.argpartition(-(rows @ query), K)[:K].tolist()

    return find


def _usearch(rows: FloatArray) -> Search:
    from usearch.index import MetricKind, search  # pyright: ignore[reportMissingImports]

    halves = rows.astype(np.float16)

    def find(query: FloatArray) -> Sequence[int]:
        return search(halves, query.astype(np.float16), K, MetricKind.IP, exact=True).keys.tolist()

    return find


def _faiss(kind: str) -> Callable[[FloatArray], Search]:
    def make(rows: FloatArray) -> Search:
        import faiss  # pyright: ignore[reportMissingImports]

        index: Any = faiss.IndexScalarQuantizer(
            rows.shape[1], getattr(faiss.ScalarQuantizer, kind), faiss.METRIC_INNER_PRODUCT
        )
        index.train(rows)
        index.add(rows)
        return lambda query: index.search(query[None], K)[1][0].tolist()

    return make


PEERS: dict[str, tuple[str, Callable[[FloatArray], Search]]] = {
    "numpy float32": ("numpy", _numpy),
    "faiss sq8": ("faiss", _faiss("QT_8bit")),
    "faiss sqfp16": ("faiss", _faiss("QT_fp16")),
    "usearch exact f16": ("usearch", _usearch),
}
"""By name the package that a peer is in, and what makes its search of some rows."""


BENCH = Bench(name="dense", about="the ten nearest of many vectors, ms", run=run)
