"""The lines of a PDF page with their boxes, and apart from them the words that a person does not see.

Works on the raw calls of PDFium, a few for each line instead of several for each character. Knows nothing of columns,
figures or documents.
"""

from __future__ import annotations

import ctypes
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from sourcehound.tools.evidence import Box
from sourcehound.tools.library.readers.pdf_objects import address
from sourcehound.tools.library.readers.pdf_plane import Plane

# PDFium writes a hyphen at a line's end as one of these, and the next line right behind it
_HYPHEN = "\x02\ufffe"
_LINE = re.compile(rf"[^\r\n{_HYPHEN}]+[{_HYPHEN}]?")
# PDFium's text is UTF-16 cut to 16 bits: these may be the rests of mathematical letters and pictographs beyond it
_MAYBE_CUT = re.compile("[\ud400-\ud7ff\uf000-\ufaff]")
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
    """The box around boxes."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return (min(lefts), min(tops), max(rights), max(bottoms))


@dataclass(slots=True)
class TextLayer:
    """The text layer of an open page.

    Args:
        handle: PDFium's text page.
        plane: the page's plane.
        unseen: addresses of text objects that are drawn without leaving ink.
    """

    handle: Any
    plane: Plane
    unseen: frozenset[int] = frozenset()
    _rect: tuple[ctypes.c_double, ...] = field(default_factory=lambda: tuple(ctypes.c_double() for _ in range(4)))

    def read(self) -> PageText:
        """All lines of the page."""
        text, index_of = self._characters()
        lines: list[Line] = []
        hidden: list[str] = []
        for found in _LINE.finditer(text):
            for shown, start, words in self._visible_runs(found.group(), found.start(), index_of):
                clean = _clean(words)
                if not clean:
                    continue
                line = self._line(words, start, index_of) if shown else None
                if line is not None and self._is_seen(line):
                    is_cut = words[-1] in _HYPHEN and text[start + len(words) : start + len(words) + 1].isalpha()
                    lines.append(replace(line, goes_on_at=index_of(start + len(words))) if is_cut else line)
                else:
                    hidden.append(clean)
        return PageText(lines=tuple(_rows(lines)), hidden=tuple(hidden))

    def size_pt(self, index: int) -> float:
        """The size of a character's font as displayed, in points."""
        import pypdfium2.raw as pdfium

        matrix = pdfium.FS_MATRIX()
        if not pdfium.FPDFText_GetMatrix(self.handle, index, ctypes.byref(matrix)):
            return 0.0
        scale = abs(matrix.a * matrix.d - matrix.b * matrix.c) ** 0.5
        return float(pdfium.FPDFText_GetFontSize(self.handle, index)) * scale

    def _characters(self) -> tuple[str, Callable[[int], int]]:
        import pypdfium2.raw as pdfium

        n = pdfium.FPDFText_CountChars(self.handle)
        if n <= 0:
            return "", int
        buffer = (ctypes.c_ushort * (2 * n + 2))()
        written = pdfium.FPDFText_GetText(self.handle, 0, n, buffer)
        units = bytes(buffer)[: 2 * max(0, written - 1)]
        text = "".join(map(chr, memoryview(units).cast("H")))
        # PDFium leaves out characters without meaning: then places in the text are not indexes of characters
        index_of = int if len(text) == n else partial(pdfium.FPDFText_GetCharIndexFromTextIndex, self.handle)

        def whole(found: re.Match[str]) -> str:
            code = pdfium.FPDFText_GetUnicode(self.handle, index_of(found.start()))
            return chr(code) if code & 0xFFFF == ord(found.group()) and code <= sys.maxunicode else found.group()

        text = _MAYBE_CUT.sub(whole, text)
        return text, index_of

    def _visible_runs(self, words: str, start: int, index_of: Callable[[int], int]) -> Iterator[tuple[bool, int, str]]:
        """Cut a line where ink begins or ends: (shown, place in the text, words)."""
        if not self.unseen:
            yield True, start, words
            return
        import pypdfium2.raw as pdfium

        begin, state = 0, True
        for at, character in enumerate(words):
            if character.isspace():
                continue
            drawn = pdfium.FPDFText_GetTextObject(self.handle, index_of(start + at))
            shown = address(drawn) not in self.unseen
            if shown != state and at > begin and words[begin:at].strip():
                yield state, start + begin, words[begin:at]
                begin = at
            state = shown
        yield state, start + begin, words[begin:]

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

    def _line(self, words: str, start: int, index_of: Callable[[int], int]) -> Line | None:
        first = index_of(start)
        n = index_of(start + len(words) - 1) + 1 - first
        boxes = self._boxes(first, n)
        if not boxes:
            return None
        whole = boxes[0] if len(boxes) == 1 else union(boxes)
        text = _clean(words)
        if _tall(whole, text) < _MIN_TALL_PT and self.size_pt(first) >= _MIN_SIZE_PT:
            # a font that is not there has no shapes: then the room that its letters take stands for them
            whole = union([self._room(index_of(start + at)) for at in range(len(words))])
        wide = max(_WIDE_GAP_PT, _WIDE_GAP_HEIGHTS * (whole[3] - whole[1]))
        return Line(text=text, box=whole, first=first, n=n, gaps=_gaps(boxes, wide) if len(boxes) > 1 else ())

    def _words(self, begin: int, end: int) -> str:
        import pypdfium2.raw as pdfium

        codes = (pdfium.FPDFText_GetUnicode(self.handle, index) for index in range(begin, end))
        return "".join(chr(code) for code in codes if 0 < code <= sys.maxunicode)

    def _boxes(self, first: int, n: int) -> list[Box]:
        import pypdfium2.raw as pdfium

        left, top, right, bottom = self._rect
        rectangle, box, handle = pdfium.FPDFText_GetRect, self.plane.box, self.handle
        return [
            box(left.value, bottom.value, right.value, top.value)
            for at in range(pdfium.FPDFText_CountRects(handle, first, n))
            if rectangle(handle, at, left, top, right, bottom)
        ]

    def _character_box(self, index: int) -> Box | None:
        import pypdfium2.raw as pdfium

        left, top, right, bottom = self._rect
        if not pdfium.FPDFText_GetCharBox(self.handle, index, left, right, bottom, top):
            return None
        return self.plane.box(left.value, bottom.value, right.value, top.value)

    def _room(self, index: int) -> Box:
        import pypdfium2.raw as pdfium

        rect = pdfium.FS_RECTF()
        pdfium.FPDFText_GetLooseCharBox(self.handle, index, ctypes.byref(rect))
        return self.plane.box(rect.left, rect.bottom, rect.right, rect.top)

    def _is_seen(self, line: Line) -> bool:
        box, space = line.box, self.plane.space
        if _tall(box, line.text) < _MIN_TALL_PT and any(character.isalnum() for character in line.text):
            return False
        if box[0] >= 0 and box[1] >= 0 and box[2] <= space.width and box[3] <= space.height:
            return True
        cut = self.plane.cut(box)
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


def _gaps(boxes: Sequence[Box], wide: float) -> tuple[tuple[float, float], ...]:
    gaps: list[tuple[float, float]] = []
    reached = boxes[0][2]
    for box in boxes:
        if box[0] - reached > wide:
            gaps.append((reached, box[0]))
        reached = max(reached, box[2])
    return tuple(gaps)


def _clean(words: str) -> str:
    if words.isascii() and words.isprintable():
        return " ".join(words.split())
    for mark in _HYPHEN:
        words = words.replace(mark, "-")
    if _SURROGATE.search(words):  # PDFium counts letters beyond 16 bits as two
        words = words.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return " ".join(words.translate(_UNPRINTABLE).split())
