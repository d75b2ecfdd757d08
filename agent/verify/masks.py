"""The parts of a sentence that say where rather than what: file names, titles, pages, ids; taken out before comparing.

A page or part is taken out only where it agrees with the place that is cited; a wrong one stays and fails.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence

from sourcehound.tools.evidence import Evidence

_SOURCE = "source"
"""Stands where a source was named, so that what touches the name keeps its borders."""
_PAGE = re.compile(r"\b(?:pages?|pp?\.|slide|sheet|seite|página)\s*(?P<label>[\w.-]*\w)", re.IGNORECASE)
_LEAST_NAME = 3
_MARK = re.compile(r"\[(?:E?\d+)(?:,\s*E?\d+)*\]")


def names_of(evidence: Evidence) -> tuple[str, ...]:
    """What a sentence may call a source by: its file's name, with and without suffix, and its title; longest first."""
    name = os.path.basename(evidence.source.path or evidence.source.uri.rstrip("/"))
    found = {name, os.path.splitext(name)[0], evidence.source.title}
    return tuple(
        sorted((n for n in found if len(n) >= _LEAST_NAME and re.search(r"[^\W\d_]", n)), key=len, reverse=True)
    )


def without_places(text: str, evidence: Sequence[Evidence]) -> str:
    """A sentence without the names of what it cites, without citation marks, and without the pages that are cited."""
    text = _MARK.sub(" ", text)
    for name in (name for item in evidence for name in names_of(item)):
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", _SOURCE, text, flags=re.IGNORECASE)
    labels = {label.casefold() for item in evidence for label in _labels(item)}
    return _PAGE.sub(lambda match: " " if match["label"].casefold() in labels else match[0], text)


def blanked(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """A text of the same length with a sign that means nothing in place of some spans."""
    for start, end in spans:
        text = text[:start] + "|" * (end - start) + text[end:]
    return text


def _labels(evidence: Evidence) -> tuple[str, ...]:
    where = evidence.locator
    page = () if where.page is None else (str(where.page),)
    label = (where.page_label,) if where.page_label else ()
    return (*page, *label, *re.findall(r"\w+", where.part or ""))
