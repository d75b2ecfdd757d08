"""The rows of a table: runs of words put into columns, signs put to their numbers, lines of one row put together.

Knows nothing of where columns come from, nor of heads.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from itertools import pairwise

from sourcehound.tools.evidence import Box
from sourcehound.tools.library.readers.rows import is_number
from sourcehound.tools.library.readers.table_cells import Cell, Row, Rules, Run, hull, middle
from sourcehound.tools.library.readers.table_columns import bands_of, column_at

_SPANS = 0.25
"""A run that reaches this far into a column, as a share of the column's width, stands over it too."""
_LABELLED = 0.7
_SIGN = re.compile(r"[$€£¥%‰()†*‡•●■▪○□–]{1,3}")
_BULLETS = frozenset("•●■▪○□")
_OPENING = _BULLETS | frozenset("$€£¥(")
_LABEL_ENDS = (":", ".", ")")


def row_of(runs: Sequence[Run], edges: Sequence[float]) -> Row:
    """Runs in their columns; one that reaches over several belongs to the first, and covers the others."""
    n_columns = len(edges) - 1
    sides = list(pairwise(edges))
    inside: list[list[Run]] = [[] for _ in range(n_columns)]
    spans = list(range(n_columns))
    for run in runs:
        first, at, last = (column_at(edges, x) for x in (run.box[0], middle(run.box), run.box[2]))
        reached = [at] if first == last else [at for at in range(first, last + 1) if _reaches(run.box, *sides[at])]
        covered = _centred(run.box, [*reached, at], sides) if len(reached) > 1 else [at]
        inside[covered[0]].append(run)
        for other in covered:
            spans[other] = min(spans[other], covered[0])
    cells = tuple(_cell(runs) for runs in inside)
    for at in range(n_columns):
        if cells[at].text:
            spans[at] = at
    return Row(
        cells=cells,
        spans=tuple(spans),
        top=min(run.box[1] for run in runs),
        bottom=max(run.box[3] for run in runs),
    )


def _centred(box: Box, reached: Sequence[int], sides: Sequence[tuple[float, float]]) -> list[int]:
    """The columns that a wide run stands over: those it reaches, and one more at its end if it is centred over them then."""
    first, last = min(reached), max(reached)
    middle = (box[0] + box[2]) / 2

    def off(low: int, high: int) -> float:
        return abs((sides[low][0] + sides[high][1]) / 2 - middle)

    if last + 1 < len(sides) and off(first, last + 1) < off(first, last) / 2:
        last += 1
    elif first > 1 and off(first - 1, last) < off(first, last) / 2:
        first -= 1
    return list(range(first, last + 1))


def _reaches(box: Box, low: float, high: float) -> bool:
    """Whether a run stands over the column between two gutters, or a good way into it."""
    shared = min(box[2], high) - max(box[0], low)
    width = min(high - low, max(box[2] - box[0], 20.0))
    return shared > max(3.0, _SPANS * width)


def _cell(runs: Sequence[Run]) -> Cell:
    if not runs:
        return Cell()
    if len(runs) == 1:
        return Cell(text=runs[0].text, box=runs[0].box)
    text = " ".join(run.text for band in bands_of(runs) for run in band)
    return Cell(text=text, box=hull([run.box for run in runs]))


def without_sign_columns(rows: list[Row]) -> list[Row]:
    """Columns of currency signs and brackets alone are put to the numbers that they belong to."""
    at = 0
    while at < len(rows[0].cells):
        texts = [row.cells[at].text for row in rows if row.cells[at].text]
        if len(rows[0].cells) > 2 and texts and all(_SIGN.fullmatch(text) for text in texts):
            opens = sum(text[0] in _OPENING for text in texts) * 2 >= len(texts)
            into = at + 1 if (opens and at + 1 < len(rows[0].cells)) or at == 0 else at - 1
            rows = [_merged(row, min(at, into)) for row in rows]
        else:
            at += 1
    return rows


