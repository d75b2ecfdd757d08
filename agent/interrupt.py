"""Ctrl-C while a step waits: the graph waits for its step, so the step must hear of it too.

Knows nothing of what a step does.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def listening(stop: threading.Event) -> Generator[None]:
    """While it lasts, SIGINT sets `stop` and then does what it did before; not so outside the main thread, which alone gets it.

    Two that overlap may end in any order: the one whose handler is not in place any more leaves the other's where it is, and
    a handler that outlives its run still passes the signal on.

    Args:
        stop: cleared at the beginning.
    """
    stop.clear()
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield
        return

    def heard(number: int, frame: FrameType | None) -> None:
        stop.set()
        before(number, frame)

    signal.signal(signal.SIGINT, heard)
    try:
        yield
    finally:
        if threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGINT) is heard:
            signal.signal(signal.SIGINT, before)
