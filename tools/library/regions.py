"""Regions of a picture: overlapping tiles and what stands out from its surroundings, so that small things are found too.

Every box is half-open, in pixels of the array it was made for. Cheap, deterministic, without a model. Knows nothing of
encoders or of how rows are kept.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from sourcehound.tools.encoders.encoder import FloatArray, Pixels

if TYPE_CHECKING:
    from numpy.typing import NDArray

PixelBox = tuple[int, int, int, int]
"""(left, top, right, bottom), half-open."""

LEAST_TILE_PX = 64
"""A tile has at least this width and height; smaller ones show encoders nothing that they could name."""
_WORK_PX = 256
"""What stands out is sought in a copy whose longer side is at most this."""
_GAPS = (1, 3, 7)
"""Edges this many pixels apart (of the copy) belong together: small, middle and large things."""
_LEAST_SIDE, _MOST_SIDE = 0.06, 0.6
"""Sides of what is proposed, as shares of the picture's."""
_SLIMMEST = 0.2
"""Shorter by longer side of what is proposed; slimmer ones are borders and horizons."""
_SAME = 0.5
"""Boxes whose intersection is more than this share of their union are one proposal."""
_MARGIN = 0.2
"""A proposal is widened by this share of its size on each side: encoders know things by what is around them too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Regions:
    """Which regions a picture gets, and how much of a region's row is its own.

    Attributes:
        tiles: overlapping tiles at most, 0 for none; a small picture gets fewer.
        proposals: regions that stand out at most, 0 for none.
        share: what a region's own row weighs in the row that is kept, 0..1; the rest is the whole picture's. Of a part
            alone, encoders see things that are not there; the whole keeps such a row from overtaking better pictures.
    """

    tiles: int = 9
    proposals: int = 4
    share: float = 0.5

    def boxes(self, pixels: Pixels) -> tuple[PixelBox, ...]:
        """The whole picture, then its tiles, then what stands out in it.

        Args:
            pixels: uint8, shape (height, width, 3).
        """
        height, width = pixels.shape[:2]
        whole = (0, 0, width, height)
        found = [whole, *tiles(width, height, most=self.tiles)]
        for box in proposals(pixels, most=self.proposals):
            if all(overlap(box, other) <= _SAME for other in found):
                found.append(box)
        return tuple(found)

    def mixed(self, rows: FloatArray) -> FloatArray:
        """Rows of a picture and its regions as they are kept: each region's with a part of the whole's.

        Args:
            rows: float32, shape (n_regions, dimension), the whole picture's first, each of unit length.

        Returns:
            float32 of the same shape, each row of unit length.
        """
        mixed = self.share * rows + (1 - self.share) * rows[:1]
        mixed[0] = rows[0]
        lengths = np.linalg.norm(mixed, axis=1, keepdims=True)
        # a part that is just the opposite of its whole would leave nothing
        return np.where(lengths > 1e-3, mixed / np.maximum(lengths, 1e-3), rows).astype(np.float32)


def tiles(width: int, height: int, *, most: int) -> tuple[PixelBox, ...]:
    """A grid of tiles that overlap by half and cover the picture; none if it is too small for two.

    Args:
        width: of the picture, pixels.
        height: of the picture, pixels.
        most: tiles at most.
    """
    grids = [
        (columns, rows)
        for columns, rows in product(range(1, most + 1), repeat=2)
        if 1 < columns * rows <= most and min(_tile_side(width, columns), _tile_side(height, rows)) >= LEAST_TILE_PX
    ]
    if not grids:
        return ()

    def unfitness(grid: tuple[int, int]) -> tuple[float, int]:
        """Doublings by which tiles are not square, and by which there are fewer than there may be."""
        aspect = _tile_side(width, grid[0]) / _tile_side(height, grid[1])
        return abs(math.log2(aspect)) + math.log2(most / (grid[0] * grid[1])), grid[0]

    columns, rows = min(grids, key=unfitness)
    across, down = _spans(width, columns), _spans(height, rows)
    return tuple((left, top, right, bottom) for top, bottom in down for left, right in across)


def proposals(pixels: Pixels, *, most: int) -> tuple[PixelBox, ...]:
    """Boxes around what stands out: groups of edges whose colour differs most from the ring around them, best first.

    Args:
        pixels: uint8, shape (height, width, 3), RGB.
        most: boxes at most.

    Source:
        In the spirit of Edge Boxes (Zitnick and Dollár 2014: edges wholly inside a box speak for an object) and of
        centre-surround contrast (Liu et al. 2007). Differs: groups are connected components at three distances, and
        contrast is that of mean Lab colours.
    """
    import cv2

    height, width = pixels.shape[:2]
    if most < 1 or min(height, width) < LEAST_TILE_PX:
        return ()
    scale = min(1.0, _WORK_PX / max(height, width))
    small = (max(1, round(width * scale)), max(1, round(height * scale)))
    copy = cv2.resize(pixels, small, interpolation=cv2.INTER_AREA)
    lab = cv2.GaussianBlur(cv2.cvtColor(copy, cv2.COLOR_RGB2LAB), (3, 3), 0).astype(np.float32)
    edges = _edges(lab)
    sums = np.asarray(
        cv2.integral(np.dstack([lab, edges]).astype(np.float64)), np.float64
    )  # (height + 1, width + 1, 4)
    ranked = sorted(
        ((_standing_out(sums, box), box) for box in _groups(edges, small)), key=lambda found: (-found[0], found[1])
    )
    kept: list[PixelBox] = []
    for _, box in ranked:
        if len(kept) < most and all(overlap(box, other) <= _SAME for other in kept):
            kept.append(box)
    return tuple(_widened(box, (width / small[0], height / small[1]), (width, height)) for box in kept)


def cut(pixels: Pixels, box: PixelBox) -> Pixels:
    """The part of a picture that a box covers; no copy is made."""
    left, top, right, bottom = box
    return pixels[top:bottom, left:right]


def overlap(a: Sequence[float], b: Sequence[float]) -> float:
    """Intersection over union of two boxes, 0..1."""
    across, down = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if across <= 0 or down <= 0:
        return 0.0
    both = across * down
    return both / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both)


def _tile_side(side: int, n: int) -> float:
    return 2 * side / (n + 1)


def _spans(side: int, n: int) -> list[tuple[int, int]]:
    """`n` spans of one size that overlap by half and end where the side ends."""
    size = math.ceil(_tile_side(side, n))
    last = side - size
    starts = [round(last * place / (n - 1)) if n > 1 else 0 for place in range(n)]
    return [(start, start + size) for start in starts]


def _edges(lab: FloatArray) -> NDArray[np.uint8]:
    """Where colour changes, 0 or 1, shape (height, width): the strongest sixth, of a picture that changes at all."""
    import cv2

    across, down = cv2.Sobel(lab, cv2.CV_32F, 1, 0), cv2.Sobel(lab, cv2.CV_32F, 0, 1)
    strength = np.sqrt(across**2 + down**2).max(axis=2)
    least = max(20.0, float(np.quantile(strength, 5 / 6)))
    return (strength >= least).astype(np.uint8)


def _groups(edges: NDArray[np.uint8], size: tuple[int, int]) -> set[PixelBox]:
    """Boxes around edges that belong together, of a size that a thing in a picture has."""
    import cv2

    found: set[PixelBox] = set()
    for gap in _GAPS:
        joined = cv2.morphologyEx(edges, cv2.MORPH_CLOSE, np.ones((gap, gap), np.uint8))
        _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
        for left, top, width, height, _ in stats[1:].tolist():
            shares = (width / size[0], height / size[1])
            slim = min(width, height) / max(width, height)
            if max(shares) >= _LEAST_SIDE and max(shares) <= _MOST_SIDE and slim >= _SLIMMEST:
                found.add((left, top, left + width, top + height))
    return found


def _standing_out(sums: NDArray[np.float64], box: PixelBox) -> float:
    """Contrast of a box with the ring around it: of colour, and of how many edges there are."""
    height, width = sums.shape[0] - 1, sums.shape[1] - 1
    left, top, right, bottom = box
    pad = max(2, (right - left + bottom - top) // 6)
    outer = (max(0, left - pad), max(0, top - pad), min(width, right + pad), min(height, bottom + pad))
    inside, around = _sum(sums, box), _sum(sums, outer)
    area, ring = _area(box), max(1, _area(outer) - _area(box))
    mean, mean_around = inside / area, (around - inside) / ring
    colour = float(np.linalg.norm(mean[:3] - mean_around[:3])) / 100
    return colour + max(0.0, float(mean[3] - mean_around[3]))


def _sum(sums: NDArray[np.float64], box: PixelBox) -> NDArray[np.float64]:
    left, top, right, bottom = box
    return sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]


def _area(box: PixelBox) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])


def _widened(box: PixelBox, scale: tuple[float, float], size: tuple[int, int]) -> PixelBox:
    """A box of the copy in the picture's own pixels, with a margin, at least as large as the least tile."""
    spans: list[tuple[int, int]] = []
    for first, last, factor, side in ((box[0], box[2], scale[0], size[0]), (box[1], box[3], scale[1], size[1])):
        centre, length = (first + last) / 2 * factor, (last - first) * factor * (1 + 2 * _MARGIN)
        length = min(side, max(LEAST_TILE_PX / 2, math.ceil(length)))
        start = min(max(0, round(centre - length / 2)), side - math.ceil(length))
        spans.append((start, start + math.ceil(length)))
    return (spans[0][0], spans[1][0], spans[0][1], spans[1][1])
