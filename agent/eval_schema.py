"""What `eval` and `ablate` print, as pydantic models. Only schemas.py imports this."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from sourcehound.agent.answer_schema import Count, Document
from sourcehound.tools.evidence import UnitKind


class Spread(Document):
    """A mean over the queries with its 95 % bootstrap interval."""

    mean: float
    low: float
    high: float


class Data(Document):
    """What was searched and asked."""

    path: str
    queries: Count
    items: Count
    split: str
    half: Literal["all", "even", "odd"]
    limit: Count | None
    without_right_items: Count
    """Queries that no item answers: they are left out."""
    labels_sha256: str
    notes: list[str]


class Draws(Document):
    """How the intervals were drawn."""

    draws: Count
    seed: Count
    level: float


class Tested(Document):
    """Every option of the system under test, and every model with its revision."""

    program: str
    library: str
    settings: dict[str, Any]
    models: dict[str, str | None]
    without: list[str]
    units: dict[str, Count]
    files: dict[str, Count]
    waiting: dict[str, Count]
    depth: Count
    min_score: float
    scopes: dict[str, list[UnitKind]]
    """The kinds of unit searched in each."""
    bootstrap: Draws


class Eval(Document):
    """The real search measured on labelled data."""

    schema_: Literal["sourcehound.eval/1"] = Field(alias="schema")
    task: Literal["text", "pages", "images", "composed", "moments"]
    data: Data
    system: Tested
    main: list[str]
    """The measures that this task is mostly judged by."""
    measures: dict[str, Spread]
    """By ir-measures' names; where there are several scopes, `document:RR` and `all:RR`."""
    groups: dict[str, dict[str, float]]
    """Means of groups of queries, with how many there are."""
    seconds: float
    seconds_indexing: float
    seconds_query: dict[str, float]
    """Median of a query in each scope."""


class Variant(Document):
    """The system with one setting changed; the first has none and is the system as it is set."""

    set: dict[str, Any]
    measures: dict[str, Spread]
    differences: dict[str, Spread]
    """Against the first, with paired intervals over the same queries."""
    models: dict[str, str | None]
    seconds_query: dict[str, float]


class Ablation(Document):
    """What each option of the search is worth."""

    schema_: Literal["sourcehound.ablation/1"] = Field(alias="schema")
    task: Literal["text", "pages", "images", "composed", "moments"]
    data: Data
    system: Tested
    main: list[str]
    rows: list[Variant]
