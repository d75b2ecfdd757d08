"""`sourcehound --help`, process start to exit, against importing what draws it."""

from __future__ import annotations

from bench.ground import Ground
from bench.process import PROGRAM, run_python
from bench.row import Bench, Row
from bench.turns import in_turns

GOAL = 2.0


def run(ground: Ground) -> tuple[Row, ...]:
    """Measure."""
    turns = in_turns(
        lambda: run_python([*PROGRAM, "--help"], folder=ground.folder),
        lambda: run_python(["-c", "import typer, rich"], folder=ground.folder),
        rounds=ground.sizes.many_rounds,
        clock=ground.clock,
    )
    return (
        Row(
            name="help",
            ours=turns.ours_s,
            against='python -c "import typer, rich"',
            other=turns.other_s,
            goal=GOAL,
            unit="s",
        ),
    )


BENCH = Bench(name="help", about="sourcehound --help, process to exit", run=run)
