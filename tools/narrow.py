"""Narrowing: from the evidence that a search found to the exact words in it that an answer rests on.

A passage becomes its sentence, with its own boxes; speech becomes its words, with their own seconds; a moment becomes the
seconds in which its lettering is on screen; a picture becomes the crop in which its lettering stands. The narrower place is
evidence of its own, its parent the one it was cut from. Knows nothing of drafts.
"""

from __future__ import annotations

import math
import re
import sqlite3
from dataclasses import replace

from sourcehound.tools.evidence import Evidence, Locator, unit_id
from sourcehound.tools.library import passages
from sourcehound.tools.library.passages import Span
from sourcehound.tools.library.reading import Section
from sourcehound.tools.library.sections import load_sections

_NARROWED = {"text", "speech", "moment", "page", "image"}
_ROLES = {"speech": ("speech", "subtitle"), "moment": ("screen",)}
"""The sections in which words with times stand; those of other kinds stand in the body."""
_WRITTEN = frozenset({"body", "table"})
_MOST_OF_IT = 0.6
"""Lettering whose box would take more than this share of its picture is cited as the picture."""


def narrow(connection: sqlite3.Connection, evidence: Evidence, words: str) -> Evidence | None:
    """The place of some words inside evidence.

    Args:
        connection: the catalogue's.
        evidence: text, speech, a moment, a page or a picture.
        words: exact words in it; runs of white space count alike.

    Returns:
        Evidence without an id, or None where there is nothing narrower: the words are not found in the source's text
        at that place, or they are all of it.
    """
    if evidence.kind not in _NARROWED or not words.strip():
        return None
    row = connection.execute("SELECT id FROM sources WHERE sha256 = ?", (evidence.source.sha256,)).fetchone()
    if row is None:
        return None
    page, touching = evidence.locator.page, _beginning(evidence)
    for section in load_sections(connection, row[0], page=page, touching=touching):
        span = _find(section, evidence, words)
        if span is None:
            continue
        where = replace(passages.locate(section, span), page_label=evidence.locator.page_label)
        quote = section.text[span.start : span.end]
        if evidence.kind == "image":
            return _lettering(evidence, where, quote)
        if evidence.kind == "moment":
            where = _seen(where, evidence.locator)
        is_all = (evidence.quote or "").strip() == quote.strip() and _spans(where) == _spans(evidence.locator)
        if where == evidence.locator or is_all:
            return None
        kind = "text" if evidence.kind == "page" else evidence.kind
        return replace(
            evidence,
            id="",
            kind=kind,
            unit_id=unit_id(evidence.source.sha256, kind, where, evidence.producer),
            parent=evidence.id or evidence.unit_id,
            locator=where,
            quote=quote,
            score=evidence.score,
        )
    return None


def _beginning(evidence: Evidence) -> tuple[int, int] | None:
    """The first character of evidence that has any: a section without it is not looked at."""
    chars = evidence.locator.chars
    return None if chars is None or evidence.kind in _ROLES else (chars[0], chars[0] + 1)


def _spans(where: Locator) -> tuple[float | None, float | None]:
    return where.start_s, where.end_s


def _seen(where: Locator, moment: Locator) -> Locator:
    """The seconds of some lettering inside its moment, with the frames that show it."""
    start_s = max(where.start_s or 0.0, moment.start_s or 0.0)
    end_s = min(end for end in (where.end_s, moment.end_s, math.inf) if end is not None)
    frames_s = tuple(at_s for at_s in moment.frames_s if start_s <= at_s < end_s)
    return replace(where, start_s=start_s, end_s=end_s, frames_s=frames_s)


def _lettering(picture: Evidence, where: Locator, quote: str) -> Evidence | None:
    """The part of a picture in which its lettering stands; None if that is most of the picture."""
    space = where.space
    if not where.boxes or space is None or picture.locator.boxes:
        return None
    left, top, right, bottom = (
        min(box[0] for box in where.boxes),
        min(box[1] for box in where.boxes),
        max(box[2] for box in where.boxes),
        max(box[3] for box in where.boxes),
    )
    if (right - left) * (bottom - top) > _MOST_OF_IT * space.width * space.height:
        return None
    box = (
        round(max(0.0, left), 2),
        round(max(0.0, top), 2),
        round(min(space.width, right), 2),
        round(min(space.height, bottom), 2),
    )
    part = Locator(boxes=(box,), space=space)
    return replace(
        picture,
        id="",
        kind="crop",
        unit_id=unit_id(picture.source.sha256, "crop", part, picture.producer),
        parent=picture.id or picture.unit_id,
        locator=part,
        quote=quote,
    )


def _find(section: Section, evidence: Evidence, words: str) -> Span | None:
    """Where the words stand in a section, inside the evidence's own span of characters or seconds."""
    first, last = 0, len(section.text)
    where = evidence.locator
    if evidence.kind in _ROLES:
        if section.role not in _ROLES[evidence.kind]:
            return None
        inside = [
            a
            for a in section.anchors
            if a.start_s is not None
            and a.end_s is not None
            and _overlaps(a.start_s, a.end_s, where.start_s, where.end_s)
        ]
        if not inside:
            return None
        first, last = inside[0].start, inside[-1].end
    elif section.role not in _WRITTEN:
        return None
    elif where.chars is not None:
        first, last = where.chars[0] - section.start, where.chars[1] - section.start
        if first < 0 or first >= len(section.text):
            return None
    pattern = re.compile(r"\s+".join(re.escape(word) for word in words.split()))
    match = pattern.search(section.text, max(0, first), min(len(section.text), last))
    return None if match is None else Span(match.start(), match.end())


def _overlaps(start_s: float, end_s: float, from_s: float | None, to_s: float | None) -> bool:
    return (to_s is None or start_s < to_s) and (from_s is None or from_s < end_s)
