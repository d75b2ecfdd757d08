"""A table's words as text: its caption, then a line for each row, each cell after its column's head.

Knows nothing of where tables come from.
"""

from __future__ import annotations

from collections.abc import Sequence

from sourcehound.tools.evidence import Box
from sourcehound.tools.library.readers.table_cells import Cell, Grid
from sourcehound.tools.library.reading import Anchor

_BETWEEN = " | "
_END = "\n\n"
"""A blank line behind each row, so that each can be quoted alone."""


def text_of(grid: Grid, caption: str, caption_box: Box | None) -> tuple[str, tuple[Anchor, ...]]:
    """A table as text.

    Args:
        grid: the table.
        caption: the words that name it, empty if it has none.
        caption_box: where they stand.

    Returns:
        The text, and an anchor with its box for the caption and for the words of each cell; heads are repeated in each row
        and have no anchors there.
    """
    text = ""
    anchors: list[Anchor] = []
    if caption:
        anchors.append(Anchor(start=0, end=len(caption), box=caption_box))
        text = caption + _END
    for row in grid.rows:
        line, cells = _line(grid.heads, row, len(text))
        if line:
            anchors.extend(cells)
            text += line + _END
    return text, tuple(anchors)


def _line(heads: Sequence[str], row: Sequence[Cell], start: int) -> tuple[str, list[Anchor]]:
    line = ""
    anchors: list[Anchor] = []
    for at, cell in enumerate(row):
        if not cell.text:
            continue
        head = heads[at] if at < len(heads) else ""
        line += (_BETWEEN if line else "") + (f"{head}: " if head else "")
        anchors.append(Anchor(start=start + len(line), end=start + len(line) + len(cell.text), box=cell.box))
        line += cell.text
    return line, anchors
