"""Politeness: one request a host at a time, with a pause between them and none before a host's Retry-After is over."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sourcehound.tools.errors import SourceUnavailable
from sourcehound.tools.web.clock import Clock


@dataclass(slots=True)
class _Host:
    lock: threading.Lock = field(default_factory=threading.Lock)
    free_at: float = float("-inf")
    barred_until: float = float("-inf")


class Turns:
    """Hands out turns to speak to a host; safe to use from several threads.

    Args:
        clock: its `monotonic` and `sleep` are used.
        interval_s: seconds between the end of one request and the start of the next to the same host.
    """

    def __init__(self, clock: Clock, *, interval_s: float) -> None:
        self._clock = clock
        self._interval_s = interval_s
        self._hosts: dict[str, _Host] = {}
        self._guard = threading.Lock()

    @contextmanager
    def take(self, name: str, *, deadline: float, pause: bool = True) -> Generator[None]:
        """Wait for a turn, and hold it.

        Args:
            name: the host.
            deadline: monotonic time until which waiting makes sense.
            pause: whether the interval applies (a redirect on the same host goes on without it).

        Raises:
            SourceUnavailable: reason `rate_limited` where the host asked for a longer pause, `timeout` where others
                are before us for too long.
        """
        host = self._host(name)
        self._refuse_if_barred(name, host)
        if not host.lock.acquire(timeout=max(0.0, deadline - self._clock.monotonic())):
            raise SourceUnavailable(f"{name} is busy with an earlier request of ours", reason="timeout")
        try:
            self._refuse_if_barred(name, host)
            wait = host.free_at - self._clock.monotonic() if pause else 0.0
            if wait > 0:
                if self._clock.monotonic() + wait >= deadline:
                    raise SourceUnavailable(f"{name}: no turn before the time was over", reason="timeout")
                self._clock.sleep(wait)
            try:
                yield
            finally:
                host.free_at = self._clock.monotonic() + self._interval_s
        finally:
            host.lock.release()

    def bar(self, name: str, seconds: float) -> None:
        """Note that a host asked to be left alone for some seconds."""
        self._host(name).barred_until = self._clock.monotonic() + seconds

    def _host(self, name: str) -> _Host:
        with self._guard:
            return self._hosts.setdefault(name, _Host())

    def _refuse_if_barred(self, name: str, host: _Host) -> None:
        left = host.barred_until - self._clock.monotonic()
        if left > 0:
            raise SourceUnavailable(
                f"{name} asked for a pause of {left:.0f} s more", reason="rate_limited", retry_after_s=left
            )
