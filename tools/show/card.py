"""A quote highlighted within the lines around it, for sources that have words but no picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sourcehound.tools.show.canvas import ACCENT, HIGHLIGHT, INK, MUTED, PANEL, RULE, blank, bordered
from sourcehound.tools.show.lettering import Lettering, line_height
from sourcehound.tools.show.printable import printable

if TYPE_CHECKING:
    from PIL.Image import Image

WIDTH_PX = 1080
_SIZE = 20
_NUMBER = 15
_PAD = 24
AROUND = 700
"""Characters shown before and after the quote, at most."""
_LINES_AROUND = 9
_LINES_OF_QUOTE = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A quote with the words before and after it.

    Attributes:
        before: words that stand before the quote, back to the beginning of a line.
        after: words that stand after it.
        first_line: number of the line that `before` begins on, from 1; None where lines have no numbers.
    """

    before: str
    quote: str
    after: str
    first_line: int | None = None


def passage(text: str, chars: tuple[int, int] | None, quote: str, *, numbered: bool = False) -> Passage:
    """Cut the quote and its surroundings out of the source's text.

    Args:
        text: the source's text; may be empty, then the quote stands alone.
        chars: where the quote stands in it. Where these characters are not the quote (white space aside), or are not
            known, the quote is looked for; one that is not found stands alone, never beside words not its own.
        quote: the words; empty to take the characters' own.
        numbered: whether the text's lines have numbers that a person would know.
    """
    place = _find(text, chars, quote)
    if place is None:
        return Passage(before="", quote=quote, after="")
    start, end = place
    first = max(0, start - AROUND)
    first = text.rfind("\n", first, start) + 1 if first and "\n" in text[first:start] else first
    for _ in range(max(0, text.count("\n", first, start) - _LINES_AROUND)):
        first = text.index("\n", first) + 1
    last = min(len(text), end + AROUND)
    for at in _newlines(text, end, last, _LINES_AROUND):
        last = at
    return Passage(
        before=text[first:start],
        quote=text[start:end],
        after=text[end:last],
        first_line=text.count("\n", 0, first) + 1 if numbered else None,
    )


def card(letters: Lettering, found: Passage) -> Image:
    """Draw a passage: the quote tinted as with a highlighter pen, the words around it paler, line numbers beside."""
    parts = [printable(part).expandtabs(4) for part in (found.before, found.quote, found.after)]
    words = "".join(parts)
    quoted = (len(parts[0]), len(parts[0]) + len(parts[1]))
    gutter = _PAD if found.first_line is None else _PAD + 46
    lines = letters.wrap(words, WIDTH_PX - gutter - _PAD, _SIZE)
    cut = len(lines) > _LINES_OF_QUOTE + 2 * _LINES_AROUND
    lines = lines[: _LINES_OF_QUOTE + 2 * _LINES_AROUND]
    tall = line_height(_SIZE)
    image = blank(WIDTH_PX, 2 * _PAD + tall * len(lines) + (tall if cut else 0), PANEL)
    number = found.first_line
    for row, (start, end) in enumerate(lines):
        top = _PAD + row * tall
        opens = start == 0 or words[start - 1] == "\n"
        if number is not None and opens:
            column = gutter - 14 - letters.width(str(number), _NUMBER)
            letters.draw(image, (column, top + 5), str(number), size=_NUMBER, ink=MUTED)
            number += 1
        _line(letters, image, (gutter, top), words, (start, end, *quoted))
    if cut:
        letters.draw(image, (gutter, _PAD + tall * len(lines)), "…", size=_SIZE, ink=MUTED)
    if number is not None:
        image.paste(RULE, (gutter - 8, _PAD, gutter - 7, image.height - _PAD))
    return bordered(image)


def _line(letters: Lettering, image: Image, at: tuple[int, int], words: str, spans: tuple[int, int, int, int]) -> None:
    """One line in up to three runs: before, inside and after the quote."""
    start, end, quote_start, quote_end = spans
    edges = [start, min(max(quote_start, start), end), min(max(quote_end, start), end), end]
    left, top = at
    for run in range(3):
        part = words[edges[run] : edges[run + 1]]
        if not part:
            continue
        inside = run == 1
        if inside and part.strip():
            right = left + letters.width(part.rstrip(), _SIZE)
            image.paste(HIGHLIGHT, (left - 1, top + 1, right + 2, top + line_height(_SIZE) - 2))
            image.paste(ACCENT, (left - 1, top + line_height(_SIZE) - 3, right + 2, top + line_height(_SIZE) - 1))
        left = letters.draw(image, (left, top), part, size=_SIZE, ink=INK if inside else MUTED)


def _find(text: str, chars: tuple[int, int] | None, quote: str) -> tuple[int, int] | None:
    if chars is not None and 0 <= chars[0] < chars[1] <= len(text):
        own = text[chars[0] : chars[1]]
        if not quote or own.split() == quote.split():
            return chars
    start = text.find(quote) if quote else -1
    return None if start < 0 else (start, start + len(quote))


def _newlines(text: str, start: int, end: int, count: int) -> list[int]:
    """Where the text is cut so that at most `count` lines follow `start`: empty for no cut."""
    at = start
    for _ in range(count):
        at = text.find("\n", at, end)
        if at < 0:
            return []
        at += 1
    return [at - 1]
