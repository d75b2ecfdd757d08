"""What went wrong in a call to a model, told apart by what must be done about it, whatever library raised it.

Read from LangChain's error classes, HTTP status codes and the servers' own words; no provider's package is imported.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

FaultKind = Literal["down", "busy", "timeout", "key", "missing", "context", "tools", "pictures", "garbled", "refused"]
TRANSIENT: frozenset[FaultKind] = frozenset({"down", "busy", "timeout", "garbled"})
"""Faults after which the same call may succeed."""
MOST_SAID_CHARS = 200

_CONTEXT = re.compile(
    r"context.{0,12}(length|size|window|limit)|maximum context|prompt is too long|too many (input )?tokens|exceed_context",
    re.IGNORECASE,
)
_TOOLS = re.compile(r"\btools?\b|tool_choice|function.?call|--jinja", re.IGNORECASE)
_PICTURES = re.compile(r"image|multi.?modal|vision|mmproj", re.IGNORECASE)
_KEY = re.compile(r"api.?key|authenticat|credential", re.IGNORECASE)
_SECRET = re.compile(r"\b(?:sk|pk|key|Bearer)[-_ ][\w*.-]{6,}", re.IGNORECASE)
_GARBLED = (ValueError, TypeError, KeyError, IndexError, AttributeError)
"""What providers' packages raise over a body that is no reply: cut JSON, a list for an object, no choices."""
_TRY_LATER = {408, 409, 425}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault of a model call.

    Attributes:
        said: the server's own words, one line, without keys; empty if it had none.
        retry_after_s: seconds after which it asks to be tried again, None if it does not say.
    """

    kind: FaultKind
    said: str = ""
    retry_after_s: float | None = None

    @property
    def is_transient(self) -> bool:
        """Whether the same call may succeed a little later."""
        return self.kind in TRANSIENT


def fault_of(error: BaseException) -> Fault:
    """Tell what an error of a model call means."""
    said = _said(error)
    status = _status(error)
    names = {kind.__name__ for link in _chain(error) for kind in type(link).__mro__}
    if "ContextOverflowError" in names or _CONTEXT.search(said):
        return Fault(kind="context", said=said)
    if status is not None:
        return Fault(kind=_of_status(status, said), said=said, retry_after_s=_retry_after(error))
    return Fault(kind=_of_class(error, names, said), said=said)


def _of_status(status: int, said: str) -> FaultKind:
    if status in {401, 403}:
        return "key"
    if status == 429:
        return "refused" if "insufficient_quota" in said else "busy"
    if _TOOLS.search(said) and status in {400, 404, 422, 500, 501}:
        return "tools"
    if _PICTURES.search(said) and status in {400, 415, 422, 500, 501}:
        return "pictures"
    if status == 404:
        return "missing"
    return "down" if status >= 500 or status in _TRY_LATER else "refused"


def _of_class(error: BaseException, names: set[str], said: str) -> FaultKind:
    if any("Timeout" in name for name in names):
        return "timeout"
    if any(isinstance(link, ssl.SSLError) for link in _chain(error)) or "certificate" in said.lower():
        return "refused"
    if "does not support" in said and _TOOLS.search(said):
        return "tools"
    if isinstance(error, _GARBLED) or "APIResponseValidationError" in names or "DecodingError" in names:
        return "key" if _KEY.search(said) else "garbled"
    if "ModelAuthenticationError" in names or "ModelPermissionDeniedError" in names:
        return "key"
    is_down = isinstance(error, OSError) or any(re.search(r"Connect|Transport|Protocol|RequestError", n) for n in names)
    return "down" if is_down else "refused"


def _chain(error: BaseException) -> Iterator[BaseException]:
    link: BaseException | None = error
    for _ in range(8):
        if link is None:
            return
        yield link
        link = link.__cause__ or link.__context__


def _status(error: BaseException) -> int | None:
    for holder in (error, getattr(error, "response", None)):
        status = getattr(holder, "status_code", None)
        if isinstance(status, int) and status >= 300:
            return status
    return None


def _retry_after(error: BaseException) -> float | None:
    """Seconds of the header `Retry-After`; a date there is not read, and the usual waits apply."""
    headers: Any = getattr(getattr(error, "response", None), "headers", None)
    value = headers.get("retry-after") if headers is not None else None
    try:
        return max(0.0, float(value)) if value is not None else None
    except ValueError:
        return None


def _said(error: BaseException) -> str:
    """The error's words; those of what caused it where its own say nothing (`Connection error.` does not)."""
    links = list(_chain(error))
    told = [str(getattr(link, "message", "") or link) for link in links]
    words = told[-1] if told[0].rstrip(".") in {"Connection error", ""} else told[0]
    return _SECRET.sub("…", " ".join(words.split()))[:MOST_SAID_CHARS]
