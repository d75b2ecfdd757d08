"""Tells columns of prose from the cells of a table, by their boxes.

Knows boxes only: no words, no pixels, no units.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

# All lengths below are in median line heights of the lines at hand, so that nothing depends on the scale.
GUTTER = 0.5
"""Narrowest gap that can part two columns; detectors widen boxes, so it is less than what is printed."""
_CELL = 8.0
"""Lines narrower than this beside aligned lines are cells of a table, numbers or labels, not a column of prose."""
_CELL_GAP = 6.0
"""Aligned lines further apart than this are cells; the gutter between columns of prose is one to four."""
_RAGGED = 0.65
"""Prose fills its column; a column whose median line fills less is one of cells."""
_PROSE = 12.0
_LEAST_PROSE, _PROSE_SHARE = 5, 0.3
"""So many lines that fill their column and so much of its height are prose, whatever stands above and below."""
_ALIGNED = 0.7
"""Part of the shorter column's lines that must stand on a line of the other for the two to be one table."""


@dataclass(frozen=True, slots=True)
class Line:
    """The box around a line of lettering, and which of the caller's boxes it is."""

    index: int
    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        """Bottom less top."""
        return self.bottom - self.top

    @property
    def width(self) -> float:
        """Right less left."""
        return self.right - self.left

    @property
    def middle(self) -> float:
        """Halfway between top and bottom."""
        return (self.top + self.bottom) / 2

    def is_upright(self, unit: float) -> bool:
        """Whether it runs from top to bottom; `unit` is how thick lines are here, for a single letter may be tall."""
        return self.height > max(2 * self.width, 2.5 * unit)


def by_rows(lines: list[Line]) -> list[Line]:
    """Top to bottom, and within a row from left to right."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda x: (x.middle, x.left, x.right, x.top)):
        if rows and _on_one_row(rows[-1][-1], line):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda x: (x.left, x.top, x.right, x.bottom))]


def _on_one_row(a: Line, b: Line) -> bool:
    """Whether they share more than half the height of the lower one."""
    return overlap(a, b) > 0.5 * min(a.height, b.height)


def side_by_side(some: list[Line], others: list[Line]) -> Iterator[tuple[Line, Line]]:
    """Pairs, one of each, that share some height."""
    others = sorted(others, key=lambda x: x.top)
    tops = [x.top for x in others]
    tallest = max(x.height for x in others)
    for a in some:
        for b in others[bisect_right(tops, a.top - tallest) : bisect_left(tops, a.bottom)]:
            if b.bottom > a.top:
                yield a, b


def overlap(a: Line, b: Line) -> float:
    """The height that two lines share; negative: the height between them."""
    return min(a.bottom, b.bottom) - max(a.top, b.top)


def strips_of(lines: list[Line], unit: float) -> list[list[Line]]:
    """Lines parted wherever white space reaches across all of them; rows too few to tell apart stay with their like."""
    parted: list[list[Line]] = []
    reach = float("-inf")
    for line in sorted(lines, key=lambda x: x.top):
        if line.top - reach > unit:
            parted.append([])
        parted[-1].append(line)
        reach = max(reach, line.bottom)
    strips: list[list[Line]] = []
    was_undecided = False
    for strip in parted:
        is_undecided = is_tabular(strip, unit) is None
        if is_undecided and was_undecided:
            strips[-1] += strip
        else:
            strips.append(strip)
        was_undecided = is_undecided
    return strips


def is_tabular(strip: list[Line], unit: float) -> bool | None:
    """Whether it is a table, not columns of prose; None where too little stands side by side to tell."""
    columns = split(strip, GUTTER * unit)
    if sum(1 for column in columns if len(column) > 2) < 2:
        return None
    return len(groups_of(columns, unit)) == 1


def groups_of(columns: list[list[Line]], unit: float) -> list[list[list[Line]]]:
    """Columns from left to right, those that make up one table put together."""
    groups = [[columns[0]]]
    for left, right in pairwise(columns):
        if _is_table(left, right, unit):
            groups[-1].append(right)
        else:
            groups.append([right])
    return groups


def split(lines: list[Line], gap: float) -> list[list[Line]]:
    """Columns of lines, parted wherever no line reaches over at least `gap`."""
    columns: list[list[Line]] = []
    reach = float("-inf")
    for line in sorted(lines, key=lambda x: x.left):
        if not columns or line.left - reach >= gap:
            columns.append([])
        columns[-1].append(line)
        reach = max(reach, line.right)
    return columns


def _has_prose(column: list[Line], unit: float) -> bool:
    """Whether a good part of a column is prose, though a table of its own may stand in it."""
    extent = max(x.right for x in column) - min(x.left for x in column)
    prose = [x for x in column if x.width >= max(_RAGGED * extent, _PROSE * unit)]
    height = max(x.bottom for x in column) - min(x.top for x in column)
    return len(prose) >= _LEAST_PROSE and sum(x.height for x in prose) >= _PROSE_SHARE * height


def _is_table(left: list[Line], right: list[Line], unit: float) -> bool:
    """Whether two neighbouring columns are cells that stand in rows, not prose that happens to share its line grid."""
    few, many = sorted((left, right), key=len)
    is_narrow = min(median(x.width for x in left), median(x.width for x in right)) < _CELL * unit
    if is_narrow and len(few) < 4:
        return True
    aligned = {a.index for a, b in side_by_side(few, many) if abs(a.middle - b.middle) < 0.35 * max(a.height, b.height)}
    if len(aligned) < _ALIGNED * len(few):
        return False
    extent = max(x.right for x in left) - min(x.left for x in left)
    gutter = min(x.left for x in right) - max(x.right for x in left)
    if gutter <= _CELL_GAP * unit and _has_prose(left, unit) and _has_prose(right, unit):
        return False
    return is_narrow or gutter > _CELL_GAP * unit or median(x.width for x in left) < _RAGGED * extent
