"""Runs: every question of a collection asked of the system, and the items it found, best first.

An item's place is that of its best hit. Knows nothing of measures.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from sourcehound.agent.evaluate.collection import Collection, Question
from sourcehound.agent.evaluate.measures import Run
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
        found: items of each question, best first.
        median_s: half of the questions took so long or less.
    """

    scope: str
    found: Run
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
    questions = [question for question in collection.questions[places[half]] if question.relevant][:limit]
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
    *,
    scope: str,
    clock: Callable[[], float],
    progress: Progress = no_progress,
) -> ScopeRun:
    """Ask every question in one scope.

    Args:
        hound: the library of the collection.
        collection: what it holds.
        questions: what to ask.
        scope: one of the collection's.
        clock: seconds, rising.
        progress: told after each question.
    """
    found: dict[str, tuple[str, ...]] = {}
    seconds: list[float] = []
    for done, question in enumerate(questions, 1):
        begun = clock()
        hits = search(hound, collection, question, scope)
        seconds.append(clock() - begun)
        items = (collection.item_of(hit.evidence) for hit in hits)
        found[question.id] = tuple(dict.fromkeys(item for item in items if item is not None))
        progress("asking", done, len(questions), scope)
    return ScopeRun(scope=scope, found=found, median_s=statistics.median(seconds))
