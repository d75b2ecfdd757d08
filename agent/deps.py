"""What the nodes work with, given to `build_graph` once; and the roles that a question's model strings name.

Knows nothing of any one node.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from sourcehound.agent.models.planner import Planner, Usage, View
from sourcehound.agent.state import SPOKEN, PlanItem, Request, State
from sourcehound.tools.evidence import Evidence
from sourcehound.tools.ledger import Ledger
from sourcehound.tools.library.library import Library
from sourcehound.tools.library.status import count_units
from sourcehound.tools.narrow import narrow
from sourcehound.tools.senses.sense import Seer
from sourcehound.tools.tool import Desk, Tool
from sourcehound.tools.web.web import Web


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """A judge's word on whether evidence says what a sentence says."""

    verdict: str
    """`supported`, `not_supported`, `contradicted` or `unchecked`."""
    why: str
    usage: Usage = field(default_factory=Usage)


class Judge(Protocol):
    """Decides whether quoted words support a sentence (a model, which should differ from the drafter)."""

    name: str

    def rule(self, sentence: str, quotes: tuple[str, ...]) -> Ruling:
        """Rule on one sentence.

        Raises:
            ModelError: the model cannot be reached.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """The models of one question; seer and judge are None where none is configured."""

    planner: Planner
    seer: Seer | None = None
    judge: Judge | None = None

    def names(self) -> dict[str, str | None]:
        """Their names as the answer document has them."""
        return {
            "planner": self.planner.name,
            "seer": self.seer.name if self.seer else None,
            "judge": self.judge.name if self.judge else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Time, passed in so that tests hold it."""

    now: Callable[[], str]
    """ISO 8601 in UTC."""
    monotonic: Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deps:
    """Everything the nodes touch."""

    library: Library
    ledger: Ledger
    tools: Mapping[str, Tool]
    roles: Callable[[Request], Roles]
    """The roles of a request; models are made once for each model string."""
    web: Callable[[], Web]
    """The web, made when a request first allows it."""
    clock: Clock

    def desk(self, state: State) -> Desk:
        """What this question's tools may touch."""
        request = Request.from_json(state.request)
        return Desk(
            library=self.library,
            question=" ".join([request.question, *map(_reply, state.told), *(asked for asked, _ in request.history)]),
            known=lambda: self.ledger.all_evidence(state.thread),
            recall=lambda name: self.ledger.evidence(state.thread, name),
            now=self.clock.now,
            seer=self.roles(request).seer,
            web=self.web() if request.web else None,
            within=request.within,
            since=request.since,
            until=request.until,
            kinds=request.kinds,
        )

    def view(self, state: State, left: Mapping[str, float]) -> View:
        """What this question's planner sees, rebuilt from plan and ledger."""
        request = Request.from_json(state.request)
        return View(
            request=request,
            plan=tuple(map(PlanItem.from_json, state.plan)),
            records=self.ledger.records(state.thread, turn=request.turn),
            evidence={evidence.id: evidence for evidence in self.ledger.all_evidence(state.thread)},
            tools=tuple(name for name in self.tools if request.web or name not in WEB_TOOLS),
            left=left,
            told=tuple(told.replace(SPOKEN, " ") for told in state.told),
            kinds_here=count_units(self.library.catalogue),
            exact=self._exact,
        )

    def _exact(self, evidence: Evidence, words: str) -> Evidence:
        return narrow(self.library.catalogue.connection, evidence, words) or evidence


def _reply(told: str) -> str:
    """What the person said: never the planner's question, whose words may come from private files."""
    return told.partition(SPOKEN)[2]


WEB_TOOLS = ("web_search", "read_page")
