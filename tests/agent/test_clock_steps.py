"""The clock steps between a kill and the next process: checkpoints are ordered by time, and none may be lost by it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

QUESTION = "Who lit the lamp on Needle Island?"
HOUR_S = 3600
STAGES = """
import json, os, signal, sys, time
from sourcehound.agent import Sourcehound
import sourcehound.agent.runner, sourcehound.agent.graph, langgraph.checkpoint.sqlite

home, stages = sys.argv[1], json.loads(sys.argv[2])
real = time.time_ns

def stage(question, step_s, dies_at):
    time.time_ns = lambda: real() + step_s * 1_000_000_000
    steps, answer = [], None
    with Sourcehound(home=home) as hound:
        for event in hound.stream(question, resume=question is None):
            steps.append(event.type)
            if event.type == "done":
                answer = event.data
            if event.type == dies_at:
                print(json.dumps({"steps": steps}), flush=True)
                os.kill(os.getpid(), signal.SIGKILL)
    print(json.dumps({"steps": steps, "answer": answer}), flush=True)

for number, arguments in enumerate(stages):
    child = os.fork()
    if not child:
        stage(*arguments)
        os._exit(0)
    os.waitpid(child, 0)
"""


def run(home: Path, *stages: tuple[str | None, int, str | None]) -> list[dict[str, Any]]:
    """Run stages, each in a process of its own: (question or None to resume, seconds the clock is off, dies at)."""
    command = [sys.executable, "-c", STAGES, str(home), json.dumps(stages)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_clock_that_steps_back_between_kills_loses_no_step_and_no_answer(notes_folder: Path, tmp_path: Path):
    from sourcehound.agent import Sourcehound

    with Sourcehound(home=tmp_path / "home") as hound:
        hound.add(notes_folder)
    [undisturbed, *_] = reports = run(
        tmp_path / "home",
        (QUESTION, 0, None),
        (QUESTION, HOUR_S, "plan"),
        (None, 0, "assess"),
        (None, -HOUR_S, "draft"),
        (None, -365 * 24 * HOUR_S, "verify"),
        (None, 0, None),
        (None, -HOUR_S, None),
    )
    answer, last = undisturbed["answer"], reports[5]["answer"]
    assert (last["status"], last["text"]) == ("answered", answer["text"])
    assert last["usage"]["steps"] == answer["usage"]["steps"]
    assert last["usage"]["tool_calls"] == answer["usage"]["tool_calls"]
    # every step was done, and each kill cost at most the one in hand
    for step in ("plan", "assess", "draft", "verify"):
        n_times = sum(report["steps"].count(step) for report in reports[1:6])
        assert 1 <= n_times <= 2, (step, reports)
    # the seventh found nothing unfinished: a finished answer stays the end, whatever the clock says afterwards
    assert len(reports) == 6
