from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[3] / "bench" / "kills_chroma.py"


def test_killed_writers_never_make_an_answer_wrong():
    command = [sys.executable, SCRIPT, "--kills", "5", "--seed", "1"]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["worst_recall"] >= 0.99
    assert report.get("killed", 0) + report.get("finished", 0) == 5
    assert report["killed"] >= 1
