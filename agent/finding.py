"""What `find` takes beside the words, by the names of the long flags, and the hits that come of it.

Knows nothing of how hits are ranked.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TypedDict

from sourcehound.agent.asking import dates_of, kinds_of
from sourcehound.agent.documents import Hits
from sourcehound.agent.pictures import hit_pictures
from sourcehound.tools.errors import InputError
from sourcehound.tools.library.library import Library
from sourcehound.tools.library.reading import PART_KINDS, PartKind
from sourcehound.tools.library.within import Within


class FindOptions(TypedDict, total=False):
    """Options of a search."""

    like: str | os.PathLike[str] | None
    """A picture or clip, as `kite.jpg`, `report.pdf#page=3`, `talk.mp4#t=12,18`, `photo.jpg#xywh=l,t,w,h`."""
    more: Sequence[str]
    """Further words to pull towards, `TEXT` or `TEXT:WEIGHT`; the query itself weighs 1."""
    less: Sequence[str]
    """Words to push away from, likewise."""
    type: Sequence[str] | str
    """Kinds to search, all if empty."""
    within: str | None
    """Glob of paths (`--in`)."""
    since: str | None
    """First day, month or year that a source may be of: `2024-05-03`, `2024-05`, `2024`."""
    until: str | None
    """The last one."""
    page: int | str | None
    """Only on this page: its printed label, else its count, as 14 or `iii`; `first` and `last` too."""
    part: str | None
    """Only tables, figures or headings: `table`, `figure`, `heading`; without words they are listed."""
    n: int
    """Most hits, 10 if left out."""
    min_score: float | None
    """Weakest score shown, 0..1; each kind's own if left out."""


def hits_for(library: Library, words: str, options: FindOptions) -> Hits:
    """Search a library.

    Raises:
        InputError: neither words nor a picture, an unknown kind, a weight or date that is none, or a `like` that cannot be
            opened.
    """
    from sourcehound.tools.index.allowed import Spot
    from sourcehound.tools.index.composed import parse_weighted
    from sourcehound.tools.index.find import dated, find
    from sourcehound.tools.index.like import open_like
    from sourcehound.tools.index.listing import on_page
    from sourcehound.tools.index.query import Query

    since, until = dates_of(options.get("since"), options.get("until"))
    scope = Within(globs=(options.get("within"),), since=since, until=until)
    pulled = tuple(parse_weighted(part, option="--more") for part in options.get("more") or ())
    pushed = tuple(parse_weighted(part, option="--less") for part in options.get("less") or ())
    like = options.get("like")
    page, part = _page_of(options.get("page")), _part_of(options.get("part"))
    if not words.strip() and not pulled and like is None and page is None and part is None:
        raise InputError("nothing to look for", remedy="give words, or --like FILE")
    query = Query(
        text=words.strip(),
        more=pulled,
        less=pushed,
        pictures=open_like(os.fspath(like), library.readers) if like is not None else (),
        kinds=kinds_of(options.get("type") or ()),
        within=options.get("within"),
        since=since,
        until=until,
        spot=Spot(page=page, part=part),
        n=options.get("n", 10),
        min_score=options.get("min_score"),
    )
    hits = find(library, query)
    if scope.has_period:
        hits = dated(library.catalogue, hits)
    if page is not None:
        hits = on_page(library.catalogue, hits, page)
    return Hits.of(words, hits, library.searched(scope), hit_pictures(hits, library.readers), scope=scope)


def _page_of(page: int | str | None) -> str | None:
    name = None if page is None else str(page).strip()
    if name == "":
        raise InputError("a page has a number or a label", remedy="say --page 14, iii, first or last")
    return name


def _part_of(part: str | None) -> PartKind | None:
    if part is None:
        return None
    for kind in PART_KINDS:
        if kind == part:
            return kind
    raise InputError(f"there are no parts called {part!r}", remedy=f"choose among {', '.join(PART_KINDS)}")
