"""Reading order of lines whose columns the file interleaves.

Most files hold a column's lines one after another, and that order is kept. Some go across the page instead, line by
line: then every line has a piece left and a piece right of the same gutter. Tables look alike, but their pieces are
short.
Knows nothing of PDF.

Source:
    The gutter test follows the idea of whitespace separators in Breuel, "Two geometric algorithms for layout analysis"
    (DAS 2002). Differs: one gutter in the middle half of the lines' width, found among the gaps of lines.
"""

from __future__ import annotations

from statistics import median

from sourcehound.tools.library.readers.pdf_lines import Line, Piece

_MIN_LINES = 5
_MIN_SHARE = 0.4
_MIN_CHARACTERS = 18
_MIDDLE = (0.25, 0.75)


def in_reading_order(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Lines as a person reads them: the left column before the right one wherever both were mixed."""
    gutter = _gutter(lines)
    if gutter is None:
        return lines
    ordered: list[Line] = []
    left: list[Line] = []
    right: list[Line] = []
    for line in lines:
        sides = _sides(line, gutter)
        if sides is None:  # a title or figure across both columns ends what stands above it
            ordered += [*left, *right, line]
            left, right = [], []
            continue
        for pieces, column in zip(sides, (left, right), strict=True):
            if pieces:
                column.append(Line(pieces=pieces))
    return (*ordered, *left, *right)


def _gutter(lines: tuple[Line, ...]) -> float | None:
    """The x that most lines leave free, None unless the page is set in two columns that the file mixes."""
    if len(lines) < _MIN_LINES:
        return None
    left, right = min(line.box[0] for line in lines), max(line.box[2] for line in lines)
    low, high = (left + share * (right - left) for share in _MIDDLE)
    gaps = [
        (before.box[2], after.box[0])
        for line in lines
        for before, after in zip(line.pieces, line.pieces[1:], strict=False)
        if before.box[2] < high and after.box[0] > low
    ]
    if len(gaps) < max(_MIN_LINES, _MIN_SHARE * len(lines)):
        return None
    middle = median((a + b) / 2 for a, b in gaps)
    crossed = [line for line in lines if (sides := _sides(line, middle)) and all(sides)]
    if len(crossed) < max(_MIN_LINES, _MIN_SHARE * len(lines)):
        return None
    lengths = [
        [sum(len(piece.text) for piece in side) for side in sides]
        for line in crossed
        if (sides := _sides(line, middle))
    ]
    n_pieces = median(len(line.pieces) for line in crossed)
    is_prose = all(median(sides[at] for sides in lengths) >= _MIN_CHARACTERS for at in (0, 1))
    return middle if is_prose and n_pieces <= 2 else None  # noqa: PLR2004  one piece on each side


def _sides(line: Line, gutter: float) -> tuple[tuple[Piece, ...], tuple[Piece, ...]] | None:
    """The pieces left and right of the gutter; None if one lies across it."""
    left = tuple(piece for piece in line.pieces if piece.box[2] <= gutter)
    right = tuple(piece for piece in line.pieces if piece.box[0] >= gutter)
    return (left, right) if len(left) + len(right) == len(line.pieces) else None
