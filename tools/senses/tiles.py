"""How a large picture is looked at piece by piece, and how what the pieces show becomes one again.

Knows geometry only: no pixels, no models.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from sourcehound.tools.evidence import Box

MAX_SIDE = 2000
"""Longest side of what a detector is shown in one go, pixels: an A4 page at 170 dpi."""
MIN_SIDE = 736
"""Detectors of this family were trained on pictures no smaller; smaller ones are enlarged, at most `_MAX_ENLARGED`."""

_MAX_ENLARGED = 4.0
_LONG = 3.0
"""A picture longer than this many times its short side (a receipt, a chat) is cut across, not shrunk."""
_FINE_SIDE = 1280
_FINE_OVERLAP = 192
"""Lines up to this high stand whole in one of two neighbouring fine tiles."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A part of a picture, (left, top, right, bottom) in its whole pixels, and the scale at which it is looked at.

    Lettering lower than `min_height` pixels is left to the other tiles.
    """

    left: int
    top: int
    right: int
    bottom: int
    scale: float
    min_height: int = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """A box found in a tile, in the whole picture's pixels."""

    box: Box
    tile: int


def plan(width: int, height: int, *, fine: bool) -> tuple[Tile, ...]:
    """Tiles that cover a picture.

    Without `fine` a picture is one tile, shrunk so that its longest side is `MAX_SIDE`, unless it is long and narrow:
    then it is cut across into overlapping tiles. With `fine` it is cut into overlapping tiles at full size, so that
    small lettering in a large picture keeps its pixels, and looked at as a whole for lettering that no tile holds; a
    picture of one such tile is enlarged twice.

    Args:
        width: pixels, >= 1.
        height: pixels, >= 1.
        fine: whether small lettering matters more than time.
    """
    if not fine:
        short, long = sorted((width, height))
        length = long if long <= MAX_SIDE or long <= _LONG * short else max(round(_LONG * short), MAX_SIDE)
        return _grid(width, height, length, min(short, length // 3))
    tiles = _grid(width, height, _FINE_SIDE, _FINE_OVERLAP)
    if len(tiles) == 1:
        return (Tile(0, 0, width, height, _scale(width, height, 2.0)),)
    return (*tiles, Tile(0, 0, width, height, _scale(width, height, 1.0), min_height=_FINE_OVERLAP))


def _grid(width: int, height: int, length: int, overlap: int) -> tuple[Tile, ...]:
    return tuple(
        Tile(left, top, right, bottom, _scale(right - left, bottom - top, 1.0))
        for top, bottom in _spans(height, length, overlap)
        for left, right in _spans(width, length, overlap)
    )


def _spans(size: int, length: int, overlap: int) -> list[tuple[int, int]]:
    """Spans of equal length that cover `size`, each sharing at least `overlap` with the next."""
    if size <= length:
        return [(0, size)]
    n = ceil((size - overlap) / (length - overlap))
    starts = [round(i * (size - length) / (n - 1)) for i in range(n)]
    return [(start, start + length) for start in starts]


def _scale(width: int, height: int, wanted: float) -> float:
    short, long = sorted((width, height))
    enlarged = min(max(wanted, MIN_SIDE / short), _MAX_ENLARGED)
    return min(enlarged, MAX_SIDE / long)


def join(pieces: Sequence[Piece], tiles: Sequence[Tile]) -> list[list[int]]:
    """Group pieces that show the same lettering: seen twice in an overlap, or cut by the edge of a tile.

    Args:
        pieces: what was found, of all tiles.
        tiles: the tiles that pieces name by number.

    Returns:
        Groups of indices into `pieces`, each index once, in order of their first.
    """
    group = list(range(len(pieces)))

    def root(i: int) -> int:
        while group[i] != i:
            i = group[i]
        return i

    by_top = sorted(range(len(pieces)), key=lambda i: pieces[i].box[1])
    for n, i in enumerate(by_top):
        for j in by_top[n + 1 :]:
            if pieces[j].box[1] >= pieces[i].box[3]:
                break
            if pieces[i].tile != pieces[j].tile and _are_one(pieces[i], pieces[j], tiles):
                first, second = sorted((root(i), root(j)))
                group[second] = first
    groups: dict[int, list[int]] = {}
    for i in range(len(pieces)):
        groups.setdefault(root(i), []).append(i)
    return list(groups.values())


def _are_one(a: Piece, b: Piece, tiles: Sequence[Tile]) -> bool:
    width = min(a.box[2], b.box[2]) - max(a.box[0], b.box[0])
    height = min(a.box[3], b.box[3]) - max(a.box[1], b.box[1])
    if width <= 0 or height <= 0:
        return False
    if 2 * width * height >= min(_area(a.box), _area(b.box)):
        return True
    heights = sorted(box[3] - box[1] for box in (a.box, b.box))
    return height >= 0.6 * heights[0] and heights[1] <= 1.6 * heights[0] and (_is_cut(a, tiles) or _is_cut(b, tiles))


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _is_cut(piece: Piece, tiles: Sequence[Tile]) -> bool:
    """Whether a piece ends where its tile ends, to within its height: detectors stop short of the edge."""
    tile = tiles[piece.tile]
    near = 0.5 * (piece.box[3] - piece.box[1])
    return piece.box[0] - tile.left < near or tile.right - piece.box[2] < near


def hull(boxes: Sequence[Box]) -> Box:
    """The smallest box around boxes, of which there is at least one."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return (min(lefts), min(tops), max(rights), max(bottoms))
