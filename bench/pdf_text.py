"""The PDF reader's words with the box of each line, against plain pypdfium2 giving words with their boxes, in two ways.

The short way asks for the words inside each box, which takes long on pages of many boxes; the long way takes the page's
words once and asks for the boxes of each line.

Ours besides puts lines in reading order, keeps unseen words apart, and finds labels, bookmarks and figures.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from bench.ground import BenchError, Ground
from bench.row import Bench, Row
from bench.turns import in_turns
from bench.wording import sentence
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers import pdf
from sourcehound.tools.sample.pdf_writer import PdfWriter, wrapped

GOAL = 1.3
SEED = 5
Boxed = tuple[str, tuple[tuple[float, float, float, float], ...]]
"""Words, and where they stand: (left, bottom, right, top) in points."""
Read = Callable[[Path], list[list[Boxed]]]
SHORT_WAY = "pypdfium2: get_rect, get_text_bounded"
LONG_WAY = "pypdfium2: get_text_range, get_rect of each line"
_LINE = re.compile(r"[^\r\n]+")
_LEAST_ALIKE = 0.8
_SIZE_PT = 10.0
_LEADING_PT = 13.0
_LINES = 54
_LEFT_PT, _TOP_PT, _WIDTH_PT = 72.0, 64.0, 450.0


def run(ground: Ground) -> tuple[Row, ...]:
    """Measure on a PDF that is made, and on real ones if there are: these against the quicker way only."""
    made = ground.folder / "made.pdf"
    made.write_bytes(made_pdf(ground.sizes.n_pages))
    rows = [
        _row("pdf_text", [made], ground, peer=SHORT_WAY, read=words_in_boxes),
        _row("pdf_text_lines", [made], ground, peer=LONG_WAY, read=lines_with_boxes),
    ]
    real = sorted((ground.data / "docs").glob("*/pdf/*.pdf")) if ground.data else []
    if real:
        chosen = real[:: -(-len(real) // ground.sizes.n_documents)]
        rows.append(_row("pdf_text_real", chosen, ground, peer=LONG_WAY, read=lines_with_boxes))
    return tuple(rows)


def made_pdf(n_pages: int) -> bytes:
    """A document of full pages of words."""
    chance = random.Random(SEED)
    writer = PdfWriter(title="Heights of the water", author="bench", created="D:20240422090000Z")
    for number in range(1, n_pages + 1):
        page = writer.page(str(number))
        lines: list[str] = []
        while len(lines) < _LINES:
            lines += wrapped(" ".join(sentence(chance) for _ in range(6)), _SIZE_PT, _WIDTH_PT)
        for at, line in enumerate(lines[:_LINES]):
            page.words(_LEFT_PT, _TOP_PT + at * _LEADING_PT, line, size=_SIZE_PT)
    return writer.to_bytes()


def _row(name: str, paths: Sequence[Path], ground: Ground, *, peer: str, read: Read) -> Row:
    n_pages = sum(_n_pages_alike(path, read) for path in paths)
    turns = in_turns(
        lambda: [pdf.read(path, Limits()) for path in paths],
        lambda: [read(path) for path in paths],
        rounds=ground.sizes.rounds,
        clock=ground.clock,
    )
    return Row(
        name=name,
        ours=1000 * turns.ours_s / n_pages,
        against=peer,
        other=1000 * turns.other_s / n_pages,
        goal=GOAL,
        unit="ms a page",
    )


def words_in_boxes(path: Path) -> list[list[Boxed]]:
    """For each page its boxes in the file's order, with the words inside each."""
    import pypdfium2

    pages: list[list[Boxed]] = []
    with pypdfium2.PdfDocument(path) as document:
        for at in range(len(document)):
            page = document[at]
            words = page.get_textpage()
            boxes = [words.get_rect(number) for number in range(words.count_rects())]
            pages.append([(words.get_text_bounded(*box), (box,)) for box in boxes])
            words.close()
            page.close()
    return pages


def lines_with_boxes(path: Path) -> list[list[Boxed]]:
    """For each page its lines in the file's order, with the boxes of each."""
    import pypdfium2

    pages: list[list[Boxed]] = []
    with pypdfium2.PdfDocument(path) as document:
        for at in range(len(document)):
            page = document[at]
            words = page.get_textpage()
            lines: list[Boxed] = []
            for found in _LINE.finditer(words.get_text_range()):
                n_boxes = words.count_rects(found.start(), found.end() - found.start())
                lines.append((found.group(), tuple(words.get_rect(number) for number in range(n_boxes))))
            pages.append(lines)
            words.close()
            page.close()
    return pages


def _n_pages_alike(path: Path, read: Read) -> int:
    """How many pages a document has, of which both must read the same letters, but for what nobody sees."""
    pages = read(path)
    bare = sum(_n_letters(text) for page in pages for text, _ in page)
    ours = sum(_n_letters(section.text) for section in pdf.read(path, Limits()).sections if section.role == "body")
    if not _LEAST_ALIKE * bare <= ours <= bare / _LEAST_ALIKE:
        raise BenchError(f"{path.name}: ours read {ours} letters, pypdfium2 {bare}")
    return len(pages)


def _n_letters(text: str) -> int:
    return sum(character.isalnum() for character in text)


BENCH = Bench(name="pdf_text", about="words and line boxes of PDF pages", run=run)
