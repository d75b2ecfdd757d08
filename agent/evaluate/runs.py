"""Runs: every question of a collection asked of the system, and the items it found, best first.

An item's place is that of its best hit. Knows nothing of measures.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from sourcehound.agent.evaluate.collection import Collection, Question, Scope
from sourcehound.agent.evaluate.measures import Run, Values, measured
from sourcehound.agent.evaluate.system import search
from sourcehound.agent.hound import Sourcehound
from sourcehound.tools.errors import InputError
from sourcehound.tools.library.taking import Progress, no_progress

Half = Literal["all", "even", "odd"]
HALVES: tuple[Half, ...] = get_args(Half)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeRun:
    """What was found in one scope.

    Attributes:
        questions: those that have an answer there.
        found: items of each question, best first.
        values: of each measure for each question.
        median_s: half of the questions took so long or less.
    """

    scope: Scope
    questions: tuple[Question, ...]
    found: Run
    values: Values
    median_s: float


def asked(collection: Collection, *, half: Half = "all", limit: int | None = None) -> tuple[Question, ...]:
    """The questions of a collection that have right items.

    Args:
        collection: labelled data.
        half: those at even or at odd places of their file, counted from 0, before any is left out.
        limit: the first so many of them.

    Raises:
        InputError: there are none, or two have one id.
    """
    places = {"all": slice(None), "even": slice(0, None, 2), "odd": slice(1, None, 2)}
    chosen = collection.questions[places[half]]
    questions = [one for one in chosen if any(scope.asks(one) for scope in collection.scopes)][:limit]
    if not questions:
        raise InputError(f"{collection.path} has no question with a right item", remedy="check its labels")
    names = [question.id for question in questions]
    twice = next((name for name in names if names.count(name) > 1), None) if len(set(names)) < len(names) else None
    if twice is not None:
        raise InputError(f"{collection.path} has two questions {twice!r}", remedy="give each an id of its own")
    return tuple(questions)


def run(
    hound: Sourcehound,
    collection: Collection,
    questions: Sequence[Question],
    scope: Scope,
    *,
    clock: Callable[[], float],
    progress: Progress = no_progress,
) -> ScopeRun:
    """Ask every question that has an answer in one scope, and measure what is found.

    Args:
        hound: the library of the collection.
        collection: what it holds.
        questions: what to ask, at least one of which has an answer in the scope.
        scope: one of the collection's.
        clock: seconds, rising.
        progress: told after each question.

    Raises:
        ConfigError: ir-measures is not installed, or the index was made with another encoder.
    """
    asked_here = tuple(question for question in questions if scope.asks(question))
    found: dict[str, tuple[str, ...]] = {}
    seconds: list[float] = []
    for done, question in enumerate(asked_here, 1):
        begun = clock()
        hits = search(hound, collection, question, scope)
        seconds.append(clock() - begun)
        items = (scope.item_of(hit.evidence) for hit in hits)
        found[question.id] = tuple(
            dict.fromkeys(item for item in items if item is not None and item not in question.excluded)
        )
        progress("asking", done, len(asked_here), scope.name)
    return ScopeRun(
        scope=scope,
        questions=asked_here,
        found=found,
        values=measured(scope.measures, asked_here, found),
        median_s=statistics.median(seconds),
    )
