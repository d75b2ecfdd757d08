"""Passages: a section's text cut into findable runs of whole sentences, each tied to its boxes, times or part.

The cut follows paragraphs and sentences, never the middle of a word; a passage ends where its section ends. Knows nothing
of files, databases or encoders.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile

from sourcehound.tools.evidence import Box, Locator
from sourcehound.tools.library.reading import Anchor, Section

TARGET_WORDS = 110
"""About as many words as a passage holds: the text encoder reads 256 tokens, and HotpotQA's paragraphs are this long."""
MOST_WORDS = 160
SPEECH_SECONDS = 12.0
"""A speech unit is about this long: a few sentences, short enough to jump to."""

_SENTENCE_END = re.compile(
    r"(?<=[.!?…。！？])(?P<close>[\"'”’)\]]*)\s+|\n\s*\n|\n(?=\s*(?:[-*•]|\d+[.)])\s)|(?<=[。！？])"
)
_STOPS = frozenset(".!?…。！？")
_NEAR = 16
"""Characters in which the end of the sentence before is looked for."""
_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Kana and Han: their words have no spaces between them, and the encoder reads about one token for each character."""
_WORD = re.compile(rf"[{_UNSPACED}]|[^\s{_UNSPACED}]+")
_IS_PATH = re.compile(r"(?:^|, )\$(?=[.\[]|$)")
_PATH_STEP = re.compile(r"\['(?:[^'\\]|\\.)*'\]|[.\[]?[^.\[]*")
"""A step of a JSON path: `.name`, `[3]`, `['odd key']`."""
_INSIDE_WORD = re.compile(rf"[^\s{_UNSPACED}]{{2}}")


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open run of characters of a section's text."""

    start: int
    end: int


def sentences(text: str) -> tuple[Span, ...]:
    """Split a text into sentences and list items; blank runs are left out, spans are trimmed and rise."""
    spans: list[Span] = []
    start = 0
    for match in _SENTENCE_END.finditer(text):
        if _ends_paragraph(match[0]) or not _is_abbreviation(text, match.start()):
            spans.extend(_trim(text, start, max(match.start(), match.end("close"))))
            start = match.end()
    spans.extend(_trim(text, start, len(text)))
    return tuple(spans)


