"""`sourcehound find`, process start to printed hits, against importing the arrays and the runtime that vectors need."""

from __future__ import annotations

import json

from bench.ground import LIBRARY, BenchError, Ground
from bench.process import PROGRAM, run_python
from bench.row import Bench, Row
from bench.turns import in_turns

GOAL = 6.0
QUERY = "Which boat carried the new tide gauge?"
HEAVY = ("torch", "transformers", "chromadb", "langgraph")

_LOOK = """
import json, sys
from sourcehound.agent.doors.cli import run
code = run(sys.argv[2:])
print(json.dumps({"code": code, "heavy": [name for name in sys.argv[1].split(",") if name in sys.modules]}))
"""


def run(ground: Ground) -> tuple[Row, ...]:
    """Measure, and look which heavy packages a find imports.

    Raises:
        BenchError: nothing was found, so that what was measured is no find.
    """
    ground.index()
    find = ["find", QUERY, "--home", str(ground.home), "--library", LIBRARY]
    turns = in_turns(
        lambda: run_python([*PROGRAM, *find], folder=ground.folder),
        lambda: run_python(["-c", "import numpy, onnxruntime"], folder=ground.folder),
        rounds=ground.sizes.many_rounds,
        clock=ground.clock,
    )
    cold = Row(
        name="find_cold",
        ours=turns.ours_s,
        against='python -c "import numpy, onnxruntime"',
        other=turns.other_s,
        goal=GOAL,
        unit="s",
    )
    seen = json.loads(run_python(["-c", _LOOK, ",".join(HEAVY), *find, "-q"], folder=ground.folder).splitlines()[-1])
    if seen["code"]:
        raise BenchError(f"find ended with {seen['code']}")
    heavy = Row(
        name="find_cold_heavy",
        ours=float(len(seen["heavy"])),
        against=", ".join(HEAVY),
        other=float(len(HEAVY)),
        goal=0.0,
        unit="packages imported",
    )
    return cold, heavy


BENCH = Bench(name="find_cold", about="sourcehound find, process to exit, and what it imports", run=run)
