"""The check `hash`: the bytes that the evidence was taken from are still there.

A source that is gone makes its sentence `unreachable`. Where a file changed, its words of today are looked at: the quote
may stand there still (then the sentence is unchecked until the file is read anew), or not (then nothing says it).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sourcehound.agent.verify.check import CheckResult, Claim, Verdict, failed, passed
from sourcehound.agent.verify.sources import Sources
from sourcehound.agent.verify.words import is_refound
from sourcehound.tools.errors import MediaError
from sourcehound.tools.evidence import Evidence

NAME: Final = "hash"
_WORST: Final[tuple[Verdict, ...]] = ("unreachable", "not_supported", "unchecked")


def check_hash(claim: Claim, evidence: Sequence[Evidence], ctx: Sources) -> CheckResult:
    """Look for the bytes of every source that is cited."""
    del claim
    found = [_look(item, ctx) for item in evidence]
    bad = [result for result in found if result.result == "failed"]
    if not bad:
        return passed(NAME, "; ".join(dict.fromkeys(result.detail for result in found)))
    worst = min(bad, key=lambda result: _WORST.index(result.means))
    return failed(NAME, "; ".join(dict.fromkeys(result.detail for result in bad)), means=worst.means)


def _look(item: Evidence, ctx: Sources) -> CheckResult:
    held = ctx.held(item)
    if held.state == "gone":
        return failed(NAME, f"{item.id}: {held.why}", means="unreachable")
    if held.state == "changed":
        return _changed(item, held.why, ctx)
    if not ctx.is_known(item):
        return failed(NAME, f"{item.id}: the library holds this source no more", means="unreachable")
    return passed(NAME, held.why)


def _changed(item: Evidence, why: str, ctx: Sources) -> CheckResult:
    try:
        words = ctx.todays_words(item)
    except MediaError as error:
        return failed(NAME, f"{item.id}: {why}, and cannot be read now: {error.message}", means="unreachable")
    if words is None or not item.quote:
        return failed(NAME, f"{item.id}: {why}", means="unreachable")
    if is_refound(item.quote, words):
        return failed(NAME, f"{item.id}: {why}; the quoted words stand in it still, run add", means="unchecked")
    return failed(NAME, f"{item.id}: {why}, and the quoted words stand in it no more")
