"""What is drawn on a PDF page: places of pictures and drawings, and text objects that leave no ink.

Knows nothing of lines and captions.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sourcehound.tools.evidence import Box
from sourcehound.tools.library.readers.pdf_calls import ADDRESS, address, plain
from sourcehound.tools.library.readers.pdf_plane import Plane

_PATH, _IMAGE, _FORM = 2, 3, 5
_INVISIBLE_MODE, _CLIP_MODE = 3, 7
_WITH_INK = frozenset({0, 1, 2, 4, 5, 6})
_WHITE = 245
_SCAN_SHARE = 0.5
_WHOLE_PAGE_SHARE = 0.85
_WRAPPER_SHARE = 0.45
_MAX_DEPTH = 4
_DRAWN = frozenset({_PATH, _IMAGE, _FORM})
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
class _Ink:
    """Objects by the ink that they leave as words.

    Attributes:
        n_texts: how many of them are text.
        invisible: text in the mode that leaves none.
        doubtful: text that is white, transparent or a clip.
        others: what is no text.
    """

    n_texts: int
    invisible: list[int]
    doubtful: list[int]
    others: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """Objects that lie side by side, on the page or in a form on it.

    Attributes:
        ink: their words.
        drawn: the others that count, each with its kind.
        matrix: from their coordinates to the page's.
    """

    ink: _Ink
    drawn: list[tuple[int, int]]
    matrix: Matrix


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    handle: int
    matrix: Matrix
    depth: int
    words_only: bool


def drawn_on(page: Any, plane: Plane, *, max_objects: int) -> Drawn:
    """Look at every object of an open page (a raw handle), at most `max_objects` of them."""
    objects = _Objects()
    boxes: dict[int, list[Box]] = {_IMAGE: [], _PATH: [], _FORM: []}
    invisible: set[int] = set()
    doubtful: dict[int, Box] = {}
    n_texts = 0
    area = plane.space.width * plane.space.height
    for group in _groups(objects, address(page), plane, max_objects):
        n_texts += group.ink.n_texts
        invisible.update(group.ink.invisible)
        for handle in group.ink.doubtful:
            box = _displayed(objects.bounds(handle), plane, group.matrix)
            if box is not None:
                doubtful[handle] = box
        for kind, handle in group.drawn:
            box = _displayed(objects.bounds(handle), plane, group.matrix)
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


def _groups(objects: _Objects, page: int, plane: Plane, max_objects: int) -> Iterator[_Group]:
    """Every object of a page; of what lies in forms, all of forms that fill the page and the words of the others."""
    area = plane.space.width * plane.space.height
    left = max_objects
    stack: list[_Form | None] = [None]  # the page itself, then the forms on it
    while stack:
        form = stack.pop()
        handles = objects.on_page(page, left) if form is None else objects.in_form(form.handle, left)
        left -= len(handles)
        matrix, depth, words_only = (
            (_IDENTITY, 0, False) if form is None else (form.matrix, form.depth, form.words_only)
        )
        ink = objects.ink(handles)
        drawn: list[tuple[int, int]] = []
        for handle in ink.others:
            kind = objects.kind(handle)
            is_wrapper = False
            if kind == _FORM and depth < _MAX_DEPTH:
                box = _displayed(objects.bounds(handle), plane, matrix)
                is_wrapper = box is None or _area(box) >= _WRAPPER_SHARE * area
                inner = _compose(objects.matrix(handle), matrix)
                stack.append(
                    _Form(handle=handle, matrix=inner, depth=depth + 1, words_only=words_only or not is_wrapper)
                )
            if kind in _DRAWN and not (is_wrapper or words_only):
                drawn.append((kind, handle))
        yield _Group(ink=ink, drawn=drawn, matrix=matrix)


class _Objects:
    """What PDFium says of objects, which go by their addresses."""

    def __init__(self) -> None:
        self.kind = plain("FPDFPageObj_GetType", ctypes.c_int)
        self._n_on_page = plain("FPDFPage_CountObjects", ctypes.c_int)
        self._on_page = plain("FPDFPage_GetObject", ADDRESS)
        self._n_in_form = plain("FPDFFormObj_CountObjects", ctypes.c_int)
        self._in_form = plain("FPDFFormObj_GetObject", ADDRESS)
        self._mode = plain("FPDFTextObj_GetTextRenderMode", ctypes.c_int)
        self._colour = plain("FPDFPageObj_GetFillColor", ctypes.c_int)
        self._bounds = plain("FPDFPageObj_GetBounds", ctypes.c_int)
        self._matrix = plain("FPDFPageObj_GetMatrix", ctypes.c_int)

    def on_page(self, page: int, most: int) -> list[int]:
        """The objects of a page, at most so many."""
        return [self._on_page(page, at) for at in range(min(self._n_on_page(page), most))]

    def in_form(self, form: int, most: int) -> list[int]:
        """The objects of a form, at most so many."""
        return [self._in_form(form, ctypes.c_ulong(at)) for at in range(min(self._n_in_form(form), most))]

    def ink(self, handles: Sequence[int]) -> _Ink:
        """Sort objects by the ink that they leave as words."""
        mode_of, colour_of = self._mode, self._colour
        red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
        to_red, to_green, to_blue, to_alpha = map(ctypes.byref, (red, green, blue, alpha))
        invisible: list[int] = []
        doubtful: list[int] = []
        others: list[int] = []
        for handle in handles:
            mode = mode_of(handle)
            if mode in _WITH_INK:
                if colour_of(handle, to_red, to_green, to_blue, to_alpha) and (
                    not alpha.value or (red.value >= _WHITE and green.value >= _WHITE and blue.value >= _WHITE)
                ):
                    doubtful.append(handle)
            elif mode == _INVISIBLE_MODE:
                invisible.append(handle)
            elif mode == _CLIP_MODE:
                doubtful.append(handle)
            else:
                others.append(handle)
        return _Ink(n_texts=len(handles) - len(others), invisible=invisible, doubtful=doubtful, others=others)

    def bounds(self, handle: int) -> Box | None:
        """The box around an object in its own group's coordinates, as (left, bottom, right, top)."""
        left, bottom, right, top = (ctypes.c_float() for _ in range(4))
        if not self._bounds(handle, *map(ctypes.byref, (left, bottom, right, top))):
            return None
        return (left.value, bottom.value, right.value, top.value)

    def matrix(self, handle: int) -> Matrix:
        """From the coordinates inside a form to those around it."""
        numbers = (ctypes.c_float * 6)()
        if not self._matrix(handle, ctypes.byref(numbers)):
            return _IDENTITY
        a, b, c, d, e, f = numbers
        return (a, b, c, d, e, f)


def _displayed(sides: Box | None, plane: Plane, matrix: Matrix) -> Box | None:
    """(left, bottom, right, top) of a group's coordinates as a displayed box; None where nothing of it is on the page."""
    if sides is None:
        return None
    if matrix != _IDENTITY:
        a, b, c, d, e, f = matrix
        xs = [a * x + c * y + e for x in sides[::2] for y in sides[1::2]]
        ys = [b * x + d * y + f for x in sides[::2] for y in sides[1::2]]
        sides = (min(xs), min(ys), max(xs), max(ys))
    return plane.cut(plane.box(*sides))


def _compose(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    p, q, r, s, t, u = then
    return (
        *(a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s),
        *(e * p + f * r + t, e * q + f * s + u),
    )


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])
