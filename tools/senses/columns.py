"""Reading order of the lines on a page: columns first, headings that span them in their place, tables row by row.

Knows boxes only: no words, no pixels, no units.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from sourcehound.tools.evidence import Box
from sourcehound.tools.senses.cells import (
    GUTTER,
    Line,
    by_rows,
    groups_of,
    is_tabular,
    overlap,
    side_by_side,
    split,
    strips_of,
)

_MAX_CANDIDATES = 48
"""Gutters tried for one set of lines, least crossed first: bounds the work on pages of thousands of boxes."""


@dataclass(frozen=True, slots=True)
class _Zone:
    """A horizontal slice of a page; `clear` where a gutter runs through it uncrossed."""

    lines: list[Line]
    clear: bool
    support: int = 0


def reading_order(boxes: Sequence[Box]) -> tuple[int, ...]:
    """Order lines as a person reads them.

    A gutter is looked for that divides as many lines as possible; what crosses it (a title, a wide figure's caption)
    divides the page into slices, in whose clear ones the left side comes before the right. Lines that stand in rows of
    narrow or loose cells are a table and stay together row by row. Sideways lettering (a stamp in the margin) comes
    last; a page of upright columns, as Chinese and Japanese may be set, is read from right to left.

    Args:
        boxes: (left, top, right, bottom) of each line, any unit, origin top left.

    Returns:
        Indices into `boxes`, each once.

    Source:
        Recursive cuts at white space: Nagy, Seth (1984), Hierarchical representation of optically scanned documents.
        What spans columns divides them: Breuel (2003), High performance document layout analysis.
        Differs: gutters that lines cross elsewhere on the page are found too, and rows of cells are kept.

    Example:
        >>> title, left, right = (0, 0, 250, 9), (0, 20, 120, 29), (130, 20, 250, 29)
        >>> down = lambda box, by: (box[0], box[1] + by, box[2], box[3] + by)
        >>> reading_order([title, left, right, down(left, 12), down(right, 12), down(left, 24), down(right, 24)])
        (0, 1, 3, 5, 2, 4, 6)
    """
    lines = [Line(i, *box) for i, box in enumerate(boxes)]
    if not lines:
        return ()
    unit = median(min(line.width, line.height) for line in lines)
    tall = [line for line in lines if line.is_upright(unit)]
    flat = [line for line in lines if not line.is_upright(unit)]
    if len(tall) > len(flat):
        upright = [Line(x.index, x.top, -x.right, x.bottom, -x.left) for x in tall]
        return (*_indices(_order(upright)), *_indices(_order(flat)))
    return (*_indices(_order(flat)), *_indices(sorted(tall, key=lambda x: (x.left, x.top, x.right, x.bottom))))


def _indices(lines: list[Line]) -> list[int]:
    return [line.index for line in lines]


def _order(lines: list[Line]) -> list[Line]:
    zones = _best_zones(lines) if len(lines) > 3 else None
    if zones is None:
        return by_rows(lines)
    ordered: list[Line] = []
    for zone in zones:
        ordered += _by_columns(zone.lines) if zone.clear else _order(zone.lines)
    return ordered


def _best_zones(lines: list[Line]) -> list[_Zone] | None:
    """The page sliced by the gutter that divides most lines, None where there is no gutter."""
    unit = median(line.height for line in lines)
    best: list[_Zone] | None = None
    best_support = 0
    margin = GUTTER * unit / 2
    for x in _candidates(lines, margin):
        zones = _slice(lines, x, margin)
        support = sum(zone.support for zone in zones)
        if support > best_support:
            best, best_support = zones, support
    return best


def _candidates(lines: list[Line], margin: float) -> list[float]:
    """Places that fewer lines come near than the places beside them, least crossed first."""
    edges = sorted([(x.left - margin, 1) for x in lines] + [(x.right + margin, -1) for x in lines])
    depth = 0
    found: list[tuple[int, float, float]] = []
    for (x, step), (following, next_step) in pairwise(edges):
        depth += step
        if step < 0 < next_step and following > x:
            found.append((depth, x - following, (x + following) / 2))
    return [middle for _, _, middle in sorted(found)[:_MAX_CANDIDATES]]


def _slice(lines: list[Line], x: float, margin: float) -> list[_Zone]:
    """Slice lines at those that cross `x`; a slice between them is clear if enough stands on both sides of `x`."""
    barriers = _barriers([line for line in lines if line.left - margin < x < line.right + margin])
    tops = [top for top, _ in barriers]
    slices: list[list[Line]] = [[] for _ in range(2 * len(barriers) + 1)]
    for line in lines:
        nearest = bisect_right(tops, line.middle)  # barriers that begin above the line's middle
        inside = nearest > 0 and line.middle < barriers[nearest - 1][1]
        slices[2 * nearest - 1 if inside else 2 * nearest].append(line)
    zones: list[_Zone] = []
    for number, part in enumerate(slices):
        support = 0 if number % 2 else _support(part, x)
        if support:
            zones.append(_Zone(part, clear=True, support=support))
        elif zones and not zones[-1].clear:
            zones[-1].lines.extend(part)
        elif part:
            zones.append(_Zone(list(part), clear=False))
    return zones


def _barriers(crossing: list[Line]) -> list[tuple[float, float]]:
    """The heights that crossing lines take up, joined where they overlap; thinned, as boxes of lines overlap."""
    joined: list[tuple[float, float]] = []
    for top, bottom in sorted((x.top + 0.2 * x.height, x.bottom - 0.2 * x.height) for x in crossing):
        if joined and top <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], bottom))
        else:
            joined.append((top, bottom))
    return joined


def _support(lines: list[Line], x: float) -> int:
    """How many lines on the poorer side a gutter at `x` divides from others beside them; 0 if it is no gutter."""
    left = [line for line in lines if line.right < x]
    right = [line for line in lines if line.left > x]
    few, many = sorted((left, right), key=len)
    if len(few) < 2 or len(many) < 3:
        return 0
    beside = {a.index for a, b in side_by_side(few, many) if overlap(a, b) > 0.3 * min(a.height, b.height)}
    return len(few) if 2 * len(beside) >= len(few) else 0


def _by_columns(lines: list[Line]) -> list[Line]:
    """Order a slice that a gutter divides, parted first where prose above it meets a table below, or the reverse."""
    unit = median(line.height for line in lines)
    runs: list[list[Line]] = []
    kind: bool | None = None
    undecided: list[Line] = []  # a heading belongs to what follows it
    for strip in strips_of(lines, unit):
        undecided += strip
        strip_kind = is_tabular(strip, unit)
        if strip_kind is None:
            continue
        if runs and strip_kind == kind:
            runs[-1] += undecided
        else:
            runs.append(undecided)
        kind, undecided = strip_kind, []
    if runs:
        runs[-1] += undecided
    return [line for run in runs or [undecided] for line in _by_groups(run, unit)]


def _by_groups(lines: list[Line], unit: float) -> list[Line]:
    """Column after column; columns that make up one table are read together, row by row."""
    ordered: list[Line] = []
    for group in groups_of(split(lines, GUTTER * unit), unit):
        together = [line for column in group for line in column]
        # a slice that no gutter divides any more must not be sliced again, or it would never end
        ordered += by_rows(together) if len(group) > 1 or len(together) == len(lines) else _order(together)
    return ordered
