"""Tables of HTML as rows of cells; tables that only lay out a page are told apart.

Knows nothing of sections: how a cell's words are read is the caller's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_CELLS = frozenset({"td", "th"})
_MOST_SPAN = 100
_MOST_CHARS = 400
"""Cells that are longer than this on average are parts of a page, not of a table."""
_LAYOUT = ".//table | .//h1 | .//h2 | .//h3 | .//h4 | .//h5 | .//h6 | .//form | .//article | .//pre"


@dataclass(frozen=True, slots=True, kw_only=True)
class HtmlTable:
    """A table's cells in rows, spanned ones repeated in each place they cover; `marked_head` if its first row is one."""

    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    marked_head: bool = False


def rows_may_be_read(element: HtmlElement) -> bool:
    """Whether a table holds values rather than the parts of a page: rows of cells, and nothing in them that has its own."""
    if element.get("role") in {"presentation", "none"} or element.xpath(_LAYOUT):
        return False
    wide = sum(sum(cell.tag in _CELLS for cell in row) > 1 for row in element.iter("tr"))
    return wide > 1 and len(element.text_content()) <= _MOST_CHARS * sum(1 for _ in element.iter(*_CELLS))


def table_of(element: HtmlElement, words_of: Callable[[HtmlElement], str]) -> HtmlTable:
    """Read a table.

    Args:
        element: of a `table`.
        words_of: reads an element's words as a person sees them, on one line.
    """
    rows: list[tuple[str, ...]] = []
    open_below: dict[int, tuple[int, str]] = {}
    marked = False
    for row in element.iter("tr"):
        cells = [cell for cell in row if cell.tag in _CELLS]
        if not rows:
            marked = bool(cells) and (all(cell.tag == "th" for cell in cells) or row.getparent().tag == "thead")
        rows.append(tuple(_row(cells, open_below, words_of)))
    caption = next((words_of(found) for found in element.iter("caption")), "")
    return HtmlTable(rows=tuple(filter(any, rows)), caption=caption, marked_head=marked and len(rows) > 1)


def _row(
    cells: list[HtmlElement], open_below: dict[int, tuple[int, str]], words_of: Callable[[HtmlElement], str]
) -> Iterator[str]:
    column = 0
    waiting = list(reversed(cells))
    while waiting or any(at >= column for at in open_below):
        if column in open_below:
            left, words = open_below.pop(column)
            if left > 1:
                open_below[column] = (left - 1, words)
            yield words
            column += 1
            continue
        if not waiting:
            yield ""
            column += 1
            continue
        cell = waiting.pop()
        words, below = words_of(cell), _span(cell, "rowspan")
        for _ in range(_span(cell, "colspan")):
            if below > 1:
                open_below[column] = (below - 1, words)
            yield words
            column += 1


def _span(cell: HtmlElement, name: str) -> int:
    value = (cell.get(name) or "1").strip()
    return max(1, min(int(value), _MOST_SPAN)) if value.isascii() and value.isdecimal() else 1
