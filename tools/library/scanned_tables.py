"""Tables of a page that was read by OCR: its lines' boxes tell rows and columns, as no rules are known.

Knows nothing of pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from sourcehound.tools.evidence import Box
from sourcehound.tools.library.readers.called import label_in
from sourcehound.tools.library.readers.pdf_lines import Line, union
from sourcehound.tools.library.readers.table_cells import Run
from sourcehound.tools.library.readers.table_finder import Page, Table, find_tables
from sourcehound.tools.library.readers.table_text import text_of
from sourcehound.tools.library.readers.table_zones import Drawing
from sourcehound.tools.library.reading import Part, Section

_SAME_ROW = 0.5
_EM_HEIGHTS = 1.1
"""Boxes that OCR draws around lines are about as high as their letters' size."""


def scanned_tables(section: Section) -> tuple[tuple[Section, Part], ...]:
    """The tables of a page's section, each as a section of rows with the part that it is, numbered from 1 on the page.

    Args:
        section: the page's words as OCR read them, an anchor with its box for each line, in reading order.
    """
    pieces = [
        Run.of([(section.text[anchor.start : anchor.end], anchor.box)])
        for anchor in section.anchors
        if anchor.box is not None and anchor.end > anchor.start
    ]
    rows = _rows(pieces)
    lines = [_line(row, at) for at, row in enumerate(rows)]
    page = Page(
        lines=lines,
        drawing=Drawing(),
        size_pt=lambda line: _EM_HEIGHTS * (line.box[3] - line.box[1]),
        runs_of=lambda line: rows[line.first],
    )
    start = section.start + len(section.text) + 1
    found: list[tuple[Section, Part]] = []
    for number, table in enumerate(find_tables(page), start=1):
        own = _section(section, table, start)
        found.append((own, _part(section, own, table, number)))
        start += len(own.text) + 1
    return tuple(found)


def _rows(pieces: Sequence[Run]) -> list[list[Run]]:
    """Pieces that follow each other on one height, from left to right."""
    rows: list[list[Run]] = []
    for piece in pieces:
        if rows and _is_beside(rows[-1][-1].box, piece.box):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return rows


def _is_beside(box: Box, after: Box) -> bool:
    shared = min(box[3], after[3]) - max(box[1], after[1])
    return after[0] >= box[2] and shared > _SAME_ROW * min(box[3] - box[1], after[3] - after[1])


def _line(row: Sequence[Run], at: int) -> Line:
    box = union([piece.box for piece in row])
    gaps = tuple((one.box[2], other.box[0]) for one, other in pairwise(row))
    text = " ".join(piece.text for piece in row)
    return Line(text=text, box=box, first=at, n=len(text), gaps=gaps)


def _section(page: Section, table: Table, start: int) -> Section:
    text, anchors = text_of(table.grid, table.caption, table.caption_box)
    return Section(
        text=text,
        start=start,
        role="table",
        page=page.page,
        page_label=page.page_label,
        space=page.space,
        anchors=anchors,
        headings=page.headings,
        producer=page.producer,
    )


def _part(page: Section, section: Section, table: Table, number: int) -> Part:
    return Part(
        kind="table",
        number=number,
        label=label_in(table.caption),
        caption=table.caption,
        page=page.page,
        box=table.grid.box,
        chars=(section.start, section.start + len(section.text)),
        heads=table.grid.heads,
    )
