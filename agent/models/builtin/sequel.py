"""What stands, or is said, right after the words that a question quotes.

Knows nothing of how the words were found.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from sourcehound.agent.models.builtin.question import Part, quoted
from sourcehound.agent.models.builtin.support import Supported, holds_quotation, stem

_ASKS = re.compile(r"\b(after|next|follows?|following)\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_CLAUSE = re.compile(r"[^\w]*(?P<words>[^,;:.!?\n]+)")
_LEAST_WORDS = 2


def after_quotation(part: Part, found: Sequence[Supported]) -> Supported | None:
    """The clause right after the words that a part quotes, if it asks for that.

    Args:
        part: the part; what it leans on counts.
        found: its support, best first.

    Returns:
        The clause with its place, or the next words of the same piece of evidence; None if the part asks for nothing of the
        kind or the quoted words are not there.
    """
    strings = quoted(part.sought)
    if not strings or not _ASKS.search(part.sought):
        return None
    asked = replace(part, text=part.sought)
    first = next((support for support in found if holds_quotation(asked, support.candidate.text)), None)
    if first is None:
        return None
    clause = _rest(first.candidate.text, strings[0])
    if clause is not None:
        return replace(first, candidate=replace(first.candidate, text=clause))
    source = first.candidate.evidence.quote or ""
    end = source.find(first.candidate.text) + len(first.candidate.text)
    later = [support for support in found if support.candidate.evidence.id == first.candidate.evidence.id]
    return min(
        (support for support in later if source.find(support.candidate.text) >= end),
        key=lambda support: source.find(support.candidate.text),
        default=None,
    )


def _rest(text: str, quotation: str) -> str | None:
    """The clause of a text that follows a quotation in it, which may be misspelt as OCR and speech recognition do."""
    words = list(_WORD.finditer(text))
    wanted = [stem(match[0].casefold()) for match in _WORD.finditer(quotation)]
    here = [stem(match[0].casefold()) for match in words]
    same = [block for block in SequenceMatcher(None, here, wanted, autojunk=False).get_matching_blocks() if block.size]
    if not same:
        return None
    end = same[-1].a + len(wanted) - same[-1].b
    if end >= len(words):
        return None
    clause = _CLAUSE.match(text, words[end - 1].end())
    if clause is None or len(clause["words"].split()) < _LEAST_WORDS:
        return None
    return clause["words"].strip()
