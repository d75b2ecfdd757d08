"""The check `entailment`: a judge rules whether the cited words say what a sentence says.

Only for sentences that code leaves open; a judge that cannot be reached leaves them `unchecked`. Knows nothing of any one
model.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sourcehound.agent.deps import Judge
from sourcehound.agent.errors import ModelError
from sourcehound.agent.models.planner import Usage
from sourcehound.agent.verify.check import CheckResult, Verdict, undecided
from sourcehound.agent.verify.sources import Sources
from sourcehound.tools.evidence import Evidence

NAME: Final = "entailment"
_RULINGS: Final[dict[str, Verdict]] = {
    "supported": "supported",
    "not_supported": "not_supported",
    "contradicted": "contradicted",
}


def judge_sentence(
    text: str, evidence: Sequence[Evidence], ctx: Sources, judge: Judge
) -> tuple[Verdict, CheckResult, Usage]:
    """Put a sentence and what it cites to the judge."""
    quotes = tuple(quote for item in evidence for quote in _quotes(item, ctx))
    if not quotes:
        return "unchecked", undecided(NAME, "there are no words to judge by"), Usage()
    try:
        ruling = judge.rule(text, quotes)
    except ModelError as error:
        return "unchecked", undecided(NAME, error.message), Usage()
    verdict = _RULINGS.get(ruling.verdict, "unchecked")
    if verdict == "unchecked":
        return verdict, CheckResult(check=NAME, result="error", by=judge.name, detail=ruling.why), ruling.usage
    result = "passed" if verdict == "supported" else "failed"
    return (
        verdict,
        CheckResult(check=NAME, result=result, by=judge.name, detail=ruling.why, means=verdict),
        ruling.usage,
    )


def _quotes(item: Evidence, ctx: Sources) -> list[str]:
    """The sentences at a place with one more on both sides, and what a seer said it shows, marked as such."""
    near = "\n".join(ctx.wholes(item, margin=1)).strip()
    runs = [near] if near else []
    seen = item.detail.get("seen", "")
    return [*runs, *([f"(seen in {item.id} by {item.detail.get('seen_by', 'a seer')}) {seen}"] if seen else [])]
