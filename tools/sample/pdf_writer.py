"""A small writer of PDF 1.7 files: pages with text in the standard fonts, lines, boxes, JPEG pictures, page labels.

Coordinates are points from the top left of the page, as people think of them. The same calls write the same bytes.

Source:
    ISO 32000-1:2008, sections 7.5 (file structure), 9.6.2.2 (standard fonts), 12.4.2 (page labels). Widths: Adobe's
    metrics of Helvetica, characters 32 to 126.
"""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass, field
from typing import Literal

Font = Literal["Helvetica", "Helvetica-Bold", "Helvetica-Oblique", "Courier"]
Ink = tuple[float, float, float]
"""Red, green, blue, each 0..1."""

A4 = (595.0, 842.0)
BLACK: Ink = (0.1, 0.1, 0.12)

_FONTS: tuple[Font, ...] = ("Helvetica", "Helvetica-Bold", "Helvetica-Oblique", "Courier")
_WIDTHS = (
    "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 "
    "584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 "
    "667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 "
    "278 556 500 722 500 500 500 334 260 334 584"
)

_DIGIT = 556


@dataclass(slots=True)
class PdfPage:
    """A page being written.

    Attributes:
        width: points.
        height: points.
        label: what is printed as its number.
    """

    width: float
    height: float
    label: str
    operators: list[str] = field(default_factory=list[str])
    pictures: list[tuple[bytes, int, int]] = field(default_factory=list[tuple[bytes, int, int]])

    def words(
        self, x: float, y: float, text: str, *, size: float = 11, font: Font = "Helvetica", ink: Ink = BLACK
    ) -> None:
        """Write one line whose baseline starts at (x, y)."""
        name = f"F{_FONTS.index(font)}"
        colour = " ".join(f"{part:g}" for part in ink)
        self.operators.append(
            f"BT {colour} rg /{name} {size:g} Tf {x:g} {self.height - y:g} Td ({_escaped(text)}) Tj ET"
        )

    def line(self, points: tuple[tuple[float, float], ...], *, width: float = 1.0, ink: Ink = BLACK) -> None:
        """Draw a line through points."""
        colour = " ".join(f"{part:g}" for part in ink)
        moves = [f"{x:g} {self.height - y:g} {'l' if number else 'm'}" for number, (x, y) in enumerate(points)]
        self.operators.append(f"q {colour} RG {width:g} w {' '.join(moves)} S Q")

    def box(self, left: float, top: float, right: float, bottom: float, *, ink: Ink) -> None:
        """Fill a rectangle."""
        colour = " ".join(f"{part:g}" for part in ink)
        lower = self.height - bottom
        self.operators.append(f"q {colour} rg {left:g} {lower:g} {right - left:g} {bottom - top:g} re f Q")

    def picture(self, jpeg: bytes, size_px: tuple[int, int], box: tuple[float, float, float, float]) -> None:
        """Place a JPEG (RGB, `size_px` wide and high) into the box left, top, right, bottom."""
        left, top, right, bottom = box
        name = f"I{len(self.pictures)}"
        self.pictures.append((jpeg, *size_px))
        lower = self.height - bottom
        self.operators.append(f"q {right - left:g} 0 0 {bottom - top:g} {left:g} {lower:g} cm /{name} Do Q")


class PdfWriter:
    """Collects pages and makes the file's bytes.

    Args:
        title: the document's title.
        author: who wrote it.
        created: PDF date, as `D:20240422090000Z`.
    """

    def __init__(self, *, title: str, author: str, created: str) -> None:
        self.pages: list[PdfPage] = []
        self._info = {"Title": title, "Author": author, "CreationDate": created}

    def page(self, label: str) -> PdfPage:
        """Begin an A4 page that is labelled `label`."""
        page = PdfPage(A4[0], A4[1], label)
        self.pages.append(page)
        return page

    def to_bytes(self) -> bytes:
        """The whole file."""
        objects: list[bytes] = [b"", b""]  # catalogue and page tree, filled in when the pages are numbered
        fonts = [
            _add(objects, _dictionary(Type="/Font", Subtype="/Type1", BaseFont=f"/{name}", Encoding="/WinAnsiEncoding"))
            for name in _FONTS
        ]
        font_entries = " ".join(f"/F{number} {reference} 0 R" for number, reference in enumerate(fonts))
        kids: list[int] = []
        for page in self.pages:
            pictures = [_add(objects, _jpeg(*picture)) for picture in page.pictures]
            picture_entries = " ".join(f"/I{number} {reference} 0 R" for number, reference in enumerate(pictures))
            content = _add(objects, _stream("\n".join(page.operators).encode("cp1252")))
            resources = f"<< /Font << {font_entries} >> /XObject << {picture_entries} >> >>"
            box = f"[0 0 {page.width:g} {page.height:g}]"
            kids.append(
                _add(
                    objects,
                    _dictionary(
                        Type="/Page", Parent="2 0 R", MediaBox=box, Resources=resources, Contents=f"{content} 0 R"
                    ),
                )
            )
        references = " ".join(f"{kid} 0 R" for kid in kids)
        labels = " ".join(f"{number} << /P ({_escaped(page.label)}) >>" for number, page in enumerate(self.pages))
        objects[0] = _dictionary(Type="/Catalog", Pages="2 0 R", PageLabels=f"<< /Nums [{labels}] >>", Lang="(en)")
        objects[1] = _dictionary(Type="/Pages", Kids=f"[{references}]", Count=str(len(kids)))
        info = _add(objects, _dictionary(**{key: f"({_escaped(value)})" for key, value in self._info.items()}))
        return _file(objects, info)


def width_of(text: str, size: float) -> float:
    """Width in points of a line set in Helvetica (characters 32 to 126; others count as a digit)."""
    widths = dict(zip(map(chr, range(32, 127)), map(int, _WIDTHS.split()), strict=True))
    return sum(widths.get(mark, _DIGIT) for mark in text) * size / 1000


def wrapped(text: str, size: float, width: float) -> list[str]:
    """Break a paragraph into lines of at most `width` points in Helvetica."""
    lines: list[str] = []
    for word in text.split():
        if lines and width_of(f"{lines[-1]} {word}", size) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _add(objects: list[bytes], body: bytes) -> int:
    objects.append(body)
    return len(objects)


def _dictionary(**entries: str) -> bytes:
    return ("<< " + " ".join(f"/{key} {value}" for key, value in entries.items()) + " >>").encode("cp1252")


def _stream(data: bytes, entries: str = "") -> bytes:
    packed = zlib.compress(data, 9) if not entries else data
    head = entries or "/Filter /FlateDecode"
    return f"<< {head} /Length {len(packed)} >>\nstream\n".encode() + packed + b"\nendstream"


def _jpeg(data: bytes, width: int, height: int) -> bytes:
    entries = f"/Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceRGB"
    return _stream(data, f"{entries} /BitsPerComponent 8 /Filter /DCTDecode")


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _file(objects: list[bytes], info: int) -> bytes:
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    offsets: list[int] = []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    for offset in offsets:
        out += f"{offset:010d} 00000 n \n".encode()
    mark = hashlib.md5(bytes(out), usedforsecurity=False).hexdigest()
    trailer = f"<< /Size {len(objects) + 1} /Root 1 0 R /Info {info} 0 R /ID [<{mark}> <{mark}>] >>"
    out += f"trailer\n{trailer}\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)
