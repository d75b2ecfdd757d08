"""What is drawn on a PDF page: places of pictures and drawings, and text objects that leave no ink.

Knows nothing of lines and captions.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sourcehound.tools.evidence import Box
from sourcehound.tools.library.readers.pdf_plane import Plane

_TEXT, _PATH, _IMAGE, _FORM = 1, 2, 3, 5
_INVISIBLE_MODE, _CLIP_MODE = 3, 7
_WHITE = 245
_SCAN_SHARE = 0.5
_WHOLE_PAGE_SHARE = 0.85
_MAX_DEPTH = 4
Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What one pass over a page's objects found; boxes are displayed ones, cut to the page.

    Attributes:
        pictures: image objects, and drawings that were put in as one thing.
        strokes: lines and shapes.
        n_texts: text objects.
        invisible: addresses of text objects in a mode or colour without ink.
        white: text objects in white, seen on dark ground only: their boxes by address.
        is_scan: whether pictures cover most of the page.
    """

    pictures: tuple[Box, ...] = ()
    strokes: tuple[Box, ...] = ()
    n_texts: int = 0
    invisible: frozenset[int] = frozenset()
    white: dict[int, Box] = field(default_factory=dict[int, Box])
    is_scan: bool = False


def drawn_on(page: Any, plane: Plane, *, max_objects: int) -> Drawn:
    """Look at every object of an open page (a raw handle), at most `max_objects` of them."""
    import pypdfium2.raw as pdfium

    boxes: dict[int, list[Box]] = {_IMAGE: [], _PATH: [], _FORM: []}
    invisible: set[int] = set()
    white: dict[int, Box] = {}
    n_texts = 0
    space = plane.space
    area = space.width * space.height
    for kind, handle, matrix in _objects(page, plane, max_objects):
        if kind == _TEXT:
            n_texts += 1
            ink = _ink(handle)
            if ink == "none":
                invisible.add(address(handle))
            elif ink == "white" and (box := _box(pdfium, handle, plane, matrix)) is not None:
                white[address(handle)] = box
        elif kind in boxes:
            box = _box(pdfium, handle, plane, matrix)
            if box is not None:
                boxes[kind].append(box)
    pictures = [*boxes[_IMAGE], *boxes[_FORM]]
    covered = max((_area(box) for box in boxes[_IMAGE]), default=0.0)
    return Drawn(
        pictures=tuple(box for box in pictures if _area(box) < _WHOLE_PAGE_SHARE * area),
        strokes=tuple(box for box in boxes[_PATH] if _area(box) < _WHOLE_PAGE_SHARE * area),
        n_texts=n_texts,
        invisible=frozenset(invisible),
        white=white,
        is_scan=covered >= _SCAN_SHARE * area,
    )


def address(handle: Any) -> int:
    """Where PDFium keeps an object: equal for two handles of the same one."""
    return ctypes.cast(handle, ctypes.c_void_p).value or 0


def _objects(page: Any, plane: Plane, max_objects: int) -> Iterator[tuple[int, Any, Matrix]]:
    import pypdfium2.raw as pdfium

    left = max_objects
    stack: list[tuple[Any, Any, int, Matrix, int]] = [
        (pdfium.FPDFPage_GetObject, page, pdfium.FPDFPage_CountObjects(page), _IDENTITY, 0)
    ]
    area = plane.space.width * plane.space.height
    while stack:
        get, parent, n, matrix, depth = stack.pop()
        for at in range(min(n, left)):
            left -= 1
            handle = get(parent, at)
            kind = pdfium.FPDFPageObj_GetType(handle)
            if kind == _FORM and depth < _MAX_DEPTH:
                box = _box(pdfium, handle, plane, matrix)
                # a form as large as the page is only a wrapper: what counts lies in it
                if box is None or _area(box) >= _WHOLE_PAGE_SHARE * area:
                    inner = _compose(_matrix_of(pdfium, handle), matrix)
                    count = pdfium.FPDFFormObj_CountObjects(handle)
                    stack.append((pdfium.FPDFFormObj_GetObject, handle, count, inner, depth + 1))
                    continue
            yield kind, handle, matrix


def _ink(handle: Any) -> str:
    import pypdfium2.raw as pdfium

    mode = pdfium.FPDFTextObj_GetTextRenderMode(handle)
    if mode in {_INVISIBLE_MODE, _CLIP_MODE}:
        return "none"
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not pdfium.FPDFPageObj_GetFillColor(handle, red, green, blue, alpha):
        return ""
    if alpha.value == 0:
        return "none"
    return "white" if min(red.value, green.value, blue.value) >= _WHITE else ""


def _box(pdfium: Any, handle: Any, plane: Plane, matrix: Matrix) -> Box | None:
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    if not pdfium.FPDFPageObj_GetBounds(handle, left, bottom, right, top):
        return None
    sides = (left.value, bottom.value, right.value, top.value)
    if matrix != _IDENTITY:
        a, b, c, d, e, f = matrix
        xs = [a * x + c * y + e for x in sides[::2] for y in sides[1::2]]
        ys = [b * x + d * y + f for x in sides[::2] for y in sides[1::2]]
        sides = (min(xs), min(ys), max(xs), max(ys))
    return plane.cut(plane.box(*sides))


def _matrix_of(pdfium: Any, handle: Any) -> Matrix:
    matrix = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(handle, ctypes.byref(matrix)):
        return _IDENTITY
    return (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)


def _compose(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return (
        *(a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s),
        *(e * p + f * r + t, e * q + f * s + u),
    )


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])
