"""`kill -9` before each commit of a reindexing run: nothing lost, nothing torn, the same call goes on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_a_run_killed_before_any_of_its_commits_goes_on_as_if_nobody_had_disturbed_it():
    command = [sys.executable, "-m", "bench.kills_reindex"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    report = json.loads(done.stdout)
    assert report["killed"] > 15
    assert report["old_answers"] > 5
    assert report["new_answers"] > 2
