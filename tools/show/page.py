"""A page or picture with the places marked that a citation rests on."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import TYPE_CHECKING

from sourcehound.tools.encoders.encoder import Pixels
from sourcehound.tools.evidence import Box, Space
from sourcehound.tools.show.canvas import ACCENT, HIGHLIGHT, badge, blank, image_of
from sourcehound.tools.show.lettering import Lettering

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

OUTLINE_PX = 3
_REGION_SHARE = 0.12
"""Boxes that cover more of their plane than this are a region: outlined, not tinted, so that its colours stay true."""

PixelBox = tuple[int, int, int, int]


def to_pixels(box: Box, plane: Space, size: tuple[int, int]) -> PixelBox:
    """A box of the plane in pixels of its rendering, clipped to it, at least one pixel wide and high.

    Args:
        box: in the plane's units.
        plane: the full plane that was rendered.
        size: (width, height) of the rendering in pixels.
    """
    across, down = size[0] / plane.width, size[1] / plane.height
    left = min(max(round(box[0] * across), 0), size[0] - 1)
    top = min(max(round(box[1] * down), 0), size[1] - 1)
    right = min(max(round(box[2] * across), left + 1), size[0])
    bottom = min(max(round(box[3] * down), top + 1), size[1])
    return left, top, right, bottom


def mark(pixels: Pixels, boxes: Sequence[Box], plane: Space, *, tint: bool = True) -> Image:
    """Mark boxes on a rendering of their plane: words tinted as with a highlighter pen, their joint outline drawn.

    Args:
        pixels: uint8, shape (height, width, 3), the whole plane.
        boxes: in the plane's units; none leaves the picture as it is.
        plane: the plane's unit and size.
        tint: whether small boxes are tinted: right for print, not for photographs, whose colours are what is shown.

    Returns:
        An image of the same size. Tint lies exactly in the boxes, the outline outside them.
    """
    image = image_of(pixels)
    if not boxes:
        return image
    placed = [to_pixels(box, plane, image.size) for box in boxes]
    area = sum((right - left) * (bottom - top) for left, top, right, bottom in placed)
    if tint and area < _REGION_SHARE * image.width * image.height:
        for box in placed:
            _tint(image, box)
    _outline(image, placed)
    return image


def numbered(letters: Lettering, image: Image, row: int, n: int) -> Image:
    """The image with a citation's number in a gutter at its left, where it hides nothing, beside pixel row `row`."""
    number = badge(letters, n, 26)
    sheet = blank(image.width + number.width + 8, image.height)
    sheet.paste(image, (number.width + 8, 0))
    sheet.paste(number, (0, min(max(row, 0), max(0, image.height - number.height))))
    return sheet


def _tint(image: Image, box: PixelBox) -> None:
    """Multiply: paper takes the pen's colour, black letters stay black."""
    from PIL import Image as Images
    from PIL import ImageChops

    part = image.crop(box)
    image.paste(ImageChops.multiply(part, Images.new("RGB", part.size, HIGHLIGHT)), box)


def _outline(image: Image, boxes: Sequence[PixelBox]) -> None:
    """A line around the union of the boxes; lines of one passage are joined over the gaps between them."""
    import numpy as np
    from PIL import Image as Images

    around = OUTLINE_PX + 1
    mask = np.zeros((image.height + 2 * around, image.width + 2 * around), np.uint8)
    for left, top, right, bottom in boxes:
        mask[top + around : bottom + around, left + around : right + around] = 255
    line = _rim(mask, bridge=round(median(bottom - top for _, top, _, bottom in boxes) * 0.8))
    inside = line[around:-around, around:-around]
    image.paste(ACCENT, (0, 0), Images.fromarray(inside))


def _rim(mask: NDArray[np.uint8], bridge: int) -> NDArray[np.uint8]:
    import cv2
    import numpy as np

    # odd sides: closing with an even kernel moves what it closes
    kernel = np.ones((min(bridge, 60) // 2 * 2 + 1, min(bridge, 30) // 2 * 2 + 1), np.uint8)
    joined = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, kernel)
    grown = cv2.dilate(joined, np.ones((2 * OUTLINE_PX + 1, 2 * OUTLINE_PX + 1), np.uint8))
    return np.where(joined > 0, 0, grown).astype(np.uint8)
