"""How the built-in planner words an answer: the source's own words, said to be read, heard or shown where they were.

Knows nothing of how the words were chosen.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace

from sourcehound.agent.models.builtin.question import Part
from sourcehound.agent.models.builtin.support import Candidate, Supported
from sourcehound.agent.models.planner import View
from sourcehound.agent.state import Sentence
from sourcehound.agent.verify.leadins import clock, introduce
from sourcehound.tools.evidence import Evidence


def sentence_of(candidate: Candidate, view: View) -> Sentence:
    """A sentence that repeats a candidate's words; lettering and speech are introduced by where they are.

    A passage that shows a picture which was found too cites both.
    """
    item = candidate.evidence
    words = candidate.text
    text = introduce(replace(view.exact(item, words), kind=item.kind), words)
    cites = (item.id, *(other.id for other in view.evidence.values() if _is_shown_by(other, item, words)))
    return Sentence(text=text, cites=cites[:2], quoted=words)


def short_of(parts: Sequence[Part], chosen: Sequence[tuple[Part, Supported]], view: View) -> str | None:
    """The bare value that the last asking part wants, read from the words chosen for it; None if they lack it."""
    for part in reversed(parts):
        if not part.asks:
            continue
        for owner, support in chosen:
            if owner is not part:
                continue
            where = view.exact(support.candidate.evidence, support.candidate.text).locator
            if part.wanted == "time" and where.start_s is not None:
                return f"{clock(where.start_s)}–{clock(where.end_s)}"
            if support.value is not None:
                return support.value
        if part.wanted != "thing":
            return None
    return None


def _is_shown_by(other: Evidence, item: Evidence, words: str) -> bool:
    """Whether a picture that was found is the one that a passage shows: its file's name stands in the passage."""
    if other.kind != "image" or item.kind != "text" or other.source.path is None:
        return False
    name = os.path.basename(other.source.path)
    return name in words or name in (item.quote or "")
