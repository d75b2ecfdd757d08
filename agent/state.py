"""The state of one question: ids and small plain values only, so that a checkpoint stays flat in size.

What was found and done is in the ledger; pictures are never here. Knows nothing of nodes.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Annotated, Any, Literal, TypedDict

from sourcehound.tools.evidence import UnitKind

ItemState = Literal["open", "enough", "partly", "nothing", "disagree"]
StopReason = Literal[
    "answered",
    "nothing_found",
    "steps",
    "tool_calls",
    "tokens",
    "seconds",
    "no_progress",
    "needs_input",
    "cancelled",
    "model_down",
]
Count = Literal["steps", "tool_calls", "model_calls", "tokens_in", "tokens_out", "images", "seconds"]
BUILT_IN = "built-in"
"""The model string of the planner that needs no model."""
SPOKEN = "\n"
"""In `State.told`, between the planner's question and the person's reply: only the reply is the person's own words."""
COUNTS: tuple[Count, ...] = ("steps", "tool_calls", "model_calls", "tokens_in", "tokens_out", "images", "seconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanItem:
    """A sub-question: the kinds of source it needs, and how far it is.

    Attributes:
        evidence: ids that answer it.
        memo: what the planner keeps for itself about it (plain values).
    """

    question: str
    kinds: tuple[str, ...] = ()
    state: ItemState = "open"
    evidence: tuple[str, ...] = ()
    memo: dict[str, Any] = field(default_factory=dict[str, Any])

    def to_json(self) -> dict[str, Any]:
        """Plain values, for the checkpoint."""
        return asdict(self) | {"kinds": list(self.kinds), "evidence": list(self.evidence)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> PlanItem:
        """Read what `to_json` wrote."""
        fields: dict[str, Any] = data | {"kinds": tuple(data["kinds"]), "evidence": tuple(data["evidence"])}
        return cls(**fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence of a draft.

    Attributes:
        cites: evidence ids it rests on.
        given: the person said it; it needs no citation.
        quoted: the exact words of the evidence that it repeats, if it does.
    """

    text: str
    cites: tuple[str, ...] = ()
    given: bool = False
    quoted: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain values, for the checkpoint."""
        return asdict(self) | {"cites": list(self.cites)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Sentence:
        """Read what `to_json` wrote."""
        fields: dict[str, Any] = data | {"cites": tuple(data["cites"])}
        return cls(**fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the person asked for, and within which bounds.

    Attributes:
        history: earlier questions and answers of the thread, oldest first.
        since: first day, month or year that a source may be of, as `2024-05`.
        until: the last one.
        model: model string of the planner.
        seer: model string of the seer, None for none.
        judge: model string of the judge, None for none.
        turn: number of this question in its thread, from 0.
    """

    question: str
    history: tuple[tuple[str, str], ...] = ()
    model: str = BUILT_IN
    seer: str | None = None
    judge: str | None = None
    web: bool = False
    within: str | None = None
    since: str | None = None
    until: str | None = None
    kinds: tuple[UnitKind, ...] = ()
    attached: tuple[str, ...] = ()
    max_steps: int = 12
    max_tool_calls: int = 40
    max_tokens: int = 200_000
    timeout_s: float = 600.0
    turn: int = 0
    interactive: bool = False

    def to_json(self) -> dict[str, Any]:
        """Plain values, for the checkpoint and the threads' table."""
        return asdict(self) | {
            "history": [list(pair) for pair in self.history],
            "kinds": list(self.kinds),
            "attached": list(self.attached),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Request:
        """Read what `to_json` wrote."""
        fields: dict[str, Any] = data | {
            "history": tuple((pair[0], pair[1]) for pair in data["history"]),
            "kinds": tuple(data["kinds"]),
            "attached": tuple(data["attached"]),
        }
        return cls(**fields)


def add_counts(old: dict[str, float], new: dict[str, float]) -> dict[str, float]:
    """Reducer: what a node spent is added to what was spent before."""
    return {count: old.get(count, 0) + new.get(count, 0) for count in COUNTS}


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """One question on its way to an answer."""

    request: dict[str, Any]
    """`Request.to_json()`."""
    thread: str = ""
    plan: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """`PlanItem.to_json()` each."""
    calls: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """The tool calls to do next, `{"tool", "args"}` each."""
    step: int = 0
    """Rounds of `act` done."""
    stale: int = 0
    """Rounds in a row that brought no fresh evidence."""
    repairs: int = 0
    gaps: int = 0
    draft: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """`Sentence.to_json()` each."""
    short: str | None = None
    checks: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    """For each sentence of the draft: `{"verdict", "checks"}`."""
    stop: dict[str, str] = field(default_factory=dict[str, str])
    """`{"reason", "detail"}` once the search has ended."""
    spent: Annotated[dict[str, float], add_counts] = field(default_factory=dict[str, float])
    ask_person: str = ""
    """A question to the person, if the planner has one."""
    told: list[str] = field(default_factory=list[str])
    """What the person answered to such questions."""
    answer: dict[str, Any] = field(default_factory=dict[str, Any])
    """The answer document, at the end."""


class Update(TypedDict, total=False):
    """What a node changes; every key is a field of `State`."""

    request: dict[str, Any]
    plan: list[dict[str, Any]]
    calls: list[dict[str, Any]]
    step: int
    stale: int
    repairs: int
    gaps: int
    draft: list[dict[str, Any]]
    short: str | None
    checks: list[dict[str, Any]]
    stop: dict[str, str]
    spent: dict[str, float]
    ask_person: str
    told: list[str]
    answer: dict[str, Any]
