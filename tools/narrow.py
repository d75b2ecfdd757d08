"""Narrowing: from the evidence that a search found to the exact words in it that an answer rests on.

A passage becomes its sentence, with its own boxes; speech becomes its words, with their own seconds. The narrower place is
evidence of its own, its parent the one it was cut from. Knows nothing of drafts.
"""

from __future__ import annotations

import re
import sqlite3
from dataclasses import replace

from sourcehound.tools.evidence import Evidence, unit_id
from sourcehound.tools.library import passages
from sourcehound.tools.library.intake import load_sections
from sourcehound.tools.library.passages import Span
from sourcehound.tools.library.reading import Section

_NARROWED = {"text", "speech", "page"}


def narrow(connection: sqlite3.Connection, evidence: Evidence, words: str) -> Evidence | None:
    """The place of some words inside evidence.

    Args:
        connection: the catalogue's.
        evidence: text, speech or a page.
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
    for section in load_sections(connection, row[0], page=evidence.locator.page):
        span = _find(section, evidence, words)
        if span is None:
            continue
        where = replace(passages.locate(section, span), page_label=evidence.locator.page_label)
        quote = section.text[span.start : span.end]
        if where == evidence.locator or (evidence.quote or "").strip() == quote.strip():
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


def _find(section: Section, evidence: Evidence, words: str) -> Span | None:
    """Where the words stand in a section, inside the evidence's own span of characters or seconds."""
    first, last = 0, len(section.text)
    where = evidence.locator
    if evidence.kind == "speech":
        if section.role not in {"speech", "subtitle"}:
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
    elif section.role != "body":
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
