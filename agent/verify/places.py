"""What stands at a cited place: the words there as the catalogue (or the snapshot of a page) keeps them.

A place is its page, its characters, its seconds and its boxes together: words count only where all of them agree. Pure
functions of sections; knows nothing of files.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from sourcehound.tools.evidence import Box, Evidence, Locator
from sourcehound.tools.library.passages import Span, locate, sentences
from sourcehound.tools.library.reading import Anchor, Section

SPOKEN: Final = frozenset({"speech", "subtitle"})
SEEN_KINDS: Final = frozenset({"image", "crop", "moment"})
"""Kinds whose words are lettering: read line by line, in no certain order."""

_AROUND_S: Final = 0.5
"""Words whose times end this near to a cited span count as inside: recognised word times are no better."""
_AROUND_BOX: Final = 2.0
_LEAST_OVERLAP: Final = 0.5
_SHORT_LINE: Final = 0.7
_WINDOW: Final = 2000
"""Characters before and after a run in which the ends of its sentences are looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Words at a place.

    Attributes:
        text: the words.
        section: the section that they are one run of, None where they were gathered from several lines.
        start: first character in the section's text.
        end: one after the last.
    """

    text: str
    section: Section | None = None
    start: int = 0
    end: int = 0


def words_at(sections: Sequence[Section], evidence: Evidence) -> tuple[Run, ...]:
    """The words at a place; several runs where sections of one source count their characters alike."""
    where = evidence.locator
    fitting = [section for section in sections if _fits(section, evidence)]
    if where.chars is not None:
        spans = [(section, span) for section in fitting if (span := _span(section, where.chars)) is not None]
        runs = [_in_time(section, span, where) for section, span in spans]
        return tuple(run for run in runs if run.text.strip())
    texts = [_at_anchors(section, where) for section in fitting]
    whole = "\n".join(text for text in texts if text.strip())
    return (Run(text=whole),) if whole else ()


def wholes_of(run: Run, cuts: Collection[int], *, lines: bool, margin: int = 0) -> tuple[str, ...]:
    """The whole sentences (or lines) that a run touches, in order.

    Args:
        run: the words.
        cuts: characters of the section at which the library cut it into units; a whole ends there too.
        lines: whether each line is a whole of its own, as in lettering.
        margin: how many more before and after.
    """
    if lines or run.section is None:
        spans = sentences(run.text)
        return tuple(run.text.splitlines()) if lines else tuple(run.text[span.start : span.end] for span in spans)
    text = run.section.text
    first = max(0, run.start - _WINDOW)
    window = text[first : run.end + _WINDOW]
    if run.section.page is not None:
        cuts = {*cuts, *(first + cut for cut in row_ends(window))}
    near = sorted(cut for cut in cuts if first < cut < first + len(window))
    pieces = [part for span in sentences(window) for part in _cut(first + span.start, first + span.end, near)]
    touched = [place for place, (start, end) in enumerate(pieces) if start < run.end and run.start < end]
    if not touched:
        return ()
    kept = pieces[max(0, touched[0] - margin) : touched[-1] + margin + 1]
    return tuple(text[start:end].strip() for start, end in kept)


def row_ends(text: str) -> list[int]:
    """Where lines of a page end that are rows and headings of their own; a line that runs on into the next is none.

    A row is followed by a capital, a digit or a sign, and ends in a digit or sign, or well before the page's right edge.
    """
    lines = [match.span() for match in re.finditer(r"[^\n]+", text)]
    widest = max((end - start for start, end in lines), default=0)
    ends: list[int] = []
    for (start, end), (following, _) in itertools.pairwise(lines):
        last, next_ = text[start:end].rstrip()[-1:], text[following:].lstrip()[:1]
        is_short = end - start < _SHORT_LINE * widest
        if not next_.islower() and last != "," and (is_short or not last.islower()):
            ends.append(end)
    return ends


def _cut(start: int, end: int, cuts: Sequence[int]) -> list[tuple[int, int]]:
    inside = [cut for cut in cuts if start < cut < end]
    return list(itertools.pairwise((start, *inside, end)))


def located(sections: Sequence[Section], evidence: Evidence) -> tuple[Locator, ...]:
    """Where the cited characters stand, worked out anew; several where sections count alike, none without characters."""
    chars = evidence.locator.chars
    if chars is None:
        return ()
    fitting = [section for section in sections if _fits(section, evidence)]
    return tuple(locate(section, Span(*span)) for section in fitting if (span := _span(section, chars)) is not None)


def frames_inside(where: Locator) -> tuple[float, ...]:
    """The cited frames that lie in the cited span."""
    start_s, end_s = where.start_s or 0.0, where.end_s if where.end_s is not None else float("inf")
    return tuple(time_s for time_s in where.frames_s if start_s - _AROUND_S <= time_s <= end_s + _AROUND_S)


def headings_in(sections: Sequence[Section], evidence: Evidence) -> tuple[str, ...]:
    """The titles of a source, or of the page that is cited."""
    fitting = [section for section in sections if _fits(section, evidence)]
    return tuple(dict.fromkeys(words for section in fitting for words in section.headings if words))


def parts_at(sections: Sequence[Section], evidence: Evidence) -> tuple[str, ...]:
    """The named parts that a place is in, as `line 17`: those of other places would vouch for any number."""
    chars = evidence.locator.chars
    fitting = [section for section in sections if _fits(section, evidence)]
    there = [section for section in fitting if chars is None or _span(section, chars) is not None]
    return tuple(dict.fromkeys(section.part for section in there if section.part))


def _fits(section: Section, evidence: Evidence) -> bool:
    if evidence.locator.page is not None and section.page != evidence.locator.page:
        return False
    if evidence.kind == "speech":
        return section.role in SPOKEN
    if evidence.kind == "moment" or (evidence.kind == "crop" and evidence.locator.start_s is not None):
        return section.role == "screen"
    if evidence.kind == "web":
        return True
    return section.role not in SPOKEN and section.role != "screen"


def _span(section: Section, chars: tuple[int, int]) -> tuple[int, int] | None:
    start, end = chars[0] - section.start, chars[1] - section.start
    return (start, end) if 0 <= start < end <= len(section.text) else None


def _in_time(section: Section, span: tuple[int, int], where: Locator) -> Run:
    """The part of a run of characters that is said in the cited seconds; all of it where nothing is timed."""
    start, end = span
    timed = [a for a in section.anchors if a.start_s is not None and a.start < end and start < a.end]
    if where.start_s is not None and timed:
        inside = [a for a in timed if _is_in_time(a, where)]
        start, end = (max(start, inside[0].start), min(end, inside[-1].end)) if inside else (start, start)
    return Run(text=section.text[start:end], section=section, start=start, end=end)


def _at_anchors(section: Section, where: Locator) -> str:
    if where.start_s is None and not where.boxes:
        return section.text
    kept = [a for a in section.anchors if _is_shown(a, where) and _is_in_box(a, where.boxes)]
    return "\n".join(section.text[a.start : a.end] for a in kept)


def _is_in_time(anchor: Anchor, where: Locator) -> bool:
    start_s, end_s = where.start_s or 0.0, where.end_s if where.end_s is not None else float("inf")
    first, last = anchor.start_s or 0.0, anchor.end_s if anchor.end_s is not None else anchor.start_s or 0.0
    return first < end_s + _AROUND_S and last > start_s - _AROUND_S


def _is_shown(anchor: Anchor, where: Locator) -> bool:
    """Whether a line is on screen for a good part of the cited span, or the span is a good part of its time on screen."""
    if where.start_s is None:
        return True
    if anchor.start_s is None or anchor.end_s is None:
        return False
    end_s = where.end_s if where.end_s is not None else where.start_s
    shorter = min(anchor.end_s - anchor.start_s, end_s - where.start_s)
    shared = min(anchor.end_s, end_s) - max(anchor.start_s, where.start_s)
    return shared >= _LEAST_OVERLAP * shorter if shorter > 0 else shared >= 0


def _is_in_box(anchor: Anchor, boxes: Sequence[Box]) -> bool:
    if not boxes:
        return True
    if anchor.box is None:
        return False
    x, y = (anchor.box[0] + anchor.box[2]) / 2, (anchor.box[1] + anchor.box[3]) / 2
    return any(
        b[0] - _AROUND_BOX <= x <= b[2] + _AROUND_BOX and b[1] - _AROUND_BOX <= y <= b[3] + _AROUND_BOX for b in boxes
    )
