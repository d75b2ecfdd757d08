"""The node `draft`: the planner writes sentences that cite evidence ids; ids the thread does not hold never get further."""

from __future__ import annotations

from sourcehound.agent.budget import left
from sourcehound.agent.deps import Deps
from sourcehound.agent.events import emit
from sourcehound.agent.models.planner import Draft, Fault, View
from sourcehound.agent.state import Request, Sentence, State, Update

_FAILED = {"not_supported", "contradicted", "unreachable"}


def draft(deps: Deps, state: State) -> Update:
    """Draft, or repair the draft whose sentences failed."""
    request = Request.from_json(state.request)
    planner = deps.roles(request).planner
    view = deps.view(state, left(request, state.spent))
    faults = _faults(state)
    old = Draft(sentences=tuple(map(Sentence.from_json, state.draft)), short=state.short)
    new = planner.repair(view, old, faults) if faults else planner.draft(view)
    sentences = [_known(sentence, view) for sentence in new.sentences if sentence.text.strip()]
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