def passages(section: Section) -> tuple[Span, ...]:
    """Cut a section into passages of about `TARGET_WORDS` words at sentence ends, preferring paragraph ends.

    A sentence of more than `MOST_WORDS` words is cut at word ends; each Chinese or Japanese character counts as a word.
    Speech is cut by time (`SPEECH_SECONDS`) instead.
    """
    if section.role in {"speech", "subtitle"} and section.anchors:
        return tuple(_by_time(section))
    found: list[Span] = []
    open_start, open_end, n_open = -1, -1, 0
    for piece in (part for sentence in sentences(section.text) for part in _short_enough(section.text, sentence)):
        n_words = len(_WORD.findall(section.text, piece.start, piece.end))
        new_paragraph = open_end >= 0 and "\n\n" in section.text[open_end : piece.start].replace("\n \n", "\n\n")
        full = n_open + n_words > TARGET_WORDS
        if open_start >= 0 and (full or (new_paragraph and n_open >= TARGET_WORDS // 2)):
            found.append(Span(open_start, open_end))
            open_start, n_open = -1, 0
        if open_start < 0:
            open_start = piece.start
        open_end, n_open = piece.end, n_open + n_words
    if open_start >= 0:
        found.append(Span(open_start, open_end))
    return tuple(found)


def locate(section: Section, span: Span) -> Locator:
    """The place of a run of a section's characters: its page and boxes, its seconds, or its part; always its characters."""
    touched = [a for a in section.anchors if a.start < span.end and span.start < a.end]
    times = [a for a in touched if a.start_s is not None]
    parts = [a.part for a in touched if a.part]
    return Locator(
        page=section.page,
        page_label=section.page_label,
        chars=(section.start + span.start, section.start + span.end),
        boxes=_boxes(touched, span),
        space=section.space if any(a.box for a in touched) else None,
        start_s=min((a.start_s for a in times if a.start_s is not None), default=None),
        end_s=max((a.end_s for a in times if a.end_s is not None), default=None),
        part=_join_parts(parts) or section.part,
    )


def _boxes(touched: list[Anchor], span: Span) -> tuple[Box, ...]:
    """The anchors' boxes, the first and last narrowed to the share of their characters that the span takes."""
    boxes: list[Box] = []
    for anchor in touched:
        if anchor.box is None:
            continue
        left, top, right, bottom = anchor.box
        length = max(1, anchor.end - anchor.start)
        first = max(0, span.start - anchor.start) / length
        last = min(length, span.end - anchor.start) / length
        boxes.append((left + (right - left) * first, top, left + (right - left) * last, bottom))
    return tuple(boxes)


def _join_parts(parts: list[str]) -> str | None:
    """`Sheet1!A2:D2` … `Sheet1!A9:D9` become `Sheet1!A2:D9`, `$.a[3].x` and `$.a[3].y` `$.a[3]`; others keep the first."""
    if len(parts) > 1 and all("!" in part and ":" in part for part in (parts[0], parts[-1])):
        return f"{parts[0].rsplit(':', 1)[0]}:{parts[-1].rsplit(':', 1)[1]}"
    if len(parts) > 1 and all(map(_IS_PATH.search, parts)):
        return _common_path(parts)
    return parts[0] if parts else None


def _common_path(parts: list[str]) -> str:
    """The JSON path that leads to all of some values: the longest beginning that they share, cut at a whole step."""
    steps = [_PATH_STEP.findall(part) for part in parts]
    shared = takewhile(lambda same: len(set(same)) == 1, zip(*steps, strict=False))
    return "".join(step for step, *_ in shared)


def _by_time(section: Section) -> Iterator[Span]:
    start = 0
    begun_s: float | None = None
    previous: Anchor | None = None
    for anchor in section.anchors:
        if anchor.start_s is None:
            continue
        if begun_s is not None and previous is not None:
            pause_s = anchor.start_s - (previous.end_s or anchor.start_s)
            at_end = section.text[max(0, anchor.start - _NEAR) : anchor.start].rstrip()[-1:] in _STOPS
            lasted_s = anchor.start_s - begun_s
            due = lasted_s >= (SPEECH_SECONDS if at_end else 2 * SPEECH_SECONDS) or pause_s >= SPEECH_SECONDS / 4
            if due and not _is_inside_word(section.text, anchor.start):
                yield from _trim(section.text, start, anchor.start)
                start, begun_s = anchor.start, None
        begun_s = anchor.start_s if begun_s is None else begun_s
        previous = anchor
    yield from _trim(section.text, start, len(section.text))


def _is_inside_word(text: str, place: int) -> bool:
    """Whether a cut would split a word: recognisers give the parts of `well-known` times of their own."""
    return place > 0 and _INSIDE_WORD.match(text, place - 1) is not None


def _short_enough(text: str, span: Span) -> Iterator[Span]:
    tokens = list(_WORD.finditer(text, span.start, span.end))
    for first in range(0, len(tokens), MOST_WORDS):
        last = tokens[min(first + MOST_WORDS, len(tokens)) - 1]
        yield Span(tokens[first].start(), last.end())


def _trim(text: str, start: int, end: int) -> Iterator[Span]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start < end:
        yield Span(start, end)


_ABBREVIATIONS = frozenset(
    "dr mr mrs ms prof fig figs no vol pp p st vs etc al e.g i.e approx inc ltd co dept eq sec".split()
)


def _ends_paragraph(gap: str) -> bool:
    return gap.count("\n") > 1


def _is_abbreviation(text: str, end: int) -> bool:
    """Whether the full stop before `end` ends an abbreviation or an initial rather than a sentence."""
    if text[end - 1 : end] != ".":
        return False
    word = re.search(r"([\w.]+)\.$", text[max(0, end - 12) : end])
    if word is None:
        return False
    return word[1].lower() in _ABBREVIATIONS or (len(word[1]) == 1 and word[1].isupper())
