"""A server on this machine that speaks OpenAI's chat protocol and has all the faults of real ones.

For tests: it says what it is told to, in order, and remembers what it was asked.
"""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

__all__ = ["FakeOpenAI", "Served"]

_DRIP_S = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """One response.

    Attributes:
        text: the message's text.
        calls: its tool calls, as name and arguments; arguments may be a string, sent as it stands.
        status: HTTP status; from 300 on the body is an error that says `text`.
        headers: further headers.
        body: sent as it stands in place of a completion.
        cut: how many bytes of the body are sent before the connection is dropped.
        hangs: nothing is sent until the server closes.
        drips: a space every 20 ms without end, so that no read ever times out.
        packed: the body goes gzipped, whether it was asked for or not.
        counts: whether token counts are told.
    """

    text: str | None = None
    calls: Sequence[tuple[str, Mapping[str, Any] | str]] = ()
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: bytes | None = None
    cut: int | None = None
    hangs: bool = False
    drips: bool = False
    packed: bool = False
    counts: bool = True

    def to_bytes(self) -> bytes:
        """The response's body."""
        if self.body is not None:
            return self.body
        if self.status >= 300:
            return json.dumps({"error": {"message": self.text or "", "type": "error", "code": self.status}}).encode()
        calls = [
            {
                "id": f"call-{n}",
                "type": "function",
                "function": {"name": name, "arguments": args if isinstance(args, str) else json.dumps(args)},
            }
            for n, (name, args) in enumerate(self.calls)
        ]
        message = {"role": "assistant", "content": self.text} | ({"tool_calls": calls} if calls else {})
        reply: dict[str, Any] = {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 0,
            "model": "fake",
            "choices": [{"index": 0, "message": message, "finish_reason": "tool_calls" if calls else "stop"}],
        }
        if self.counts:
            reply["usage"] = {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}
        return json.dumps(reply).encode()


class FakeOpenAI:
    """The server; a context manager.

    Args:
        script: responses in order; the last is repeated. Plain text is a completion of it.

    Attributes:
        asked: the JSON of every request, in order.
        url: its address, as a model string takes it: `f"openai:fake@{server.url}"`.
    """

    def __init__(self, script: Sequence[Served | str]) -> None:
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self._script = [Served(text=step) if isinstance(step, str) else step for step in script]
        self._closing = threading.Event()
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = int(self.headers.get("content-length", 0))
                served = fake._take(json.loads(self.rfile.read(length)), dict(self.headers))
                try:
                    fake._serve(self, served)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class names it so
                del format, args

        self._server = _Quiet(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    def _take(self, asked: dict[str, Any], headers: dict[str, str]) -> Served:
        place = min(len(self.asked), len(self._script) - 1)
        self.asked.append(asked)
        self.headers.append({name.lower(): value for name, value in headers.items()})
        return self._script[place]

    def _serve(self, handler: BaseHTTPRequestHandler, served: Served) -> None:
        if served.hangs:
            self._closing.wait(60)
            handler.close_connection = True
            return
        body = gzip.compress(served.to_bytes()) if served.packed else served.to_bytes()
        handler.send_response(served.status)
        packing = {"content-encoding": "gzip"} if served.packed else {}
        length = {} if served.drips else {"content-length": str(len(body))}
        for name, value in ({"content-type": "application/json"} | packing | length | dict(served.headers)).items():
            handler.send_header(name, value)
        if served.drips or served.cut is not None:
            handler.send_header("connection", "close")
            handler.close_connection = True
        handler.end_headers()
        handler.wfile.write(body[: served.cut])
        while served.drips and not self._closing.wait(_DRIP_S):
            handler.wfile.write(b" ")


class _Quiet(ThreadingHTTPServer):
    """A server that does not print when a client hangs up."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: hanging up is what the clients under test do."""
