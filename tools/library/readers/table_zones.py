"""Where on a page tables may be: rows of words with wide gaps that follow each other, and what drawn rules frame.

Knows boxes and words only: nothing of PDF or pixels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sourcehound.tools.evidence import Box
from sourcehound.tools.library.readers.pdf_lines import Line
from sourcehound.tools.library.readers.table_cells import hull

_LEAST_ROWS = 2
_MOST_BETWEEN = 2
"""Lines without a gap that may stand between two rows: a label of several lines, a heading of rows."""
_MOST_ABOVE, _MOST_BELOW, _MOST_BESIDE = 4, 2, 24
_HEAD_HEIGHTS, _STRAY = 2.2, 12
_NEAR_HEIGHTS = 2.6
_FAR_HEIGHTS = 4.5
_LEAST_CHARS = 8
_LOOSE_HEIGHTS, _LOOSE_EMS = 0.62, 0.6
"""Letters and spaces of prose are about half an em wide on average; letters are up to 0.95 em high."""
_THIN_PT = 3.0
_LEAST_RULE_PT = 40.0
_MOST_RULES = 1500
_SAME_PT = 3.0
_PROSE_WORDS = 14
_PROSE_CHARS, _PROSE_SIDE = 36, 0.3
_INSIDE_PT = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """Lines that may be a table, counted in reading order.

    Attributes:
        core: those that surely are part of it.
        lines: those, and what may be its head or foot.
        frame: the box that rules draw around them, if they do.
    """

    core: tuple[int, ...]
    lines: tuple[int, ...]
    frame: Box | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Rules of a page: thin boxes across it and down it."""

    across: tuple[Box, ...] = ()
    down: tuple[Box, ...] = ()

    @classmethod
    def of(cls, strokes: Sequence[Box]) -> Drawing:
        """The rules among shapes; none where there are so many that they are a picture."""
        thin = [box for box in strokes if min(box[2] - box[0], box[3] - box[1]) <= _THIN_PT]
        if len(thin) > _MOST_RULES:
            return cls()
        return cls(
            across=tuple(_end_to_end([box for box in thin if box[2] - box[0] > _THIN_PT])),
            down=tuple(box for box in thin if box[3] - box[1] > _THIN_PT),
        )


def _end_to_end(rules: Sequence[Box]) -> list[Box]:
    """Rules across, pieces that go on from one another put together."""
    joined: list[Box] = []
    for rule in sorted(rules, key=lambda rule: (round(rule[1] / _THIN_PT), rule[0])):
        if joined and abs(joined[-1][1] - rule[1]) <= _THIN_PT and joined[-1][0] <= rule[0] <= joined[-1][2] + _THIN_PT:
            joined[-1] = hull([joined[-1], rule])
        else:
            joined.append(rule)
    return joined


def zones(lines: Sequence[Line], drawing: Drawing, size_pt: Callable[[Line], float]) -> tuple[Zone, ...]:
    """Places of possible tables: those in frames first, then rows of words, which may be in frames too.

    Args:
        lines: in reading order.
        drawing: the rules drawn there.
        size_pt: the size of a line's letters; asked of few.
    """
    rows = [_is_row(line, size_pt) for line in lines]
    return (*_framed(lines, drawing), *_rows_of_words(lines, rows))


def _is_row(line: Line, size_pt: Callable[[Line], float]) -> bool:
    """Whether a line may be a table's row: with wide gaps, but not one gap between two columns of prose."""
    if line.gaps == ():
        return _is_loose(line, size_pt)
    (left, right), *others = line.gaps
    if others or len(line.text) < _PROSE_CHARS:
        return True
    return min(left - line.box[0], line.box[2] - right) < _PROSE_SIDE * (line.box[2] - line.box[0])


