"""Fetches one page of the web, and reaches nothing else.

A name is looked up once, every address that it gives must be public, and the connection goes to one of those very
addresses; each redirect is checked anew. GET only, no cookies, no referrer, no proxy or other setting taken from the
environment, bounded in bytes and time. What can go wrong, and by which reason it is told, is in answers.py.
Knows nothing of what a page says, nor of who may ask for it: that rule is in flow.py.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sourcehound.tools.errors import SourceUnavailable
from sourcehound.tools.web import addresses, answers, background
from sourcehound.tools.web.addresses import WebAddress, shown
from sourcehound.tools.web.answers import PAGE_TYPES, Reply
from sourcehound.tools.web.body import TooLarge, collect
from sourcehound.tools.web.clock import Clock, stamp
from sourcehound.tools.web.turns import Turns

if TYPE_CHECKING:  # it brings httpcore, which only a fetch needs
    from sourcehound.tools.web.transport import Dial

Resolve = Callable[[str, int], Sequence[str]]
"""(name, port) -> its IP addresses; raises OSError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """How far one fetch may go.

    Attributes:
        max_bytes: of the body, before and after unpacking.
        seconds: for the whole fetch: look-ups, redirects and waits included.
        connect_s: for one connection.
        redirects: how many are followed.
        interval_s: pause between two fetches from one host.
    """

    max_bytes: int = 10_000_000
    seconds: float = 20.0
    connect_s: float = 5.0
    redirects: int = 5
    interval_s: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """What came back.

    Attributes:
        url: the address asked for, byte for byte.
        final_url: the address that answered, without a fragment.
        media_type: lower case, without parameters; told from the bytes where the server does not say.
        charset: as the server says, else empty.
        fetched_at: ISO 8601 in UTC.
        redirects: the addresses passed on the way, in order, `final_url` not among them.
    """

    url: str
    final_url: str
    status: int
    media_type: str
    charset: str
    body: bytes
    fetched_at: str
    redirects: tuple[str, ...] = ()


