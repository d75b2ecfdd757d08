"""What both agents do in the bench of a step: a tool that returns a passage, called again and again by a script.

Script and tool cost next to nothing, so that what is measured is the machine around them. Knows nothing of time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from sourcehound.agent.models.planner import Draft, Move, ToolCall
from sourcehound.agent.state import PlanItem
from sourcehound.agent.testing import ScriptedPlanner
from sourcehound.tools.evidence import Evidence, Locator, Source, digest
from sourcehound.tools.tool import Arguments, Desk, Event, Outcome

PASSAGE = ("The gauge on the rock wrote down the height of the water every ten minutes. " * 20)[:1500]
"""What the tool returns, 1,500 characters."""

QUESTION = "What did the gauge write down?"

_ENDINGS = 3
"""More often than this the machine does not ask again when nothing more is called and nothing is drafted."""


class PassageArguments(Arguments):
    """Arguments of the tool."""

    query: str


@dataclass(frozen=True, slots=True)
class PassageTool:
    """Returns the passage, each time from another place of one file; calls `stamp` when it is run."""

    stamp: Callable[[], None]

    name: ClassVar[str] = "search_text"
    purpose: ClassVar[str] = "Search the library."
    event: ClassVar[Event] = "search"
    Args: ClassVar[type[Arguments]] = PassageArguments

    def run(self, args: PassageArguments, desk: Desk) -> Outcome:
        """The passage, as if found at the place that the query numbers."""
        del desk
        self.stamp()
        start = int(args.query) * len(PASSAGE)
        locator = Locator(chars=(start, start + len(PASSAGE)))
        source = Source(
            path="/gauge.txt", uri="file:///gauge.txt", sha256=64 * "0", media_type="text/plain", title="The gauge"
        )
        found = Evidence(
            kind="text",
            unit_id=digest(args.query),
            source=source,
            locator=locator,
            quote=PASSAGE,
            producer="bench",
            score=0.5,
        )
        return Outcome(evidence=(found,), note="1 hit")


def scripted_planner(n_steps: int) -> ScriptedPlanner:
    """Calls the tool once a step, `n_steps` times, then drafts nothing."""
    plan = (PlanItem(question=QUESTION),)
    calls = [Move(plan=plan, calls=(ToolCall(tool=PassageTool.name, args={"query": str(n)}),)) for n in range(n_steps)]
    return ScriptedPlanner(
        moves=[*calls, *[Move(plan=plan)] * _ENDINGS],
        drafts=[Draft(sentences=(), why_not="the script has no answer")] * _ENDINGS,
    )
