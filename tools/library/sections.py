"""Sections as the catalogue keeps them: a source's texts with their anchors, for `read`, `show` and the checks.

A source may have a hundred thousand of them, so what is wanted is told apart before any is taken out of its JSON. Knows
nothing of units or of how sections are read.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict

from sourcehound.tools.evidence import Space
from sourcehound.tools.library.reading import Anchor, Section

_NO_HEADINGS = '"headings": []'
"""How a section without headings is written; in a text of its own the quotation marks would be escaped."""


def write_section(connection: sqlite3.Connection, source: int, ordinal: int, section: Section) -> None:
    """Keep a section of a source. Must run inside a transaction."""
    connection.execute(
        "INSERT OR REPLACE INTO texts (source, ordinal, start, role, page, section) VALUES (?,?,?,?,?,?)",
        (source, ordinal, section.start, section.role, section.page, json.dumps(asdict(section))),
    )


def load_sections(
    connection: sqlite3.Connection,
    source: int,
    *,
    role: str | None = None,
    page: int | None = None,
    touching: tuple[int, int] | None = None,
    headed: bool = False,
) -> tuple[Section, ...]:
    """A source's sections in order; all, or those of which everything that is asked is true.

    Args:
        connection: the catalogue's.
        source: its row.
        role: of this role.
        page: of this page.
        touching: with a character in this half-open span of the source's whole text.
        headed: with headings above.
    """
    query, values = "SELECT section FROM texts WHERE source = ?", list[object]([source])
    if role is not None:
        query, values = query + " AND role = ?", [*values, role]
    if page is not None:
        query, values = query + " AND page = ?", [*values, page]
    if touching is not None:
        # no text is longer than the JSON that it stands in: a few too many are found, and none too few
        query, values = query + " AND start < ? AND start + length(section) > ?", [*values, touching[1], touching[0]]
    if headed:
        query, values = query + " AND instr(section, ?) = 0", [*values, _NO_HEADINGS]
    found = (_section(json.loads(row[0])) for row in connection.execute(query + " ORDER BY ordinal", values))
    return tuple(section for section in found if touching is None or _touches(section, touching))


def laid_out(sections: Iterable[Section]) -> str:
    """The text of a source's body, so that the characters of locators count in it; spaces where it is not known."""
    text = ""
    for section in sections:
        if section.role == "body" and section.start >= len(text):
            gap = section.start - len(text)
            text += ("\n" if gap == 1 and text else " " * gap) + section.text
    return text


def _touches(section: Section, span: tuple[int, int]) -> bool:
    return section.start < span[1] and span[0] < section.start + len(section.text)


def _section(data: dict[str, object]) -> Section:
    space = data["space"]
    anchors = data["anchors"]
    fields = data | {
        "space": Space(**space) if isinstance(space, dict) else None,
        "anchors": tuple(_anchor(anchor) for anchor in anchors) if isinstance(anchors, list) else (),
        "headings": tuple(data["headings"]) if isinstance(data["headings"], list) else (),
    }
    return Section(**fields)  # pyright: ignore[reportArgumentType]  the JSON is our own


def _anchor(data: dict[str, object]) -> Anchor:
    box = data["box"]
    return Anchor(**(data | {"box": tuple(box) if isinstance(box, list) else None}))  # pyright: ignore[reportArgumentType]
