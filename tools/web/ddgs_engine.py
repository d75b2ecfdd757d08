"""Searches by the engines that the ddgs library reads, and says why when they give nothing.

The library's own front door cannot be used for that: it drops every status but 200, so that "rate limited", "blocked"
and "nothing found" look alike; it waits for its slowest thread; it forgets which engine found what; and by default it
asks engines in a random order. So its engine classes are driven one by one, each with a recorder in the place of its
HTTP client, in threads of our own and with a deadline of our own. The list of engines is fixed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from sourcehound.tools.errors import ConfigError, SourceUnavailable
from sourcehound.tools.web import background
from sourcehound.tools.web.answers import retry_after
from sourcehound.tools.web.clock import Clock
from sourcehound.tools.web.engines import WebHit, hit, merge

BACKENDS: Final = ("duckduckgo", "brave", "mojeek", "startpage")
_AT_ONCE: Final = 2
_GRACE_S: Final = 1.0  # for an engine under way when another has found enough
_REGION: Final = "us-en"
_WALL: Final = ("captcha", "unusual traffic", "are you a robot", "not a robot", "anomaly-modal")
_ORDER: Final = ("rate_limited", "blocked", "timeout", "offline")
_BLOCKED: Final = frozenset({401, 403, 418, 451})
_LATER: Final = frozenset({202, 429, 503})
_OK: Final = 200

log = logging.getLogger(__name__)


class Backend(Protocol):
    """The part of ddgs' engine classes that is used here."""

    http_client: Any

    def search(self, query: str, *, region: str) -> Sequence[Any] | None:
        """Ask, and read the page of results: each has `title`, `href` and `body`; None for a status but 200."""
        ...


OpenBackend = Callable[[str, int], Backend]
"""(name, seconds for one request) -> a fresh backend."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request of a backend: its status, or the name of the error instead; what the server asked for."""

    status: int | None = None
    error: str = ""
    retry_after: str = ""
    wall: bool = False

    @property
    def reason(self) -> str | None:
        """Why it gave nothing, None where the server answered as it should."""
        if self.status is None:
            return "timeout" if "timeout" in self.error.lower() else "offline"
        if self.status in _LATER:
            return "rate_limited"
        if self.status in _BLOCKED or self.wall:
            return "blocked"
        return None if self.status == _OK else "offline"


