"""Whether a sentence is the sources' own words: whole sentences or lines of what is cited, or a bare value read there.

Derived from the text alone, never from what the drafter says of it. A part of a sentence is no own word: "the match is
cancelled" is not what "If it rains, the match is cancelled" says. Of speech, whose sentences are the recogniser's guess, a
clause is: an answer says from when to when it is spoken, and nothing of the rest may deny it or set a condition.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from sourcehound.agent.models.builtin.question import parts_of
from sourcehound.agent.state import Request, Sentence
from sourcehound.agent.verify.check import Claim
from sourcehound.agent.verify.leadins import introduced
from sourcehound.agent.verify.names import names
from sourcehound.agent.verify.negation import denials
from sourcehound.agent.verify.sources import Sources
from sourcehound.agent.verify.words import EDGES, flat, is_verbatim
from sourcehound.tools.evidence import Evidence

_MOST_VALUE_WORDS: Final = 5
_CLAUSE_ENDS: Final = ",;:.!?…"
_CONDITION: Final = re.compile(r"\b(?:if|unless|whether|suppose|supposing|provided|si|wenn|falls)\b")
_PERSON: Final = (
    (r"\b(?:i am|i'm)\b", "you are"),
    (r"\b(?:i have|i've)\b", "you have"),
    (r"\b(?:i|we|me|us)\b", "you"),
    (r"\b(?:my|our)\b", "your"),
    (r"\b(?:mine|ours)\b", "yours"),
)


def read_claim(sentence: Sentence, evidence: Sequence[Evidence], ctx: Sources) -> Claim:
    """Take a sentence apart: what it claims, and whether that is the sources' own words."""
    text = " ".join(sentence.text.split())
    core = text
    for item in evidence:
        for words in introduced(text, item):
            wholes = ctx.wholes(item)
            is_own = is_whole(words, wholes) or (item.kind == "speech" and is_clause(words, wholes))
            if is_own and any(is_verbatim(words, run) for run in ctx.words(item)):
                return Claim(text=text, core=words, own=True, quoted=sentence.quoted)
            core = min(core, words, key=len)
    return Claim(text=text, core=core, quoted=sentence.quoted)


def is_whole(words: str, wholes: Sequence[str]) -> bool:
    """Whether words are whole sentences (or lines) of a source in a row, or a bare value that stands in one.

    Args:
        words: the words.
        wholes: the source's sentences or lines, in order.
    """
    wanted = flat(words).strip(EDGES)
    if not wanted:
        return False
    if _is_value(words) and any(is_verbatim(wanted, whole) for whole in wholes):
        return True
    starts: set[int] = set()
    ends: set[int] = set()
    joined = ""
    for whole in filter(None, map(flat, wholes)):
        joined = f"{joined} {whole}" if joined else whole
        starts.add(len(joined) - len(whole))
        ends.add(len(joined))
    at = joined.find(wanted)
    while at >= 0:
        first, last = at, at + len(wanted)
        while first not in starts and first > 0 and joined[first - 1] in EDGES:
            first -= 1
        while last not in ends and last < len(joined) and joined[last] in EDGES:
            last += 1
        if first in starts and last in ends:
            return True
        at = joined.find(wanted, at + 1)
    return False


def is_clause(words: str, wholes: Sequence[str]) -> bool:
    """Whether words are a whole clause of a sentence whose rest neither denies it nor sets a condition.

    Args:
        words: the words.
        wholes: the source's sentences.
    """
    wanted = flat(words).strip(EDGES)
    for whole in map(flat, wholes):
        at = whole.find(wanted) if wanted else -1
        before, after = whole[: max(at, 0)].rstrip(), whole[at + len(wanted) :].lstrip()
        is_bounded = (not before or before[-1] in _CLAUSE_ENDS) and (not after or after[0] in _CLAUSE_ENDS)
        if at >= 0 and is_bounded and not denials(f"{before} {after}") and not _CONDITION.search(f"{before} {after}"):
            return True
    return False


def is_given(text: str, request: Request, told: Sequence[str]) -> bool:
    """Whether a sentence repeats what the person stated (not what they asked): the whole of a statement, word for word."""
    wanted = _as_said(text)
    said = [request.question, *(question for question, _ in request.history), *told]
    statements = [part.text for words in said for part in parts_of(words) if not part.asks]
    return bool(wanted) and any(wanted == _as_said(statement) for statement in statements)


def _is_value(words: str) -> bool:
    """Whether words are a bare value: a few words with a number or a code, or names alone."""
    n_words = len(words.split())
    if n_words > _MOST_VALUE_WORDS:
        return False
    telling = re.findall(r"[^\W_]+", words)
    is_name = bool(names(f"x {words}")) and all(word[0].isupper() for word in telling)
    return is_name or any(c.isdigit() for c in words)


def _as_said(text: str) -> str:
    line = flat(text).strip(EDGES)
    for said, repeated in _PERSON:
        line = re.sub(said, repeated, line)
    return re.sub(r"^(?:and|but|so|now|well),? ", "", line)
