"""The node `verify`: every sentence of the draft is checked by code against the sources as they are today, then judged.

What was not checked is said to be not checked. Knows nothing of how sentences were drafted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sourcehound.agent.budget import left
from sourcehound.agent.deps import Deps, Judge
from sourcehound.agent.events import emit
from sourcehound.agent.models.planner import Usage
from sourcehound.agent.state import Request, Sentence, State, Update
from sourcehound.agent.verify.check import Check, CheckResult, Verdict, failed, passed, undecided
from sourcehound.agent.verify.entailment import judge_sentence
from sourcehound.agent.verify.own import is_given
from sourcehound.agent.verify.runner import CHECKS, Examined, examine
from sourcehound.agent.verify.sources import Sources
from sourcehound.agent.verify.verdicts import may_be_judged, verdict_of
from sourcehound.tools.evidence import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A sentence's verdict, and what it rests on."""

    verdict: Verdict
    results: tuple[CheckResult, ...]
    usage: Usage = field(default_factory=Usage)

    def result(self, check: str) -> CheckResult | None:
        """The result of one check, None if it was not made."""
        return next((result for result in self.results if result.check == check), None)

    def to_json(self) -> dict[str, object]:
        """Plain values, for the checkpoint and the answer."""
        return {"verdict": self.verdict, "checks": [result.to_json() for result in self.results]}


def verify(deps: Deps, state: State) -> Update:
    """Check every sentence of the draft."""
    request = Request.from_json(state.request)
    begun_s = deps.clock.monotonic()
    budget = left(request, state.spent)
    evidence = {item.id: item for item in deps.ledger.all_evidence(state.thread)}
    ctx = Sources(deps.desk(state), lambda: deps.web().snapshots)
    judge = deps.roles(request).judge
    found: list[Checked] = []
    usage = Usage()
    for sentence in map(Sentence.from_json, state.draft):
        checked = check_sentence(sentence, evidence, ctx, request=request, told=state.told)
        if judge is not None and sentence.cites and may_be_judged(checked.verdict, checked.results):
            n_tokens = usage.tokens_in + usage.tokens_out
            is_left = budget["seconds"] > deps.clock.monotonic() - begun_s and budget["tokens"] > n_tokens
            checked = _judged(checked, sentence, evidence, ctx, judge if is_left else None)
            usage += checked.usage
        found.append(checked)
    checks = [checked.to_json() for checked in found]
    emit(
        "verify",
        sentences=[{"text": drafted["text"], **check} for drafted, check in zip(state.draft, checks, strict=True)],
    )
    return Update(checks=checks, spent=usage.to_counts())


def check_sentence(
    sentence: Sentence,
    evidence: Mapping[str, Evidence],
    ctx: Sources,
    *,
    request: Request,
    told: Sequence[str] = (),
    checks: Mapping[str, Check] = CHECKS,
) -> Checked:
    """Check one sentence by code alone.

    Args:
        sentence: the sentence.
        evidence: everything the thread found, by id.
        ctx: the sources as they are today.
        request: the person's question, whose statements need no citation.
        told: what the person answered to questions.
        checks: the checks to make.
    """
    if is_given(sentence.text, request, told):
        return Checked(verdict="given", results=(passed("given", "the person's own statement"),))
    if not sentence.cites:
        return Checked(verdict="unchecked", results=(undecided("quote", "it cites nothing"),))
    unknown = [name for name in sentence.cites if name not in evidence]
    if unknown:
        detail = f"no such evidence: {', '.join(unknown)}"
        return Checked(verdict="unreachable", results=(failed("hash", detail, means="unreachable"),))
    examined: Examined = examine(sentence, [evidence[name] for name in sentence.cites], ctx, checks)
    return Checked(verdict=verdict_of(examined), results=examined.results)


def _judged(
    checked: Checked, sentence: Sentence, evidence: Mapping[str, Evidence], ctx: Sources, judge: Judge | None
) -> Checked:
    """The same with the judge's word; without a judge, because the budget is spent, it stays unchecked and says so."""
    if judge is None:
        late = undecided("entailment", "not judged: the budget is spent")
        return Checked(verdict="unchecked", results=(*checked.results, late))
    cited = [evidence[name] for name in sentence.cites]
    verdict, result, usage = judge_sentence(sentence.text, cited, ctx, judge)
    return Checked(verdict=verdict, results=(*checked.results, result), usage=usage)
