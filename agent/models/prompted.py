"""The planner that is a language model: it plans, judges and drafts over notes, by native tool calls or by text.

Whether a model calls tools natively is found out by trying once; a server that refuses tools, or a model that writes its
calls as text, is spoken to by the text protocol from then on. A reply that cannot be used is sent back once with what is
wrong with it. Knows nothing of files, and nothing of the graph.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Literal, Protocol, Self, TypeVar

from sourcehound.agent.models.calling import (
    Caller,
    ChatModel,
    ContextTooLong,
    OutOfTime,
    Policy,
    Reply,
    ToolsRefused,
    Turn,
)
from sourcehound.agent.models.drafts import DraftText, parse_draft
from sourcehound.agent.models.drafts_own_words import in_own_words
from sourcehound.agent.models.mending import mended
from sourcehound.agent.models.notes import Bounds
from sourcehound.agent.models.outcomes import first_calls, is_said_back, judged, planned, surely_made, unknown_ids
from sourcehound.agent.models.planner import Draft, Fault, Move, ToolCall, Usage, View
from sourcehound.agent.models.prompting import assess_task, draft_task, messages, plan_task, repair_task, retry
from sourcehound.agent.models.protocol import Parsed, from_native, parse
from sourcehound.agent.models.tool_schemas import native_schemas
from sourcehound.tools.errors import ToolInputError
from sourcehound.tools.tool import Tool
from sourcehound.tools.toolbox import TOOLS

MOST_TIGHTENINGS = 4
DRAFT_GRACE_S = 120.0
"""A draft gets this long even when the time is spent, or twice as long as the slowest call took: the soft landing."""
MOST_SHOWN_BACK = 1500
DEFAULT_POLICY = Policy()
EMPTY = "the reply was empty"

Calls = Literal["unknown", "native", "text"]
"""How a model is known to call tools."""
Said = TypeVar("Said")


class Task(Protocol):
    """Words that ask for something, by how the model calls tools."""

    def __call__(self, view: View, /, *, native: bool) -> str:
        """The words."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moved:
    """A reply to plan or assess, read."""

    parsed: Parsed
    calls: tuple[ToolCall, ...]


@dataclass(slots=True, kw_only=True)
class _Job:
    """What a node asks of the model, and what its calls have cost so far.

    Attributes:
        within_s: seconds that each call may take.
        offers_tools: whether tools may be called natively; a draft offers none, so that no model calls them in its place.
    """

    view: View
    task: Task
    within_s: float
    offers_tools: bool = True
    usage: Usage = field(default_factory=Usage)


def _quiet(message: str) -> None:
    del message


