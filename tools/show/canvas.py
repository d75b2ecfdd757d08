"""The look that all pictures of evidence share: colours, the heading with its number, stacking, PNG bytes."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sourcehound.tools.encoders.encoder import Pixels
from sourcehound.tools.show.lettering import BOLD, REGULAR, SEMIBOLD, Ink, Lettering, line_height
from sourcehound.tools.show.printable import one_line

if TYPE_CHECKING:
    from PIL.Image import Image

INK: Ink = (28, 32, 38)
MUTED: Ink = (96, 104, 116)
GROUND: Ink = (240, 242, 245)
PANEL: Ink = (255, 255, 255)
RULE: Ink = (206, 211, 218)
ACCENT: Ink = (214, 92, 0)
BADGE: Ink = (24, 78, 182)
HIGHLIGHT: Ink = (255, 226, 102)
MARGIN = 28
GAP = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """What stands above a picture: the source's title, the place in it, and the citation's number if it has one."""

    title: str
    place: str
    n: int | None = None


def image_of(pixels: Pixels) -> Image:
    """Pixels as a Pillow image that may be drawn on."""
    import numpy as np
    from PIL import Image as Images

    return Images.fromarray(np.ascontiguousarray(pixels)).convert("RGB")


def fitted(image: Image, width: int, height: int, *, enlarge: float = 1.0) -> Image:
    """The image made to fit into width × height pixels, its shape kept, at most `enlarge` times as large as it is."""
    from PIL import Image as Images

    factor = min(width / image.width, height / image.height, enlarge)
    size = (max(1, round(image.width * factor)), max(1, round(image.height * factor)))
    return image if size == image.size else image.resize(size, Images.Resampling.LANCZOS)


def blank(width: int, height: int, colour: Ink = GROUND) -> Image:
    """An empty image."""
    from PIL import Image as Images

    return Images.new("RGB", (max(1, width), max(1, height)), colour)


def badge(letters: Lettering, n: int, height: int = 34) -> Image:
    """A citation's number in a round box, on the ground colour."""
    from PIL import ImageDraw

    size = round(height * 0.58)
    width = max(height, letters.width(str(n), size, BOLD) + height // 2)
    image = blank(width, height)
    ImageDraw.Draw(image).rounded_rectangle((0, 0, width - 1, height - 1), radius=height // 3, fill=BADGE)
    left = (width - letters.width(str(n), size, BOLD)) // 2
    letters.draw(image, (left, (height - line_height(size)) // 2), str(n), size=size, weight=BOLD, ink=PANEL)
    return image


def compose(letters: Lettering, heading: Heading, parts: Sequence[Image], words: str = "") -> Image:
    """Put the parts below each other under their heading, with the quoted words at the foot.

    Args:
        letters: the font.
        heading: what stands above.
        parts: images on the ground colour, centred.
        words: quoted words for the foot; empty for none.
    """
    width = max([560, *(part.width for part in parts)])
    rows = [_heading(letters, heading, width), *parts]
    if words:
        rows.append(_quote(letters, words, width))
    return stacked(rows, margin=MARGIN)


def stacked(rows: Sequence[Image], *, margin: int = 0) -> Image:
    """Images below each other, centred, on the ground colour."""
    width = max(row.width for row in rows)
    height = sum(row.height for row in rows) + GAP * (len(rows) - 1)
    sheet = blank(width + 2 * margin, height + 2 * margin)
    top = margin
    for row in rows:
        sheet.paste(row, (margin + (width - row.width) // 2, top))
        top += row.height + GAP
    return sheet


def bordered(image: Image, colour: Ink = RULE, thickness: int = 1) -> Image:
    """The image with a line around it."""
    from PIL import ImageOps

    return ImageOps.expand(image, thickness, fill=colour)


def png(image: Image) -> bytes:
    """The image as PNG bytes."""
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=6)
    return file.getvalue()


def paragraph(
    letters: Lettering, words: str, width: int, *, size: int = 18, weight: int = REGULAR, ink: Ink = INK, lines: int = 8
) -> Image:
    """Words wrapped into an image of that width, at most `lines` lines, the last cut with an ellipsis."""
    spans = letters.wrap(words, width, size, weight)
    shown = [words[start:end].strip() for start, end in spans[:lines]]
    if len(spans) > lines:
        shown[-1] = letters.fit(shown[-1] + " …", width, size, weight)
    image = blank(width, line_height(size) * len(shown))
    for row, line in enumerate(shown):
        letters.draw(image, (0, row * line_height(size)), line, size=size, weight=weight, ink=ink)
    return image


def _heading(letters: Lettering, heading: Heading, width: int) -> Image:
    number = None if heading.n is None else badge(letters, heading.n)
    left = 0 if number is None else number.width + 12
    title = letters.fit(one_line(heading.title), width - left, 22, SEMIBOLD)
    place = letters.fit(one_line(heading.place), width - left, 16)
    image = blank(width, line_height(22) + (line_height(16) if place else 4))
    if number is not None:
        image.paste(number, (0, 0))
    letters.draw(image, (left, 0), title, size=22, weight=SEMIBOLD, ink=INK)
    letters.draw(image, (left, line_height(22)), place, size=16, ink=MUTED)
    return image


def _quote(letters: Lettering, words: str, width: int) -> Image:
    text = paragraph(letters, f"“{one_line(words, 1200)}”", width - 22)
    image = blank(width, text.height)
    image.paste(HIGHLIGHT, (0, 2, 5, text.height - 2))
    image.paste(text, (22, 0))
    return image
