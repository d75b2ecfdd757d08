"""The documents that commands print, as pydantic models, and the JSON Schemas made of them that docs/schemas holds.

`python .ci/write_schemas.py` writes them. Only that script and the tests import this: no command waits for it.
"""

from __future__ import annotations

import json
from typing import Annotated, Any, Final, Literal

from pydantic import Field, TypeAdapter

from sourcehound.agent.answer_schema import (
    Answer,
    Chance,
    Count,
    Document,
    Evidence,
    Failed,
    Fault,
    Number,
    Scope,
)
from sourcehound.agent.eval_schema import Ablation, Eval
from sourcehound.agent.event_schema import AnyEvent
from sourcehound.agent.verify.holdings import Holding
from sourcehound.tools.evidence import UnitKind

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class Error(Fault):
    """What a failing command prints."""

    schema_: Literal["sourcehound.error/1"] = Field(alias="schema")


class Units(Document):
    """How many units of each kind."""

    passage: Count
    page: Count
    image: Count
    moment: Count
    speech: Count


class Files(Document):
    """found = indexed + skipped + failed + pending."""

    found: Count
    indexed: Count
    skipped: Count
    failed: Count
    pending: Count


class Problem(Document):
    """A file that is not searched, and why."""

    path: str
    state: Literal["skipped", "failed"]
    reason: str
    retry: bool


class LeftOut(Document):
    """A file that is read in part, and what nobody finds of it, one line each."""

    path: str
    what: Annotated[list[str], Field(min_length=1)]


class Changes(Document):
    """What `add` found changed."""

    new: Count
    changed: Count
    moved: Count
    deleted: Count
    unchanged: Count


class Lacking(Document):
    """Work that waits for weights."""

    job: str
    reason: str
    files: Count


class Making(Document):
    """How far the vectors are of an encoder that is to take over; the former one answers until all are there."""

    role: Literal["text", "picture", "likeness", "page"]
    encoder: str
    encoded: Count
    of: Count


class Switched(Document):
    """Who answered for a role before and who does now, by their stamps."""

    from_: str | None = Field(alias="from")
    to: str


class Reindexed(Document):
    """What `reindex` did, in units; `parted`: pictures that got regions; `unseen`: files with pictures not opened."""

    switched: dict[str, Switched]
    encoded: Count
    removed: Count
    parted: Count
    unseen: Count


class Background(Document):
    """A process that goes on by itself, and the file that its progress goes to."""

    pid: Count
    log: str


class Status(Document):
    """The account of every file; `add` prints it with its changes."""

    schema_: Literal["sourcehound.status/1"] = Field(alias="schema")
    library: str
    files: Files
    units: Units
    languages: dict[str, Count]
    """For each language (ISO 639-1) how many sources are in it; those that are too short to tell are left out."""
    unreliable: list[str]
    """The languages among them that the text encoder was not made for: there words find, meaning hardly."""
    problems: list[Problem]
    left_out: list[LeftOut]
    encoders: dict[str, str | None]
    """The stamp of the encoder of each kind of vector; null where its weights are missing."""
    lacking: list[Lacking]
    waiting: dict[str, Count]
    """For each slow job how many sources wait for it."""
    bytes: dict[str, Count]
    making: list[Making]
    writer: Count | None
    """The process that is writing the library now."""
    written: dict[Literal["caption", "scene", "question"], Count] | None = None
    """How many of each models wrote about units; left out where nothing is written."""
    changes: Changes | None = None
    reindexed: Reindexed | None = None
    background: Background | None = None


class Hit(Document):
    """A ranked hit."""

    rank: Number
    type: UnitKind
    score: Chance
    scores: dict[str, float]
    evidence: Evidence


class Searched(Scope):
    """What a search covered."""

    files: Count
    units: Units
    pending: Count


class Find(Document):
    """Ranked hits."""

    schema_: Literal["sourcehound.find/1"] = Field(alias="schema")
    query: str
    hits: list[Hit]
    searched: Searched
    nothing_because: str | None


