"""Reads PowerPoint presentations: one section for each slide, its shapes from top to bottom, tables, charts and notes.

Pictures are left out. Knows nothing of how slides look: they are not drawn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers.archive import check_archive
from sourcehound.tools.library.readers.held import Readable
from sourcehound.tools.library.readers.joined import joined
from sourcehound.tools.library.readers.naming import one_line, title_from_name
from sourcehound.tools.library.readers.office import faults_told, stated_dates, stated_title
from sourcehound.tools.library.readers.rows import heads_of, line_of, lines_of
from sourcehound.tools.library.readers.unseen import unseen_warnings
from sourcehound.tools.library.readers.written_parts import TableSpan, headings_of, tables_at
from sourcehound.tools.library.reading import Anchor, Reading, Section

READER = "pptx 1"
_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
_BANDS = 24
"""Shapes whose tops lie in one of so many equal bands of the slide are read from left to right."""
_MAX_DEPTH = 20


def read(path: Readable, limits: Limits) -> Reading:
    """Read a presentation.

    Raises:
        MediaError: it is damaged, locked by a password, or a decompression bomb.
    """
    import pptx
    from pptx.exc import PythonPptxError

    check_archive(path, limits)
    warnings: list[str] = []
    with faults_told(path, PythonPptxError), path.open("rb") as file:
        presentation: Any = pptx.Presentation(file)
        size = (int(presentation.slide_width or 0), int(presentation.slide_height or 0))
        sections: list[Section] = []
        spans: dict[str, tuple[TableSpan, ...]] = {}
        for number, slide in enumerate(presentation.slides, start=1):
            if number > limits.max_pages:
                warnings.append(f"only the first {limits.max_pages} slides are read")
                break
            if slide._element.get("show") in {"0", "false"}:  # noqa: SLF001  python-pptx has no name for it
                warnings.append(f"slide {number} is hidden in the show")
            section, inside = _slide(slide, number, size)
            sections.append(section)
            spans[section.part or ""] = inside
        core = presentation.core_properties
        first = sections[0].headings if sections else ()
        title = stated_title(core.title) or (first[0] if first else "")
        dates = stated_dates(core.created, core.modified)
    placed, cut = joined(sections, limits)
    return Reading(
        title=title or title_from_name(path),
        media_type=_MEDIA_TYPE,
        reader=READER,
        sections=placed,
        parts=(
            *headings_of(placed, [section.headings[0] if section.headings else "" for section in placed]),
            *tables_at(placed, [spans[section.part or ""] for section in placed]),
        ),
        dates=dates,
        warnings=(*warnings, *cut, *unseen_warnings("".join(section.text for section in placed))),
    )


@dataclass(slots=True)
class _Slide:
    """A slide's text being gathered."""

    part: str
    text: str = ""
    anchors: list[Anchor] = field(default_factory=list[Anchor])
    hidden: list[str] = field(default_factory=list[str])
    tables: list[TableSpan] = field(default_factory=list[TableSpan])

    def add_table(self, lines: Iterable[str], heads: tuple[str, ...]) -> None:
        """Add a table's rows."""
        start = len(self.text)
        self.add(lines)
        if self.text[start:].strip():
            self.tables.append(TableSpan(start=start, end=len(self.text.rstrip("\n")), heads=heads))

    def add(self, lines: Iterable[str], part: str = "") -> None:
        """Add one shape's lines; a blank line stands behind them."""
        shown = [line for line in lines if line.strip()]
        for line in shown:
            self.anchors.append(Anchor(start=len(self.text), end=len(self.text) + len(line), part=part or self.part))
            self.text += line + "\n"
        if shown:
            self.text += "\n"


