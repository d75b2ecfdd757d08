"""The node `act`: does the planner's tool calls, side by side, and writes what they found to the ledger in call order.

A call that was done before a kill is not done again: it is keyed by its content. The tool executor is one of the three
places where any exception is caught: a tool's fault is told to the planner; only a wrong setting ends the run.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

from pydantic import ValidationError

from sourcehound.agent.budget import left
from sourcehound.agent.deps import Deps
from sourcehound.agent.events import emit
from sourcehound.agent.state import Request, State, Update
from sourcehound.tools.encoders.weights import MissingWeightsError
from sourcehound.tools.errors import ConfigError, SourcehoundError, SourceUnavailable, ToolInputError
from sourcehound.tools.ledger import Record, call_key
from sourcehound.tools.tool import Desk, Outcome, Tool

MOST_AT_ONCE = 4
MOST_NOTE_CHARS = 1200


def act(deps: Deps, state: State) -> Update:
    """Do the calls of this round."""
    request = Request.from_json(state.request)
    desk = deps.desk(state)
    deadline_s = left(request, state.spent)["seconds"]
    keys = [call_key(state.step, request.turn, call["tool"], call["args"]) for call in state.calls]
    done = {key: deps.ledger.recorded(state.thread, key) for key in keys}
    records: list[Record] = []
    pool = ThreadPoolExecutor(max_workers=MOST_AT_ONCE, thread_name_prefix="tool")
    try:
        futures: dict[str, Future[tuple[Outcome, str]]] = {}
        for key, call in zip(keys, state.calls, strict=True):
            if done[key] is None and key not in futures:
                futures[key] = pool.submit(execute, deps.tools.get(call["tool"]), call["tool"], call["args"], desk)
        wait(futures.values(), timeout=deadline_s)
        for key, call in zip(keys, state.calls, strict=True):
            record = done[key]
            if record is None:
                new, outcome = _record_of(state, request.turn, call, futures[key])
                record = deps.ledger.record(state.thread, key, new, outcome.evidence)
                _tell(deps, state, call, record)
            records.append(record)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    fresh = sum(record.fresh for record in records)
    return Update(
        calls=[],
        step=state.step + 1,
        stale=0 if fresh else state.stale + 1,
        spent={"steps": 1, "tool_calls": len(records), "images": sum(record.images for record in records)},
    )


def execute(tool: Tool | None, name: str, args: dict[str, Any], desk: Desk) -> tuple[Outcome, str]:
    """Run one tool; what goes wrong comes back as words for the planner.

    Raises:
        ConfigError: a setting is wrong, as a seer's key that is refused: no other call mends that, only the person does.
    """
    if tool is None:
        return Outcome(), f"there is no tool {name!r}"
    try:
        return tool.run(tool.Args.model_validate(args), desk), ""
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'arguments'}: {e['msg']}" for e in error.errors()[:4])
        return Outcome(), f"wrong arguments for {name}: {problems}"
    except (ToolInputError, SourceUnavailable) as error:
        return Outcome(), str(error)
    except SourcehoundError as error:
        if isinstance(error, ConfigError) and not isinstance(error, MissingWeightsError):
            raise
        return Outcome(), f"{name} failed: {error.message}"
    except Exception as error:  # noqa: BLE001  the tool executor: one of the three named places
        return Outcome(), f"{name} failed: a fault of ours ({type(error).__name__})"


def _record_of(
    state: State, turn: int, call: dict[str, Any], future: Future[tuple[Outcome, str]]
) -> tuple[Record, Outcome]:
    finished = future.done() and not future.cancelled()
    outcome, error = future.result() if finished else (Outcome(), "ran out of time")
    record = Record(
        step=state.step,
        turn=turn,
        tool=call["tool"],
        args=call["args"],
        note=outcome.note[:MOST_NOTE_CHARS],
        error=error[:MOST_NOTE_CHARS],
        images=outcome.images,
    )
    return record, outcome


def _tell(deps: Deps, state: State, call: dict[str, Any], record: Record) -> None:
    tool = deps.tools.get(call["tool"])
    told = {"tool": call["tool"], "args": call["args"], "note": record.note, "error": record.error}
    emit(tool.event if tool else "search", **told, evidence=list(record.evidence))
    if record.error:
        emit("warning", message=record.error)
    if tool is not None and tool.event == "search" and record.evidence:
        found = [deps.ledger.evidence(state.thread, name) for name in record.evidence]
        emit("hits", tool=call["tool"], hits=[brief(evidence.to_json()) for evidence in found if evidence])


def brief(document: dict[str, Any]) -> dict[str, Any]:
    """An evidence document without its longer parts, for the event stream."""
    quote = document["quote"]
    return {
        "id": document["id"],
        "kind": document["kind"],
        "uri": document["uri"],
        "quote": quote[:200] if quote else None,
        "score": document["score"],
    }
