"""Ablation: one option of the system varied at a time, on the same questions, against the system as it is set.

Any key of the settings can be varied. Knows nothing of what the options do.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sourcehound.agent.evaluate.collection import Collection
from sourcehound.agent.evaluate.report import Evaluation, Plan, evaluate
from sourcehound.agent.evaluate.system import System
from sourcehound.tools.errors import InputError
from sourcehound.tools.evidence import UNIT_KINDS, UnitKind
from sourcehound.tools.library.taking import Progress, no_progress

SCHEMA = "sourcehound.ablation/1"
_FUSIONS = ("words", "dense", "rrf", "min-max", "z", "follow")
_TEXT: tuple[UnitKind, ...] = ("passage", "page", "speech")
_SEEN: tuple[UnitKind, ...] = ("image", "moment")


@dataclass(frozen=True, slots=True, kw_only=True)
class Vary:
    """A setting and the values it is given, one after the other.

    Attributes:
        kinds: kinds of unit that it matters for.
    """

    key: str
    values: tuple[str, ...]
    kinds: tuple[UnitKind, ...] = UNIT_KINDS


DEFAULT: tuple[Vary, ...] = (
    Vary(key="find.fusion", values=_FUSIONS, kinds=_TEXT),
    Vary(key="find.refine", values=("gqr",), kinds=_TEXT),
    Vary(key="find.seen_fusion", values=_FUSIONS, kinds=_SEEN),
    Vary(key="find.caption_share", values=("0", "0.25", "0.75"), kinds=_SEEN),
    Vary(key="find.depth", values=("50", "1000")),
)
"""What is varied where nobody says what; a value that is set already is passed over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """The system with one setting changed, and what was measured of it."""

    key: str
    value: str
    evaluation: Evaluation

    def to_json(self, base: Evaluation) -> dict[str, Any]:
        """Its means, and its differences from the system as it is set."""
        return {
            "set": {self.key: self.value} if self.key else {},
            "measures": {name: interval.to_json() for name, interval in self.evaluation.intervals().items()},
            "differences": {name: one.to_json() for name, one in self.evaluation.differences(base).items()},
            "models": self.evaluation.options["models"],
            "seconds_query": {one.scope.name: round(one.median_s, 4) for one in self.evaluation.runs},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Ablation:
    """The system as it is set, and its variants."""

    base: Evaluation
    variants: tuple[Variant, ...]

    def to_json(self) -> dict[str, Any]:
        """The document `sourcehound.ablation/1`."""
        return {
            "schema": SCHEMA,
            "task": self.base.collection.task,
            "data": self.base.data(),
            "system": self.base.system(),
            "main": list(self.base.main_measures()),
            "rows": [
                one.to_json(self.base) for one in (Variant(key="", value="", evaluation=self.base), *self.variants)
            ],
        }


def ablate(
    collection: Collection,
    system: System,
    plan: Plan,
    vary: Sequence[Vary],
    *,
    warn: Callable[[str], None],
    clock: Callable[[], float] = time.perf_counter,
    progress: Progress = no_progress,
) -> Ablation:
    """Measure the system as it is set, and then with one setting changed at a time.

    Args:
        collection: labelled data.
        system: the options of the system.
        plan: what is asked.
        vary: settings and their values; those that do not matter for the collection's kinds are passed over, and so is
            the value that is set already.
        warn: told of what a person should know, one line each.
        clock: seconds, rising.
        progress: told of each step.

    Raises:
        InputError: no question has a right item, or a setting has nothing to do with search.
        ConfigError: a setting or value is unknown, or weights are missing.
    """

    def measure(changed: System) -> Evaluation:
        return evaluate(collection, changed, plan, warn=warn, clock=clock, progress=progress)

    changes = _changes(system, [one for one in vary if collection.kinds.intersection(one.kinds)])
    base = measure(system)
    variants = [Variant(key=key, value=value, evaluation=measure(changed)) for key, value, changed in changes]
    return Ablation(base=base, variants=tuple(variants))


def _changes(system: System, vary: Sequence[Vary]) -> list[tuple[str, str, System]]:
    """Each key and value with the system that it makes; wrong ones are refused before anything is measured."""
    here = system.searching()
    changes: list[tuple[str, str, System]] = []
    for key, value in ((one.key, value) for one in vary for value in one.values):
        changed = replace(system, settings={**system.settings, key: value}, fresh=False)
        values = changed.searching()
        if key not in values:
            raise InputError(f"{key} changes nothing that is searched", remedy="vary find.*, index.* or encoders.*")
        if values != here:
            changes.append((key, value, changed))
    return changes
