"""`kill -9` and Ctrl-C at random moments of `add` and `ask`: nothing lost, nothing doubled, at most one step done twice.

A few kills, over few files, in processes forked from one that has all imports; `bench/kills.py` does many, as people
start them.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def test_what_is_killed_goes_on_as_if_nobody_had_disturbed_it():
    command = [sys.executable, "-m", "bench.kills", "--warm", "--kills", "2", "--interrupts", "1", "--engine", "exact"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr[-2000:]
    rows: list[dict[str, Any]] = json.loads(done.stdout)
    assert [row["command"] for row in rows] == ["add", "ask"]
    for row in rows:
        assert row["killed"] + row["interrupted"] + row["ended_before"] == row["runs"] == 3, row
        wrong = {
            name: row[name] for name in ("lost", "doubled", "changed", "unsound", "wrong_exit", "redone_too_often")
        }
        assert not any(wrong.values()), row
        assert row["redone"] <= row["killed"] + row["interrupted"]
