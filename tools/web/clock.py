"""The time that the web tools live by, passed in so that tests can set it."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """A source of time. Deadlines and waits use `monotonic`; `utc` only stamps what was fetched."""

    def monotonic(self) -> float:
        """Seconds since some fixed moment; never goes back."""
        ...

    def utc(self) -> datetime:
        """The time of day, aware, in UTC."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class SystemClock:
    """The machine's own clock."""

    def monotonic(self) -> float:
        """Seconds since some fixed moment."""
        return time.monotonic()

    def utc(self) -> datetime:
        """The time of day in UTC."""
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(seconds)


def stamp(moment: datetime) -> str:
    """A moment as evidence carries it.

    Example:
        >>> stamp(datetime(2026, 11, 23, 12, tzinfo=UTC))
        '2026-11-23T12:00:00Z'
    """
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
