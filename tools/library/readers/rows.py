"""Tables as lines of words: each row with its columns' heads, so that a row found alone still says what it means.

Knows nothing of where tables come from.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_NUMBER = re.compile(
    r"[^\w\s]{0,3}\s*\d[\d\s.,'’]*\s*([eE][+-]?\d+)?\s*(%|‰|°\w?|[a-zA-Zµ]{1,3}|[€$£¥])?\)?"  # amounts, shares, units
    r"|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T]\d{1,2}:\d{2}(:\d{2})?\S{0,6})?|\d{1,2}:\d{2}(:\d{2})?"  # dates and times
)
_LONGEST_HEAD = 80


def has_head(first: Sequence[str], rest: Sequence[Sequence[str]], *, expected: bool) -> bool:
    """Whether the first row of a table names its columns.

    Args:
        first: its cells.
        rest: rows below it, some are enough.
        expected: whether tables of this kind usually have a head. If not, at least three columns or numbers below words
            are asked for: in a list of names and values the first pair is no head.
    """
    words = [cell for cell in first if cell]
    if len(words) < 2 or len(words) * 2 < len(first) or not rest:
        return False
    if len(set(words)) < len(words) or any(is_number(word) or len(word) > _LONGEST_HEAD for word in words):
        return False
    return expected or len(words) > 2 or _numbers_below(first, rest)


def is_number(cell: str) -> bool:
    """Whether a cell holds an amount, a date or a time, and no words."""
    return _NUMBER.fullmatch(cell.strip()) is not None


def line_of(heads: Sequence[str], cells: Sequence[str]) -> str:
    """One row as a line: `Region: North | Q1: 12`; empty cells are left out.

    Example:
        >>> line_of(["Region", "Q1", "Q2"], ["North", "12", ""])
        'Region: North | Q1: 12'
    """
    parts: list[str] = []
    for column, cell in enumerate(cells):
        value = " ".join(cell.split())
        if value:
            head = " ".join(heads[column].split()) if column < len(heads) else ""
            parts.append(f"{head}: {value}" if head else value)
    return " | ".join(parts)


def lines_of(table: Sequence[Sequence[str]], *, marked_head: bool) -> list[str]:
    """A small table as lines, its head first if it has one.

    Args:
        table: rows of cells.
        marked_head: whether the document itself says that the first row is a head.
    """
    if not table:
        return []
    heads = heads_of(table, marked_head=marked_head)
    if not heads:
        return [line_of((), row) for row in table]
    return [line_of((), table[0]), *(line_of(heads, row) for row in table[1:])]


def heads_of(table: Sequence[Sequence[str]], *, marked_head: bool) -> tuple[str, ...]:
    """The heads of a small table's columns; empty if its first row is none.

    Args:
        table: rows of cells.
        marked_head: whether the document itself says that the first row is a head.
    """
    if not table or not (marked_head or has_head(table[0], table[1:], expected=False)):
        return ()
    return tuple(" ".join(cell.split()) for cell in table[0])


def _numbers_below(first: Sequence[str], rest: Sequence[Sequence[str]]) -> bool:
    for column in range(1, len(first)):
        below = [row[column] for row in rest if column < len(row) and row[column]]
        if below and all(is_number(cell) for cell in below):
            return True
    return False
