"""Where a claim follows a sentence of the source nearly word for word, and what it says differently there.

A swapped number, a swapped name or a dropped "not" shows as a small change in an otherwise equal frame. Knows nothing of
what the changed words mean.
"""

from __future__ import annotations

import difflib
from collections import Counter
from dataclasses import dataclass

from sourcehound.agent.verify.words import is_verbatim, tokens
from sourcehound.tools.library.passages import sentences

LEAST_FOLLOWED = 0.75
"""Share of a claim's words that must follow a source's sentence, in order, for the two to be one frame."""
_LEAST_WORDS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Words of a claim, and the source's words in their place; either may be empty."""

    claim: tuple[str, ...]
    source: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """A source's sentence that a claim follows.

    Attributes:
        sentence: the source's sentence.
        followed: share of the claim's words that follow it, 0..1.
        changes: what is said differently inside the part that is followed.
    """

    sentence: str
    followed: float
    changes: tuple[Change, ...]


def pieces_of(words: str) -> tuple[str, ...]:
    """The sentences of a source's words, and its lines where they differ (tables, lettering)."""
    whole = [words[span.start : span.end] for span in sentences(words)]
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    return tuple(dict.fromkeys((*whole, *lines)))


def frame_of(claim: str, words: str) -> Frame | None:
    """The sentence of a source that a claim follows most closely; None if it follows none closely enough, or is verbatim.

    Args:
        claim: the claim's words.
        words: the cited words.
    """
    said = [token.text for token in tokens(claim)]
    if len(said) < _LEAST_WORDS or is_verbatim(claim, words):
        return None
    best: Frame | None = None
    for sentence in pieces_of(words):
        there = [token.text for token in tokens(sentence)]
        if (Counter(said) & Counter(there)).total() < LEAST_FOLLOWED * len(said):
            continue
        frame = _frame(said, there, sentence)
        if frame.followed >= LEAST_FOLLOWED and (best is None or _rank(frame) > _rank(best)):
            best = frame
    return best


def _rank(frame: Frame) -> tuple[float, int]:
    return frame.followed, -len(frame.changes)


def _frame(said: list[str], there: list[str], sentence: str) -> Frame:
    codes = difflib.SequenceMatcher(None, said, there, autojunk=False).get_opcodes()
    equal = [place for place, code in enumerate(codes) if code[0] == "equal"]
    inner = codes[equal[0] : equal[-1] + 1] if equal else []
    # what the claim says before and after the part it follows is its own; what the source says there was left out
    outer = [code for code in (*codes[: equal[0]], *codes[equal[-1] + 1 :]) if code[2] > code[1]] if equal else []
    changes = tuple(
        Change(claim=tuple(said[a:b]), source=tuple(there[c:d]))
        for kind, a, b, c, d in (*inner, *outer)
        if kind != "equal"
    )
    followed = sum(b - a for kind, a, b, _, _ in codes if kind == "equal")
    return Frame(sentence=sentence, followed=followed / len(said), changes=changes)