class Thread(Document):
    """A saved thread."""

    id: str
    question: str
    state: Literal["running", "stopped", "done"]
    status: Literal["answered", "partial", "abstained", "cancelled"] | None
    """Of its newest answer; null before there is one."""
    created: str
    updated: str


class Threads(Document):
    """The saved threads, newest first."""

    schema_: Literal["sourcehound.threads/1"] = Field(alias="schema")
    threads: list[Thread]


class ThreadRemoved(Document):
    """What `threads rm` prints."""

    schema_: Literal["sourcehound.threads/1"] = Field(alias="schema")
    removed: str


class Shown(Document):
    """How a source is found today."""

    state: Holding
    path: str | None
    why: str


class Show(Document):
    """The picture of a citation."""

    schema_: Literal["sourcehound.show/1"] = Field(alias="schema")
    png: str
    """Where it was written."""
    text: str
    evidence: Evidence
    thread: str
    source: Shown


class Finding(Document):
    """Whether something works here."""

    name: str
    works: bool
    seen: str
    remedy: str | None


class Doctor(Document):
    """What works here."""

    schema_: Literal["sourcehound.doctor/1"] = Field(alias="schema")
    findings: list[Finding]


class InUse(Document):
    """The encoder that a setting names."""

    setting: str
    spec: str
    stamp: str | None
    here: bool
    problem: str | None


class KnownEncoder(Document):
    """An encoder that people name."""

    name: str
    hub: str | None
    family: str
    licence: str
    millions: Annotated[float, Field(gt=0)]
    """Of parameters."""
    dimension: Count
    takes: list[Literal["text", "picture"]]
    gives: Literal["single", "multi"]
    here: bool
    spec: str | None
    """What a setting names it by, where it lies here."""
    problem: str | None
    known_from: Literal["measured here", "public knowledge, not tried here"]
    note: str


class EncoderFamily(Document):
    """A family of models that are named by their folders."""

    name: str
    model_types: list[str]
    takes: list[Literal["text", "picture", "frames"]]
    gives: Literal["single", "multi"]
    options: list[str]
    licence_note: str


class Encoders(Document):
    """The known encoders, the families of any others, and those in use."""

    schema_: Literal["sourcehound.encoders/1"] = Field(alias="schema")
    in_use: list[InUse]
    encoders: list[KnownEncoder]
    families: list[EncoderFamily]


class ChatFailed(Document):
    """A question of a session that has no answer."""

    status: Literal["failed"]
    question: str | None
    """Null where a stopped question was gone on with."""
    thread: str | None
    error: Fault


class Chat(Document):
    """A session: its answers in order."""

    schema_: Literal["sourcehound.chat/1"] = Field(alias="schema")
    thread: str | None
    answers: list[Annotated[Answer | ChatFailed, Field(discriminator="status")]]


DOCUMENTS: Final[dict[str, Any]] = {
    "ablation": Ablation,
    "answer": Annotated[Answer | Failed, Field(discriminator="status")],
    "chat": Chat,
    "doctor": Doctor,
    "encoders": Encoders,
    "error": Error,
    "eval": Eval,
    "event": AnyEvent,
    "evidence": Evidence,
    "find": Find,
    "show": Show,
    "status": Status,
    "threads": Threads | ThreadRemoved,
}
"""What is published, by the name of its file."""


def check(name: str, text: str | bytes) -> None:
    """Compare a document with its model.

    Args:
        name: a key of `DOCUMENTS`.
        text: the document as JSON.

    Raises:
        pydantic.ValidationError: it is not such a document.
    """
    TypeAdapter[Any](DOCUMENTS[name]).validate_json(text)


def json_schema(name: str) -> str:
    """The JSON Schema of a document, as its file holds it."""
    schema = {"$schema": DIALECT, **TypeAdapter[Any](DOCUMENTS[name]).json_schema()}
    return json.dumps(schema, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
