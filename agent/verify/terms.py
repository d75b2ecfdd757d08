"""The check `terms`: a sentence shares telling words with what it cites.

A sentence that shares none with a long enough text in the same language is not what that text says, whoever wrote it.
Knows nothing of meaning: sharing words is no support.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from sourcehound.agent.models.builtin.question import STOP_WORDS, terms
from sourcehound.agent.verify.check import CheckResult, Claim, failed, not_applicable, passed
from sourcehound.agent.verify.sources import Sources
from sourcehound.agent.verify.words import flat, stem
from sourcehound.tools.evidence import Evidence

NAME: Final = "terms"
_LEAST_CLAIM: Final = 2
_LEAST_SOURCE: Final = 12
_LEAST_SHARE: Final = 0.15
_LEAST_STEM: Final = 5
"""Shorter stems are alike by chance."""
_COMMON: Final = frozenset("the of and to in is was for on with that by are as at from".split()) & STOP_WORDS


def check_terms(claim: Claim, evidence: Sequence[Evidence], ctx: Sources) -> CheckResult:
    """Count the claim's telling words that stand in the cited words, titles and file names."""
    wanted = stems_of(claim.core)
    # one short sentence says too little about its language: its neighbours are read with it
    words = "\n".join([ctx.all_words(evidence), *(whole for item in evidence for whole in ctx.wholes(item, margin=2))])
    there = stems_of(f"{words}\n{ctx.all_around(evidence)}")
    if len(wanted) < _LEAST_CLAIM or len(there) < _LEAST_SOURCE or not _is_one_language(claim.core, words):
        return not_applicable(NAME, "too few words to compare, or another language")
    shared = {word for word in wanted if word in there or any(_is_kin(word, other) for other in there)}
    detail = f"{len(shared)} of {len(wanted)} telling words stand in the cited words"
    return passed(NAME, detail) if len(shared) > _LEAST_SHARE * len(wanted) else failed(NAME, detail)


def stems_of(text: str) -> frozenset[str]:
    """The telling words of a text, without their endings."""
    return frozenset(stem(part) for word in terms(flat(text)) for part in (word, *re.split(r"[-'.&/]", word)) if part)


def _is_kin(word: str, other: str) -> bool:
    """Whether two stems are forms of one word: `discover` and `discovery`, `tid` and `tide`."""
    short = min(len(word), len(other))
    return short >= _LEAST_STEM and word[: short - 1] == other[: short - 1]


def _is_one_language(one: str, other: str) -> bool:
    """Whether both hold the small words of one language; code compares words, and those of another tell it nothing."""
    first, second = (frozenset(re.findall(r"[^\W\d_]+", flat(text))) for text in (one, other))
    return bool(first & _COMMON) and bool(second & _COMMON)
