"""The bytes of an answer, unpacked within a limit that counts both before and after unpacking."""

from __future__ import annotations

import zlib
from collections.abc import Iterable

_GZIP = 16 + zlib.MAX_WBITS


class TooLarge(Exception):
    """The body is larger than allowed."""


def collect(chunks: Iterable[bytes], *, encoding: str, limit: int) -> bytes:
    """Gather a body.

    Args:
        chunks: the body as it comes.
        encoding: its Content-Encoding, lower case: empty, `identity`, `gzip`, `x-gzip` or `deflate`.
        limit: bytes allowed, packed and unpacked alike.

    Raises:
        TooLarge: it grew past the limit; nothing past it was unpacked.
        ValueError: another encoding, or it does not unpack.
    """
    packed, body = 0, bytearray()
    unpack = _unpacker(encoding)
    for chunk in chunks:
        packed += len(chunk)
        if packed > limit:
            raise TooLarge
        body += chunk if unpack is None else unpack.feed(chunk, limit + 1 - len(body))
        if len(body) > limit:
            raise TooLarge
    if unpack is not None and not unpack.is_whole():
        raise ValueError(f"cut short: its {encoding} does not end")
    return bytes(body)


class _Unpacker:
    """A zlib stream, or several gzip members one after the other, unpacked no further than asked."""

    def __init__(self, wbits: int, *, maybe_raw: bool) -> None:
        self._wbits = wbits
        self._maybe_raw = maybe_raw
        self._stream = zlib.decompressobj(wbits)
        self._fed = False

    def feed(self, chunk: bytes, room: int) -> bytes:
        """Unpack at most `room` bytes (at least one more than is allowed, so that too much shows)."""
        out = bytearray()
        while chunk and room > len(out):
            if self._stream.eof:
                if self._wbits != _GZIP:
                    return bytes(out)  # bytes after the end mean nothing
                self._stream = zlib.decompressobj(self._wbits)
            out += self._decompress(chunk, room - len(out))
            chunk = self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail
        return bytes(out)

    def is_whole(self) -> bool:
        """Whether the stream came to its end; nothing at all counts as whole."""
        return self._stream.eof or not self._fed

    def _decompress(self, chunk: bytes, room: int) -> bytes:
        try:
            out = self._stream.decompress(chunk, room)
        except zlib.error as error:
            if self._fed or not self._maybe_raw:
                raise ValueError(f"does not unpack: {error}") from error
            # "deflate" means zlib by the standard and raw deflate by the habit of some servers
            self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
            self._maybe_raw = False
            return self._decompress(chunk, room)
        self._fed = True
        return out


def _unpacker(encoding: str) -> _Unpacker | None:
    match encoding:
        case "" | "identity":
            return None
        case "gzip" | "x-gzip":
            return _Unpacker(_GZIP, maybe_raw=False)
        case "deflate":
            return _Unpacker(zlib.MAX_WBITS, maybe_raw=True)
        case _:
            raise ValueError(f"packed as {encoding[:40]!r}, which was not asked for")
