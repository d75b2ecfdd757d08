"""One reader process seen from outside: start it, ask it, end it. Knows nothing of formats or of who asks."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from typing import Any, BinaryIO, cast

from sourcehound.tools.library import wire
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.sandbox import Protections
from sourcehound.tools.library.wire import Message, WireError

_START_SECONDS = 60.0
_STOP_SECONDS = 5.0
_KEPT_VARIABLES = (
    "PYTHONPATH",
    "PYTHONHOME",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "SYSTEMROOT",
    "COVERAGE_PROCESS_START",
)
_VARIABLES = {
    "LANG": "C.UTF-8",
    "PYTHONUTF8": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONFAULTHANDLER": "",
    # thread pools of numeric libraries reserve address space for each thread
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
}


class ProcessError(Exception):
    """The process died, was stopped at its time limit, or sent nonsense.

    Args:
        message: why, one line.
        retry: whether the same request could end differently.
    """

    def __init__(self, message: str, *, retry: bool) -> None:
        super().__init__(message)
        self.message = message
        self.retry = retry


class Process:
    """A started reader process. One request at a time; not safe for several threads.

    Raises:
        ProcessError: it does not start.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._timed_out = False
        self._said = tempfile.TemporaryFile()  # noqa: SIM115  lives as long as the process
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "sourcehound.tools.library.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            env=_VARIABLES | {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ},
            start_new_session=True,  # Ctrl-C in the terminal is for the program, which then closes stdin
        )
        self.n_requests = 0
        try:
            wire.send(self._stdin, Message(header=wire.pack(limits)))
            ready = self.receive(_START_SECONDS)
            self.protections = wire.unpack(Protections, ready.header.get("protections"))
        except (OSError, WireError) as error:
            raise self._failure() from error

    @property
    def is_alive(self) -> bool:
        """Whether it can still be asked."""
        return self._process.poll() is None and not self._timed_out

    def send(self, header: dict[str, Any]) -> None:
        """Send a request.

        Raises:
            ProcessError: the process is gone.
        """
        self.n_requests += 1
        try:
            wire.send(self._stdin, Message(header=header))
        except OSError as error:
            raise self._failure() from error

    def receive(self, seconds: float) -> Message:
        """Wait for the next message.

        Raises:
            ProcessError: it does not come within `seconds`, the process died, or the message is malformed.
        """
        timer = threading.Timer(seconds, self._expire)
        timer.daemon = True
        timer.start()
        try:
            message = wire.receive(self._stdout, max_bytes=self._limits.max_reply_bytes)
        except (OSError, WireError) as error:
            raise self._failure(seconds) from error
        finally:
            timer.cancel()
        if message is None or self._timed_out:
            raise self._failure(seconds)
        return message

    def close(self) -> None:
        """End the process, at once if it is at work."""
        self._process.kill()
        self._process.wait(_STOP_SECONDS)
        for stream in (self._process.stdin, self._process.stdout, self._said):
            if stream is not None:
                try:
                    stream.close()
                except OSError:  # what was still to be flushed into a dead pipe
                    continue

    @property
    def _stdin(self) -> BinaryIO:
        return cast("BinaryIO", self._process.stdin)

    @property
    def _stdout(self) -> BinaryIO:
        return cast("BinaryIO", self._process.stdout)

    def _expire(self) -> None:
        self._timed_out = True
        self._process.kill()

    def _failure(self, seconds: float = _START_SECONDS) -> ProcessError:
        if self._timed_out:
            return ProcessError(f"took longer than {seconds:g} s to read and was given up", retry=True)
        try:
            code = self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            return ProcessError("its reader sent nonsense and was stopped", retry=False)
        if code < 0:
            return ProcessError(_killed_by(-code), retry=-code in {signal.SIGKILL, signal.SIGXCPU})
        last = self._last_line()
        return ProcessError(f"its reader failed: {last or f'exit code {code}'}", retry=False)

    def _last_line(self) -> str:
        self._said.seek(0)
        lines = self._said.read().decode("utf-8", "replace").split("\n")
        return next((line.strip()[:200] for line in reversed(lines) if line.strip()), "")


def _killed_by(number: int) -> str:
    if number in {signal.SIGXCPU, signal.SIGKILL}:
        return "its reader was stopped: too much processor time or memory"
    try:
        name = signal.Signals(number).name
    except ValueError:
        name = f"signal {number}"
    return f"its reader crashed ({name}): the file is damaged, or needs more memory than a reader may use"
