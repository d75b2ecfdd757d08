"""An HTTP client for model servers that reads no more than a bounded body, however it was packed.

A server that answers with gigabytes, or with a few packed kilobytes that unfold to them, is stopped at the bound.
Imports httpx: import this module inside functions.
"""

from __future__ import annotations

from collections.abc import Iterator

import httpx

MOST_BYTES = 8 * 1024 * 1024
"""A chat completion of 60 000 characters is under 0.4 MB."""


def bounded_client(timeout_s: float, *, proxy: str | None = None, most_bytes: int = MOST_BYTES) -> httpx.Client:
    """A client whose responses end with `httpx.DecodingError` past a number of bytes.

    Connections are not kept: seconds pass between calls to a model, and a kept one may have died meanwhile.

    Args:
        timeout_s: seconds without a byte, or to connect.
        proxy: address of a proxy; those of the environment apply if left out.
        most_bytes: bytes of a body.
    """

    def bound(response: httpx.Response) -> None:
        packing = response.headers.get("content-encoding", "identity")
        if packing != "identity":
            message = f"the server packed its reply ({packing}) though it was not asked to"
            raise httpx.DecodingError(message, request=response.request)
        if isinstance(response.stream, httpx.SyncByteStream):
            response.stream = _Bounded(response.stream, response.request, most_bytes)

    return httpx.Client(
        timeout=timeout_s,
        proxy=proxy,
        headers={"accept-encoding": "identity"},
        event_hooks={"response": [bound]},
        limits=httpx.Limits(max_keepalive_connections=0),
    )


class _Bounded(httpx.SyncByteStream):
    """A response's bytes, up to a number."""

    def __init__(self, stream: httpx.SyncByteStream, request: httpx.Request, most_bytes: int) -> None:
        self._stream = stream
        self._request = request
        self._most_bytes = most_bytes

    def __iter__(self) -> Iterator[bytes]:
        n_bytes = 0
        for chunk in self._stream:
            n_bytes += len(chunk)
            if n_bytes > self._most_bytes:
                message = f"the server's reply is longer than {self._most_bytes} bytes"
                raise httpx.DecodingError(message, request=self._request)
            yield chunk

    def close(self) -> None:
        self._stream.close()
