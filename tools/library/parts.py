"""Headings, tables and figures of a source as people call them: their rows in the catalogue, and finding them there.

A table's rows are passages of their own and a figure is a picture, so both are found like any other unit and know their
number. A heading repeats the first words of what stands below it, so it is listed and never searched with the rest. Knows
nothing of formats.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sourcehound.tools.evidence import Evidence, Locator, Space, unit_id
from sourcehound.tools.library.passages import MOST_WORDS, TARGET_WORDS, Span, locate
from sourcehound.tools.library.reading import Anchor, Part, Reading, Section
from sourcehound.tools.library.units import Unit, load_source, load_units, to_evidence

_ROW_END = re.compile(r"\n+")
_WORD = re.compile(r"\S+")


ListedKind = Literal["page", "heading", "table", "figure"]
_OF_UNITS = (
    "SELECT number, json_extract(detail, '$.label'), json_extract(detail, '$.caption'), page,"
    " json_extract(locator, '$.page_label'), 0, MIN(id) FROM units WHERE source_id = :source AND part = :kind"
    " GROUP BY number ORDER BY number"
)
_LISTS: dict[ListedKind, str] = {
    "heading": "SELECT number, label, words, page, json_extract(locator, '$.page_label'), level, 0 FROM headings"
    " WHERE source = :source ORDER BY number",
    "page": "SELECT page, '', '', page, json_extract(locator, '$.page_label'), 0, id FROM units"
    " WHERE source_id = :source AND kind = 'page' ORDER BY page",
    "table": _OF_UNITS,
    "figure": _OF_UNITS,
}
"""Number, label, caption, page, its label, level and row of each part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A part of a source as the catalogue has it.

    Attributes:
        label: what the document calls it, empty if it has no name.
        caption: a heading's words, a table's or figure's caption; empty if there is none.
        level: of a heading, 1 for the topmost; 0 for others.
        row: of its first unit; 0 for a heading.
    """

    kind: ListedKind
    number: int
    label: str
    caption: str
    page: int | None
    page_label: str | None
    level: int = 0
    row: int = 0


def tables_in(reading: Reading, section: Section) -> Iterator[tuple[Part, Span]]:
    """The tables whose words stand in a section, in order, with their characters there."""
    for part in reading.parts:
        if part.kind != "table" or part.chars is None:
            continue
        start, end = part.chars[0] - section.start, part.chars[1] - section.start
        if 0 <= start < end <= len(section.text) and (part.page is None or part.page == section.page):
            yield part, Span(start, end)


def table_units(section: Section, part: Part, span: Span, *, about: str) -> Iterator[Unit]:
    """A table as passages of whole rows, each with the caption and the columns' heads said about it.

    Args:
        section: where its words stand.
        part: the table.
        span: its characters there.
        about: what is said of the section.
    """
    said = [about, part.caption, "" if section.role == "table" else " | ".join(filter(None, part.heads))]
    names = {"label": part.label, "caption": part.caption}
    for piece in _pieces(section.text, span):
        text = section.text[piece.start : piece.end]
        where = locate(section, piece)
        if section.role == "table":
            where = replace(where, part=part.label or "table", boxes=_around(where))
        yield Unit(
            kind="passage",
            text=text,
            about=" · ".join(dict.fromkeys(filter(None, said))),
            locator=where,
            producer=section.producer,
            detail={name: value for name, value in names.items() if value},
            part="table",
            number=part.number,
        )


def between(section: Section, spans: Sequence[Span]) -> Iterator[Section]:
    """What of a section lies outside some spans, as sections of their own that count characters alike."""
    edges = [0, *(edge for span in spans for edge in (span.start, span.end)), len(section.text)]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if section.text[start:end].strip():
            yield _stretch(section, start, end) if spans else section


def figure_of(parts: Sequence[Part], page: int, box: tuple[float, ...]) -> Part | None:
    """The part that a drawing on a page is."""
    return next((part for part in parts if part.chars is None and part.page == page and part.box == box), None)


def write_headings(connection: sqlite3.Connection, source: int, reading: Reading) -> None:
    """Keep the headings of a source. Must run inside a transaction."""
    rows: list[tuple[object, ...]] = []
    for part in reading.parts:
        if part.kind != "heading" or part.chars is None:
            continue
        label = reading.page_labels[part.page - 1] if part.page and part.page <= len(reading.page_labels) else ""
        space: Space | None = reading.page_spaces[part.page - 1] if part.page and reading.page_spaces else None
        boxed = part.box is not None and space is not None
        where = Locator(
            page=part.page,
            page_label=label or None,
            chars=part.chars,
            boxes=(part.box,) if part.box is not None and boxed else (),
            space=space if boxed else None,
            part=f"heading {part.number}",
        )
        rows.append((source, part.number, part.level, part.label, part.caption, part.page, json.dumps(where.to_json())))
    connection.executemany("INSERT OR REPLACE INTO headings VALUES (?,?,?,?,?,?,?)", rows)


def number_tables(connection: sqlite3.Connection, source: int) -> None:
    """Number a source's tables anew by their pages: those of scanned pages are read last. Inside a transaction."""
    rows = connection.execute(
        "SELECT id, page, number FROM units WHERE source_id = ? AND part = 'table'", (source,)
    ).fetchall()
    first_pages: dict[int, int] = {}
    for _, page, number in rows:
        first_pages[number] = min(page or 0, first_pages.get(number, page or 0))
    order = {
        number: at for at, number in enumerate(sorted(first_pages, key=lambda one: (first_pages[one], one)), start=1)
    }
    connection.executemany(
        "UPDATE units SET number = ? WHERE id = ?", [(order[number], row) for row, _, number in rows]
    )


