"""Searches through a server that speaks SearXNG's JSON, by the same safe fetch as every page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode

from sourcehound.tools.errors import SourceUnavailable
from sourcehound.tools.web.engines import WebHit, hit
from sourcehound.tools.web.fetch import Fetcher

_JSON: Final = frozenset({"application/json"})
# what the server says of an engine behind it that did not answer, and what that means
_WORDS: Final = (
    ("too many requests", "rate_limited"),
    ("429", "rate_limited"),
    ("captcha", "blocked"),
    ("access denied", "blocked"),
    ("403", "blocked"),
    ("timeout", "timeout"),
    ("timed out", "timeout"),
)


class SearxngEngine:
    """A SearXNG server, or another that answers as it does.

    Args:
        url: where the server is, with or without the final `/search`.
        fetcher: reaches it; its host must be public or among the allowed ones.

    Raises:
        SourceUnavailable: reason `refused`: the address may not be fetched.
    """

    def __init__(self, url: str, *, fetcher: Fetcher) -> None:
        base = url.partition("#")[0].partition("?")[0].rstrip("/")
        self._search_url = base if base.endswith("/search") else base + "/search"
        self._host = fetcher.check(self._search_url).host
        self._fetcher = fetcher

    @property
    def name(self) -> str:
        """The server's host."""
        return self._host

    def search(self, query: str, *, n: int, deadline_s: float) -> tuple[WebHit, ...]:
        """Search.

        Raises:
            SourceUnavailable: the server, or every engine behind it, gave no answer.
        """
        url = f"{self._search_url}?{urlencode({'q': query, 'format': 'json'})}"
        try:
            answer = self._fetcher.fetch(url, media_types=_JSON, seconds=deadline_s)
        except SourceUnavailable as error:
            if error.reason != "blocked":
                raise
            remedy = "the server must allow JSON: search.formats in its settings.yml"
            raise SourceUnavailable(error.message, reason="blocked", remedy=remedy) from error
        hits, silent = self._read(answer.body)
        if not hits and silent:
            raise _unavailable(self._host, silent)
        return hits[:n]

    def _read(self, body: bytes) -> tuple[tuple[WebHit, ...], tuple[str, ...]]:
        try:
            document = json.loads(body)
            results = _dicts(document["results"])
            silent = tuple(": ".join(map(str, entry)) for entry in document.get("unresponsive_engines") or ())
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            message = f"{self._host} does not answer as SearXNG does"
            raise SourceUnavailable(message, reason="refused", remedy="check web.engine") from error
        hits: list[WebHit] = []
        for result in results:
            found = hit(
                title=result.get("title"),
                url=result.get("url"),
                snippet=result.get("content"),
                engine=str(result.get("engine") or self._host),
                rank=len(hits) + 1,
            )
            if found is not None:
                hits.append(found)
        return tuple(hits), silent


def _dicts(value: Any) -> tuple[dict[str, Any], ...]:
    if not isinstance(value, list):
        raise TypeError("results is no list")
    return tuple(entry for entry in value if isinstance(entry, dict))


def _unavailable(host: str, silent: Sequence[str]) -> SourceUnavailable:
    said = "; ".join(silent)[:300]
    reason = next((reason for word, reason in _WORDS if word in said.lower()), "offline")
    return SourceUnavailable(f"no engine behind {host} answered with a page ({said})", reason=reason)
