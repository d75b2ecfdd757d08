"""What a tool of the agent is: a name, arguments with a schema, and evidence without ids as its outcome.

Knows nothing of the graph, of models, or of any one tool.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Literal, Protocol

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from sourcehound.tools.evidence import Evidence, UnitKind
from sourcehound.tools.library.library import Library
from sourcehound.tools.senses.sense import Seer
from sourcehound.tools.web.web import Web

Event = Literal["search", "hits", "crop", "moment", "read", "look"]


def _as_name(page: object) -> object:
    return str(page) if type(page) is int else page


PageName = Annotated[str, BeforeValidator(_as_name, json_schema_input_type=str), Field(min_length=1, max_length=20)]
"""A page's name as people say it: its printed label or its count, as a number or in letters."""


class Arguments(BaseModel):
    """Base of every tool's arguments: unknown names are refused, so that a model learns of its mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a tool brings back.

    Attributes:
        evidence: what was found, best first, without ids.
        note: one line for the planner: what was done, and why nothing was found if nothing was.
        facts: small values for the event stream and the next step, as `tags` or `unread`.
        images: pictures that were sent to a model.
    """

    evidence: tuple[Evidence, ...] = ()
    note: str = ""
    facts: dict[str, Any] = field(default_factory=dict[str, Any])
    images: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything a tool may touch in one run: read-only, and within the scope that the person gave.

    Attributes:
        library: the files.
        seer: answers questions about pictures, if a vision model is configured.
        web: None unless the person asked for the web.
        within: glob of paths (`--in`).
        since: first day, month or year that a source may be of (`--since`).
        until: the last one (`--until`).
        kinds: kinds the person asked for (`--type`).
        question: the person's own words.
        recall: evidence of this thread by its id.
        known: everything this thread has found.
        now: the time, ISO 8601 in UTC.
    """

    library: Library
    question: str
    recall: Callable[[str], Evidence | None]
    known: Callable[[], Sequence[Evidence]]
    now: Callable[[], str]
    seer: Seer | None = None
    web: Web | None = None
    within: str | None = None
    since: str | None = None
    until: str | None = None
    kinds: tuple[UnitKind, ...] = ()

    def wanted(self, *kinds: UnitKind) -> tuple[UnitKind, ...]:
        """Those of some kinds that the person's scope leaves."""
        return tuple(kind for kind in kinds if not self.kinds or kind in self.kinds)


class Tool(Protocol):
    """One thing the agent can do. Without state: the desk holds everything."""

    name: ClassVar[str]
    purpose: ClassVar[str]
    """One sentence for the model: when to use it."""
    event: ClassVar[Event]
    Args: ClassVar[type[Arguments]]

    def run(self, args: Any, desk: Desk) -> Outcome:
        """Do it.

        Raises:
            ToolInputError: the arguments make no sense; the message says how to call it right.
            SourceUnavailable: a source cannot be reached now.
            MediaError: a file cannot be decoded any more.
        """
        ...
