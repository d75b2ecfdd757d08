"""The lines of a PDF page with their boxes, and apart from them the words that a person does not see.

Works on the raw calls of PDFium, a few for each line instead of several for each character. Knows nothing of columns,
figures or documents.
"""

from __future__ import annotations

import ctypes
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import accumulate
from operator import sub
from typing import Any

import numpy as np

from sourcehound.tools.evidence import Box
from sourcehound.tools.library.readers.pdf_calls import ADDRESS, address, plain
from sourcehound.tools.library.readers.pdf_plane import Plane

# PDFium writes a hyphen at a line's end as one of these, and the next line right behind it
_HYPHEN = "\x02\ufffe"
_LINE = re.compile(rf"[^\r\n{_HYPHEN}]+[{_HYPHEN}]?")
# PDFium's text is UTF-16 cut to 16 bits: these may be the rests of mathematical letters and pictographs beyond it
_MAYBE_CUT = re.compile("[\ud400-\ud7ff\uf000-\ufaff]")
_LEAST_CUT = 0xD400
_BOLD = re.compile(r"bold|black|heavy|semibold|demi|medi\b|-b\b|cmbx|\bbx|[a-z]-?bd\b", re.IGNORECASE)
_WORD = re.compile(r"\S+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_UNPRINTABLE = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFF])
_MIN_TALL_PT = 0.9
"""A letter of two points' size is about this tall."""
_MIN_SIZE_PT = 2.0
_WIDE_GAP_PT = 9.0
_WIDE_GAP_HEIGHTS = 1.2
_ON_PAGE_SHARE = 0.3
_SAME_ROW_SHARE = 0.5
_TOUCHING_PT = 1.5
_SPACE_HEIGHTS = 0.12
_SHORT = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line, or a part of one that a gutter separates from the rest.

    Attributes:
        text: its words, without the white space around them.
        box: displayed box in points, not cut to the page.
        first: index of its first character on the page.
        n: how many characters follow it there, itself included.
        gaps: wide gaps between its words, as (left, right).
        goes_on_at: index of the character where the word goes on that a hyphen cuts at the line's end; None without.
    """

    text: str
    box: Box
    first: int
    n: int
    gaps: tuple[tuple[float, float], ...] = ()
    goes_on_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PageText:
    """Lines in the order of the file, and the words that are not shown."""

    lines: tuple[Line, ...] = ()
    hidden: tuple[str, ...] = ()


def union(boxes: Sequence[Box]) -> Box:
    """The box around boxes, or the rectangle (left, bottom, right, top) around rectangles."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return (min(lefts), min(tops), max(rights), max(bottoms))


class TextLayer:
    """The text layer of an open page.

    Args:
        handle: PDFium's text page.
        plane: the page's plane.
        unseen: addresses of text objects that are drawn without leaving ink.
    """

    def __init__(self, handle: Any, *, plane: Plane, unseen: frozenset[int] = frozenset()) -> None:
        self._handle = handle
        self._plane = plane
        self._unseen = unseen
        self._address = address(handle)
        self._bold: dict[int, bool] = {}
        self._text, self._is_counted = "", False
        self._sides = tuple(ctypes.c_double() for _ in range(4))
        self._to_sides = tuple(map(ctypes.byref, self._sides))
        self._n_rectangles = plain("FPDFText_CountRects", ctypes.c_int)
        self._rectangle = plain("FPDFText_GetRect", ctypes.c_int)
        self._box_at = plain("FPDFText_GetCharBox", ctypes.c_int)
        self._object_at = plain("FPDFText_GetTextObject", ADDRESS)

    def read(self) -> PageText:
        """All lines of the page."""
        text, index_of = self._characters()
        lines: list[Line] = []
        hidden: list[str] = []
        for shown, start, words in self._visible_runs(text, index_of):
            clean = _clean(words)
            if not clean:
                continue
            line = self._line(words, clean, start, index_of) if shown else None
            if line is None:
                hidden.append(clean)
                continue
            is_cut = words[-1] in _HYPHEN and text[start + len(words) : start + len(words) + 1].isalpha()
            lines.append(replace(line, goes_on_at=index_of(start + len(words))) if is_cut else line)
        return PageText(lines=tuple(_rows(lines)), hidden=tuple(hidden))

    def size_pt(self, index: int) -> float:
        """The size of a character's font as displayed, in points."""
        import pypdfium2.raw as pdfium

        matrix = pdfium.FS_MATRIX()
        if not pdfium.FPDFText_GetMatrix(self._handle, index, ctypes.byref(matrix)):
            return 0.0
        scale = abs(matrix.a * matrix.d - matrix.b * matrix.c) ** 0.5
        return float(pdfium.FPDFText_GetFontSize(self._handle, index)) * scale

    def is_bold(self, index: int) -> bool:
        """Whether a character's font calls itself bold."""
        shown = self._object_at(self._address, index)
        font = plain("FPDFTextObj_GetFont", ADDRESS)(shown) if shown else None
        if font is None:
            return False
        if font not in self._bold:
            name = ctypes.create_string_buffer(128)
            plain("FPDFFont_GetBaseFontName", ctypes.c_int)(font, name, ctypes.c_size_t(len(name)))
            self._bold[font] = _BOLD.search(name.value.decode("utf-8", "replace")) is not None
        return self._bold[font]

    def _characters(self) -> tuple[str, Callable[[int], int]]:
        import pypdfium2.raw as pdfium

        n = pdfium.FPDFText_CountChars(self._handle)
        if n <= 0:
            return "", int
        units = np.empty(2 * n + 2, dtype=np.uint16)
        get_text = plain("FPDFText_GetText", ctypes.c_int)
        written = get_text(self._address, 0, n, ctypes.c_void_p(units.ctypes.data))
        shown = units[: max(0, written - 1)].astype("<u4")  # a character for each unit
        text = shown.tobytes().decode("utf-32-le", "surrogatepass")
        # PDFium leaves out characters without meaning: then places in the text are not indexes of characters
        index_in_layer = plain("FPDFText_GetCharIndexFromTextIndex", ctypes.c_int)
        self._is_counted = len(text) == n
        index_of = int if self._is_counted else partial(index_in_layer, self._address)

        def whole(found: re.Match[str]) -> str:
            code = pdfium.FPDFText_GetUnicode(self._handle, index_of(found.start()))
            return chr(code) if code & 0xFFFF == ord(found.group()) and code <= sys.maxunicode else found.group()

        if shown.size and int(shown.max()) >= _LEAST_CUT:
            text = _MAYBE_CUT.sub(whole, text)
        self._text = text
        return text, index_of

    def _visible_runs(self, text: str, index_of: Callable[[int], int]) -> Iterator[tuple[bool, int, str]]:
        """Lines, cut where ink begins or ends: (shown, place in the text, words)."""
        for found in _LINE.finditer(text):
            if self._unseen:
                yield from self._cut_at_ink(found.group(), found.start(), index_of)
            else:
                yield True, found.start(), found.group()

    def _cut_at_ink(self, words: str, start: int, index_of: Callable[[int], int]) -> Iterator[tuple[bool, int, str]]:
        begin, state = 0, True
        for at, character in enumerate(words):
            if character.isspace():
                continue
            shown = self._object_at(self._address, index_of(start + at)) not in self._unseen
            if shown != state and at > begin and words[begin:at].strip():
                yield state, start + begin, words[begin:at]
                begin = at
            state = shown
        yield state, start + begin, words[begin:]

    def words(self, line: Line) -> Iterator[tuple[str, Box]]:
        """The words of a line, each with the box from its first letter to its last."""
        begin, end = line.first, line.first + line.n
        written = self._text[begin:end] if self._is_counted else self._words(begin, end)
        for found in _WORD.finditer(written):
            first = self._character_box(begin + found.start())
            last = self._character_box(begin + found.end() - 1)
            if first is None or last is None:
                continue
            text = found.group()
            box = (min(first[0], last[0]), min(first[1], last[1]), max(first[2], last[2]), max(first[3], last[3]))
            if text.isascii() or (text := _clean(text)):
                yield text, box

    def split(self, line: Line, at: float) -> tuple[Line | None, Line | None]:
        """The parts of a line left and right of a gutter at x; None where there are no words."""
        indexes = range(line.first, line.first + line.n)
        boxes = {index: box for index in indexes if (box := self._character_box(index)) is not None}
        right_from = next((index for index in indexes if index in boxes and boxes[index][0] >= at), line.first + line.n)
        parts: list[Line | None] = []
        for begin, end in ((line.first, right_from), (right_from, line.first + line.n)):
            inside = [box for index, box in boxes.items() if begin <= index < end]
            words = _clean(self._words(begin, end))
            shown = bool(inside and words)
            parts.append(Line(text=words, box=union(inside), first=begin, n=end - begin) if shown else None)
        return parts[0], parts[1]

    def _line(self, words: str, clean: str, start: int, index_of: Callable[[int], int]) -> Line | None:
        """A run of words with its box; None where they are too small to be seen, or off the page."""
        first = index_of(start)
        n = index_of(start + len(words) - 1) + 1 - first
        rectangles = self._rectangles(first, n)
        if not rectangles:
            return None
        whole = self._plane.box(*(rectangles[0] if len(rectangles) == 1 else union(rectangles)))
        if _tall(whole, clean) < _MIN_TALL_PT:
            if self.size_pt(first) >= _MIN_SIZE_PT:
                # a font that is not there has no shapes: then the room that its letters take stands for them
                whole = union([self._room(index_of(start + at)) for at in range(len(words))])
            if _tall(whole, clean) < _MIN_TALL_PT and any(character.isalnum() for character in clean):
                return None
        if not self._is_on_page(whole):
            return None
        return Line(text=clean, box=whole, first=first, n=n, gaps=self._gaps(rectangles, whole[3] - whole[1]))

    def _gaps(self, rectangles: Sequence[Box], height: float) -> tuple[tuple[float, float], ...]:
        if len(rectangles) == 1:
            return ()
        wide = max(_WIDE_GAP_PT, _WIDE_GAP_HEIGHTS * height)
        lefts, rights = self._plane.across(rectangles)
        reached = tuple(accumulate(rights, max))
        if max(map(sub, lefts[1:], reached)) <= wide:  # nearly always
            return ()
        return tuple((right, left) for right, left in zip(reached, lefts[1:], strict=False) if left - right > wide)

    def _words(self, begin: int, end: int) -> str:
        import pypdfium2.raw as pdfium

        codes = (pdfium.FPDFText_GetUnicode(self._handle, index) for index in range(begin, end))
        return "".join(chr(code) for code in codes if 0 < code <= sys.maxunicode)

    def _rectangles(self, first: int, n: int) -> list[Box]:
        """Where characters stand, in the page's own coordinates: (left, bottom, right, top) of each run of one object."""
        left, top, right, bottom = self._sides
        to_left, to_top, to_right, to_bottom = self._to_sides
        layer, rectangle = self._address, self._rectangle
        return [
            (left.value, bottom.value, right.value, top.value)
            for at in range(self._n_rectangles(layer, first, n))
            if rectangle(layer, at, to_left, to_top, to_right, to_bottom)
        ]

    def _character_box(self, index: int) -> Box | None:
        left, top, right, bottom = self._sides
        to_left, to_top, to_right, to_bottom = self._to_sides
        if not self._box_at(self._address, index, to_left, to_right, to_bottom, to_top):
            return None
        return self._plane.box(left.value, bottom.value, right.value, top.value)

    def _room(self, index: int) -> Box:
        import pypdfium2.raw as pdfium

        rect = pdfium.FS_RECTF()
        pdfium.FPDFText_GetLooseCharBox(self._handle, index, ctypes.byref(rect))
        return self._plane.box(rect.left, rect.bottom, rect.right, rect.top)

    def _is_on_page(self, box: Box) -> bool:
        space = self._plane.space
        if box[0] >= 0 and box[1] >= 0 and box[2] <= space.width and box[3] <= space.height:
            return True
        cut = self._plane.cut(box)
        if cut is None:
            return False
        return (cut[2] - cut[0]) * (cut[3] - cut[1]) >= _ON_PAGE_SHARE * (box[2] - box[0]) * (box[3] - box[1])


def _tall(box: Box, text: str) -> float:
    # the letters' height, whichever way they run; a single letter may be thin
    width, height = box[2] - box[0], box[3] - box[1]
    return min(width, height) if len(text) > 1 else max(width, height)


def _rows(lines: Sequence[Line]) -> Iterator[Line]:
    """Put together what follows on the same height: cells of a table's row, indices beside their letter."""
    row: Line | None = None
    for line in lines:
        if row is not None and _follows(row, line):
            row = _beside(row, line)
            continue
        if row is not None:
            yield row
        row = line
    if row is not None:
        yield row


def _follows(line: Line, after: Line) -> bool:
    if line.goes_on_at is not None or after.box[0] < line.box[2] - _TOUCHING_PT:
        return False
    shared = min(line.box[3], after.box[3]) - max(line.box[1], after.box[1])
    lower = min(line.box[3] - line.box[1], after.box[3] - after.box[1])
    is_upright = after.box[2] - after.box[0] > lower or len(after.text) <= _SHORT
    return shared >= _SAME_ROW_SHARE * lower and is_upright


def _beside(line: Line, after: Line) -> Line:
    gap = (line.box[2], after.box[0])
    height = line.box[3] - line.box[1]
    wide = (gap,) if gap[1] - gap[0] > max(_WIDE_GAP_PT, _WIDE_GAP_HEIGHTS * height) else ()
    between = " " if gap[1] - gap[0] > _SPACE_HEIGHTS * height else ""
    return Line(
        text=line.text + between + after.text,
        box=union([line.box, after.box]),
        first=line.first,
        n=after.first + after.n - line.first,
        gaps=(*line.gaps, *wide, *after.gaps),
        goes_on_at=after.goes_on_at,
    )


def _clean(words: str) -> str:
    if words.isprintable():  # then none of the marks below is in it
        return " ".join(words.split())
    for mark in _HYPHEN:
        words = words.replace(mark, "-")
    if _SURROGATE.search(words):  # PDFium counts letters beyond 16 bits as two
        words = words.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return " ".join(words.translate(_UNPRINTABLE).split())
