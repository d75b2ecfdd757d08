"""Work that cannot be interrupted, such as a name look-up, run where it may be left behind when its time is over."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


def start(work: Callable[[], T], *, name: str) -> Future[T]:
    """Run `work` in a daemon thread of its own.

    Unlike a pool's threads, an abandoned one does not hold up the end of the program.

    Args:
        work: what to do; whatever it raises is raised again by `Future.result`.
        name: the thread's name, for debuggers.
    """
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as error:  # noqa: BLE001  carried over to the thread that asks for the result
            future.set_exception(error)

    threading.Thread(target=run, name=name, daemon=True).start()
    return future