class PromptedPlanner:
    """Drives the graph by a language model.

    Args:
        model: the chat model.
        name: its model string.
        policy: how long and how often it is called.
        sleep: waits some seconds.
        monotonic: seconds of a clock that never goes back.
        stop: ends a call that waits when it is set.
        tools: the tools that it may be offered.
        warn: told of what a person should know, one line each.
    """

    def __init__(
        self,
        model: ChatModel,
        *,
        name: str,
        policy: Policy = DEFAULT_POLICY,
        sleep: Callable[[float], object] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        stop: threading.Event | None = None,
        tools: Sequence[Tool] = TOOLS,
        warn: Callable[[str], None] = _quiet,
    ) -> None:
        self.name = name
        self._caller = Caller(model, name, policy=policy, sleep=sleep, monotonic=monotonic, stop=stop)
        self._tools = {tool.name: tool for tool in tools}
        self._warn = warn
        self._calls: Calls = "unknown"
        self._monotonic = monotonic
        self._grace_s = DRAFT_GRACE_S
        self._bounds = Bounds()
        self._has_warned = False

    @classmethod
    def named(cls, name: str, *, stop: threading.Event, warn: Callable[[str], None] = _quiet) -> Self:
        """The planner of a model string.

        Raises:
            ConfigError: the model string is unknown, its package or key is missing.
        """
        from sourcehound.agent.models.named import open_chat_model

        return cls(open_chat_model(name), name=name, sleep=stop.wait, stop=stop, warn=warn)

    def plan(self, view: View) -> Move:
        """Sub-questions and first calls; a reply without calls searches for its sub-questions, or for the question."""
        job = _Job(view=view, task=plan_task, within_s=_seconds(view))

        def read(reply: Reply) -> tuple[_Moved, str]:
            moved, problem = self._read_move(reply, view)
            is_plan = bool(moved.calls or moved.parsed.lines or moved.parsed.ask)
            return moved, "" if is_plan else problem or "there was neither a Q line nor a call"

        try:
            moved, _ = self._ask(job, read)
        except OutOfTime:
            return Move(plan=planned(view, ()), usage=job.usage)
        items = planned(view, moved.parsed.lines)
        asked = _asked(moved, view)
        if asked:
            return Move(plan=items, usage=job.usage, question=asked)
        calls = moved.calls or first_calls(view, items)
        return Move(plan=items, calls=(*calls, *surely_made(view, calls)), usage=job.usage)

    def assess(self, view: View) -> Move:
        """How far each sub-question is, and further calls; none where time or tokens are spent, or no reply can be read."""
        if _is_spent(view):
            return Move(plan=view.plan)
        job = _Job(view=view, task=assess_task, within_s=_seconds(view))
        try:
            moved, problem = self._ask(job, lambda reply: self._read_move(reply, view))
        except OutOfTime:
            return Move(plan=view.plan, usage=job.usage)
        if problem and not moved.parsed.lines:
            self._warn(
                f"{self.name} wrote no assessment that can be read, so what was found goes to the draft: {problem}"
            )
            return Move(plan=view.plan, usage=job.usage)
        items = judged(view, moved.parsed, has_calls=bool(moved.calls))
        return Move(plan=items, calls=moved.calls, usage=job.usage, question=_asked(moved, view))

    def draft(self, view: View) -> Draft:
        """Write the answer; nothing, and why, where nothing was found or no reply can be read."""
        if not view.evidence:
            return Draft(sentences=(), why_not="nothing was found")
        return self._drafted(view, draft_task)

    def repair(self, view: View, draft: Draft, faults: Sequence[Fault]) -> Draft:
        """Have the answer written again; where time or tokens are spent, only drop what failed."""
        if _is_spent(view):
            failed = {fault.sentence.text for fault in faults}
            kept = tuple(sentence for sentence in draft.sentences if sentence.text not in failed)
            return Draft(sentences=kept, short=draft.short if kept else None)
        return self._drafted(view, partial(repair_task, draft, faults))

    def _drafted(self, view: View, task: Task) -> Draft:
        """A draft; without a judge, who could rule on a model's own words, in the words of the sources where they say it."""
        job = _Job(view=view, task=task, within_s=max(_seconds(view), self._grace_s), offers_tools=False)
        said, problem = self._ask(job, lambda reply: _read_draft(reply, view))
        if problem and not said.sentences:
            self._warn(f"{self.name} wrote no answer that can be read: {problem}")
            return Draft(sentences=(), usage=job.usage, why_not=f"{self.name} wrote no answer that can be read")
        sentences = said.sentences
        if view.request.judge is None:
            sentences = tuple(dict.fromkeys(own for drafted in sentences for own in in_own_words(drafted, view)))
        return Draft(sentences=sentences, short=said.short, why_not=said.why_not, usage=job.usage)

    def _ask(self, job: _Job, read: Callable[[Reply], tuple[Said, str]]) -> tuple[Said, str]:
        """Put a task to the model; a reply with a problem is sent back once. Returns what is said, and the problem left."""
        reply = self._exchange(job, ())
        said, problem = read(reply)
        if not problem:
            return said, ""
        if self._calls == "unknown" and job.offers_tools:
            self._calls = "text"
        return read(self._exchange(job, [("ai", _shown(reply)), ("human", retry(problem))]))

    def _exchange(self, job: _Job, after: Sequence[Turn]) -> Reply:
        """One call: again by text if the server takes no tools, and with fewer notes if they are too long for it."""
        tools = self._offered(job.view)
        n_tightened = 0
        while True:
            native = self._calls != "text" and job.offers_tools
            asked = job.task(job.view, native=native)
            turns = [*messages(job.view, asked, tools=tools, native=native, bounds=self._bounds), *after]
            schemas = native_schemas(list(tools.values())) if native else []
            begun_s = self._monotonic()
            try:
                reply = self._caller.call(turns, tools=schemas, within_s=job.within_s)
            except ToolsRefused:
                self._calls = "text"
                continue
            except ContextTooLong:
                n_tightened += 1
                if n_tightened > MOST_TIGHTENINGS:
                    raise
                self._bounds = self._bounds.tighter()
                self._warn(f"{self.name}: its context is short, so less of what was found is shown to it")
                continue
            self._grace_s = max(self._grace_s, 2 * (self._monotonic() - begun_s))
            job.usage += reply.usage
            self._settle(reply, tools, was_native=native)
            return reply

    def _offered(self, view: View) -> dict[str, Tool]:
        return {name: self._tools[name] for name in view.tools if name in self._tools}

    def _settle(self, reply: Reply, tools: dict[str, Tool], *, was_native: bool) -> None:
        """Learn from a reply how this model calls tools, and whether its server counts tokens."""
        if self._calls == "unknown" and was_native:
            if reply.calls:
                self._calls = "native"
            elif parse(reply.text, tools).calls:
                self._calls = "text"
        if reply.is_estimated and not self._has_warned:
            self._has_warned = True
            self._warn(f"{self.name} tells no token counts; they are estimated as characters / 4")

    def _read_move(self, reply: Reply, view: View) -> tuple[_Moved, str]:
        """A reply's plan and calls, and what is wrong with it: empty, or no call of those tried can be understood."""
        tools = self._offered(view)
        parsed = from_native(reply.calls, reply.text, tools)
        calls: list[ToolCall] = []
        problems: list[str] = []
        for raw in parsed.calls:
            try:
                calls.append(mended(raw, tools))
            except ToolInputError as error:
                problems.append(error.message)
        wrong = unknown_ids(parsed, view)
        if wrong and not calls:
            hint = "" if view.evidence else "; nothing was found yet: call a tool with other words"
            problems.append(f"no result has the id {', '.join(wrong[:4])}{hint}")
        problem = "" if calls else "; ".join(dict.fromkeys(problems))
        if not reply.text.strip() and not reply.calls:
            problem = EMPTY
        return _Moved(parsed=parsed, calls=tuple(calls)), problem


def _seconds(view: View) -> float:
    return view.left.get("seconds", float("inf"))


def _is_spent(view: View) -> bool:
    return any(view.left.get(name, 1.0) <= 0 for name in ("seconds", "tokens"))


def _asked(moved: _Moved, view: View) -> str:
    """The question to the person, unless there are calls to do first or it is the person's own said back."""
    asked = moved.parsed.ask
    return "" if moved.calls or is_said_back(asked, view.request.question) else asked


def _read_draft(reply: Reply, view: View) -> tuple[DraftText, str]:
    said = parse_draft(reply.text, view.evidence)
    cites = {name for sentence in said.sentences for name in sentence.cites}
    if said.why_not or cites & set(view.evidence):
        return said, ""
    if not said.sentences:
        return said, EMPTY
    return said, "no sentence ends with the id of a result, as [E1]"


def _shown(reply: Reply) -> str:
    """A reply as it is shown back to the model."""
    calls = [f"CALL {call.tool} {call.args}" for call in reply.calls]
    return "\n".join(filter(None, [reply.text, *calls]))[:MOST_SHOWN_BACK] or "(nothing)"
