"""Draws words on pictures. Knows nothing of what they say.

OpenCV carries a variable font (Rubik, with WenQuanYi Micro Hei behind it), so that words look alike on every machine
and accented Latin, Greek, Cyrillic, Chinese and Japanese are drawn without a font file of the system. The font in
Pillow has no letters beyond ASCII. Right-to-left scripts are drawn from left to right and unshaped.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

Ink = tuple[int, int, int]
REGULAR, SEMIBOLD, BOLD = 400, 600, 700
_WORD = re.compile(r"\s*\S+")


class Lettering:
    """The font, ready to measure and draw; sizes are pixels, weights 100 to 900."""

    def __init__(self) -> None:
        import cv2

        self._face: Any = cv2.FontFace("sans")

    def width(self, words: str, size: int, weight: int = REGULAR) -> int:
        """How far the words reach, in pixels."""
        import cv2
        import numpy as np

        end, _ = cv2.putText(np.zeros((1, 1), np.uint8), words, (0, 0), (255,), self._face, size, weight)
        return int(end[0])

    def draw(self, image: Image, at: tuple[int, int], words: str, *, size: int, weight: int = REGULAR, ink: Ink) -> int:
        """Draw one line of words; `at` is the left top corner of the line, which is `line_height(size)` high.

        Returns:
            The pixel column after the last letter.
        """
        import cv2
        import numpy as np
        from PIL import Image as Images

        width = self.width(words, size, weight)
        mask = np.zeros((line_height(size) + size // 2, width + size), np.uint8)
        cv2.putText(mask, words, (0, round(size * 1.05)), (255,), self._face, size, weight)
        image.paste(ink, at, Images.fromarray(mask))
        return at[0] + width

    def wrap(self, words: str, width: int, size: int, weight: int = REGULAR) -> list[tuple[int, int]]:
        """Break words into lines at most `width` pixels wide, at spaces, inside a word only where it alone is wider.

        Returns:
            Half-open spans of characters in `words`, one a line; newlines end a line and are in none.
        """
        lines: list[tuple[int, int]] = []
        start = 0
        for paragraph in words.split("\n"):
            end = start + len(paragraph)
            lines += self._wrap_paragraph(words, (start, end), width, (size, weight)) if paragraph else [(start, end)]
            start = end + 1
        return lines

    def fit(self, words: str, width: int, size: int, weight: int = REGULAR) -> str:
        """The words, or as many letters as fit into `width` pixels with an ellipsis after them."""
        if self.width(words, size, weight) <= width:
            return words
        room = width - self.width("…", size, weight)
        return words[: self._longest(words, (0, len(words)), room, (size, weight))].rstrip() + "…"

    def _wrap_paragraph(
        self, words: str, span: tuple[int, int], width: int, style: tuple[int, int]
    ) -> list[tuple[int, int]]:
        lines: list[tuple[int, int]] = []
        start, end = span[0], span[0]
        for word in _WORD.finditer(words, *span):
            if self.width(words[start : word.end()], *style) <= width:
                end = word.end()
                continue
            if end > start:
                lines.append((start, end))
                start = word.end() - len(word.group().lstrip())
            while self.width(words[start : word.end()], *style) > width:
                cut = max(start + 1, self._longest(words, (start, word.end()), width, style))
                lines.append((start, cut))
                start = cut
            end = word.end()
        return [*lines, (start, end)] if end > start or not lines else lines

    def _longest(self, words: str, span: tuple[int, int], width: int, style: tuple[int, int]) -> int:
        """The greatest end such that words[span[0]:end] fits, by bisection."""
        low, high = span
        while low < high:
            middle = (low + high + 1) // 2
            if self.width(words[span[0] : middle], *style) <= width:
                low = middle
            else:
                high = middle - 1
        return low


def line_height(size: int) -> int:
    """Pixels from one line to the next."""
    return round(size * 1.42)
