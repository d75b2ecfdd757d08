"""A site on this machine, and clocks and fetchers to meet it with."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from sourcehound.tools.web.clock import SystemClock
from sourcehound.tools.web.fetch import Fetcher, FetchLimits

Route = Callable[[BaseHTTPRequestHandler], object]
PUBLIC = "93.184.215.14"
OTHER_PUBLIC = "151.101.1.69"


class Site:
    """A local HTTP server whose routes are functions; it remembers what it was asked."""

    def __init__(self) -> None:
        self.routes: dict[str, Route] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
                route = site.routes.get(self.path.partition("?")[0])
                try:
                    if route is None:
                        self.send_error(404)
                    else:
                        route(self)
                except (BrokenPipeError, ConnectionResetError):
                    pass  # the fetcher hung up on us, as it should

            def do_POST(self) -> None:
                self.do_GET()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class names it so
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.base = f"http://127.0.0.1:{self.port}"
        self.name = f"127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def says(
        self,
        path: str,
        body: bytes | str = b"",
        *,
        status: int = 200,
        media_type: str = "text/html; charset=utf-8",
        **headers: str,
    ) -> str:
        """Serve fixed bytes; returns the address."""
        raw = body.encode() if isinstance(body, str) else body

        def route(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            if media_type:
                handler.send_header("Content-Type", media_type)
            for name, value in headers.items():
                handler.send_header(name.replace("_", "-"), value)
            handler.send_header("Content-Length", str(len(raw)))
            handler.end_headers()
            handler.wfile.write(raw)

        self.routes[path] = route
        return self.base + path

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class SetClock:
    """A clock that moves only when somebody sleeps; remembers the sleeps."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.seconds

    def utc(self) -> datetime:
        return datetime(2026, 11, 23, 12, tzinfo=UTC) + timedelta(seconds=self.seconds - 1000.0)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds


class OpenWeb:
    """A stand-in for the internet: names lead to public IPs, and every public IP is the local site.

    Connections to anything else are refused and remembered, so that a test can say: none was tried.
    """

    def __init__(self, site: Site) -> None:
        self.site = site
        self.names: dict[str, list[list[str]]] = {}
        self.dialled: list[tuple[str, int]] = []
        self.looked_up: list[str] = []

    def resolve(self, name: str, port: int) -> list[str]:
        self.looked_up.append(name)
        answers = self.names.get(name, [[PUBLIC]])
        return answers[min(self.looked_up.count(name), len(answers)) - 1]

    def dial(self, ip: str, port: int, seconds: float) -> socket.socket:
        self.dialled.append((ip, port))
        if ip not in {PUBLIC, OTHER_PUBLIC}:
            raise ConnectionRefusedError(ip)
        return socket.create_connection(("127.0.0.1", self.site.port), timeout=seconds)

    def fetcher(self, **options: object) -> Fetcher:
        limits = options.pop("limits", FetchLimits(interval_s=0.0))
        return Fetcher(
            SystemClock(),
            limits=limits,  # pyright: ignore[reportArgumentType]
            resolve=self.resolve,
            dial=self.dial,
            **options,  # pyright: ignore[reportArgumentType]
        )


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


@pytest.fixture
def web(site: Site) -> OpenWeb:
    return OpenWeb(site)


@pytest.fixture
def fetcher(site: Site) -> Fetcher:
    """A fetcher that may reach the local site, in a hurry."""
    return Fetcher(SystemClock(), allow_hosts=[site.name], limits=FetchLimits(seconds=5.0, interval_s=0.0))


@pytest.fixture
def set_clock() -> SetClock:
    return SetClock()