def _is_loose(line: Line, size_pt: Callable[[Line], float]) -> bool:
    """Whether a line's words stand further apart than in prose, though no gap is known: one string may be a whole row."""
    width, height = line.box[2] - line.box[0], line.box[3] - line.box[1]
    n_chars = len(line.text)
    if n_chars < _LEAST_CHARS or width < _LOOSE_HEIGHTS * height * n_chars:
        return False
    return width >= _LOOSE_EMS * size_pt(line) * n_chars


def _rows_of_words(lines: Sequence[Line], rows: Sequence[bool]) -> list[Zone]:
    """Runs of lines of which most are rows of cells."""
    found: list[Zone] = []
    at = 0
    while at < len(lines):
        if not rows[at]:
            at += 1
            continue
        end = last = at
        n_rows = 0
        while (
            end < len(lines) and end - last <= _MOST_BETWEEN + 1 and (end == at or _follows(lines[end - 1], lines[end]))
        ):
            if rows[end]:
                last, n_rows = end, n_rows + 1
            end += 1
        if n_rows >= _LEAST_ROWS:
            found.append(_widened(lines, at, last + 1))
        at = last + 1
    return found


def _widened(lines: Sequence[Line], first: int, end: int) -> Zone:
    """Rows with the lines right above and below that may be their heads and last rows."""
    above, below = first, end
    while above > 0 and first - above < _MOST_ABOVE and _may_head(lines[above - 1], lines[above]):
        above -= 1
    above = _beside(lines, above, first)
    while below < len(lines) and below - end < _MOST_BELOW and _may_belong(lines[below - 1], lines[below]):
        below += 1
    around = _strays(lines, first, end)
    core = tuple(range(first, end))
    return Zone(core=core, lines=tuple(sorted({*range(above, below), *around})))


def _strays(lines: Sequence[Line], first: int, end: int) -> list[int]:
    """Lines that stand among rows or right above them, and that the file has elsewhere: heads and single cells."""
    box = hull([line.box for line in lines[first:end]])
    height = lines[first].box[3] - lines[first].box[1]
    top = box[1] - _HEAD_HEIGHTS * height
    near = [*range(max(0, first - _STRAY), first), *range(end, min(len(lines), end + _STRAY))]
    return [
        at
        for at in near
        if len(lines[at].text.split()) < _PROSE_WORDS
        and top < (lines[at].box[1] + lines[at].box[3]) / 2 < box[3]
        and box[0] - height < (lines[at].box[0] + lines[at].box[2]) / 2 < box[2] + height
    ]


def _beside(lines: Sequence[Line], above: int, first: int) -> int:
    """The first of the lines right before some that stand beside them: heads of several lines, column by column."""
    top = min(line.box[1] for line in lines[above : first + 1])
    while above > 0 and first - above < _MOST_BESIDE:
        line = lines[above - 1]
        height = line.box[3] - line.box[1]
        if (
            line.box[1] < top - _HEAD_HEIGHTS * height
            or len(line.text.split()) >= _PROSE_WORDS
            or line.box[1] > lines[first].box[3]
        ):
            break
        top = min(top, line.box[1])
        above -= 1
    return above


def _may_head(line: Line, after: Line) -> bool:
    height, below = line.box[3] - line.box[1], after.box[3] - after.box[1]
    gap = after.box[1] - line.box[3]
    return _may_belong(line, after) and gap <= _HEAD_HEIGHTS * below and height <= _HEAD_HEIGHTS * below


def _may_belong(line: Line, after: Line) -> bool:
    return _follows(line, after) and all(len(one.text.split()) < _PROSE_WORDS for one in (line, after))


def _follows(line: Line, after: Line) -> bool:
    """Whether a line stands below another, near enough to be of one table."""
    height = max(line.box[3] - line.box[1], after.box[3] - after.box[1])
    gap = after.box[1] - line.box[3]
    reach = _FAR_HEIGHTS if line.gaps and after.gaps else _NEAR_HEIGHTS
    return -0.5 * height <= gap <= reach * height and after.box[0] < line.box[2] + 200