class Recorder:
    """Stands in for a backend's HTTP client and notes every exchange; everything else is the client's own."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.seen: list[Exchange] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def request(self, *args: Any, **kwargs: Any) -> Any:
        """Pass a request on, and note how it ended."""
        from ddgs.exceptions import DDGSException

        try:
            response = self._client.request(*args, **kwargs)
        except DDGSException as error:
            self.seen.append(Exchange(error=f"{type(error).__name__} {type(error.__cause__).__name__}"))
            raise
        text = str(response.text)[:200_000].lower()
        headers: Mapping[str, str] = getattr(getattr(response, "_resp", None), "headers", None) or {}
        self.seen.append(
            Exchange(
                status=int(response.status_code),
                retry_after=str(headers.get("retry-after") or ""),
                wall=any(word in text for word in _WALL),
            )
        )
        return response


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    hits: tuple[WebHit, ...] = ()
    reason: str | None = None
    retry_after_s: float | None = None


class DdgsEngine:
    """Free engines without a key, two at a time in a fixed order until enough is found.

    Args:
        clock: for the deadline.
        backends: which engines, in the order in which they are asked.
        open_backend: makes a backend by name; ddgs' own class by default.
    """

    def __init__(
        self, clock: Clock, *, backends: Sequence[str] = BACKENDS, open_backend: OpenBackend | None = None
    ) -> None:
        self._clock = clock
        self._backends = tuple(backends)
        self._open = open_backend or open_ddgs

    @property
    def name(self) -> str:
        """`ddgs`."""
        return "ddgs"

    def search(self, query: str, *, n: int, deadline_s: float) -> tuple[WebHit, ...]:
        """Search.

        Raises:
            SourceUnavailable: no engine found anything, and at least one could not be asked.
            ConfigError: the installed ddgs has no such engine.
        """
        until = self._clock.monotonic() + deadline_s
        outcomes: dict[str, _Outcome] = {}
        running: dict[str, Future[_Outcome]] = {}
        waiting = list(self._backends)
        while waiting or running:
            left = until - self._clock.monotonic()
            if left <= 0:
                break
            while waiting and len(running) < _AT_ONCE:
                name = waiting.pop(0)
                running[name] = self._start(name, query, left)
            done, _ = wait(running.values(), timeout=left, return_when=FIRST_COMPLETED)
            outcomes |= {name: future.result() for name, future in running.items() if future in done}
            running = {name: future for name, future in running.items() if future not in done}
            if waiting and sum(len(outcome.hits) for outcome in outcomes.values()) >= n:
                waiting.clear()
                until = min(until, self._clock.monotonic() + _GRACE_S)
        outcomes |= dict.fromkeys(running, _Outcome(reason="timeout"))
        return self._conclude(outcomes, n)

    def _start(self, name: str, query: str, seconds: float) -> Future[_Outcome]:
        backend = self._open(name, max(1, round(seconds)))
        now = self._clock.utc()
        return background.start(lambda: _ask(name, backend, query, now), name=f"search-{name}")

    def _conclude(self, outcomes: Mapping[str, _Outcome], n: int) -> tuple[WebHit, ...]:
        failed = {name: outcome.reason for name, outcome in outcomes.items() if outcome.reason is not None}
        if failed:
            log.info("engines without an answer: %s", failed)
        found = [outcomes[name].hits for name in self._backends if name in outcomes]
        hits = merge(found, n)
        if hits or not failed:
            return hits
        reason = next(reason for reason in _ORDER if reason in failed.values())
        pauses = [o.retry_after_s for o in outcomes.values() if o.retry_after_s is not None]
        told = ", ".join(f"{name} {reason.replace('_', ' ')}" for name, reason in failed.items() if reason)
        raise SourceUnavailable(
            f"web search gave nothing, and not every engine could be asked: {told}",
            reason=reason,
            remedy="try again later, or set web.engine to a SearXNG server",
            retry_after_s=min(pauses, default=None),
        )


def open_ddgs(name: str, seconds: int) -> Backend:
    """Make one of ddgs' text engines.

    Raises:
        ConfigError: the installed ddgs has none of that name.
    """
    from ddgs.engines import ENGINES

    known: dict[str, Any] = ENGINES["text"]
    if name not in known:
        raise ConfigError(f"ddgs has no engine {name!r}", remedy=f"it has {', '.join(sorted(known))}")
    return known[name](timeout=seconds)


def _ask(name: str, backend: Backend, query: str, now: datetime) -> _Outcome:
    """Ask one backend. Its page reading is foreign code over foreign bytes: what it trips over is told as blocked."""
    from ddgs.exceptions import DDGSException
    from lxml.etree import LxmlError

    recorder = Recorder(backend.http_client)
    backend.http_client = recorder
    try:
        results = backend.search(query, region=_REGION) or ()
    except DDGSException:
        results = ()
    except (LxmlError, ValueError, LookupError, TypeError, AttributeError):
        log.info("%s answered with a page that ddgs cannot read", name)
        return _Outcome(reason="blocked")
    hits: list[WebHit] = []
    for result in results:
        found = hit(title=result.title, url=result.href, snippet=result.body, engine=name, rank=len(hits) + 1)
        if found is not None:
            hits.append(found)
    if hits:
        return _Outcome(hits=tuple(hits))
    return _nothing(recorder.seen, now)


def _nothing(seen: Sequence[Exchange], now: datetime) -> _Outcome:
    """Why a backend gave nothing. Truly nothing only where every exchange that it had went well, and it had one."""
    if not seen:
        return _Outcome(reason="offline")
    reasons = [exchange.reason for exchange in seen]
    pauses = [pause for exchange in seen if (pause := retry_after(exchange.retry_after, now)) is not None]
    return _Outcome(
        reason=next((reason for reason in _ORDER if reason in reasons), None),
        retry_after_s=min(pauses, default=None),
    )
