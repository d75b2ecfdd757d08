"""Reading order of lines whose columns the file interleaves.

Most files hold a column's lines one after another, and that order is kept. Some go across the page instead, line by
line: then most lines have one wide gap, over the same gutter, between two wide runs of words. Tables have gaps too, but
more of them, or a narrow side. Knows nothing of PDF.

Source:
    The gutter follows the whitespace separators of Breuel, "Two algorithms for geometric layout analysis" (DAS 2002).
    Differs: one gutter in the middle half of the lines' width, found among the gaps of lines.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median

from sourcehound.tools.evidence import Box
from sourcehound.tools.library.readers.pdf_lines import Line

_MIN_LINES = 5
_MIN_SHARE = 0.4
_MIN_CHARACTERS = 36
_MIN_SIDE_SHARE = 0.3
_MIDDLE = (0.25, 0.75)


def in_reading_order(
    lines: Sequence[Line], split: Callable[[Line, float], tuple[Line | None, Line | None]]
) -> tuple[Line, ...]:
    """Lines as a person reads them: the left column before the right one wherever both were mixed.

    Args:
        lines: in the order of the file.
        split: cuts a line at an x into its left and right part.
    """
    gutter = _gutter(lines)
    if gutter is None:
        return tuple(lines)
    ordered: list[Line] = []
    columns: tuple[list[Line], list[Line]] = ([], [])
    for line in lines:
        if any(left <= gutter <= right for left, right in line.gaps):
            sides = split(line, gutter)
        elif line.box[2] <= gutter:
            sides = (line, None)
        elif line.box[0] >= gutter:
            sides = (None, line)
        else:  # a title or figure across both columns ends what stands above it
            ordered += [*columns[0], *columns[1], line]
            columns = ([], [])
            continue
        for part, column in zip(sides, columns, strict=True):
            if part is not None:
                column.append(part)
    return (*ordered, *columns[0], *columns[1])


def _gutter(lines: Sequence[Line]) -> float | None:
    """The x that most lines leave free, None unless the page is set in two columns that the file mixes."""
    if len(lines) < _MIN_LINES:
        return None
    left, right = min(line.box[0] for line in lines), max(line.box[2] for line in lines)
    low, high = (left + share * (right - left) for share in _MIDDLE)
    two_sided = [line for line in lines if len(line.gaps) == 1 and len(line.text) >= _MIN_CHARACTERS]
    mixed = [line for line in two_sided if low < _centre(line.gaps[0]) < high and _is_wide(line.box, line.gaps[0])]
    least = max(_MIN_LINES, _MIN_SHARE * len(lines))
    if len(mixed) < least:
        return None
    middle = median(_centre(line.gaps[0]) for line in mixed)
    return middle if sum(line.gaps[0][0] <= middle <= line.gaps[0][1] for line in mixed) >= least else None


def _centre(gap: tuple[float, float]) -> float:
    return (gap[0] + gap[1]) / 2


def _is_wide(box: Box, gap: tuple[float, float]) -> bool:
    """Whether the words on both sides of a gap are wide enough for prose."""
    return min(gap[0] - box[0], box[2] - gap[1]) >= _MIN_SIDE_SHARE * (box[2] - box[0])