def _slide(slide: Any, number: int, size: tuple[int, int]) -> tuple[Section, tuple[TableSpan, ...]]:
    gathered = _Slide(part=f"slide {number}")
    title = slide.shapes.title
    for shape in _in_order(slide.shapes, title, size):
        shapes = list(_flat(shape, size, 0))
        if _is_outside(shape, size):
            gathered.hidden.extend(line for one in shapes for line in _lines(one))
            continue
        for has_table, run in groupby(shapes, key=lambda one: getattr(one, "has_table", False)):
            if not has_table:
                gathered.add([line for one in run for line in _lines(one)])
                continue
            for one in run:
                gathered.add_table(_lines(one), heads_of(_rows(one), marked_head=_is_marked(one)))
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        notes = list(_paragraphs(slide.notes_slide.notes_text_frame))
        gathered.add([f"Notes: {line}" for line in notes], f"{gathered.part} notes")
    heading = one_line(title.text_frame.text) if title is not None else ""
    section = Section(
        text=gathered.text,
        part=gathered.part,
        anchors=tuple(gathered.anchors),
        headings=(heading,) if heading else (),
        producer=READER,
        hidden=" ".join(gathered.hidden),
    )
    return section, tuple(gathered.tables)


def _in_order(shapes: Iterable[Any], title: Any, size: tuple[int, int]) -> list[Any]:
    """The title, then bands from top to bottom, each from left to right; shapes without a place keep theirs in the file."""
    band = max(1, size[1] // _BANDS)

    def place(entry: tuple[int, Any]) -> tuple[bool, int, int, int]:
        at, shape = entry
        is_title = title is not None and shape.shape_id == title.shape_id
        return not is_title, int(shape.top or 0) // band, int(shape.left or 0), at

    return [shape for _, shape in sorted(enumerate(shapes), key=place)]


def _flat(shape: Any, size: tuple[int, int], depth: int) -> Iterator[Any]:
    """A shape, or those in a group, whose places are in the group's own units but stand to each other as on the slide."""
    if hasattr(shape, "shapes") and depth < _MAX_DEPTH:
        for inner in _in_order(shape.shapes, None, size):
            yield from _flat(inner, size, depth + 1)
    else:
        yield shape


def _lines(shape: Any) -> Iterator[str]:
    if getattr(shape, "has_table", False):
        yield from lines_of(_rows(shape), marked_head=_is_marked(shape))
    elif getattr(shape, "has_chart", False):
        yield from _chart(shape.chart)
    elif shape.has_text_frame:
        yield from _paragraphs(shape.text_frame)


def _rows(shape: Any) -> list[list[str]]:
    return [[_cell(row.cells, column) for column in range(len(row.cells))] for row in shape.table.rows]


def _is_marked(shape: Any) -> bool:
    """Whether the slide itself shows the first row as a head."""
    return bool(shape.table.first_row) and len(shape.table.rows) > 1


def _cell(cells: Any, column: int) -> str:
    # a merged cell's words stand in its first place only: the places that it covers repeat those to their left
    while column > 0 and cells[column].is_spanned and not cells[column].text:
        column -= 1
    return str(cells[column].text)


def _chart(chart: Any) -> Iterator[str]:
    """A chart's title and its numbers, a line for each category."""
    if chart.has_title and chart.chart_title.has_text_frame:
        yield f"Chart: {one_line(chart.chart_title.text_frame.text)}"
    for plot in chart.plots:
        series = list(plot.series)
        heads = ["", *(str(one.name) for one in series)]
        columns = [list(one.values) for one in series]
        for row, category in enumerate(plot.categories):
            values = [column[row] if row < len(column) else None for column in columns]
            yield line_of(heads, [str(category), *("" if value is None else f"{value:g}" for value in values)])


def _paragraphs(frame: Any) -> Iterator[str]:
    for paragraph in frame.paragraphs:
        yield " ".join(paragraph.text.replace("\v", " ").split())


def _is_outside(shape: Any, size: tuple[int, int]) -> bool:
    """Whether nothing of a shape lies on the slide: notes to oneself, or words meant for machines only."""
    if shape.left is None or shape.top is None or not all(size):
        return False
    left, top, width, height = int(shape.left), int(shape.top), int(shape.width or 0), int(shape.height or 0)
    return left >= size[0] or top >= size[1] or left + width <= 0 or top + height <= 0
