"""Headings of a PDF: short lines in larger or bolder letters than the rest, or numbered as headings are.

Looks at the letters of few lines only, as asking for them costs. Knows nothing of bookmarks and tables.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median

from sourcehound.tools.evidence import Box
from sourcehound.tools.library.readers.pdf_lines import Line, TextLayer, union
from sourcehound.tools.library.reading import Part

_MOST_CHARS = 120
_SAMPLED = 8
_LARGER = 1.12
_TALLER = 1.15
_SHORT = 0.85
"""A heading's line ends well before the widest line of its page."""
_SAME_SIZE = 0.04
_MOST_SHARE = 0.4
"""Where more of a page's lines are large than this, it is a poster or a slide: only its largest are headings."""
_ON_PAGES = 3
"""Words that stand on so many pages at one height run along, as a book's title does."""
_DEEPEST = 6
_NUMBERED = re.compile(
    r"(?P<label>(?P<depth>\d{1,2}(?:\.\d{1,2}){0,4})\.?|(?:chapter|section|part|item|unit|annex|appendix|note|step)\s+"
    r"(?:\d+[A-Za-z]?|[IVXLC]+|[A-Z])\b[.:]?|[A-Z](?:\.\d{1,2}){1,3}|[A-Z]\.|[IVX]{1,5}\.)\s+(?-i:[^\W\d_a-z])",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[^\W\d_].*[^\W\d_]")
_GO_ON = frozenset(",;=→-")
_NO_HEADING = re.compile(
    r".*[a-z]\.|(fig(ure|\.)?|table|source|note)\s*\d.*|\W*|[\W\d]*[a-z]{0,2}[\W\d]*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    text: str
    page: int
    box: Box
    chars: tuple[int, int]
    size_pt: float
    is_bold: bool
    is_alone: bool

    @property
    def style(self) -> tuple[float, bool]:
        return round(self.size_pt * 2) / 2, self.is_bold


@dataclass(slots=True)
class Headings:
    """Gathers what may be a heading page by page; what is one shows when all pages are known."""

    _candidates: list[_Candidate] = field(default_factory=list[_Candidate])
    _sizes: Counter[float] = field(default_factory=Counter[float])
    _bold: Counter[bool] = field(default_factory=Counter[bool])

    def look(self, layer: TextLayer, lines: Sequence[Line], starts: Sequence[int], *, page: int) -> None:
        """Look at a page.

        Args:
            layer: its text.
            lines: its lines that may be headings or prose: not those of tables and captions.
            starts: where each begins in the source's whole text.
            page: its number, from 1.
        """
        if not lines:
            return
        for line in lines[:: max(1, len(lines) // _SAMPLED)]:
            self._sizes[round(2 * layer.size_pt(line.first)) / 2] += len(line.text)
            self._bold[layer.is_bold(line.first)] += len(line.text)
        height = median(line.box[3] - line.box[1] for line in lines)
        widest = max(line.box[2] - line.box[0] for line in lines)
        for line, start in zip(lines, starts, strict=True):
            if not _may_be_heading(line, height, widest):
                continue
            self._candidates.append(
                _Candidate(
                    text=line.text,
                    page=page,
                    box=line.box,
                    chars=(start, start + len(line.text)),
                    size_pt=layer.size_pt(line.first),
                    is_bold=layer.is_bold(line.first) and layer.is_bold(line.first + line.n - 1),
                    is_alone=line.box[2] - line.box[0] < _SHORT * widest,
                )
            )

    def parts(self) -> Iterator[Part]:
        """The headings, in order."""
        if not self._candidates:
            return
        body = self._sizes.most_common(1)[0][0]
        is_body_bold = self._bold[True] > self._bold[False]
        running = Counter((_pattern(one.text), round(one.box[1] / 4)) for one in self._candidates)
        heading = [
            one
            for one in self._candidates
            if running[_pattern(one.text), round(one.box[1] / 4)] < _ON_PAGES
            and _is_heading(one, body, is_body_bold=is_body_bold)
        ]
        levels = _levels(heading)
        for number, block in enumerate(_blocks(heading), start=1):
            text = " ".join(one.text for one in block)
            numbered = _NUMBERED.match(text)
            yield Part(
                kind="heading",
                number=number,
                label=numbered["label"].rstrip(".:") if numbered else "",
                caption=text,
                page=block[0].page,
                box=union([one.box for one in block]),
                chars=(block[0].chars[0], block[-1].chars[1]),
                level=_depth(text) or levels[block[0].style],
            )


def _may_be_heading(line: Line, height: float, widest: float) -> bool:
    text = line.text
    left, top, right, bottom = line.box
    is_wide = right - left >= _SHORT * widest and bottom - top <= _TALLER * height
    if is_wide and not (text[0].isdigit() and _NUMBERED.match(text)):
        return False
    if len(text) > _MOST_CHARS or line.gaps or line.goes_on_at is not None or text[0].islower() or text[-1] in _GO_ON:
        return False
    return right - left > bottom - top and _LETTERS.search(text) is not None and not _NO_HEADING.fullmatch(text)


def _is_heading(one: _Candidate, body: float, *, is_body_bold: bool) -> bool:
    if one.size_pt >= _LARGER * body:
        return True
    is_bolder = one.is_bold and not is_body_bold
    if one.size_pt < (1 - _SAME_SIZE) * body:
        return False
    return is_bolder and one.is_alone


def _levels(heading: Sequence[_Candidate]) -> dict[tuple[float, bool], int]:
    """The level of each style: that of the numbered headings set in it, else by its size among the others."""
    styles = sorted({one.style for one in heading}, reverse=True)
    levels = {style: min(at, _DEEPEST) for at, style in enumerate(styles, start=1)}
    for style in styles:
        depths = [depth for one in heading if one.style == style and (depth := _depth(one.text))]
        if depths:
            levels[style] = round(median(depths))
    return levels


def _depth(text: str) -> int:
    """How deep its number says that a heading is; 0 without one."""
    found = _NUMBERED.match(text)
    if found is None:
        return 0
    return found["depth"].count(".") + 1 if found["depth"] else found["label"].rstrip(".").count(".") + 1


def _blocks(heading: Sequence[_Candidate]) -> Iterator[list[_Candidate]]:
    """Headings of several lines put together."""
    block: list[_Candidate] = []
    for one in heading:
        if block and _goes_on(block[-1], one):
            block.append(one)
            continue
        if block:
            yield block
        block = [one]
    if block:
        yield block


def _goes_on(line: _Candidate, after: _Candidate) -> bool:
    height = line.box[3] - line.box[1]
    return (
        after.page == line.page
        and after.style == line.style
        and 0 <= after.chars[0] - line.chars[1] <= 1
        and -0.3 * height <= after.box[1] - line.box[3] <= height
        and _NUMBERED.match(after.text) is None
    )


def _pattern(text: str) -> str:
    return re.sub(r"\d+", "#", text)
