"""What a server's answer means: its status, type and pauses, and the error that each failure is told as.

offline       no network, no such name, nobody listens, the server fails (5xx)
timeout       not done in time
rate_limited  asked too often (202, 429, 503 with Retry-After); `retry_after_s` where the server says so
blocked       the server does not want us (401, 402, 403, 451)
missing       nothing there (404, 410, other statuses that are no page)
refused       we do not want it: a private address, too large, another type, a bad certificate
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final

from sourcehound.tools.errors import SourceUnavailable
from sourcehound.tools.web.addresses import WebAddress, shown

PAGE_TYPES: Final = frozenset(
    {
        "text/html",
        "application/xhtml+xml",
        "text/plain",
        "text/markdown",
        "text/csv",
        "application/pdf",
        "image/jpeg",
        "image/png",
        "image/webp",
        "image/gif",
        "image/bmp",
        "image/tiff",
    }
)
_UNTYPED: Final = frozenset({"", "application/octet-stream", "binary/octet-stream", "application/unknown"})
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_REASONS: Final[Mapping[int, str]] = {
    202: "rate_limited",  # how search engines and bot walls say "later"
    401: "blocked",
    402: "blocked",
    403: "blocked",
    404: "missing",
    408: "timeout",
    410: "missing",
    429: "rate_limited",
    451: "blocked",
    504: "timeout",
}
_MAX_PAUSE_S: Final = 86_400.0
_MAGIC: Final = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A server's answer: header names in lower case; the body empty where it was not wanted."""

    status: int
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def declared(self) -> str:
        """The media type that the server says, lower case, without parameters; may be empty."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def is_redirect(self) -> bool:
        """Whether it sends us elsewhere."""
        return self.status in _REDIRECTS

    def wants_body(self, media_types: Collection[str]) -> bool:
        """Whether the body is worth reading: a good answer of a type asked for, or of none said."""
        return self.status == HTTPStatus.OK and (self.declared in media_types or self.declared in _UNTYPED)

    def media_type(self, media_types: Collection[str]) -> str | None:
        """The type among those asked for, told from the bytes where the server does not say; None if another."""
        found = sniff(self.body) if self.declared in _UNTYPED else self.declared
        return found if found in media_types else None

    def charset(self) -> str:
        """The character set that the server says, lower case; may be empty."""
        match = re.search(
            r"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{1,40})", self.headers.get("content-type", ""), re.IGNORECASE
        )
        return match[1].lower() if match else ""


def lower_headers(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers as text by lower-case name; of a repeated one the last counts."""
    return {name.decode("latin-1").lower(): _text(value) for name, value in headers}


def sniff(body: bytes) -> str | None:
    """The type of bytes that nobody named, where their beginning tells it."""
    for magic, media_type in _MAGIC:
        if body.startswith(magic):
            return media_type
    head = body[:1024].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return "text/html" if head.startswith((b"<!doctype html", b"<html")) else None


def failure(address: WebAddress, reply: Reply, now: datetime) -> SourceUnavailable | None:
    """The error that an answer other than 200 is told as, None for 200.

    Args:
        address: who answered.
        reply: what.
        now: aware time of day, for a Retry-After that is a date.
    """
    if reply.status == HTTPStatus.OK:
        return None
    pause = retry_after(reply.headers.get("retry-after", ""), now)
    reason = _REASONS.get(reply.status, "offline" if reply.status >= 500 else "missing")
    if reply.status == HTTPStatus.SERVICE_UNAVAILABLE and pause is not None:
        reason = "rate_limited"
    return SourceUnavailable(
        f"{shown(address.url)} answered {reply.status} {_phrase(reply.status)}".rstrip(),
        reason=reason,
        remedy=None if pause is None else f"try again in {pause:.0f} s",
        retry_after_s=pause,
    )


def retry_after(value: str, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for, at most a day; None where it says nothing readable."""
    value = value.strip()
    if value.isascii() and value.isdecimal():
        return min(float(value[:12]), _MAX_PAUSE_S)
    try:
        moment = parsedate_to_datetime(value)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return min(max(0.0, (moment - now).total_seconds()), _MAX_PAUSE_S)
    except (ValueError, OverflowError):
        return None


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
