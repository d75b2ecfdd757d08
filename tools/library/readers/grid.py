"""A grid of cells as text: a line for each row with its columns' heads, and the cell range that it stands in.

Knows nothing of Excel or text files.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from sourcehound.tools.library.readers.rows import has_head, line_of
from sourcehound.tools.library.readers.written_parts import TableSpan
from sourcehound.tools.library.reading import Anchor

Row = tuple[int, Sequence[str]]
"""Number of a row, from 1, and its cells as shown, from column A."""

_LOOK_AHEAD = 4
_ROWS_OF_A_GAP = 2
"""So many empty rows end a table; a single one may stand before its total."""
_PLAIN_NAME = re.compile(r"[^\W\d]\w*", re.UNICODE)


@dataclass(frozen=True, slots=True, kw_only=True)
class GridText:
    """The lines of a grid to its row `last_row`; `is_cut` if there was more than asked for."""

    text: str
    anchors: tuple[Anchor, ...]
    last_row: int
    is_cut: bool
    tables: tuple[TableSpan, ...] = ()


@dataclass(slots=True)
class _Heads:
    """The heads of the table that rows are in, if it has any."""

    cells: Sequence[str] = ()
    n_empty: int = 0
    may_begin: bool = True
    title: str = ""
    n_tables: int = 0

    def skip_empty(self) -> None:
        self.n_empty += 1
        self.may_begin = True
        if self.n_empty >= _ROWS_OF_A_GAP and self.cells:
            self._end()

    def of(self, cells: Sequence[str], below: Sequence[Sequence[str]]) -> Sequence[str]:
        """The heads that a row is to be read with; empty for a row that is itself a head or a title."""
        self.n_empty = 0
        first, end = _extent(cells)
        if end - first == 1 and self.may_begin:
            self._end()  # a title, or a remark below: what follows is another table
            self.title = cells[first].strip()
            return ()
        if self.may_begin:
            self.may_begin = False
            rest = [row[first:end] for row in below if any(row[first:end])]
            if has_head(cells[first:end], rest, expected=not self.cells):
                self.cells = cells
                self.n_tables += 1
                return ()
        return self.cells

    def _end(self) -> None:
        self.cells = ()
        self.title = ""
        self.n_tables += 1


@dataclass(slots=True)
class _Lines:
    text: list[str] = field(default_factory=list[str])
    anchors: list[Anchor] = field(default_factory=list[Anchor])
    n_chars: int = 0
    last_row: int = 0
    tables: dict[int, TableSpan] = field(default_factory=dict[int, TableSpan])

    def note(self, heads: _Heads, start: int) -> None:
        """Count the last line to the table that rows are in; a title of one cell is none."""
        before = self.tables.get(heads.n_tables)
        named = tuple(" ".join(cell.split()) for cell in heads.cells)
        begin = start if before is None else before.start
        self.tables[heads.n_tables] = TableSpan(start=begin, end=self.n_chars - 2, heads=named, caption=heads.title)


def grid_text(rows: Iterable[Row], *, name: str, max_chars: int) -> GridText:
    """Turn rows into lines.

    Args:
        rows: in rising order; empty ones may be left out.
        name: the sheet's name, for the anchors' `part`.
        max_chars: most characters of text.

    Returns:
        Lines with a blank line between them, so that each can be quoted alone, and an anchor `Sheet1!A2:D2` for each.
    """
    shown = quoted_name(name)
    heads = _Heads()
    lines = _Lines()
    last_number = 0
    for number, cells, below in _with_rows_below(rows):
        for _ in range(min(number - last_number - 1, _ROWS_OF_A_GAP)):
            heads.skip_empty()
        last_number = number
        own = heads.of(cells, below)
        line = line_of(own, cells)
        if lines.n_chars + len(line) + 2 > max_chars:
            return _finished(lines, is_cut=True)
        first, end = _extent(cells)
        part = f"{shown}!{column_letters(first)}{number}:{column_letters(end - 1)}{number}"
        lines.anchors.append(Anchor(start=lines.n_chars, end=lines.n_chars + len(line), part=part))
        lines.text.append(line + "\n\n")
        lines.n_chars += len(line) + 2
        lines.last_row = number
        if own or end - first > 1:
            lines.note(heads, lines.n_chars - 2 - len(line))
    return _finished(lines, is_cut=False)


def column_letters(column: int) -> str:
    """The letters of a column counted from 0.

    Example:
        >>> column_letters(0), column_letters(25), column_letters(26), column_letters(701), column_letters(702)
        ('A', 'Z', 'AA', 'ZZ', 'AAA')
    """
    letters = ""
    column += 1
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def quoted_name(name: str) -> str:
    """A sheet's name as it stands before `!`: in quotes where it is more than one word."""
    return name if _PLAIN_NAME.fullmatch(name) else "'" + name.replace("'", "''") + "'"


def _with_rows_below(rows: Iterable[Row]) -> Iterator[tuple[int, Sequence[str], list[Sequence[str]]]]:
    filled = ((number, cells) for number, cells in rows if any(cell.strip() for cell in cells))
    ahead = deque(islice(filled, _LOOK_AHEAD))
    while ahead:
        number, cells = ahead.popleft()
        ahead.extend(islice(filled, 1))
        yield number, cells, [below for _, below in ahead]


def _extent(cells: Sequence[str]) -> tuple[int, int]:
    filled = [column for column, cell in enumerate(cells) if cell.strip()]
    return filled[0], filled[-1] + 1


def _finished(lines: _Lines, *, is_cut: bool) -> GridText:
    return GridText(
        text="".join(lines.text),
        anchors=tuple(lines.anchors),
        last_row=lines.last_row,
        is_cut=is_cut,
        tables=tuple(lines.tables.values()),
    )
