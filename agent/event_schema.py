"""The events of a stream as pydantic models, for agent/schemas.py to publish. Knows nothing of who emits them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from sourcehound.agent.answer_schema import Answer, Chance, Checked, Count, Document, Fault, Usage
from sourcehound.agent.state import ItemState
from sourcehound.tools.evidence import Kind


class Event(Document):
    """One line of a stream."""

    v: Literal[1]
    seq: Count
    """Rises by one, from 0."""
    t: str
    """ISO 8601 in UTC."""
    thread: str


class StartData(Document):
    """What is asked."""

    question: str
    resumed: bool


class Start(Event):
    """The first event."""

    type: Literal["start"]
    data: StartData


class Step(Document):
    """A sub-question on its way."""

    question: str
    state: ItemState
    evidence: list[str]


class PlanData(Document):
    """The sub-questions."""

    plan: list[Step]


class Plan(Event):
    """The plan was made, or looked at again."""

    type: Literal["plan", "assess"]
    data: PlanData


class CallData(Document):
    """A tool's call with its outcome."""

    tool: str
    args: dict[str, Any]
    note: str
    error: str
    """Empty if it did not fail."""
    evidence: list[str]


class Call(Event):
    """A tool was called."""

    type: Literal["search", "crop", "moment", "read", "look"]
    data: CallData


class Brief(Document):
    """Evidence in short."""

    id: str
    kind: Kind
    uri: str
    quote: str | None
    score: Chance | None


class HitsData(Document):
    """What a search found."""

    tool: str
    hits: list[Brief]


class Hits(Event):
    """A search found something."""

    type: Literal["hits"]
    data: HitsData


class Drafted(Document):
    """A sentence before its checks."""

    text: str
    cites: list[str]


class DraftData(Document):
    """The sentences."""

    sentences: list[Drafted]
    repair: bool


class Draft(Event):
    """A draft was written, or mended."""

    type: Literal["draft"]
    data: DraftData


class VerifyData(Document):
    """The sentences with their verdicts."""

    sentences: list[Checked]


class Verify(Event):
    """A draft was checked."""

    type: Literal["verify"]
    data: VerifyData


class Spent(Event):
    """What the answer cost."""

    type: Literal["usage"]
    data: Usage


class Message(Document):
    """Words for a person."""

    message: str


class Warned(Event):
    """Something did not work; the search goes on."""

    type: Literal["warning"]
    data: Message


class Question(Document):
    """What the person is asked."""

    question: str


class Interrupt(Event):
    """The person is asked."""

    type: Literal["interrupt"]
    data: Question


class Token(Event):
    """A part of a text as it is written."""

    type: Literal["token"]
    data: dict[str, Any]


class Failure(Event):
    """The end without an answer."""

    type: Literal["error"]
    data: Fault


class Done(Event):
    """The end, with the answer."""

    type: Literal["done"]
    data: Answer


AnyEvent = Annotated[
    Start | Plan | Call | Hits | Draft | Verify | Spent | Warned | Interrupt | Token | Failure | Done,
    Field(discriminator="type"),
]
