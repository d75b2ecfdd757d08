"""An evaluation: runs, values for each question, and the document `sourcehound.eval/1` that `eval` prints.

Knows nothing of layouts on disk.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sourcehound.agent.evaluate.bootstrap import LEVEL, Bootstrap, Interval
from sourcehound.agent.evaluate.collection import Collection, Question, Texts
from sourcehound.agent.evaluate.measures import check_installed
from sourcehound.agent.evaluate.numbered import Numbered
from sourcehound.agent.evaluate.runs import Half, ScopeRun, asked, run
from sourcehound.agent.evaluate.system import System, options_of
from sourcehound.agent.hound import Sourcehound
from sourcehound.tools.errors import InputError
from sourcehound.tools.library.taking import Progress, no_progress

SCHEMA = "sourcehound.eval/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What of a collection is asked, and how intervals are drawn.

    Attributes:
        half: questions at even or odd places only.
        limit: the first so many questions.
        scopes: the collection's own if empty.
        bootstrap: draws and seed of the intervals.
    """

    half: Half = "all"
    limit: int | None = None
    scopes: tuple[str, ...] = ()
    bootstrap: Bootstrap = field(default_factory=Bootstrap)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """What was found and measured.

    Attributes:
        questions: those with a right item in any scope.
        options: of the system.
        n_items: how many items were searched.
        seconds: the whole of it.
        indexing_s: the part before the first question.
    """

    collection: Collection
    plan: Plan
    questions: tuple[Question, ...]
    runs: tuple[ScopeRun, ...]
    options: Mapping[str, Any]
    n_items: int
    seconds: float
    indexing_s: float

    def by_measure(self) -> Iterator[tuple[str, ScopeRun, Mapping[str, float]]]:
        """Each measure's name, its run and the value of each question.

        Where there are several scopes the name says which: `document:RR`.
        """
        for one in self.runs:
            for name, values in one.values.items():
                yield (f"{one.scope.name}:{name}" if len(self.runs) > 1 else name), one, values

    def intervals(self) -> dict[str, Interval]:
        """Mean and interval of each measure."""
        return {
            name: self.plan.bootstrap.interval(list(values.values()), clusters_of(one.questions))
            for name, one, values in self.by_measure()
        }

    def main_measures(self) -> tuple[str, ...]:
        """The names of the measures that this task is mostly judged by, of every scope."""
        return tuple(
            name
            for name, one, _ in self.by_measure()
            if name.rpartition(":")[2] in one.scope.measures[: one.scope.n_main]
        )

    def differences(self, base: Evaluation) -> dict[str, Interval]:
        """How much better each measure is than another evaluation's on the same questions, with its paired interval."""
        before = {name: values for name, _, values in base.by_measure()}
        return {
            name: self.plan.bootstrap.interval(
                [found - before[name][question] for question, found in values.items()], clusters_of(one.questions)
            )
            for name, one, values in self.by_measure()
        }

    def to_json(self) -> dict[str, Any]:
        """The document of the contract, and more."""
        return {
            "schema": SCHEMA,
            "task": self.collection.task,
            "data": self.data(),
            "system": self.system(),
            "main": list(self.main_measures()),
            "measures": {name: interval.to_json() for name, interval in self.intervals().items()},
            "groups": self._groups(),
            "seconds": round(self.seconds, 3),
            "seconds_indexing": round(self.indexing_s, 3),
            "seconds_query": {one.scope.name: round(one.median_s, 4) for one in self.runs},
        }

    def data(self) -> dict[str, Any]:
        """What was searched and asked."""
        collection, plan = self.collection, self.plan
        return {
            "path": str(collection.path),
            "queries": len(self.questions),
            "items": self.n_items,
            "split": collection.split,
            "half": plan.half,
            "limit": plan.limit,
            "without_right_items": sum(
                not any(scope.asks(one) for scope in collection.scopes) for one in collection.questions
            ),
            "labels_sha256": collection.labels_sha256,
            "notes": list(collection.notes),
        }

    def system(self) -> dict[str, Any]:
        """Every option that could change a number here."""
        return {
            **self.options,
            "scopes": {one.scope.name: list(one.scope.kinds) for one in self.runs},
            "bootstrap": {"draws": self.plan.bootstrap.draws, "seed": self.plan.bootstrap.seed, "level": LEVEL},
        }

    def _groups(self) -> dict[str, dict[str, Any]]:
        """The means of each group of questions."""
        names = sorted({group for question in self.questions for group in question.groups})
        groups: dict[str, dict[str, Any]] = {}
        for group in names:
            inside = {question.id for question in self.questions if group in question.groups}
            groups[group] = {"queries": len(inside)}
            for name, _, values in self.by_measure():
                chosen = [found for question, found in values.items() if question in inside]
                if chosen:
                    groups[group][name] = round(sum(chosen) / len(chosen), 4)
        return groups


def evaluate(
    collection: Collection,
    system: System,
    plan: Plan,
    *,
    warn: Callable[[str], None],
    clock: Callable[[], float] = time.perf_counter,
    progress: Progress = no_progress,
) -> Evaluation:
    """Index a collection, ask its questions and measure what was found.

    Args:
        collection: labelled data.
        system: the options of the system under test.
        plan: what is asked.
        warn: told of what a person should know, one line each.
        clock: seconds, rising.
        progress: told of each step.

    Raises:
        InputError: no question has a right item in a scope that is asked for.
        ConfigError: ir-measures is not installed, a setting is wrong, or weights are missing.
        BusyError: another process writes the library, or the disk is full.
    """
    begun = clock()
    check_installed()
    questions = asked(collection, half=plan.half, limit=plan.limit)
    scopes = [scope for scope in collection.scopes if not plan.scopes or scope.name in plan.scopes]
    scopes = [scope for scope in scopes if any(map(scope.asks, questions))]
    if not scopes:
        raise InputError(f"no question of {collection.path} has an answer in this scope", remedy="leave out --scope")
    with system.over(collection, warn=warn, progress=progress) as hound:
        indexed = clock()
        runs = tuple(run(hound, collection, questions, scope, clock=clock, progress=progress) for scope in scopes)
        options = options_of(hound, system)
        n_items = _n_items(hound, collection)
    return Evaluation(
        collection=collection,
        plan=plan,
        questions=questions,
        runs=runs,
        options=options,
        n_items=n_items,
        seconds=clock() - begun,
        indexing_s=indexed - begun,
    )


def clusters_of(questions: Sequence[Question]) -> tuple[str, ...]:
    """For each question the cluster it is drawn with; empty where each is drawn by itself."""
    if not any(question.cluster for question in questions):
        return ()
    return tuple(question.cluster or question.id for question in questions)


def _n_items(hound: Sourcehound, collection: Collection) -> int:
    material = collection.material
    if isinstance(material, Texts):
        return material.n_texts
    if isinstance(material, Numbered):
        return len(material.files)
    return hound.status()["units"][material.counted]
