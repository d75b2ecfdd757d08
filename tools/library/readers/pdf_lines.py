"""The lines of a PDF page with their boxes, and apart from them the words that a person does not see.

Works on the raw calls of PDFium, a few for each line instead of several for each character. Knows nothing of columns,
figures or documents.
"""

from __future__ import annotations

import ctypes
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from sourcehound.tools.evidence import Box
from sourcehound.tools.library.readers.pdf_objects import address
from sourcehound.tools.library.readers.pdf_plane import Plane

_LINE = re.compile(r"[^\r\n]+")
# PDFium's text is UTF-16 cut to 16 bits: these may be the rests of mathematical letters and pictographs beyond it
_MAYBE_CUT = re.compile("[\ud400-\udfff\uf000-\ufaff]")
_HYPHEN = "\x02\ufffe"
_UNPRINTABLE = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFF])
_MIN_TALL_PT = 0.9
"""A letter of two points' size is about this tall."""
_WIDE_GAP_PT = 9.0
_WIDE_GAP_HEIGHTS = 1.2
_ON_PAGE_SHARE = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A run of characters in one place: a line, or a part of one that a wide gap separates from the rest.

    Attributes:
        text: its words, without the white space around them.
        box: displayed box in points, not cut to the page.
        first: index of its first character on the page, for questions about its font.
    """

    text: str
    box: Box
    first: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line as PDFium has it: pieces from left to right."""

    pieces: tuple[Piece, ...]

    @property
    def text(self) -> str:
        """The words of all pieces."""
        return " ".join(piece.text for piece in self.pieces)

    @property
    def box(self) -> Box:
        """The box around all pieces."""
        return union([piece.box for piece in self.pieces])


@dataclass(frozen=True, slots=True, kw_only=True)
class PageText:
    """Lines in the order of the file, and the words that are not shown."""

    lines: tuple[Line, ...] = ()
    hidden: tuple[str, ...] = ()


def union(boxes: list[Box]) -> Box:
    """The box around boxes."""
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


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
                    lines.append(line)
                else:
                    hidden.append(clean)
        return PageText(lines=tuple(lines), hidden=tuple(hidden))

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

    def _line(self, words: str, start: int, index_of: Callable[[int], int]) -> Line | None:
        first = index_of(start)
        boxes = self._boxes(first, index_of(start + len(words) - 1) + 1 - first)
        if not boxes:
            return None
        whole = union(boxes)
        wide = max(_WIDE_GAP_PT, _WIDE_GAP_HEIGHTS * (whole[3] - whole[1]))
        ends = [b[2] for b in boxes]
        if len(boxes) > 1 and any(boxes[at + 1][0] - max(ends[: at + 1]) > wide for at in range(len(boxes) - 1)):
            pieces = self._split(words, start, index_of, wide)
            if pieces:
                return Line(pieces=pieces)
        return Line(pieces=(Piece(text=_clean(words), box=whole, first=first),))

    def _boxes(self, first: int, n: int) -> list[Box]:
        import pypdfium2.raw as pdfium

        left, top, right, bottom = self._rect
        return [
            self.plane.box(left.value, bottom.value, right.value, top.value)
            for at in range(pdfium.FPDFText_CountRects(self.handle, first, n))
            if pdfium.FPDFText_GetRect(self.handle, at, left, top, right, bottom)
        ]

    def _split(self, words: str, start: int, index_of: Callable[[int], int], wide: float) -> tuple[Piece, ...]:
        """Cut a line at gaps wider than `wide`, character by character."""
        runs: list[tuple[int, int, list[Box]]] = []
        for at, character in enumerate(words):
            box = None if character.isspace() else self._character_box(index_of(start + at))
            if box is None:
                continue
            if runs and -wide < box[0] - runs[-1][2][-1][2] <= wide:
                begin, _, boxes = runs[-1]
                runs[-1] = (begin, at + 1, [union([boxes[0], box]), box])
            else:
                runs.append((at, at + 1, [box, box]))
        pieces = [
            Piece(text=_clean(words[begin:end]), box=boxes[0], first=index_of(start + begin))
            for begin, end, boxes in runs
        ]
        return tuple(piece for piece in pieces if piece.text)

    def _character_box(self, index: int) -> Box | None:
        import pypdfium2.raw as pdfium

        left, top, right, bottom = self._rect
        if not pdfium.FPDFText_GetCharBox(self.handle, index, left, right, bottom, top):
            return None
        return self.plane.box(left.value, bottom.value, right.value, top.value)

    def _is_seen(self, line: Line) -> bool:
        left, top, right, bottom = line.box
        width, height = right - left, bottom - top
        tall = min(width, height) if len(line.text) > 1 else max(width, height)
        if tall < _MIN_TALL_PT and any(character.isalnum() for character in line.text):
            return False
        cut = self.plane.cut(line.box)
        if cut is None:
            return False
        return (cut[2] - cut[0]) * (cut[3] - cut[1]) >= _ON_PAGE_SHARE * width * height


def cut_to_page(line: Line, plane: Plane) -> Line:
    """The line with its boxes cut to the page."""
    return replace(line, pieces=tuple(replace(piece, box=plane.cut(piece.box) or piece.box) for piece in line.pieces))


def _clean(words: str) -> str:
    for mark in _HYPHEN:
        words = words.replace(mark, "-")
    return " ".join(words.translate(_UNPRINTABLE).split())