def _merged(row: Row, first: int) -> Row:
    """A row whose column `first` took in the next one."""
    one, other = row.cells[first], row.cells[first + 1]
    boxes = [cell.box for cell in (one, other) if cell.box is not None]
    between = "" if _SIGN.fullmatch(one.text) or _SIGN.fullmatch(other.text) else " "
    cell = Cell(text=(one.text + between + other.text).strip(), box=hull(boxes) if boxes else None)
    spans = [span - (span > first) for at, span in enumerate(row.spans) if at != first + 1]
    return replace(row, cells=(*row.cells[:first], cell, *row.cells[first + 2 :]), spans=tuple(spans))


def with_labels(rows: list[Row]) -> list[Row]:
    """Rows whose label stands between them, at half height, get it each."""
    found: list[Row] = []
    at = 0
    while at < len(rows):
        row = rows[at]
        if row.filled == [0] and 0 < at < len(rows) - 1:
            around = (found[-1], rows[at + 1])
            if all(one.filled[:1] > [0] for one in around) and (
                around[0].bottom > row.top - 1 and around[1].top < row.bottom + 1
            ):
                label = row.cells[0]
                found[-1] = replace(found[-1], cells=(label, *found[-1].cells[1:]))
                found.append(replace(around[1], cells=(label, *around[1].cells[1:])))
                at += 2
                continue
        found.append(row)
        at += 1
    return found


def in_strips(rows: Sequence[Row], rules: Rules) -> list[Row]:
    """The rows: lines, or all lines that stand between two rules where rules part the rows."""
    if len(rules.across) < 3 or not rules.down:
        return list(rows)
    strips: list[list[Row]] = [[] for _ in range(len(rules.across) + 1)]
    for row in rows:
        strips[sum(level < (row.top + row.bottom) / 2 for level in rules.across)].append(row)
    joined: list[Row] = []
    for strip in filter(None, strips):
        joined += strip if _are_rows(strip) else [reduce(stacked, strip)]
    return joined


def _are_rows(strip: Sequence[Row]) -> bool:
    """Whether lines between two rules are rows of their own: nearly each has a label, where one cell has lines of its own."""
    labelled = [row for row in strip if row.filled[:1] == [0]]
    several = sum(len(row.filled) > 1 for row in labelled)
    return several > 2 and (
        several >= _LABELLED * len(strip) or (labelled == list(strip) and 2 * several >= len(strip))
    )


def joined(rows: Sequence[Row]) -> list[Row]:
    """Rows put together that are one row whose words run over several lines."""
    joined: list[Row] = []
    for row in rows:
        if joined and _continues(joined[-1], row):
            joined[-1] = stacked(joined[-1], row)
        else:
            joined.append(row)
    return joined


def _continues(above: Row, row: Row) -> bool:
    """Whether a line is the rest of the one above: a label that goes on in small letters, or words below words."""
    if not above.filled or not row.filled:
        return False
    gap = row.top - above.bottom
    height = min(above.bottom - above.top, row.bottom - row.top)
    if gap > 1.2 * height:
        return False
    if above.filled == [0] and row.filled[0] == 0:
        return row.cells[0].text[:1].islower() and not above.cells[0].text.endswith(_LABEL_ENDS)
    words_only = not any(is_number(row.cells[at].text) for at in row.filled)
    if row.filled == [0]:
        return row.cells[0].text[:1].islower() and above.filled[:1] == [0]
    return row.filled[0] > 0 and words_only and set(row.filled) <= set(above.filled) and gap <= 0.7 * height


def stacked(above: Row, row: Row) -> Row:
    """Two lines of one row as one, cell by cell."""
    cells = tuple(
        Cell(
            text=f"{one.text} {other.text}".strip(),
            box=hull([box for box in (one.box, other.box) if box is not None]) if one.box or other.box else None,
        )
        for one, other in zip(above.cells, row.cells, strict=True)
    )
    return replace(above, cells=cells, bottom=max(above.bottom, row.bottom))
