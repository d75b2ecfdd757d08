"""What every web search engine gives, how hits of several are merged.

An engine tells "found nothing" from "could not ask": the first is an empty tuple, the second a SourceUnavailable.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

RRF_K: Final = 60
_MAX_TITLE: Final = 300
_MAX_SNIPPET: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class WebHit:
    """A page that an engine offers.

    Attributes:
        title: plain text, one line.
        url: the address, byte for byte as the engine gave it; only this spelling may be fetched.
        snippet: the engine's words about it, plain text, one line.
        engine: who found it, as `mojeek`.
        rank: place in the list, from 1.
    """

    title: str
    url: str
    snippet: str
    engine: str
    rank: int


class Engine(Protocol):
    """Searches the web."""

    @property
    def name(self) -> str:
        """What a person calls it: `ddgs`, or the server's address."""
        ...

    def search(self, query: str, *, n: int, deadline_s: float) -> tuple[WebHit, ...]:
        """Search.

        Args:
            query: words as a person would type them.
            n: how many hits at most, >= 1.
            deadline_s: seconds that it may take.

        Returns:
            Best first; empty only where an engine answered and had nothing.

        Raises:
            SourceUnavailable: reason `offline`, `rate_limited`, `blocked`, `timeout` or `refused`.
        """
        ...


def hit(*, title: object, url: object, snippet: object, engine: str, rank: int) -> WebHit | None:
    """A hit made of what an engine says, cleaned; None where that is no page of the web."""
    if not isinstance(url, str) or not url.lower().startswith(("http://", "https://")):
        return None
    return WebHit(
        title=_one_line(title, _MAX_TITLE),
        url=url,
        snippet=_one_line(snippet, _MAX_SNIPPET),
        engine=engine,
        rank=rank,
    )


def merge(lists: Sequence[Sequence[WebHit]], n: int) -> tuple[WebHit, ...]:
    """Merge ranked lists by reciprocal rank fusion; a page found twice keeps the hit of its best place.

    Args:
        lists: hits of one engine each, best first.
        n: how many to return at most.

    Returns:
        Best first, ranked anew from 1; ties keep the order of the lists.

    Source:
        Cormack, Clarke and Buettcher, SIGIR 2009: score = sum of 1 / (60 + rank).
    """
    scores: dict[str, float] = {}
    best: dict[str, WebHit] = {}
    for hits in lists:
        seen: set[str] = set()
        for place, found in enumerate(hits, start=1):
            page = _page(found.url)
            if page in seen:
                continue
            seen.add(page)
            scores[page] = scores.get(page, 0.0) + 1.0 / (RRF_K + place)
            if page not in best or found.rank < best[page].rank:
                best[page] = found
    order = sorted(scores, key=lambda page: -scores[page])
    return tuple(replace(best[page], rank=rank) for rank, page in enumerate(order[:n], start=1))


def _page(url: str) -> str:
    """What makes two addresses the same page: not the scheme, the fragment or a last slash."""
    return url.partition("#")[0].partition("://")[2].removeprefix("www.").rstrip("/")


def _one_line(text: object, limit: int) -> str:
    if not isinstance(text, str):
        return ""
    seen = "".join(" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
    line = " ".join(seen.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"
