"""What one step of the agent costs by itself, against LangGraph's prebuilt agent; and whether late steps cost as early ones.

A step is one decision of the planner, one tool call that returns 1,500 characters, and the checkpoints between: planner
and tool are scripted and cost nothing. Checkpoints are synchronous on both sides, so that a kill loses no step.
"""

from __future__ import annotations

import statistics
import threading
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.ground import BenchError, Ground
from bench.peer_agent import run_peer
from bench.row import Bench, Row
from bench.scripted import PASSAGE, QUESTION, PassageTool, scripted_planner
from sourcehound.agent.deps import Clock, Deps, Roles
from sourcehound.agent.graph import build_graph
from sourcehound.agent.hound import utc_now
from sourcehound.agent.runner import Runner
from sourcehound.agent.settings import Settings
from sourcehound.agent.state import Request
from sourcehound.agent.threads import Threads, open_saver
from sourcehound.tools.errors import ConfigError
from sourcehound.tools.ledger import Ledger
from sourcehound.tools.library.library import Library
from sourcehound.tools.web.web import Web

GOAL = 1.0
FLATNESS_GOAL = 1.2
PEER = "langgraph create_react_agent, SqliteSaver, durability sync"
_END = 10
_WARM_UP = 3
_TIMEOUT_S = 600.0


def run(ground: Ground) -> tuple[Row, ...]:
    """Measure both in turns, each round with databases of its own.

    Raises:
        BenchError: one of them did not take as many steps as asked.
    """
    n_steps, clock = ground.sizes.n_steps, ground.clock
    ours: list[list[float]] = []
    other: list[list[float]] = []
    sizes: list[tuple[float, float]] = []
    for number in range(ground.sizes.many_rounds + 1):
        with TemporaryDirectory(dir=ground.folder) as name:
            steps = n_steps if number else _WARM_UP
            mine = _steps_ms(steps, clock, lambda stamp, n=steps, at=Path(name): _run_ours(at, n + 1, stamp, clock))
            theirs = _steps_ms(
                steps,
                clock,
                lambda stamp, n=steps, at=Path(name): run_peer(
                    at / "peer.db", passage=PASSAGE, n_steps=n + 1, stamp=stamp
                ),
            )
            if number:
                ours.append(mine)
                other.append(theirs)
                sizes.append((_megabytes(Path(name), "threads.db*"), _megabytes(Path(name), "peer.db*")))
    end = min(_END, n_steps // 2)
    return (
        Row(name="agent_step", ours=_median(ours), against=PEER, other=_median(other), goal=GOAL, unit="ms a step"),
        Row(
            name="agent_step_flatness",
            ours=_median([steps[-end:] for steps in ours]),
            against=f"our first {end} of {n_steps} steps",
            other=_median([steps[:end] for steps in ours]),
            goal=FLATNESS_GOAL,
            unit="ms a step",
        ),
        Row(
            name="agent_disk",
            ours=statistics.median(mine for mine, _ in sizes),
            against=PEER,
            other=statistics.median(theirs for _, theirs in sizes),
            goal=GOAL,
            unit=f"MB after {n_steps} steps",
        ),
    )


def _steps_ms(n_steps: int, clock: Callable[[], float], go: Callable[[Callable[[], None]], None]) -> list[float]:
    """Milliseconds between one run of the tool and the next, `n_steps` times."""
    stamps: list[float] = []
    go(lambda: stamps.append(clock()))
    if len(stamps) != n_steps + 1:
        raise BenchError(f"a run of {n_steps + 1} steps took {len(stamps)}")
    return [1000 * (after - before) for before, after in pairwise(stamps)]


def _run_ours(folder: Path, n_steps: int, stamp: Callable[[], None], clock: Callable[[], float]) -> None:
    planner = scripted_planner(n_steps)

    def roles(request: Request) -> Roles:
        del request
        return Roles(planner=planner)

    library = Library(home=folder, name="steps", now=utc_now)
    ledger = Ledger(library.folder / "threads.db", utc_now)
    deps = Deps(
        library=library,
        ledger=ledger,
        tools={PassageTool.name: PassageTool(stamp)},
        roles=roles,
        web=_no_web,
        clock=Clock(now=utc_now, monotonic=clock),
    )
    saver = open_saver(ledger.path)
    runner = Runner(
        library=library,
        settings=Settings.load(folder, {}),
        ledger=ledger,
        threads=Threads(ledger),
        deps=deps,
        saver=saver,
        graph=build_graph(deps, saver),
        stop=threading.Event(),
    )
    try:
        for _ in runner.stream(QUESTION, max_steps=n_steps + 1, max_tool_calls=n_steps + 1, timeout=_TIMEOUT_S):
            pass
    finally:
        runner.close()
        library.close()


def _no_web() -> Web:
    raise ConfigError("the bench has no web")


def _median(rounds: Sequence[Sequence[float]]) -> float:
    return statistics.median(value for steps in rounds for value in steps)


def _megabytes(folder: Path, pattern: str) -> float:
    return sum(path.stat().st_size for path in folder.rglob(pattern)) / 1e6


BENCH = Bench(name="agent_step", about="our own cost of a step of the agent", run=run)
