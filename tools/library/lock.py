"""One writer at a time: an exclusive lock on a file, with the holder's process id in it.

Readers take no lock. The operating system frees the lock when its holder dies, however it dies.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from sourcehound.tools.errors import BusyError

WAIT_S = 5.0
_POLL_S = 0.1


@contextmanager
def exclusive(
    path: Path,
    what: str,
    *,
    wait_s: float = WAIT_S,
    monotonic: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Generator[None]:
    """Hold the lock at `path` while inside.

    Args:
        path: the lock file; made if missing, never removed (removing it would let two holders in).
        what: what is locked, for the message, as `library default`.
        wait_s: how long to wait for another holder.
        monotonic: clock in seconds.
        sleep: waits that many seconds.

    Raises:
        BusyError: another process holds it still; the message names its pid.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        deadline = monotonic() + wait_s
        while not _try(handle):
            if monotonic() >= deadline:
                holder = os.pread(handle, 32, 0).decode("ascii", "replace").strip() or "unknown"
                raise BusyError(
                    f"{what} is being written by process {holder}", remedy="wait until it ends and try again"
                )
            sleep(_POLL_S)
        os.ftruncate(handle, 0)
        os.pwrite(handle, str(os.getpid()).encode("ascii"), 0)
        yield
    finally:
        os.close(handle)


def holder(path: Path) -> int | None:
    """The process that holds the lock at `path` now; None if nobody does."""
    try:
        handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        if _try(handle):
            return None
        number = os.pread(handle, 32, 0).decode("ascii", "replace").strip()
        return int(number) if number.isdigit() else None
    finally:
        os.close(handle)


def _try(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
