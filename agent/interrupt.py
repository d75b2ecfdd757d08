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
        signal.signal(signal.SIGINT, before)
