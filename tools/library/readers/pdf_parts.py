"""Headings, tables and figures of a PDF: gathered page by page, numbered when all pages are known.

A table's words become a section of their own after all pages: a line for each row, each cell with its column's head, so
that a row found alone says what it is. Knows nothing of how they are found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby, takewhile

from sourcehound.tools.evidence import Box, Space
from sourcehound.tools.library.readers.called import kind_called, label_in
from sourcehound.tools.library.readers.pdf_folios import Folio, folios_on, labels_from
from sourcehound.tools.library.readers.pdf_headings import Headings
from sourcehound.tools.library.readers.pdf_lines import Line, TextLayer, union
from sourcehound.tools.library.readers.pdf_objects import Drawn
from sourcehound.tools.library.readers.pdf_plane import Plane
from sourcehound.tools.library.readers.pdf_tables import tables_on
from sourcehound.tools.library.readers.table_finder import Table
from sourcehound.tools.library.readers.table_text import text_of
from sourcehound.tools.library.reading import Anchor, Figure, Part, Section

_DECORATION = 3
"""A picture without a caption that stands at one place of so many pages is a logo or an ornament."""
_SAME_PT = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _OnPage:
    page: int
    plane: Plane
    table: Table


@dataclass(slots=True)
class PartsFound:
    """What was found on the pages read so far."""

    figures: list[Figure] = field(default_factory=list[Figure])
    _tables: list[_OnPage] = field(default_factory=list[_OnPage])
    _headings: Headings = field(default_factory=Headings)
    _folios: list[tuple[Folio, ...]] = field(default_factory=list[tuple[Folio, ...]])

    def look(
        self, layer: TextLayer, lines: Sequence[Line], starts: Sequence[int], drawn: Drawn, *, page: int, plane: Plane
    ) -> None:
        """Look at a page, its figures before.

        Args:
            layer: its text.
            lines: its lines in reading order.
            starts: where each begins in the source's whole text.
            drawn: what is drawn on it.
            page: its number, from 1.
            plane: its plane.
        """
        figures = list(takewhile(lambda figure: figure.page == page, reversed(self.figures)))
        tables = tables_on(layer, lines, drawn, figures)
        self._tables.extend(_OnPage(page=page, plane=plane, table=table) for table in tables)
        taken = [table.grid.box for table in tables]
        free = [(line, start) for line, start in zip(lines, starts, strict=True) if not _is_in(line.box, taken)]
        self._headings.look(layer, [line for line, _ in free], [start for _, start in free], page=page)
        self._folios.extend([()] * (page - 1 - len(self._folios)))
        self._folios.append(folios_on(lines, plane.space))

    def labels(self, n_pages: int) -> tuple[str, ...]:
        """The numbers printed on the pages, empty if there are none but their own count."""
        self._folios.extend([()] * (n_pages - len(self._folios)))
        return labels_from(self._folios)

    def placed(
        self, start: int, producer: str, chapters: Sequence[tuple[str, ...]]
    ) -> tuple[tuple[Section, ...], tuple[Part, ...]]:
        """The tables' words, and all parts.

        Args:
            start: where the first table's words begin in the source's whole text.
            producer: program and version that read them.
            chapters: the titles that each page stands under.
        """
        sections: list[Section] = []
        parts: list[Part] = []
        for found in self._tables:
            section = _section(found, start, producer, chapters[found.page - 1])
            sections.append(section)
            parts.append(_table_part(found, section))
            start += len(section.text) + 1
        pages_at: dict[tuple[int, ...], set[int]] = {}
        for figure in self.figures:
            pages_at.setdefault(_place(figure), set()).add(figure.page)
        figures = [
            _figure_part(figure)
            for figure in self.figures
            if figure.caption or len(pages_at[_place(figure)]) < _DECORATION
        ]
        read = {page: list(found) for page, found in groupby(parts, key=lambda part: part.page)}
        others = [part for part in figures if not any(_is_same(part, other) for other in read.get(part.page, ()))]
        alone = [part for part in others if part.kind == "table"]
        tables = sorted([*parts, *alone], key=lambda part: (part.page or 0, part.box[1] if part.box else 0.0))
        drawn = [part for part in others if part.kind == "figure"]
        return tuple(sections), (*self._headings.parts(), *_numbered(tables), *_numbered(drawn))


def _section(found: _OnPage, start: int, producer: str, chapters: tuple[str, ...]) -> Section:
    table = found.table
    text, anchors = text_of(table.grid, table.caption, table.caption_box)
    space: Space = found.plane.space
    return Section(
        text=text,
        start=start,
        role="table",
        page=found.page,
        space=space,
        anchors=tuple(_on_page(anchor, found.plane) for anchor in anchors),
        headings=chapters,
        producer=producer,
    )


def _on_page(anchor: Anchor, plane: Plane) -> Anchor:
    return anchor if anchor.box is None else replace(anchor, box=plane.cut(anchor.box))


def _table_part(found: _OnPage, section: Section) -> Part:
    table = found.table
    box = table.grid.box if table.caption_box is None else union([table.grid.box, table.caption_box])
    return Part(
        kind="table",
        number=0,
        label=label_in(table.caption),
        caption=table.caption,
        page=found.page,
        box=found.plane.cut(box),
        chars=(section.start, section.start + len(section.text)),
        heads=table.grid.heads,
    )


def _figure_part(figure: Figure) -> Part:
    return Part(
        kind=kind_called(figure.caption),
        number=0,
        label=label_in(figure.caption),
        caption=figure.caption,
        page=figure.page,
        box=figure.box,
    )


def _numbered(parts: Sequence[Part]) -> Iterator[Part]:
    """Parts with their numbers; what goes on under the same label on a later page keeps its number."""
    labelled: dict[str, int] = {}
    number = 0
    for part in parts:
        known = labelled.get(part.label.casefold()) if part.label else None
        if known is None:
            number += 1
            known = number
            labelled[part.label.casefold()] = number
        yield replace(part, number=known)


def _is_same(picture: Part, table: Part) -> bool:
    """Whether a drawing is a table that was read: called so, or the rules around it."""
    if picture.label:
        return picture.kind == "table" and picture.label == table.label
    return picture.box is not None and table.box is not None and _overlap(picture.box, table.box)


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _is_in(box: Box, boxes: Sequence[Box]) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return any(left <= x <= right and top <= y <= bottom for left, top, right, bottom in boxes)


def _place(figure: Figure) -> tuple[int, ...]:
    return tuple(round(side / _SAME_PT) for side in figure.box)
