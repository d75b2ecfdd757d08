"""The answer document and its evidence as pydantic models: what agent/schemas.py publishes as JSON Schema.

What a document promises is required and typed; fields may be added to it at any time, so unknown ones are let through.
Nothing is built with these models: they describe what the other modules write, and the tests compare the two.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from sourcehound.agent.state import StopReason
from sourcehound.agent.verify.check import Result, Verdict
from sourcehound.tools.evidence import Kind

Chance = Annotated[float, Field(ge=0, le=1)]
Count = Annotated[int, Field(ge=0)]
Seconds = Annotated[float, Field(ge=0)]
Number = Annotated[int, Field(ge=1)]
Span = tuple[Count, Count]


class Document(BaseModel):
    """A JSON object of which more may be said than is promised."""

    model_config = ConfigDict(extra="allow", strict=True, frozen=True, use_attribute_docstrings=True)


class Space(Document):
    """The plane that boxes lie in."""

    unit: Literal["px", "pt"]
    width: float
    height: float


class Locator(Document):
    """The place inside a source: only what its kind has."""

    page: Number | None = None
    """The physical page, from 1."""
    page_label: str | None = None
    """The label printed on it."""
    chars: Span | None = None
    """Half-open, in the text that the reader made of the source."""
    boxes: list[tuple[float, float, float, float]] | None = None
    """[left, top, right, bottom], half-open, origin top left, in the units of `space`."""
    space: Space | None = None
    start_s: float | None = None
    """Seconds of media time, as all times here."""
    end_s: float | None = None
    frames_s: list[float] | None = None
    part: str | None = None
    """As `slide 4` or `Sheet1!B2:D9`."""


class Source(Document):
    """A file or a page of the web."""

    path: str | None
    """Absolute; null for a page of the web."""
    also: list[str]
    """Other paths of the same bytes."""
    uri: str
    sha256: str
    media_type: str
    title: str


class Evidence(Document):
    """What was found, and its exact place."""

    id: str
    """As `E7` within a thread; empty for a hit, which belongs to none."""
    kind: Kind
    unit_id: str
    parent: str | None
    source: Source
    uri: str
    """Opens at the place."""
    locator: Locator
    quote: str | None
    """The exact words in the source, or what OCR or speech recognition read there."""
    producer: str
    score: Chance | None
    at: str
    """When it was read, ISO 8601 in UTC; empty for a hit."""
    detail: dict[str, str] = Field(default_factory=dict[str, str])
    """More about it, for people: `region` is the part of a picture in which it was found (left,top,right,bottom); `found_by`
    and `written` what a model wrote, where that is how it was found. Nothing that a check relies on."""


class Citation(Evidence):
    """Evidence under its number in the answer."""

    n: Number


class CheckResult(Document):
    """One check of one sentence."""

    check: str
    result: Result
    by: str
    """`code`, or the model that judged."""
    detail: str


class Checked(Document):
    """A sentence with its verdict."""

    text: str
    verdict: Verdict
    checks: list[CheckResult]


class Sentence(Checked):
    """A sentence of the answer."""

    span: Span
    """Half-open, in the answer's text."""
    citations: list[Number]


class PlanItem(Document):
    """A sub-question, and how far it came."""

    question: str
    kinds: list[str]
    state: Literal["enough", "partly", "nothing", "disagree"]
    evidence: list[str]


class Scope(Document):
    """The part of the library that the person asked for; null for no limit."""

    within: str | None = None
    """A glob of paths."""
    since: str | None = None
    """The first day, month or year that a source may be of, as `2024-05`."""
    until: str | None = None
    """The last one."""


class Coverage(Scope):
    """What was searched, and what was not."""

    files: Count
    searched: Count
    failed: Count
    skipped: Count
    pending: Count
    changed_since: Count
    web_queries: list[str]
    web_pages: list[str]


class Verification(Document):
    """How many sentences were checked, and how."""

    mode: str
    checked: Count
    of: Count


class Stop(Document):
    """Why the search ended."""

    reason: StopReason
    detail: str


class Models(Document):
    """The models that had a part."""

    planner: str
    seer: str | None
    judge: str | None


class Usage(Document):
    """What the answer cost."""

    steps: Count
    tool_calls: Count
    model_calls: Count
    tokens_in: Count
    tokens_out: Count
    images: Count
    seconds: Seconds


class Answer(Document):
    """An answer, whole, in part, withheld or stopped."""

    schema_: Literal["sourcehound.answer/1"] = Field(alias="schema")
    id: str | int | float | None
    """Of its line in a batch."""
    question: str
    status: Literal["answered", "partial", "abstained", "cancelled"]
    text: str
    short: str | None
    """The value alone."""
    sentences: list[Sentence]
    citations: list[Citation]
    plan: list[PlanItem]
    coverage: Coverage
    verification: Verification
    stop: Stop
    models: Models
    usage: Usage
    thread: str


class Fault(Document):
    """What went wrong, and what to do."""

    code: Count
    """The exit code."""
    message: str
    remedy: str | None


class Failed(Document):
    """A question of a batch that has no answer."""

    schema_: Literal["sourcehound.answer/1"] = Field(alias="schema")
    id: str | int | float
    question: str
    status: Literal["failed"]
    error: Fault
