"""The node `answer`: code renders the citations, verdicts, coverage and usage; no model writes any of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sourcehound.agent.deps import Deps
from sourcehound.agent.state import COUNTS, PlanItem, Request, Sentence, State, Update
from sourcehound.tools.evidence import Evidence
from sourcehound.tools.ledger import Record
from sourcehound.tools.library.status import count_changed, count_files
from sourcehound.tools.library.within import Within

SCHEMA = "sourcehound.answer/1"
HOLDS = {"supported", "given"}
SHOWN_UNSUPPORTED = " (not supported by what was found)"


def answer(deps: Deps, state: State) -> Update:
    """Render the answer document."""
    request = Request.from_json(state.request)
    evidence = {found.id: found for found in deps.ledger.all_evidence(state.thread)}
    records = deps.ledger.records(state.thread, turn=request.turn)
    document = render(deps, state, request, evidence, records)
    return Update(answer=document)


def cancelled(deps: Deps, state: State) -> dict[str, Any]:
    """The document of a question that was stopped before its answer: no sentence that was not checked is in it."""
    request = Request.from_json(state.request)
    stopped = replace(
        state, draft=[], checks=[], short=None, stop={"reason": "cancelled", "detail": "it can be resumed"}
    )
    records = deps.ledger.records(state.thread, turn=request.turn)
    document = render(
        deps, stopped, request, {found.id: found for found in deps.ledger.all_evidence(state.thread)}, records
    )
    return document | {"status": "cancelled", "text": "Stopped before it was answered."}


def render(
    deps: Deps, state: State, request: Request, evidence: dict[str, Evidence], records: Sequence[Record]
) -> dict[str, Any]:
    """The answer document of the contract."""
    drafted = tuple(map(Sentence.from_json, state.draft))
    sentences, cited = _sentences(drafted, state.checks)
    plan = [PlanItem.from_json(item) for item in state.plan]
    status = status_of(plan, sentences)
    why = "" if sentences else _why_nothing(state, records)
    return {
        "schema": SCHEMA,
        "id": None,
        "question": request.question,
        "status": status,
        "text": " ".join(sentence["text"] for sentence in sentences) or why,
        "short": state.short if state.short and _is_borne(state.short, sentences) else None,
        "sentences": sentences,
        "citations": [{"n": n, **evidence[name].to_json()} for n, name in enumerate(cited, 1)],
        "plan": [
            {"question": i.question, "kinds": list(i.kinds), "state": _shown_state(i), "evidence": list(i.evidence)}
            for i in plan
        ],
        "coverage": _coverage(deps, request, records, evidence),
        "verification": {
            "mode": "balanced" if state.checks and deps.roles(request).judge else "code",
            "checked": sum(check["verdict"] not in {"unchecked", "given"} for check in state.checks),
            "of": len(state.checks),
        },
        "stop": {"reason": state.stop.get("reason", "answered"), "detail": state.stop.get("detail", "")},
        "models": deps.roles(request).names(),
        "usage": {name: round(state.spent.get(name, 0), 3) for name in COUNTS},
        "thread": state.thread,
    }


def _sentences(drafted: Sequence[Sentence], checks: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[str]]:
    cited: list[str] = []
    shown: list[dict[str, Any]] = []
    start = 0
    for sentence, check in zip(drafted, checks, strict=True):
        for name in sentence.cites:
            if name not in cited:
                cited.append(name)
        numbers = [cited.index(name) + 1 for name in sentence.cites]
        text = sentence.text + (SHOWN_UNSUPPORTED if check["verdict"] in {"not_supported", "contradicted"} else "")
        text += "".join(f" [{n}]" for n in numbers)
        shown.append(
            {
                "text": text,
                "span": [start, start + len(text)],
                "citations": numbers,
                "verdict": check["verdict"],
                "checks": check["checks"],
            }
        )
        start += len(text) + 1
    return shown, cited


def status_of(plan: Sequence[PlanItem], sentences: Sequence[dict[str, Any]]) -> str:
    """`answered`, `partial` or `abstained`, as the contract defines them."""
    verdicts = {sentence["verdict"] for sentence in sentences}
    if verdicts and verdicts <= HOLDS and all(item.state == "enough" for item in plan):
        return "answered"
    return "partial" if "supported" in verdicts else "abstained"


def _is_borne(short: str, sentences: Sequence[dict[str, Any]]) -> bool:
    """Whether a bare value is worth telling: every part of it (`18.4 s–21.3 s` has two) stands in a sentence that holds."""
    held = " ".join(
        sentence["text"] for sentence in sentences if sentence["verdict"] in {*HOLDS, "unchecked"}
    ).casefold()
    return all(part.strip() in held for part in short.casefold().split("–"))


def _shown_state(item: PlanItem) -> str:
    return "nothing" if item.state == "open" else item.state


def _why_nothing(state: State, records: Sequence[Record]) -> str:
    searched = [str(record.args.get("query", "")) for record in records if record.args.get("query")]
    tried = "; ".join(f"“{query}”" for query in dict.fromkeys(searched))
    detail = state.stop.get("detail", "")
    failed = [record.error for record in records if record.error]
    if failed:
        detail = f"{len(failed)} of {len(records)} calls failed: {failed[0]}" + (f"; {detail}" if detail else "")
    done = f"Searched for: {tried}." if tried else "Nothing was searched."
    return f"Nothing found that answers this. {done}" + (f" ({detail})" if detail else "")


def _coverage(deps: Deps, request: Request, records: Sequence[Record], evidence: dict[str, Evidence]) -> dict[str, Any]:
    stamp = deps.library.stamps()["text"]
    scope = Within(globs=(request.within,), since=request.since, until=request.until)
    counts = count_files(deps.library.catalogue, stamp=stamp)
    read = {name for record in records for name in record.evidence if record.tool == "read_page"}
    pages = [evidence[name].source.uri for name in read if name in evidence]
    return {
        "files": counts["found"],
        "searched": deps.library.searched(scope)["files"],
        "within": request.within,
        "since": request.since,
        "until": request.until,
        "failed": counts["failed"],
        "skipped": counts["skipped"],
        "pending": counts["pending"],
        "changed_since": count_changed(deps.library.catalogue, scope),
        "web_queries": [record.args["query"] for record in records if record.tool == "web_search" and not record.error],
        "web_pages": sorted(set(pages)),
    }
