"""Which page people mean by a number: the one that it is printed on, else the one counted so; a slide by its count.

Knows nothing of searching.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass

FIRST, LAST = "first", "last"
"""Names of pages by their place rather than by a number; `2nd` is one too."""
_NTH = re.compile(r"(\d{1,5})(?:st|nd|rd|th)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The page of a source that a name was taken for.

    Attributes:
        page: physical page, from 1; None in a presentation.
        slide: the slide, from 1; None in a document with pages.
        words: which was taken, in words.
    """

    page: int | None = None
    slide: int | None = None
    words: str

    @property
    def part(self) -> str:
        """What units on a slide are said to be part of; empty in a document with pages."""
        return f"slide {self.slide}" if self.slide is not None else ""


def pages_called(connection: sqlite3.Connection, name: str, sources: Collection[int] | None = None) -> dict[int, Taken]:
    """The page of each source that a name means there; sources that have no such page are left out.

    Args:
        connection: the catalogue's.
        name: a printed label or a count from 1, as `14` or `iii`; or a place, as `first`, `2nd`, `last`.
        sources: rows of sources to look in, None for all.
    """
    wanted = name.strip().casefold()
    taken: dict[int, Taken] = {}
    for source, pages in _labels(connection, sources).items():
        if found := _page(wanted, pages):
            taken[source] = found
    for source, n_slides in _slides(connection, sources).items():
        slide = _counted(wanted, n_slides) or (int(wanted) if wanted.isdecimal() else 0)
        if source not in taken and 1 <= slide <= n_slides:
            taken[source] = Taken(slide=slide, words=f"slide {slide}")
    return taken


def page_called(connection: sqlite3.Connection, sha256: str, name: str) -> Taken | None:
    """The page of one source that a name means; None if it has no such page."""
    row = connection.execute("SELECT id FROM sources WHERE sha256 = ?", (sha256,)).fetchone()
    return None if row is None else pages_called(connection, name, [row[0]]).get(row[0])


def _page(wanted: str, labels: dict[int, str]) -> Taken | None:
    """The page of a source by its pages' labels, empty where a page has none."""
    page = _counted(wanted, max(labels))
    if page is not None:
        said = f", labelled {labels[page]}" if labels.get(page) else ""
        return Taken(page=page, words=f"the {wanted} page{said}") if page in labels else None
    labelled = next((page for page, label in sorted(labels.items()) if label.casefold() == wanted), None)
    if labelled is not None:
        is_same = str(labelled) == wanted
        words = (
            f"page {wanted}"
            if is_same
            else f"the page labelled {wanted}, which is page {labelled} counted from the first"
        )
        return Taken(page=labelled, words=words)
    if not wanted.isdecimal() or int(wanted) not in labels:
        return None
    none_so = "; none is labelled so" if any(labels.values()) else ""
    return Taken(page=int(wanted), words=f"page {int(wanted)}, counted from the first{none_so}")


def _counted(wanted: str, n_pages: int) -> int | None:
    """The page that is called by its place: the first, the 2nd, the last; None for another kind of name."""
    nth = _NTH.fullmatch(wanted)
    return int(nth[1]) if nth else {FIRST: 1, LAST: n_pages}.get(wanted)


def _labels(connection: sqlite3.Connection, sources: Collection[int] | None) -> dict[int, dict[int, str]]:
    rows = connection.execute(
        "SELECT source_id, page, json_extract(locator, '$.page_label') FROM units"  # noqa: S608  integers of our own
        f" WHERE page IS NOT NULL AND kind IN ('page', 'passage'){_of(sources)}"
    )
    found: dict[int, dict[int, str]] = {}
    for source, page, label in rows:
        pages = found.setdefault(source, {})
        pages[page] = label or pages.get(page, "")
    return found


def _slides(connection: sqlite3.Connection, sources: Collection[int] | None) -> dict[int, int]:
    """How many slides each presentation has."""
    rows = connection.execute(
        "SELECT source_id, MAX(CAST(substr(json_extract(locator, '$.part'), 7) AS INTEGER)) FROM units"  # noqa: S608  likewise
        " WHERE kind = 'passage' AND page IS NULL AND json_extract(locator, '$.part') GLOB 'slide [0-9]*'"
        f"{_of(sources)} GROUP BY source_id"
    )
    return dict(rows.fetchall())


def _of(sources: Collection[int] | None) -> str:
    return "" if sources is None else f" AND source_id IN ({','.join(map(str, sorted(sources)))})"
