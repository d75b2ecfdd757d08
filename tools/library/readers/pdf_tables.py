"""Tables of a PDF page: its lines' words with their places, for the finder of tables.

Knows nothing of rows and columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sourcehound.tools.evidence import Box
from sourcehound.tools.library.readers.called import kind_called
from sourcehound.tools.library.readers.pdf_lines import Line, TextLayer
from sourcehound.tools.library.readers.pdf_objects import Drawn
from sourcehound.tools.library.readers.table_cells import Run
from sourcehound.tools.library.readers.table_finder import Page, Table, find_tables
from sourcehound.tools.library.readers.table_zones import Drawing
from sourcehound.tools.library.reading import Figure

_APART_HEIGHTS = 0.8
_LEAST_APART_PT = 3.5
"""Words nearer to each other than this are of one cell."""
_NUMBERS_HEIGHTS = 0.45
_LEAST_NUMBERS_PT = 2.4
_SIGNS = frozenset("$€£¥")
_ENDS = frozenset(")%—–")
_BEGINS = frozenset("(−-+$€£")
_IN_FIGURE = 0.7


def tables_on(layer: TextLayer, lines: Sequence[Line], drawn: Drawn, figures: Sequence[Figure]) -> tuple[Table, ...]:
    """The tables of a page, from top to bottom.

    Args:
        layer: the page's text.
        lines: its lines in reading order.
        drawn: what is drawn on it.
        figures: its figures; what is written in them is no table.
    """
    pictures = [figure.box for figure in figures if not figure.caption or kind_called(figure.caption) == "figure"]
    return find_tables(
        Page(
            lines=lines,
            drawing=Drawing.of(drawn.strokes),
            size_pt=lambda line: layer.size_pt(line.first),
            runs_of=lambda line: list(_runs(layer, line)),
            is_drawing=lambda box: any(_is_in(box, picture) for picture in pictures),
        )
    )


def _is_in(box: Box, picture: Box) -> bool:
    """Whether most of a box lies in a picture."""
    width = min(box[2], picture[2]) - max(box[0], picture[0])
    height = min(box[3], picture[3]) - max(box[1], picture[1])
    area = (box[2] - box[0]) * (box[3] - box[1])
    return width > 0 and height > 0 and width * height > _IN_FIGURE * area


def _runs(layer: TextLayer, line: Line) -> Iterator[Run]:
    """The words of a line, those together that no more than a space parts; numbers stand alone sooner."""
    height = line.box[3] - line.box[1]
    words: list[tuple[str, Box]] = []
    for word in layer.words(line):
        if words and word[1][0] - words[-1][1][2] > _apart(words[-1][0], word[0], height):
            yield Run.of(words)
            words = []
        words.append(word)
    if words:
        yield Run.of(words)


def _apart(word: str, after: str, height: float) -> float:
    """How far two words stand apart, in points, that are not of one cell."""
    if word[-1:].isdigit() or word[-1:] in _ENDS:
        if after in _SIGNS:
            return 0.0
        if after[:1].isdigit() or after[:1] in _BEGINS:
            return max(_LEAST_NUMBERS_PT, _NUMBERS_HEIGHTS * height)
    return max(_LEAST_APART_PT, _APART_HEIGHTS * height)
