"""A PDF page's plane as it is displayed: points, origin top left, crop box cut, rotation applied."""

from __future__ import annotations

from collections.abc import Sequence
from ctypes import byref
from dataclasses import dataclass
from typing import Any

from sourcehound.tools.evidence import Box, Space

_LARGEST = 1e6
_LETTER = (0.0, 0.0, 612.0, 792.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """How a page's own coordinates (origin bottom left, unrotated) become displayed ones.

    Attributes:
        left: of the part that is displayed, in the page's own coordinates; likewise the others.
        turns: quarter turns clockwise, 0..3.
        space: the displayed size, in points.
    """

    left: float
    bottom: float
    right: float
    top: float
    turns: int
    space: Space

    @classmethod
    def of(cls, page: Any) -> Plane:
        """The plane of an open page (a raw handle). A page of an impossible size gets the size of a letter."""
        import pypdfium2.raw as pdfium

        rect = pdfium.FS_RECTF()
        found = pdfium.FPDF_GetPageBoundingBox(page, byref(rect))
        sides = (rect.left, rect.bottom, rect.right, rect.top) if found else _LETTER
        if not (0 < sides[2] - sides[0] < _LARGEST and 0 < sides[3] - sides[1] < _LARGEST):
            sides = _LETTER
        left, bottom, right, top = sides
        turns = pdfium.FPDFPage_GetRotation(page) % 4
        width, height = (top - bottom, right - left) if turns % 2 else (right - left, top - bottom)
        space = Space(unit="pt", width=round(width, 3), height=round(height, 3))
        return cls(left=left, bottom=bottom, right=right, top=top, turns=turns, space=space)

    def box(self, left: float, bottom: float, right: float, top: float) -> Box:
        """A rectangle of the page's own coordinates as displayed; not cut to the page."""
        if self.turns == 0:
            sides = (left - self.left, self.top - top, right - self.left, self.top - bottom)
        elif self.turns == 1:
            sides = (bottom - self.bottom, left - self.left, top - self.bottom, right - self.left)
        elif self.turns == 2:
            sides = (self.right - right, bottom - self.bottom, self.right - left, top - self.bottom)
        else:
            sides = (self.top - top, self.right - right, self.top - bottom, self.right - left)
        return sides

    def across(self, rectangles: Sequence[Box]) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """The displayed left and right sides of rectangles (left, bottom, right, top) of the page's own coordinates."""
        upright = self.turns == 0 and self.left == 0  # nearly always, and a page may have thousands
        boxes = rectangles if upright else [self.box(*sides) for sides in rectangles]
        lefts, _, rights, _ = zip(*boxes, strict=True)
        return lefts, rights

    def cut(self, box: Box) -> Box | None:
        """A displayed box cut to the page and rounded to hundredths; None where nothing of it is on the page."""
        left, top, right, bottom = box
        width, height = self.space.width, self.space.height
        if left < 0 or top < 0 or right > width or bottom > height:
            left, top, right, bottom = max(0.0, left), max(0.0, top), min(width, right), min(height, bottom)
        if left >= right or top >= bottom:
            return None
        return (round(left, 2), round(top, 2), round(right, 2), round(bottom, 2))
