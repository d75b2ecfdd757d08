"""The heads of a table: which rows name the columns, and what they say of each.

Knows nothing of pages.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sourcehound.tools.library.readers.rows import has_head, is_number
from sourcehound.tools.library.readers.table_cells import Row, Rules

_MOST_HEAD_ROWS = 8
_MOST_HEAD_CHARS = 60
_YEAR = re.compile(r"(?:FY|CY|fiscal|year)?\s*(?:19|20)\d\d(?:[-/–]\d\d(?:\d\d)?)?[*†‡)]*", re.IGNORECASE)
_NOTHING = re.compile(r"n\.?/?a\.?|nil|none|[-–—*✓✗×]", re.IGNORECASE)
_AMOUNTS = re.compile(r"(?=.*\d)[\d\s.,%‰±×+\-–−/()\[\]$€£¥↑↓<>≤≥~≈*†‡]+")
_COUNTER = re.compile(rf"\d{{1,2}}|{_YEAR.pattern}", re.IGNORECASE)


def count_heads(rows: Sequence[Row], rules: Rules, *, is_ruled: bool) -> int:
    """How many rows name the columns: those above the first rule between rows, else those above the first with numbers."""
    most = min(_MOST_HEAD_ROWS, len(rows) - 1)
    if most < 1:
        return 0
    if is_ruled and len(rules.across) > 1:
        above = _above_rule(rows, rules, most)
        if above and all(map(_may_name, rows[:above])) and _may_head(rows[:above]):
            return above
    numbered = next((at for at, row in enumerate(rows) if _has_numbers(row)), len(rows))
    if numbered <= most and not (is_ruled and rules.down):
        count = numbered
        while count and rows[count - 1].filled == [0]:
            count -= 1  # a title of the rows below, not of the columns
        return count if count and _may_head(rows[:count]) else 0
    cells = [[cell.text for cell in row.cells] for row in rows]
    return 1 if has_head(cells[0], cells[1:5], expected=is_ruled) else 0


def _above_rule(rows: Sequence[Row], rules: Rules, most: int) -> int:
    """How many rows stand above the first rule that parts rows; more where those only span what the next ones name."""
    for count in range(1, most + 1):
        above, below = rows[count - 1], rows[count]
        parted = any(above.bottom - 3 <= level <= below.top + 3 for level in rules.across)
        named = {at for row in rows[:count] for at in row.filled}
        if parted and 2 * len(named) > len(above.cells):
            return count
    return 0


def _has_numbers(row: Row) -> bool:
    """Whether a number other than a year stands in a row beside its first cell, or anything beside a year there."""
    values = [cell.text for cell in row.cells[1:] if cell.text]
    if values and is_number(row.cells[0].text):
        return True
    return any(is_value(text) and not _YEAR.fullmatch(text) for text in values)


def _may_name(row: Row) -> bool:
    """Whether no cell beside the first holds an amount: the numbers of steps and years may name columns."""
    return not any(is_value(cell.text) and not _COUNTER.fullmatch(cell.text) for cell in row.cells[1:] if cell.text)


def is_value(text: str) -> bool:
    """Whether a cell holds an amount, several, or says that there is none."""
    return is_number(text) or _NOTHING.fullmatch(text) is not None or _AMOUNTS.fullmatch(text) is not None


def _may_head(rows: Sequence[Row]) -> bool:
    texts = [cell.text for row in rows for cell in row.cells[1:] if cell.text]
    return bool(texts) and all(len(text) <= 2 * _MOST_HEAD_CHARS for text in texts)


def heads_of(rows: Sequence[Row]) -> tuple[str, ...]:
    """For each column the heads above it, from top to bottom; one that spans several stands over each."""
    if not rows:
        return ()
    heads: list[str] = []
    for at in range(len(rows[0].cells)):
        above = [row.cells[row.spans[at]].text for row in rows if row.spans[at] == at or row.spans[at] > 0]
        head = " ".join(dict.fromkeys(text for text in above if text))
        heads.append(head if len(head) <= 2 * _MOST_HEAD_CHARS else "")
    return tuple(heads)
