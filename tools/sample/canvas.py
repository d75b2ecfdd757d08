"""A drawing surface for the sample's pictures: shapes with smooth edges, lettering whose boxes are known.

Draws at twice the size and scales down at the end. The typeface is the one inside Pillow, so that pictures do not
depend on the fonts of a machine. Knows nothing of what is drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sourcehound.tools.evidence import Box

if TYPE_CHECKING:
    import numpy as np
    from PIL import Image

Colour = tuple[int, int, int]
Point = tuple[float, float]

_OVERSAMPLING = 2


class Canvas:
    """A picture being drawn, in pixels of the finished picture.

    Args:
        width: width of the finished picture, pixels.
        height: height of the finished picture, pixels.
        background: colour to start from.
    """

    def __init__(self, width: int, height: int, background: Colour = (255, 255, 255)) -> None:
        from PIL import Image, ImageDraw

        self.width = width
        self.height = height
        self._image = Image.new("RGB", (width * _OVERSAMPLING, height * _OVERSAMPLING), background)
        self._draw = ImageDraw.Draw(self._image)

    def gradient(self, top: float, bottom: float, colours: tuple[Colour, Colour]) -> None:
        """Fill the rows from `top` to `bottom` with a vertical gradient."""
        first, last = round(top * _OVERSAMPLING), round(bottom * _OVERSAMPLING)
        for row in range(first, last):
            share = (row - first) / max(1, last - first - 1)
            colour = mix(colours[0], colours[1], share)
            self._draw.line([(0, row), (self._image.width, row)], fill=colour)

    def polygon(self, points: Sequence[Point], fill: Colour) -> None:
        """Fill a polygon."""
        self._draw.polygon(_scaled(points), fill=fill)

    def line(self, points: Sequence[Point], fill: Colour, width: float = 1.0) -> None:
        """Draw a line through points, joints rounded."""
        self._draw.line(_scaled(points), fill=fill, width=max(1, round(width * _OVERSAMPLING)), joint="curve")

    def rectangle(self, box: Box, fill: Colour, *, radius: float = 0.0, outline: Colour | None = None) -> None:
        """Fill a rectangle, its corners rounded by `radius`, its outline two pixels wide."""
        left, top, right, bottom = (value * _OVERSAMPLING for value in box)
        self._draw.rounded_rectangle(
            (left, top, right - 1, bottom - 1),
            radius=radius * _OVERSAMPLING,
            fill=fill,
            outline=outline,
            width=2 * _OVERSAMPLING if outline else 0,
        )

    def ellipse(self, box: Box, fill: Colour | None, *, outline: Colour | None = None, width: float = 2.0) -> None:
        """Draw an ellipse inside a box."""
        left, top, right, bottom = (value * _OVERSAMPLING for value in box)
        self._draw.ellipse(
            (left, top, right - 1, bottom - 1),
            fill=fill,
            outline=outline,
            width=round(width * _OVERSAMPLING) if outline else 0,
        )

    def disc(self, centre: Point, radius: float, fill: Colour) -> None:
        """Fill a circle."""
        x, y = centre
        self.ellipse((x - radius, y - radius, x + radius, y + radius), fill)

    def words(self, at: Point, text: str, size: float, fill: Colour, *, anchor: str = "la", bold: bool = False) -> Box:
        """Write one line.

        Args:
            at: the anchor's place.
            text: the words.
            size: height of the type, pixels.
            fill: colour of the type.
            anchor: Pillow's two-letter anchor, as `la` (left, ascender) or `mm` (middle).
            bold: thicken the strokes.

        Returns:
            The box of the ink, pixels of the finished picture, rounded outwards.
        """
        from PIL import ImageFont

        font = ImageFont.load_default(size * _OVERSAMPLING)
        where = (at[0] * _OVERSAMPLING, at[1] * _OVERSAMPLING)
        stroke = size * _OVERSAMPLING / 52 if bold else 0
        self._draw.text(where, text, font=font, fill=fill, anchor=anchor, stroke_width=stroke)
        left, top, right, bottom = self._draw.textbbox(where, text, font=font, anchor=anchor, stroke_width=stroke)
        return (left // _OVERSAMPLING, top // _OVERSAMPLING, -(-right // _OVERSAMPLING), -(-bottom // _OVERSAMPLING))

    def finish(self, *, grain: np.random.Generator | None = None, strength: float = 3.0) -> Image.Image:
        """The finished picture; with `grain`, noise of `strength` grey levels is laid over it as a camera would."""
        from PIL import Image

        small = self._image.reduce(_OVERSAMPLING)
        if grain is None:
            return small
        import numpy as np

        noise = grain.normal(0.0, strength, (self.height, self.width, 1))
        noisy = np.asarray(small, dtype=np.float64) + noise
        return Image.fromarray(np.clip(np.rint(noisy), 0, 255).astype(np.uint8))


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """The colour `share` (0..1) of the way from the first to the second."""
    return (
        round(first[0] + (second[0] - first[0]) * share),
        round(first[1] + (second[1] - first[1]) * share),
        round(first[2] + (second[2] - first[2]) * share),
    )


def union(boxes: Sequence[Box]) -> Box:
    """The smallest box around all of them."""
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def _scaled(points: Sequence[Point]) -> list[tuple[float, float]]:
    return [(x * _OVERSAMPLING, y * _OVERSAMPLING) for x, y in points]
