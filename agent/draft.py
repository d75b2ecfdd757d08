"""The node `draft`: the planner writes sentences that cite evidence ids; ids the thread does not hold never get further."""

from __future__ import annotations

from dataclasses import replace

from sourcehound.agent.budget import left
from sourcehound.agent.deps import Deps
from sourcehound.agent.events import emit
from sourcehound.agent.models.planner import Draft, Fault, View
from sourcehound.agent.state import Request, Sentence, State, Update
from sourcehound.tools.narrow import narrow

_FAILED = {"not_supported", "contradicted", "unreachable"}


def draft(deps: Deps, state: State) -> Update:
    """Draft, or repair the draft whose sentences failed."""
    request = Request.from_json(state.request)
    planner = deps.roles(request).planner
    view = deps.view(state, left(request, state.spent))
    faults = _faults(state)
    old = Draft(sentences=tuple(map(Sentence.from_json, state.draft)), short=state.short)
    new = planner.repair(view, old, faults) if faults else planner.draft(view)
    known = [_known(sentence, view) for sentence in new.sentences if sentence.text.strip()]
    sentences = [_narrowed(deps, state, sentence) for sentence in known]
    emit("draft", sentences=[sentence.to_json() for sentence in sentences], repair=bool(faults))
    update = Update(
        draft=[sentence.to_json() for sentence in sentences],
        short=new.short if sentences else None,
        checks=[],
        spent=new.usage.to_counts(),
    )
    if faults:
        update["repairs"] = state.repairs + 1
    if not sentences and state.stop.get("reason", "answered") == "answered":
        update["stop"] = {"reason": "nothing_found", "detail": new.why_not}
    return update


def _narrowed(deps: Deps, state: State, sentence: Sentence) -> Sentence:
    """The sentence citing the exact place of the words it repeats, where that is narrower than what was found."""
    if not sentence.quoted:
        return sentence
    cites: list[str] = []
    for name in sentence.cites:
        wide = deps.ledger.evidence(state.thread, name)
        exact = None if wide is None else narrow(deps.library.catalogue.connection, wide, sentence.quoted)
        if exact is not None:
            (minted,), _ = deps.ledger.mint(state.thread, [exact])
            name = minted.id  # noqa: PLW2901  the narrower place takes the wide one's seat
        cites.append(name)
    return replace(sentence, cites=tuple(cites))


def _faults(state: State) -> list[Fault]:
    faults: list[Fault] = []
    for data, check in zip(state.draft, state.checks, strict=False):
        if check["verdict"] in _FAILED:
            why = "; ".join(
                f"{c['check']}: {c['detail']}" for c in check["checks"] if c["result"] in {"failed", "error"}
            )
            faults.append(Fault(sentence=Sentence.from_json(data), reason=why or check["verdict"]))
    return faults


def _known(sentence: Sentence, view: View) -> Sentence:
    """The sentence without ids that the thread does not hold, each id once."""
    cites = tuple(dict.fromkeys(name for name in sentence.cites if name in view.evidence))
    return Sentence(text=sentence.text.strip(), cites=cites, given=sentence.given, quoted=sentence.quoted)
