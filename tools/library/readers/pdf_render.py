"""Pictures of PDF pages. Knows nothing of words and lines."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from sourcehound.tools.encoders.encoder import Pixels
from sourcehound.tools.errors import MediaError
from sourcehound.tools.evidence import Box, Space
from sourcehound.tools.library.readers.held import Readable
from sourcehound.tools.library.readers.image import clip
from sourcehound.tools.library.readers.pdf_plane import Plane
from sourcehound.tools.library.readers.reader import Place
from sourcehound.tools.library.wire import Picture

_LOOK_PIXELS = 1_000_000
_LEAST_CONTRAST = 12
_LEAST_SCALE = 1e-6
_MAX_SIDE_PX = 1 << 24
"""PDFium places the page by 32-bit numbers and multiplies them."""


def render(page: Any, place: Place, path: Readable, *, max_pixels: int) -> Picture:
    """Render an open page (a raw handle), or a box of it.

    Raises:
        MediaError: the box lies outside of the page, or the scale is not above 0.
    """
    plane = Plane.of(page)
    space = plane.space
    if not place.scale > 0:
        raise MediaError(f"cannot be rendered at scale {place.scale}", path=str(path))
    left, top, right, bottom = (
        (0.0, 0.0, space.width, space.height) if place.box is None else _inside(place.box, plane, path)
    )
    scale = min(
        place.scale,
        math.sqrt(max_pixels / ((right - left) * (bottom - top))),
        _MAX_SIDE_PX / max(space.width, space.height),
    )
    whole, (x, y), (width, height) = _grid(space, (left, top, right, bottom), scale)
    while width * height > max_pixels and scale > _LEAST_SCALE:  # rounding up may pass the limit by a row
        scale *= 0.995
        whole, (x, y), (width, height) = _grid(space, (left, top, right, bottom), scale)
    pixels = _draw(page, whole, (x, y), (width, height), path)
    per_x, per_y = space.width / whole[0], space.height / whole[1]
    box = (x * per_x, y * per_y, (x + width) * per_x, (y + height) * per_y)
    return Picture(pixels=pixels, space=space, box=box)


def inkless(page: Any, boxes: Mapping[int, Box], path: Readable) -> frozenset[int]:
    """Which of these places of an open page show nothing but their ground: white words on white."""
    space = Plane.of(page).space
    scale = min(1.0, math.sqrt(_LOOK_PIXELS / (space.width * space.height)))
    whole = (max(1, round(space.width * scale)), max(1, round(space.height * scale)))
    pixels = _draw(page, whole, (0, 0), whole, path)
    empty: set[int] = set()
    for key, (left, top, right, bottom) in boxes.items():
        rows = slice(math.floor(top * scale), max(1, math.ceil(bottom * scale)))
        columns = slice(math.floor(left * scale), max(1, math.ceil(right * scale)))
        part = pixels[rows, columns]
        if part.size and int(np.ptp(part.reshape(-1, 3).astype(np.int16), axis=0).max()) < _LEAST_CONTRAST:
            empty.add(key)
    return frozenset(empty)


def _grid(space: Space, box: Box, scale: float) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int]]:
    """The page, the corner and the size of a box in whole pixels."""
    left, top, right, bottom = box
    whole = (max(1, round(space.width * scale)), max(1, round(space.height * scale)))
    x, y = min(whole[0] - 1, math.floor(left * scale)), min(whole[1] - 1, math.floor(top * scale))
    width = max(1, min(whole[0], math.ceil(right * scale - 1e-6)) - x)
    height = max(1, min(whole[1], math.ceil(bottom * scale - 1e-6)) - y)
    return whole, (x, y), (width, height)


def _inside(box: Box, plane: Plane, path: Readable) -> Box:
    clip(box, plane.space, path)  # says so if nothing of it is on the page
    cut = plane.cut(box)
    if cut is None:
        raise MediaError(f"the box {box} is empty", path=str(path))
    return cut


def _draw(page: Any, whole: tuple[int, int], corner: tuple[int, int], size: tuple[int, int], path: Readable) -> Pixels:
    """Draw the part of a page of `whole` pixels that begins at `corner`; RGB on white."""
    import ctypes

    import pypdfium2.raw as pdfium

    width, height = size
    bitmap = pdfium.FPDFBitmap_CreateEx(width, height, pdfium.FPDFBitmap_BGR, None, 0)
    if not bitmap:
        raise MediaError("needs more memory to be rendered than a reader may use", path=str(path))
    try:
        pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, 0xFFFFFFFF)
        flags = pdfium.FPDF_ANNOT | pdfium.FPDF_REVERSE_BYTE_ORDER
        pdfium.FPDF_RenderPageBitmap(bitmap, page, -corner[0], -corner[1], *whole, 0, flags)
        stride = pdfium.FPDFBitmap_GetStride(bitmap)
        buffer = ctypes.cast(pdfium.FPDFBitmap_GetBuffer(bitmap), ctypes.POINTER(ctypes.c_ubyte * (stride * height)))
        rows = np.frombuffer(buffer.contents, dtype=np.uint8).reshape(height, stride)
        return rows[:, : width * 3].reshape(height, width, 3).copy()
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)
