"""`Sourcehound.find` in a process that is warm, against a fixed bar."""

from __future__ import annotations

import statistics

from bench.ground import LIBRARY, Ground
from bench.row import Bench, Row
from sourcehound.agent import Sourcehound
from sourcehound.tools.sample.library import QUESTIONS

BAR_MS = 30.0


def run(ground: Ground) -> tuple[Row, ...]:
    """Measure over the sample's questions, each asked in every round."""
    ground.index()
    queries = [question.question for question in QUESTIONS[: ground.sizes.n_queries]]
    seconds: list[float] = []
    with Sourcehound(home=ground.home, library=LIBRARY) as hound:
        hound.find(queries[0])  # opens the library and loads the weights
        for _ in range(ground.sizes.rounds):
            for query in queries:
                begun = ground.clock()
                hound.find(query)
                seconds.append(ground.clock() - begun)
    ours = 1000 * statistics.median(seconds)
    bar = Row(name="find_warm", ours=ours, against="a fixed bar", other=BAR_MS, goal=1.0, unit="ms")
    return (bar,)


BENCH = Bench(name="find_warm", about="find in a warm process, ms", run=run)
