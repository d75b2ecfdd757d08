"""How dense search grows with the library: exactly, from a tenth of the vectors to all; and through Chroma's graph.

Vectors in clusters, queries next to one of them. Building the graph takes most of the time, so it is given fewer vectors
unless more are asked for. What each way costs in memory and on disk is told.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.ground import Ground
from bench.made_vectors import STAMP, open_vectors, queries
from bench.row import Bench, Row
from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.index.chroma import ChromaEngine
from sourcehound.tools.index.engine import DenseEngine
from sourcehound.tools.index.exact import ExactEngine

K = 10
N_QUERIES = 20
DECADE = 10
EXACT_GOAL = 1.2
"""Times ten: a search of ten times as many vectors may cost so much more than ten times as much."""
GRAPH_GOAL = 2.0
RECALL = 0.99


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a search costs over some vectors.

    Attributes:
        ms: median of a warm search.
        recall: recall@10 against the exact engine.
        build_s: seconds that the caches took.
        disk_mb: megabytes of the caches.
    """

    n_rows: int
    ms: float
    recall: float
    build_s: float
    disk_mb: float


def run(ground: Ground) -> tuple[Row, ...]:
    """Measure both ways at two sizes each, a decade apart."""
    exact = [_exact(ground, n) for n in _decade(ground.sizes.n_vectors)]
    graph = [_graph(ground, n) for n in _decade(ground.sizes.n_graph)]
    for way, found in (("exact", exact), ("Chroma", graph)):
        for at in found:
            ground.tell(
                f"  {way}, {at.n_rows:,} vectors: {at.ms:.2f} ms, recall {at.recall:.3f}, built in {at.build_s:.0f} s,"
                f" {at.disk_mb:.0f} MB on disk"
            )
    return (
        _row("exact", exact, times=DECADE, goal=EXACT_GOAL),
        _row("Chroma", graph, times=1, goal=GRAPH_GOAL),
        Row(
            name="dense_growth Chroma missed",
            ours=1 - min(at.recall for at in graph),
            against=f"one of 100 of the nearest {K}",
            other=1 - RECALL,
            goal=1.0,
            unit="share",
        ),
    )


def _row(way: str, found: Sequence[Measured], *, times: int, goal: float) -> Row:
    few, many = found
    against = f"{times} × the time over {few.n_rows:,}" if times > 1 else f"the time over {few.n_rows:,}"
    return Row(
        name=f"dense_growth {way} {many.n_rows:,}",
        ours=many.ms,
        against=against,
        other=few.ms * times,
        goal=goal,
        unit="ms",
    )


def _decade(n_rows: int) -> tuple[int, int]:
    return max(1, n_rows // DECADE), n_rows


def _exact(ground: Ground, n_rows: int) -> Measured:
    folder = ground.folder / f"clustered-{n_rows}"
    library = open_vectors(folder, "clustered", n_rows)
    engine = ExactEngine(lambda: library, folder / "exact", warn=ground.tell)
    build_s = _timed(lambda: engine.refresh("passage", STAMP), ground.clock)
    ms = _search_ms(engine, queries("clustered", n_rows, N_QUERIES), ground)
    engine.close()
    library.close()
    return Measured(n_rows=n_rows, ms=ms, recall=1.0, build_s=build_s, disk_mb=_megabytes(folder / "exact"))


def _graph(ground: Ground, n_rows: int) -> Measured:
    folder = ground.folder / f"clustered-{n_rows}"
    library = open_vectors(folder, "clustered", n_rows)
    exact = ExactEngine(lambda: library, folder / "exact", warn=ground.tell)
    engine = ChromaEngine(lambda: library, folder / "graph", exact=exact, warn=ground.tell)
    build_s = _timed(lambda: engine.refresh("passage", STAMP), ground.clock)
    asked = queries("clustered", n_rows, N_QUERIES)
    shares: list[float] = []
    for query in asked:
        near, found = ({hit.unit for hit in one.search("passage", STAMP, query, k=K)} for one in (exact, engine))
        shares.append(len(near & found) / len(near))
    ms = _search_ms(engine, asked, ground)
    engine.close()
    library.close()
    return Measured(
        n_rows=n_rows,
        ms=ms,
        recall=statistics.mean(shares),
        build_s=build_s,
        disk_mb=_megabytes(folder / "graph"),
    )


def _search_ms(engine: DenseEngine, asked: FloatArray, ground: Ground) -> float:
    engine.search("passage", STAMP, asked[0], k=K)
    seconds = [
        _timed(lambda query=query: engine.search("passage", STAMP, query, k=K), ground.clock)
        for _ in range(ground.sizes.rounds)
        for query in asked
    ]
    return 1000 * statistics.median(seconds)


def _timed(run: Callable[[], object], clock: Callable[[], float]) -> float:
    begun = clock()
    run()
    return clock() - begun


def _megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


BENCH = Bench(name="dense_growth", about="dense search of ten times as many vectors, ms", run=run)
