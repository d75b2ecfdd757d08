"""The frames of a moment in a row, their times under them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sourcehound.tools.encoders.encoder import Pixels
from sourcehound.tools.show.canvas import ACCENT, INK, MUTED, RULE, blank, bordered, fitted, image_of
from sourcehound.tools.show.lettering import SEMIBOLD, Lettering, line_height
from sourcehound.tools.show.place import clock

if TYPE_CHECKING:
    from PIL.Image import Image

WIDTH_PX = 1480
_GAP = 10
_TIME = 18
_ROLE = 14
_TALLEST = 520
_BAR = 10
_ENLARGE = 4.0
_MOST = 5
_FRAME_S = 0.04
"""A frame of 25 a second: the last frame looked at lies this much before the half-open end."""


def frame_times(start_s: float, end_s: float | None, looked_at: Sequence[float] = ()) -> tuple[float, ...]:
    """The times to show of a moment: its start, up to three between (those looked at, if any), and its last frame.

    Example:
        >>> frame_times(12.0, 18.0)
        (12.0, 15.0, 17.96)
        >>> frame_times(12.0, 18.0, [13.0, 14.0])
        (12.0, 13.0, 14.0, 17.96)
    """
    if end_s is None or end_s - start_s <= 2 * _FRAME_S:
        return (start_s,)
    last = round(end_s - _FRAME_S, 3)
    between = sorted({round(t, 3) for t in looked_at if start_s < round(t, 3) < last})
    if not between:
        steps = 1 if end_s - start_s < 10 else 2
        between = [start_s + (end_s - start_s) * (k + 1) / (steps + 1) for k in range(steps)]
    while len(between) > _MOST - 2:  # thin out evenly, keeping the ends
        del between[len(between) // 2]
    return (start_s, *(round(t, 3) for t in between), last)


def strip(letters: Lettering, frames: Sequence[tuple[float, Pixels]]) -> Image:
    """Frames side by side, equally high, each with its media time under it.

    Args:
        letters: the font.
        frames: (media time, uint8 pixels of shape (height, width, 3)), in order; at least one.
    """
    images = [image_of(pixels) for _, pixels in frames]
    room = WIDTH_PX - _GAP * (len(images) - 1)
    widest = round(room / sum(image.width / image.height for image in images))
    tall = min(_TALLEST, widest, *(round(image.height * _ENLARGE) for image in images))
    panels = [bordered(fitted(image, room, tall, enlarge=_ENLARGE)) for image in images]
    width = sum(panel.width for panel in panels) + _GAP * (len(panels) - 1)
    high = max(panel.height for panel in panels)
    sheet = blank(width, high + line_height(_TIME) + line_height(_ROLE) + 8)
    left = 0
    for index, (panel, (at_s, _)) in enumerate(zip(panels, frames, strict=True)):
        sheet.paste(panel, (left, high - panel.height))
        role = _role(index, len(panels))
        _centred(letters, sheet, (left, high + 6, panel.width), clock(at_s), size=_TIME)
        _centred(letters, sheet, (left, high + 6 + line_height(_TIME), panel.width), role, size=_ROLE)
        left += panel.width + _GAP
    return sheet


def timeline(width: int, times_s: Sequence[float], start_s: float, end_s: float) -> Image:
    """A bar for the moment, start to end, with a tick for each frame shown above it."""
    from PIL import ImageDraw

    image = blank(width, _BAR)
    draw = ImageDraw.Draw(image)
    middle = _BAR // 2
    draw.rectangle((0, middle - 1, width - 1, middle), fill=RULE)
    for at_s in times_s:
        share = min(max((at_s - start_s) / (end_s - start_s), 0.0), 1.0)
        column = round(share * (width - 5)) + 2
        draw.rectangle((column - 2, 0, column + 2, _BAR - 1), fill=ACCENT)
    return image


def _role(index: int, count: int) -> str:
    return "" if count == 1 else {0: "start", count - 1: "last frame"}.get(index, "")


def _centred(letters: Lettering, sheet: Image, at: tuple[int, int, int], words: str, *, size: int) -> None:
    """Words in the middle of a column; `at` is its left, its top and its width."""
    weight = SEMIBOLD if size == _TIME else 400
    left = at[0] + (at[2] - letters.width(words, size, weight)) // 2
    letters.draw(sheet, (left, at[1]), words, size=size, weight=weight, ink=INK if size == _TIME else MUTED)
