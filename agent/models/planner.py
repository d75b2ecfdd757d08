"""What a planner is: it plans, judges what was found, and drafts; over views of the thread, never over raw files.

The built-in planner and the prompted language model both meet it, so one graph serves both. Knows nothing of the graph.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sourcehound.agent.state import PlanItem, Request, Sentence
from sourcehound.tools.evidence import Evidence
from sourcehound.tools.ledger import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """A call that a planner wants done."""

    tool: str
    args: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Plain values, for the checkpoint."""
        return {"tool": self.tool, "args": self.args}


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """What model calls cost."""

    model_calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    images: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            model_calls=self.model_calls + other.model_calls,
            tokens_in=self.tokens_in + other.tokens_in,
            tokens_out=self.tokens_out + other.tokens_out,
            images=self.images + other.images,
        )

    def to_counts(self) -> dict[str, float]:
        """The counts as `State.spent` keeps them."""
        return {
            "model_calls": self.model_calls,
            "tokens_in": self.tokens_in,
            "tokens_out": self.tokens_out,
            "images": self.images,
        }


def _as_found(evidence: Evidence, words: str) -> Evidence:
    del words
    return evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a planner sees of a thread.

    Attributes:
        plan: the sub-questions as they stand.
        records: the calls of this turn, in order.
        evidence: everything this thread found, by id.
        tools: names of the tools that can be called.
        left: calls and steps left before the soft landing.
        told: what the person answered to questions.
        kinds_here: how many units of each kind the library holds.
        exact: the exact place of some words inside evidence, with its own boxes or seconds; the node `draft` cites that.
    """

    request: Request
    plan: tuple[PlanItem, ...]
    records: tuple[Record, ...]
    evidence: Mapping[str, Evidence]
    tools: tuple[str, ...]
    left: Mapping[str, float]
    told: tuple[str, ...] = ()
    kinds_here: Mapping[str, int] = field(default_factory=dict[str, int])
    exact: Callable[[Evidence, str], Evidence] = _as_found


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A planner's decision: the plan as it sees it now, and what to do next (nothing: draft).

    Attributes:
        question: a question to the person, if only they can say.
    """

    plan: tuple[PlanItem, ...]
    calls: tuple[ToolCall, ...] = ()
    usage: Usage = field(default_factory=Usage)
    question: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Sentences that cite evidence ids; none at all is an abstention.

    Attributes:
        short: the bare value, where the question asks for one.
        why_not: why nothing is answered, if nothing is.
    """

    sentences: tuple[Sentence, ...]
    short: str | None = None
    usage: Usage = field(default_factory=Usage)
    why_not: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A sentence of a draft that did not pass its checks, and why."""

    sentence: Sentence
    reason: str


class Planner(Protocol):
    """Drives the graph."""

    name: str

    def plan(self, view: View) -> Move:
        """Split the question and make the first calls."""
        ...

    def assess(self, view: View) -> Move:
        """Judge what was found for each sub-question; search on, look closer, or stop."""
        ...

    def draft(self, view: View) -> Draft:
        """Write the answer over what was found."""
        ...

    def repair(self, view: View, draft: Draft, faults: Sequence[Fault]) -> Draft:
        """Mend or drop the sentences that failed; called once."""
        ...
