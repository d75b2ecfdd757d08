"""What is drawn on a PDF page: places of pictures and drawings, and text objects that leave no ink.

Knows nothing of lines and captions.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sourcehound.tools.evidence import Box
from sourcehound.tools.library.readers.pdf_plane import Plane

_TEXT, _PATH, _IMAGE, _FORM = 1, 2, 3, 5
_INVISIBLE_MODE, _CLIP_MODE = 3, 7
_WHITE = 245
_SCAN_SHARE = 0.5
_WHOLE_PAGE_SHARE = 0.85
_WRAPPER_SHARE = 0.45
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
        invisible: addresses of text objects in the mode that leaves no ink.
        doubtful: text objects that leave ink in some places only (white, transparent, clips): their boxes by address.
        is_scan: whether pictures cover most of the page.
    """

    pictures: tuple[Box, ...] = ()
    strokes: tuple[Box, ...] = ()
    n_texts: int = 0
    invisible: frozenset[int] = frozenset()
    doubtful: dict[int, Box] = field(default_factory=dict[int, Box])
    is_scan: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Level:
    get: Callable[[Any, int], Any]
    parent: Any
    n: int
    matrix: Matrix = _IDENTITY
    depth: int = 0
    words_only: bool = False


def drawn_on(page: Any, plane: Plane, *, max_objects: int) -> Drawn:
    """Look at every object of an open page (a raw handle), at most `max_objects` of them."""
    import pypdfium2.raw as pdfium

    boxes: dict[int, list[Box]] = {_IMAGE: [], _PATH: [], _FORM: []}
    invisible: set[int] = set()
    doubtful: dict[int, Box] = {}
    ink_of = _ink_of()
    n_texts = 0
    space = plane.space
    area = space.width * space.height
    for kind, handle, matrix in _objects(page, plane, max_objects):
        if kind == _TEXT:
            n_texts += 1
            ink = ink_of(handle)
            if ink == "none":
                invisible.add(address(handle))
            elif ink == "some" and (box := _box(pdfium, handle, plane, matrix)) is not None:
                doubtful[address(handle)] = box
        elif kind in boxes:
            box = _box(pdfium, handle, plane, matrix)
            if box is not None:
                boxes[kind].append(box)
    pictures = [*boxes[_IMAGE], *boxes[_FORM]]
    covered = sum(_area(box) for box in boxes[_IMAGE])  # scans come in strips, too
    return Drawn(
        pictures=tuple(box for box in pictures if _area(box) < _WHOLE_PAGE_SHARE * area),
        strokes=tuple(box for box in boxes[_PATH] if _area(box) < _WHOLE_PAGE_SHARE * area),
        n_texts=n_texts,
        invisible=frozenset(invisible),
        doubtful=doubtful,
        is_scan=covered >= _SCAN_SHARE * area,
    )


def address(handle: Any) -> int:
    """Where PDFium keeps an object: equal for two handles of the same one."""
    return ctypes.cast(handle, ctypes.c_void_p).value or 0


def _objects(page: Any, plane: Plane, max_objects: int) -> Iterator[tuple[int, Any, Matrix]]:
    """Every object of a page; of what lies in forms, all of forms that fill the page and the words of the others."""
    import pypdfium2.raw as pdfium

    type_of = pdfium.FPDFPageObj_GetType
    left = max_objects
    area = plane.space.width * plane.space.height
    stack = [_Level(get=pdfium.FPDFPage_GetObject, parent=page, n=pdfium.FPDFPage_CountObjects(page))]
    while stack:
        level = stack.pop()
        n = min(level.n, left)
        left -= n
        for at in range(n):
            handle = level.get(level.parent, at)
            kind = type_of(handle)
            is_wrapper = False
            if kind == _FORM and level.depth < _MAX_DEPTH:
                box = _box(pdfium, handle, plane, level.matrix)
                is_wrapper = box is None or _area(box) >= _WRAPPER_SHARE * area
                stack.append(
                    _Level(
                        get=pdfium.FPDFFormObj_GetObject,
                        parent=handle,
                        n=pdfium.FPDFFormObj_CountObjects(handle),
                        matrix=_compose(_matrix_of(pdfium, handle), level.matrix),
                        depth=level.depth + 1,
                        words_only=level.words_only or not is_wrapper,
                    )
                )
            if kind == _TEXT or not (is_wrapper or level.words_only):
                yield kind, handle, level.matrix


def _ink_of() -> Callable[[Any], str]:
    """A function that says of a text object whether it leaves ink: `none`, in `some` places, or `full`."""
    import pypdfium2.raw as pdfium

    mode_of, colour_of = pdfium.FPDFTextObj_GetTextRenderMode, pdfium.FPDFPageObj_GetFillColor
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))

    def ink(handle: Any) -> str:
        mode = mode_of(handle)
        if mode == _INVISIBLE_MODE:
            return "none"
        if mode == _CLIP_MODE:
            return "some"
        if not colour_of(handle, red, green, blue, alpha):
            return "full"
        if alpha.value == 0:
            return "some"
        return "some" if red.value >= _WHITE and green.value >= _WHITE and blue.value >= _WHITE else "full"

    return ink


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
