"""Starts Sourcehound's command line in processes that can be killed: fresh ones, or forks of one that has all imports.

Knows nothing of what the commands do.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

_IMPORTS = (
    "sourcehound.agent.doors.cli",
    "sourcehound.agent.runner",
    "sourcehound.agent.graph",
    "sourcehound.tools.library.jobs",
    "sourcehound.tools.index.choose",
    "langgraph.checkpoint.sqlite",
    "langgraph.graph",
    "onnxruntime",
    "tokenizers",
)
_FORKS = """
import importlib, json, os, sys
os.environ.update({"LANGGRAPH_STRICT_MSGPACK": "true", "TOKENIZERS_PARALLELISM": "false", "HF_HUB_OFFLINE": "1"})
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
from sourcehound.agent.doors.cli import run
for line in sys.stdin:
    order = json.loads(line)
    child = os.fork()
    if child:
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
        continue
    os.environ.update(order["variables"])
    os.dup2(os.open(order["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 1)
    sys.stdin.close()
    code = run(order["arguments"])
    sys.stdout.flush()
    os._exit(code)
"""


class Run(Protocol):
    """A command that is running."""

    def send(self, number: signal.Signals) -> None:
        """Send it a signal, if it still runs."""
        ...

    def wait(self) -> int:
        """Wait for its end; the exit code, or below 0 the signal that ended it."""
        ...


class Launcher(Protocol):
    """Starts commands."""

    def start(self, arguments: Sequence[str], variables: Mapping[str, str], output: Path) -> Run:
        """Start one; its stdout goes to a file."""
        ...

    def close(self) -> None:
        """Start no more."""
        ...


class _Process:
    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def send(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def wait(self) -> int:
        return self._process.wait()


class Cold:
    """A Python for each command, as a person starts it."""

    def start(self, arguments: Sequence[str], variables: Mapping[str, str], output: Path) -> Run:
        """See `Launcher.start`."""
        with output.open("wb") as file:
            command = [sys.executable, "-m", "sourcehound.agent", *arguments]
            return _Process(subprocess.Popen(command, stdout=file, env={**os.environ, **variables}))

    def close(self) -> None:
        """See `Launcher.close`."""


class Warm:
    """Commands forked from one process that has imported everything and loaded nothing: each starts within a moment."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _FORKS, json.dumps(_IMPORTS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, arguments: Sequence[str], variables: Mapping[str, str], output: Path) -> Run:
        """See `Launcher.start`; one at a time."""
        if self._process.stdin is None:
            raise RuntimeError("the warm process takes no orders")
        order = {"arguments": list(arguments), "variables": dict(variables), "output": str(output)}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return _Fork(self._line)

    def close(self) -> None:
        """See `Launcher.close`."""
        self._process.communicate()

    def _line(self) -> int:
        if self._process.stdout is None:
            raise RuntimeError("the warm process says nothing")
        return int(self._process.stdout.readline())


class _Fork:
    def __init__(self, line: Callable[[], int]) -> None:
        self._line = line
        self._pid = line()

    def send(self, number: signal.Signals) -> None:
        # it is waited for in its parent at once: its number may be another's by now only after thousands of processes
        try:
            os.kill(self._pid, number)
        except ProcessLookupError:
            return

    def wait(self) -> int:
        return self._line()