def list_parts(
    connection: sqlite3.Connection, source: int, kind: ListedKind, *, page: int | None = None
) -> tuple[Listed, ...]:
    """The pages, headings, tables or figures of a source, in order.

    Args:
        connection: the catalogue's.
        source: the source's row.
        kind: what to list.
        page: only those that begin on this page.
    """
    rows = connection.execute(_LISTS[kind], {"source": source, "kind": kind})
    return tuple(
        Listed(
            kind=kind,
            number=number,
            label=label or "",
            caption=caption or "",
            page=on_page,
            page_label=page_label,
            level=level,
            row=row,
        )
        for number, label, caption, on_page, page_label, level, row in rows
        if page is None or on_page == page
    )


def count_of(parts: Sequence[Listed]) -> int:
    """How many parts people count: of tables and figures those with a label, if any has one, each label once; else all."""
    labels = {part.label.casefold() for part in parts if part.label and part.kind in {"table", "figure"}}
    return len(labels) or len(parts)


def evidence_of(connection: sqlite3.Connection, source: int, part: Listed) -> Evidence | None:
    """The evidence that a listed part is: a table's first rows, a figure, a heading's words; None if it is gone."""
    if part.kind != "heading":
        unit = load_units(connection, [part.row]).get(part.row)
        return None if unit is None else to_evidence(connection, unit)
    row = connection.execute(
        "SELECT h.locator, h.words, s.reader FROM headings h JOIN sources s ON s.id = h.source"
        " WHERE h.source = ? AND h.number = ?",
        (source, part.number),
    ).fetchone()
    held = load_source(connection, source)
    if row is None or held is None:
        return None
    where = Locator.from_json(json.loads(row[0]))
    return Evidence(
        kind="text",
        unit_id=unit_id(held.sha256, "heading", where, row[2]),
        source=held,
        locator=where,
        quote=row[1],
        producer=row[2],
        detail={"level": str(part.level)} | ({"label": part.label} if part.label else {}),
    )


def _pieces(text: str, span: Span) -> Iterator[Span]:
    """Runs of whole rows of about `TARGET_WORDS` words."""
    opened: Span | None = None
    n_open = 0
    for row, n_words in _rows(text, span):
        if opened is not None and n_open + n_words > TARGET_WORDS:
            yield opened
            opened, n_open = None, 0
        opened = Span(row.start if opened is None else opened.start, row.end)
        n_open += n_words
    if opened is not None:
        yield opened


def _rows(text: str, span: Span) -> Iterator[tuple[Span, int]]:
    """The rows of a table with their numbers of words; one of more than `MOST_WORDS` is cut at word ends."""
    edges = [
        span.start,
        *(edge for end in _ROW_END.finditer(text, span.start, span.end) for edge in end.span()),
        span.end,
    ]
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        words = list(_WORD.finditer(text, start, end))
        for first in range(0, len(words), MOST_WORDS):
            part = words[first : first + MOST_WORDS]
            yield Span(part[0].start(), part[-1].end()), len(part)


def _around(where: Locator) -> tuple[tuple[float, float, float, float], ...]:
    """One box around those of a piece's cells: a person looks for a table, not for its cells."""
    if not where.boxes:
        return ()
    lefts, tops, rights, bottoms = zip(*where.boxes, strict=True)
    return ((min(lefts), min(tops), max(rights), max(bottoms)),)


def _stretch(section: Section, start: int, end: int) -> Section:
    """A run of a section as a section of its own."""
    anchors = [
        Anchor(
            start=max(anchor.start, start) - start,
            end=min(anchor.end, end) - start,
            box=anchor.box,
            start_s=anchor.start_s,
            end_s=anchor.end_s,
            part=anchor.part,
        )
        for anchor in section.anchors
        if anchor.start < end and start < anchor.end
    ]
    return replace(section, text=section.text[start:end], start=section.start + start, anchors=tuple(anchors))