class Fetcher:
    """Fetches pages; safe to use from several threads, and keeps nothing but each host's turn.

    Args:
        clock: deadlines, pauses and the time stamp.
        allow_hosts: `host:port` of private hosts that the person allows (setting `web.allow_hosts`).
        limits: how far one fetch may go.
        resolve: looks a name up; the system's resolver by default.
        dial: opens a connection to an IP; a plain TCP connection by default.
        tls: whom to trust; the usual public authorities by default.

    Raises:
        ConfigError: an entry of `allow_hosts` is no `host:port`.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        allow_hosts: Iterable[str] = (),
        limits: FetchLimits | None = None,
        resolve: Resolve | None = None,
        dial: Dial | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._clock = clock
        self._allowed = addresses.read_allowed(allow_hosts)
        self._limits = limits or FetchLimits()
        self._resolve = resolve or look_up
        self._dial = dial
        self._tls = tls
        self._turns = Turns(clock, interval_s=self._limits.interval_s)

    def check(self, url: str) -> WebAddress:
        """Check the form of an address without reaching for it.

        Raises:
            SourceUnavailable: reason `refused`.
        """
        return addresses.parse(url, allowed=self._allowed)

    def fetch(self, url: str, *, media_types: Collection[str] = PAGE_TYPES, seconds: float | None = None) -> Fetched:
        """Fetch one address.

        Args:
            url: absolute http or https URL.
            media_types: what may come back; anything else is refused unread.
            seconds: less time than the limits give.

        Raises:
            SourceUnavailable: by any of the reasons of answers.py.
        """
        budget = self._limits.seconds if seconds is None else min(seconds, self._limits.seconds)
        deadline = self._clock.monotonic() + budget
        address = self.check(url)
        passed: list[WebAddress] = []
        while True:
            ips = self._checked_ips(address, deadline)
            # no pause on the way through redirects, nor for a server that the person named as one of his own
            pause = not address.allowed and all(earlier.host != address.host for earlier in passed)
            with self._turns.take(address.host, deadline=deadline, pause=pause):
                reply = self._exchange(address, ips, media_types, deadline)
            if not reply.is_redirect:
                break
            passed.append(address)
            address = self._next(address, reply, len(passed))
        self._raise_failure(address, reply)
        media_type = reply.media_type(media_types)
        if media_type is None:
            raise _refused(
                address,
                f"is {shown(reply.declared) or 'of no stated type'}, not one of {', '.join(sorted(media_types))}",
            )
        return Fetched(
            url=url,
            final_url=address.url,
            status=reply.status,
            media_type=media_type,
            charset=reply.charset(),
            body=reply.body,
            fetched_at=stamp(self._clock.utc()),
            redirects=tuple(earlier.url for earlier in passed),
        )

    def _next(self, address: WebAddress, reply: Reply, n_passed: int) -> WebAddress:
        location = reply.headers.get("location")
        if not location:
            raise SourceUnavailable(f"{shown(address.url)} redirects to nowhere", reason="missing")
        if n_passed > self._limits.redirects:
            raise _refused(address, f"is one redirect too many (at most {self._limits.redirects} are followed)")
        # a page of the open web must not lead to a private host, not even to one that the person allowed for himself
        return addresses.parse(
            addresses.join(address, location), allowed=self._allowed if address.allowed else frozenset()
        )

    def _checked_ips(self, address: WebAddress, deadline: float) -> tuple[str, ...]:
        if address.ip is not None:
            return (str(address.ip),)
        remaining = deadline - self._clock.monotonic()
        work = background.start(lambda: self._resolve(address.host, address.port), name="look-up")
        try:
            ips = tuple(dict.fromkeys(work.result(timeout=max(0.0, remaining))))
        except FutureTimeout as error:
            raise _late(address, "no answer to the look-up of its name") from error
        except OSError as error:
            message = f"cannot find the address of {address.host}: no such name, or no network"
            raise SourceUnavailable(message, reason="offline") from error
        if not ips:
            raise SourceUnavailable(f"{address.host} has no address", reason="offline")
        if not address.allowed:
            self._refuse_private(address, ips)
        return ips

    def _refuse_private(self, address: WebAddress, ips: Sequence[str]) -> None:
        for ip in ips:
            try:
                public = addresses.is_public(ip)
            except ValueError:  # a resolver that answers with something else than an IP
                public = False
            if not public:
                raise _refused(address, f"leads to {shown(ip)}, which is not public")

    def _exchange(
        self, address: WebAddress, ips: Sequence[str], media_types: Collection[str], deadline: float
    ) -> Reply:
        import httpcore

        from sourcehound.tools.web import transport

        backend = transport.PinnedBackend(
            ips,
            dial=self._dial or transport.dial,
            remaining=lambda: deadline - self._clock.monotonic(),
            connect_s=self._limits.connect_s,
        )
        if self._tls is None and address.scheme == "https":
            self._tls = transport.trusted_roots()  # two threads may both make one: equal, and either will do
        target = httpcore.URL(
            scheme=address.scheme, host=address.host, port=address.port, target=address.target.encode("ascii")
        )
        try:
            with (
                httpcore.ConnectionPool(network_backend=backend, ssl_context=self._tls, max_connections=1) as pool,
                pool.stream("GET", target, headers=_headers(address, media_types)) as response,
            ):
                reply = Reply(status=response.status, headers=answers.lower_headers(response.headers))
                if not reply.wants_body(media_types):
                    return reply
                return Reply(
                    status=reply.status,
                    headers=reply.headers,
                    body=self._body(address, reply.headers, response.iter_stream()),
                )
        except httpcore.TimeoutException as error:
            raise _late(address, str(error)) from error
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise SourceUnavailable(f"{shown(address.url)} broke off: {error}", reason="offline") from error

    def _body(self, address: WebAddress, headers: Mapping[str, str], chunks: Iterable[bytes]) -> bytes:
        limit = self._limits.max_bytes
        declared = headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > limit:
            raise _refused(address, f"is {int(declared):,} bytes, more than {limit:,}")
        try:
            return collect(chunks, encoding=headers.get("content-encoding", "").strip().lower(), limit=limit)
        except TooLarge as error:
            raise _refused(address, f"is more than {limit:,} bytes") from error
        except ValueError as error:
            raise _refused(address, f"cannot be read: {error}") from error

    def _raise_failure(self, address: WebAddress, reply: Reply) -> None:
        error = answers.failure(address, reply, self._clock.utc())
        if error is None:
            return
        if error.reason == "rate_limited" and error.retry_after_s is not None:
            self._turns.bar(address.host, error.retry_after_s)
        raise error


def look_up(name: str, port: int) -> tuple[str, ...]:
    """Ask the system for the addresses of a name, in its order of preference."""
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return tuple(str(entry[4][0]) for entry in found)


def _headers(address: WebAddress, media_types: Collection[str]) -> list[tuple[str, str]]:
    from importlib.metadata import version

    default = 443 if address.scheme == "https" else 80
    name = f"[{address.host}]" if ":" in address.host else address.host
    return [
        ("Host", name if address.port == default else f"{name}:{address.port}"),
        ("User-Agent", f"Sourcehound/{version('sourcehound')}"),
        ("Accept", ", ".join(sorted(media_types))),
        ("Accept-Encoding", "gzip, deflate"),
        ("Connection", "close"),
    ]


def _refused(address: WebAddress, why: str) -> SourceUnavailable:
    return SourceUnavailable(f"{shown(address.url)} {why}", reason="refused")


def _late(address: WebAddress, why: str) -> SourceUnavailable:
    return SourceUnavailable(f"{shown(address.url)} took too long: {why}", reason="timeout")
