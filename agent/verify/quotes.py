"""The check `quote`: words that are quoted stand at the place that is cited, found there again.

Both the quote of every piece of evidence (in the catalogue's texts, the snapshot, or pixels read again) and what the
sentence itself puts in quotation marks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from sourcehound.agent.verify.check import CheckResult, Claim, failed, not_applicable, passed, shown
from sourcehound.agent.verify.sources import Sources
from sourcehound.agent.verify.words import flat, is_refound
from sourcehound.tools.evidence import Evidence

NAME: Final = "quote"
_IN_MARKS: Final = re.compile(r"“([^“”]{2,})”|«([^«»]{2,})»|(?<![\w\d])\"([^\"]{2,})\"(?!\w)|„([^„“”]{2,})[“”]")
_PLACES: Final = ("page", "chars")


def check_quote(claim: Claim, evidence: Sequence[Evidence], ctx: Sources) -> CheckResult:
    """Find every quote again."""
    quoted = [item for item in evidence if item.quote and item.quote.strip()]
    for item in quoted:
        if not any(ctx.has_quote(item, run) for run in ctx.words(item)):
            return failed(NAME, f"{item.id}: {shown(item.quote or '')} does not stand at the cited place")
        if wrong := _wrong_place(item, ctx):
            return failed(NAME, f"{item.id}: {wrong}")
    words = ctx.all_words(evidence)
    for run in _runs(claim):
        if words.strip() and not _stands(run, words):
            return failed(NAME, f"{shown(run)} does not stand in the cited words")
    if not quoted:
        return not_applicable(NAME, "what is cited has no words")
    return passed(NAME, f"found again at {', '.join(item.id for item in quoted)}")


def _runs(claim: Claim) -> list[str]:
    """What the sentence gives as another's words."""
    marked = [next(filter(None, match.groups())) for match in _IN_MARKS.finditer(claim.text)]
    return [*([claim.quoted] if claim.quoted.strip() else []), *marked]


def _stands(run: str, words: str) -> bool:
    """Whether a quoted run stands in words; a full stop or comma that belongs to the sentence around it is let be."""
    return is_refound(run, words) or is_refound(flat(run).rstrip(".,;:!?"), words)


def _wrong_place(item: Evidence, ctx: Sources) -> str:
    """What of a place differs from where the catalogue has the unit; empty if nothing does."""
    there = ctx.places(item)
    here = item.locator
    if not there or any(all(getattr(place, name) == getattr(here, name) for name in _PLACES) for place in there):
        return ""
    names = [name for name in _PLACES if getattr(there[0], name) != getattr(here, name)]
    return "; ".join(f"{name} is {getattr(there[0], name)}, not {getattr(here, name)}" for name in names)
