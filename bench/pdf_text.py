"""The PDF reader's words with the box of each line, against plain pypdfium2 giving the words and box of each line.

Ours besides puts lines in reading order, keeps unseen words apart, and finds labels, bookmarks and figures.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from bench.ground import BenchError, Ground
from bench.row import Bench, Row
from bench.turns import in_turns
from bench.wording import sentence
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers import pdf
from sourcehound.tools.sample.pdf_writer import PdfWriter, wrapped

GOAL = 1.3
PEER = "pypdfium2: get_textpage, get_rect, get_text_bounded"
SEED = 5
_SIZE_PT = 10.0
_LEADING_PT = 13.0
_LINES = 54
_LEFT_PT, _TOP_PT, _WIDTH_PT = 72.0, 64.0, 450.0


def run(ground: Ground) -> tuple[Row, ...]:
    """Measure on a PDF that is made, and on real ones if there are."""
    made = ground.folder / "made.pdf"
    made.write_bytes(made_pdf(ground.sizes.n_pages))
    rows = [_row("pdf_text", [made], ground)]
    real = sorted((ground.data / "docs").glob("*/pdf/*.pdf"))[: ground.sizes.n_documents] if ground.data else []
    if real:
        rows.append(_row("pdf_text_real", real, ground))
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


def _row(name: str, paths: Sequence[Path], ground: Ground) -> Row:
    n_pages = sum(len(read_bare(path)) for path in paths)
    _compare(paths)
    turns = in_turns(
        lambda: [pdf.read(path, Limits()) for path in paths],
        lambda: [read_bare(path) for path in paths],
        rounds=ground.sizes.rounds,
        clock=ground.clock,
    )
    return Row(
        name=name,
        ours=1000 * turns.ours_s / n_pages,
        against=PEER,
        other=1000 * turns.other_s / n_pages,
        goal=GOAL,
        unit="ms a page",
    )


def read_bare(path: Path) -> list[list[tuple[str, tuple[float, float, float, float]]]]:
    """For each page its runs of words with their boxes, as pypdfium2 gives them."""
    import pypdfium2

    pages: list[list[tuple[str, tuple[float, float, float, float]]]] = []
    with pypdfium2.PdfDocument(path) as document:
        for at in range(len(document)):
            page = document[at]
            words = page.get_textpage()
            boxes = [words.get_rect(number) for number in range(words.count_rects())]
            pages.append([(words.get_text_bounded(*box), box) for box in boxes])
            words.close()
            page.close()
    return pages


def _compare(paths: Sequence[Path]) -> None:
    """Both must read the same letters, but for what ours leaves out because nobody sees it."""
    for path in paths:
        ours = sum(map(_n_letters, (section.text for section in pdf.read(path, Limits()).sections)))
        bare = sum(_n_letters(text) for page in read_bare(path) for text, _ in page)
        if not 0.8 * bare <= ours <= 1.2 * bare:
            raise BenchError(f"{path.name}: ours read {ours} letters, pypdfium2 {bare}")


def _n_letters(text: str) -> int:
    return sum(character.isalnum() for character in text)


BENCH = Bench(name="pdf_text", about="words and line boxes of PDF pages", run=run)
