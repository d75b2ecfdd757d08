"""A part of a picture enlarged beside its whole, with the box drawn; a crop of a crop shows every step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sourcehound.tools.encoders.encoder import Pixels
from sourcehound.tools.evidence import Box, Space
from sourcehound.tools.show.canvas import ACCENT, GROUND, MUTED, blank, bordered, fitted, image_of
from sourcehound.tools.show.lettering import Lettering, line_height
from sourcehound.tools.show.page import PixelBox, to_pixels
from sourcehound.tools.show.place import extent

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

PANEL_PX = 720
"""Largest side of a panel."""
BRIDGE_PX = 56
ENLARGE = 8.0
_DIM = 0.45
_LABEL = 15
_BORDER = 3
_WIDE = 1.8


def crops(letters: Lettering, whole: Pixels, cuts: Sequence[tuple[Box, Pixels]], plane: Space) -> Image:
    """Draw the whole, and beside it each cut, enlarged; lines lead from the box to its enlargement.

    Args:
        letters: the font.
        whole: uint8, shape (height, width, 3), all of the plane.
        cuts: for each step of the chain, outermost first, its box in the plane and the pixels there at full resolution.
        plane: the plane of all boxes.
    """
    panels = [_whole(whole, cuts[0][0], plane)]
    labels = [_size_words(plane, (0, 0, plane.width, plane.height))]
    boxes = [to_pixels(cuts[0][0], plane, panels[0].size)]
    for step, (box, pixels) in enumerate(cuts):
        panel = fitted(image_of(pixels), PANEL_PX, PANEL_PX, enlarge=ENLARGE)
        if step + 1 < len(cuts):
            inner = _relative(cuts[step + 1][0], box)
            boxes.append(to_pixels(inner, _plane_of(box, plane), panel.size))
            panel = _dimmed(panel, boxes[-1])
        panels.append(bordered(panel, ACCENT, _BORDER))
        labels.append(f"{_size_words(plane, box)}{_times(panel.width - 2 * _BORDER, pixels.shape[1], plane)}")
    stacked = all(panel.width > _WIDE * panel.height for panel in panels)
    return _arrange(letters, panels, labels, boxes, stacked=stacked)


def _whole(pixels: Pixels, box: Box, plane: Space) -> Image:
    image = fitted(image_of(pixels), PANEL_PX, PANEL_PX, enlarge=2.0)
    return _dimmed(image, to_pixels(box, plane, image.size))


def _dimmed(image: Image, box: PixelBox) -> Image:
    """The picture, paler outside the box, which is framed."""
    from PIL import Image as Images
    from PIL import ImageDraw

    pale = Images.blend(image, blank(image.width, image.height, GROUND), _DIM)
    pale.paste(image.crop(box), box)
    frame = (box[0] - _BORDER, box[1] - _BORDER, box[2] + _BORDER - 1, box[3] + _BORDER - 1)
    ImageDraw.Draw(pale).rectangle(frame, outline=ACCENT, width=_BORDER)
    return pale


def _arrange(
    letters: Lettering, panels: list[Image], labels: list[str], boxes: list[PixelBox], *, stacked: bool
) -> Image:
    """Panels side by side, or below each other where all are wide, each with its label under it."""
    from PIL import ImageDraw

    under = line_height(_LABEL) + 4
    heights = [panel.height + under for panel in panels]
    bridges = BRIDGE_PX * (len(panels) - 1)
    width = max(p.width for p in panels) if stacked else sum(p.width for p in panels) + bridges
    height = sum(heights) + bridges if stacked else max(heights)
    sheet = blank(width, height)
    corners: list[tuple[int, int]] = []
    left = top = 0
    for panel, label, tall in zip(panels, labels, heights, strict=True):
        at = ((width - panel.width) // 2, top) if stacked else (left, (height - tall) // 2)
        corners.append(at)
        sheet.paste(panel, at)
        words = letters.fit(label, panel.width, _LABEL)
        letters.draw(sheet, (at[0], at[1] + panel.height + 4), words, size=_LABEL, ink=MUTED)
        left, top = left + panel.width + BRIDGE_PX, top + tall + BRIDGE_PX
    draw = ImageDraw.Draw(sheet)
    for step, box in enumerate(boxes):
        inset = _BORDER if step else 0
        origin = (corners[step][0] + inset, corners[step][1] + inset)
        _lead(draw, box, origin, (corners[step + 1], panels[step + 1].size), stacked=stacked)
    return sheet


def _lead(
    draw: ImageDraw,
    box: PixelBox,
    origin: tuple[int, int],
    target: tuple[tuple[int, int], tuple[int, int]],
    *,
    stacked: bool,
) -> None:
    """Two thin lines from the box's near corners to the enlargement's; `target` is its corner and its size."""
    left, top, right, bottom = (box[0] + origin[0], box[1] + origin[1], box[2] + origin[0], box[3] + origin[1])
    (x, y), (width, height) = target
    if stacked:
        ends = [((left, bottom), (x, y)), ((right, bottom), (x + width - 1, y))]
    else:
        ends = [((right, top), (x, y)), ((right, bottom), (x, y + height - 1))]
    for start, end in ends:
        draw.line([start, end], fill=ACCENT, width=1)


def _relative(inner: Box, outer: Box) -> Box:
    return inner[0] - outer[0], inner[1] - outer[1], inner[2] - outer[0], inner[3] - outer[1]


def _plane_of(box: Box, plane: Space) -> Space:
    return Space(unit=plane.unit, width=box[2] - box[0], height=box[3] - box[1])


def _size_words(plane: Space, box: Box) -> str:
    return f"{extent(box)} {plane.unit}"


def _times(shown_px: int, taken_px: int, plane: Space) -> str:
    return f", enlarged {shown_px / taken_px:.1f} times" if plane.unit == "px" and shown_px > 1.05 * taken_px else ""
