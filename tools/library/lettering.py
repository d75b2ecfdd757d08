"""The job `ocr`: words in a picture or on a page without text become passages and the picture's own words.

Knows nothing of how lettering is recognised.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import replace

from sourcehound.tools.evidence import Box, Locator, Space
from sourcehound.tools.library.intake import page_unit, units_of
from sourcehound.tools.library.parts import number_tables, table_units
from sourcehound.tools.library.passages import Span
from sourcehound.tools.library.reading import Anchor, Section
from sourcehound.tools.library.scanned_tables import scanned_tables
from sourcehound.tools.library.sections import write_section
from sourcehound.tools.library.units import Unit, write_units
from sourcehound.tools.library.workshop import Subject, Workshop, Write
from sourcehound.tools.senses.sense import ReadLine

UNREAD = "lettering found that this OCR cannot read (it knows Latin, Chinese and Japanese)"
PAGE_PIXELS_PER_POINT = 150 / 72
"""Pages are read at 150 dpi, at which the OCR was measured (word F1 .96)."""
_OCR_ORDINAL = 100_000
"""Sections read by OCR come after all that a reader gave, one for each page."""

_TABLE_ORDINAL, _MOST_TABLES = 1_000_000, 100
"""Tables read by OCR come after those, so many places for each page."""
_LAST = 1_000_000
"""Tables of a page read late are numbered after all others, until `number_tables` puts them in their place."""


def read_lettering(workshop: Workshop, subject: Subject, page: int) -> Write:
    """Read the words in a picture (`page` 0) or on a page."""
    is_page = page > 0
    picture = workshop.readers.picture(
        subject.path, page=page if is_page else None, scale=PAGE_PIXELS_PER_POINT if is_page else 1.0
    )
    read = workshop.ocr.read_all(picture.pixels, photo=not is_page and subject.media_type == "image/jpeg")
    height, width = picture.pixels.shape[:2]
    to_space = (picture.space.width / width, picture.space.height / height)
    section = _section(read.lines, picture.space, to_space, page or None, workshop.ocr.producer)

    def write(connection: sqlite3.Connection) -> None:
        if read.is_mostly_unread:
            _warn(connection, subject, page)
        if is_page:
            _write_page(connection, subject, section, page)
        else:
            _write_picture(connection, subject, section)

    return write


def _warn(connection: sqlite3.Connection, subject: Subject, page: int) -> None:
    """Say in the source's warnings that there is lettering which the OCR does not know."""
    row = connection.execute("SELECT meta FROM sources WHERE id = ?", (subject.source,)).fetchone()
    meta = json.loads(row[0])
    place = f"page {page}: " if page else ""
    meta["warnings"] = list(dict.fromkeys([*meta["warnings"], place + UNREAD]))
    connection.execute("UPDATE sources SET meta = ? WHERE id = ?", (json.dumps(meta), subject.source))


def lines_to_text(lines: Sequence[ReadLine]) -> str:
    """Lines in reading order as one text."""
    return "\n".join(line.text for line in lines)


def _section(
    lines: Sequence[ReadLine], space: Space, scale: tuple[float, float], page: int | None, producer: str
) -> Section:
    anchors: list[Anchor] = []
    start = 0
    for line in lines:
        left, top, right, bottom = line.box
        box: Box = (left * scale[0], top * scale[1], right * scale[0], bottom * scale[1])
        anchors.append(Anchor(start=start, end=start + len(line.text), box=box))
        start += len(line.text) + 1
    return Section(text=lines_to_text(lines), page=page, space=space, anchors=tuple(anchors), producer=producer)


def _write_page(connection: sqlite3.Connection, subject: Subject, section: Section, page: int) -> None:
    row = connection.execute(
        "SELECT locator, about FROM units WHERE source_id = ? AND kind = 'page' AND page = ?", (subject.source, page)
    ).fetchone()
    old = Locator.from_json(json.loads(row[0])) if row else Locator(page=page, space=section.space)
    about = row[1] if row else subject.title
    section = replace(section, page_label=old.page_label)
    write_section(connection, subject.source, _OCR_ORDINAL + page, section)
    whole = page_unit(section.text, old, about=about, producer=section.producer)
    units = [whole, *units_of(section, title=subject.title, path=subject.path)]
    for at, (table, part) in enumerate(scanned_tables(section)):
        write_section(connection, subject.source, _TABLE_ORDINAL + _MOST_TABLES * page + at % _MOST_TABLES, table)
        span = Span(0, len(table.text))
        units += table_units(table, replace(part, number=_LAST + part.number), span, about=about)
    write_units(connection, subject.source, subject.sha256, subject.reader, units)
    number_tables(connection, subject.source)


def _write_picture(connection: sqlite3.Connection, subject: Subject, section: Section) -> None:
    """The words become the picture's own; its unit keeps its place and so its id."""
    write_section(connection, subject.source, _OCR_ORDINAL, section)
    row = connection.execute(
        "SELECT about, locator, producer, detail FROM units WHERE source_id = ? AND kind = 'image' AND page IS NULL",
        (subject.source,),
    ).fetchone()
    if row is None or not section.text:
        return
    unit = Unit(
        kind="image",
        text=section.text,
        about=row[0],
        locator=Locator.from_json(json.loads(row[1])),
        producer=section.producer,
        detail=json.loads(row[3]),
    )
    write_units(connection, subject.source, subject.sha256, subject.reader, [unit])
