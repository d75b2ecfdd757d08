"""Python processes from start to exit. Knows nothing of clocks."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.ground import BenchError

PROGRAM = ("-m", "sourcehound.agent")


def run_python(arguments: Sequence[str], *, folder: Path) -> str:
    """Run this Python with arguments in a folder; returns what it wrote to stdout.

    Raises:
        BenchError: it ended with another code than 0.
    """
    done = subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["nothing on stderr"]
        raise BenchError(f"python {' '.join(arguments)[:120]} ended with {done.returncode}: {last[0][:300]}")
    return done.stdout