def _framed(lines: Sequence[Line], drawing: Drawing) -> list[Zone]:
    found: list[Zone] = []
    for frame in _frames(lines, drawing):
        inside = [at for at, line in enumerate(lines) if _is_inside(line.box, frame)]
        if len(inside) < _LEAST_ROWS:
            continue
        found.append(Zone(core=tuple(inside), lines=tuple(inside), frame=frame))
    return found


def _frames(lines: Sequence[Line], drawing: Drawing) -> list[Box]:
    """Boxes of grids of rules, and of rules of one length above each other with more than prose between them."""
    grids = _grids(drawing)
    long = [rule for rule in drawing.across if rule[2] - rule[0] >= _LEAST_RULE_PT]
    free = [rule for rule in long if not any(_is_inside(rule, grid) for grid in grids)]
    return [*grids, *_stacks(lines, free)]


def _grids(drawing: Drawing) -> list[Box]:
    """Boxes around rules that meet, some across and some down."""
    if len(drawing.across) < 2 or len(drawing.down) < 2:
        return []
    groups = _touching([*drawing.across, *drawing.down])
    grids: list[Box] = []
    for group in groups:
        across = {round(box[1] / _SAME_PT) for box in group if box[2] - box[0] > box[3] - box[1]}
        down = {round(box[0] / _SAME_PT) for box in group if box[3] - box[1] > box[2] - box[0]}
        box = hull(group)
        if len(across) > 2 and len(down) > 1 and min(box[2] - box[0], box[3] - box[1]) > _LEAST_RULE_PT:
            grids.append(box)
    return grids


def _touching(boxes: Sequence[Box]) -> list[list[Box]]:
    """Boxes in groups whose members touch."""
    groups: list[tuple[Box, list[Box]]] = []
    for box in sorted(boxes, key=lambda box: (box[1], box[0])):
        near = [group for group in groups if _overlap(group[0], box)]
        merged = [box, *(one for group in near for one in group[1])]
        groups = [group for group in groups if group not in near]
        groups.append((hull(merged), merged))
    return [members for _, members in groups]


def _stacks(lines: Sequence[Line], rules: Sequence[Box]) -> list[Box]:
    """Boxes between rules of one length above each other, as books set tables, where what lies between has rows."""
    stacks: list[list[Box]] = []
    for rule in sorted(rules, key=lambda rule: rule[1]):
        own = next((stack for stack in stacks if _is_one_length(stack[-1], rule)), None)
        if own is not None and _holds_rows(lines, own[-1], rule):
            own.append(rule)
        else:
            if own is not None:
                stacks.remove(own)
                stacks.insert(0, own[:1] if len(own) < 2 else own)
            stacks.insert(0, [rule])
    return [hull(stack) for stack in stacks if len(stack) > 1]


def _is_one_length(one: Box, other: Box) -> bool:
    return abs(one[0] - other[0]) <= _SAME_PT and abs(one[2] - other[2]) <= _SAME_PT


def _holds_rows(lines: Sequence[Line], upper: Box, lower: Box) -> bool:
    """Whether most of what stands between two rules has wide gaps."""
    between = (upper[0], upper[1], upper[2], lower[3])
    inside = [line for line in lines if _is_inside(line.box, between)]
    with_gaps = sum(bool(line.gaps) for line in inside)
    return bool(inside) and 2 * with_gaps >= len(inside)


def _is_inside(box: Box, frame: Box) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    within = frame[0] - _INSIDE_PT <= x <= frame[2] + _INSIDE_PT and frame[1] <= y <= frame[3]
    return within and box[0] >= frame[0] - 4 * _INSIDE_PT and box[2] <= frame[2] + 4 * _INSIDE_PT


def _overlap(one: Box, other: Box) -> bool:
    slack = 1.5
    return (
        one[0] <= other[2] + slack
        and other[0] <= one[2] + slack
        and one[1] <= other[3] + slack
        and other[1] <= one[3] + slack
    )
