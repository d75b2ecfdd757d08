"""`describe`: a model that the person named writes about a library's pictures, moments and pages, at a cost told before.

Knows nothing of how anything is written or kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypedDict

from sourcehound.agent.asking import refuse_unknown
from sourcehound.agent.settings import Settings
from sourcehound.agent.state import BUILT_IN
from sourcehound.tools.errors import ConfigError, InputError
from sourcehound.tools.library.caches import refresh
from sourcehound.tools.library.describable import N_QUESTIONS, TASKS, Cost, Wanted, cost_of, waiting
from sourcehound.tools.library.describing import Described, Describing
from sourcehound.tools.library.encode import encode_pending
from sourcehound.tools.library.library import Library
from sourcehound.tools.library.lock import exclusive
from sourcehound.tools.library.taking import Progress, no_progress
from sourcehound.tools.library.within import Within
from sourcehound.tools.senses.writer import Writer

SCHEMA = "sourcehound.describe/1"
MOST_QUESTIONS = 20


class DescribeOptions(TypedDict, total=False):
    """Options of `describe`; by the names of the long flags."""

    model: str | None
    """Model string; the setting `seer`, else `model`, if it is left out."""
    captions: bool
    """Write captions and scenes; alone: nothing else."""
    questions: bool
    """Write questions; alone: nothing else."""
    within: str | None
    """Glob of paths (`--in`)."""
    limit: int
    """Most calls to the model; 0 for as many as there are items."""
    n: int
    """Questions about each item, at most."""
    anew: bool
    """Write again what another model wrote."""
    dry_run: bool
    """Only tell the cost."""
    progress: Progress
    writer: Writer
    """Who writes, instead of a model string."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribeReport:
    """What `describe` was to cost and what it did.

    Attributes:
        described: None if nothing was to be written, or only the cost was asked for.
    """

    model: str
    cost: Cost
    described: Described | None = None

    @property
    def n_failed(self) -> int:
        """Items that failed in this run."""
        return 0 if self.described is None else sum(self.described.failed.values())

    def to_json(self) -> dict[str, Any]:
        """The document `sourcehound.describe/1`."""
        done = None if self.described is None else self.described.to_json()
        return {"schema": SCHEMA, "model": self.model, "cost": self.cost.to_json(), "described": done}


def describe(library: Library, settings: Settings, options: Mapping[str, Any]) -> DescribeReport:
    """Have a model write about what is in a library.

    Args:
        library: what is described.
        settings: name the model if the options do not.
        options: see `DescribeOptions`.

    Raises:
        TypeError: there is no such option.
        InputError: an option makes no sense.
        ConfigError: no model is named, or it cannot be used.
        SourceUnavailable: it cannot be reached; what was written stays.
        BusyError: another process writes this library, or the disk is full.
    """
    refuse_unknown(options, DescribeOptions.__annotations__)
    wanted, writer = _wanted(options), options.get("writer") or _open(options.get("model"), settings)
    progress: Progress = options.get("progress", no_progress)
    cost = cost_of(waiting(library.catalogue, wanted, model=writer.name), wanted)
    if options.get("dry_run") or not cost.calls:
        return DescribeReport(model=writer.name, cost=cost)
    with exclusive(library.folder / "library.lock", f"library {library.name}"):
        run = Describing(
            catalogue=library.catalogue,
            readers=library.readers,
            writer=writer,
            after=lambda: _encode(library),
            progress=progress,
            warn=library.warn,
        )
        # asked again: another process may have written since
        described = run.run(waiting(library.catalogue, wanted, model=writer.name), wanted)
        stamps = {stamp for stamp in library.stamps().values() if stamp}
        refresh(library.catalogue.connection, library.engine, stamps)
    return DescribeReport(model=writer.name, cost=cost, described=described)


def _wanted(options: Mapping[str, Any]) -> Wanted:
    captions, questions = options.get("captions", False), options.get("questions", False)
    chosen = {"captions": captions, "questions": questions}
    n, limit = options.get("n", N_QUESTIONS), options.get("limit", 0)
    if not 1 <= n <= MOST_QUESTIONS or limit < 0:
        raise InputError(f"-n must be 1 to {MOST_QUESTIONS} and --limit no less than 0", remedy="leave them out")
    return Wanted(
        tasks=tuple(task for task in TASKS if chosen[task] or not (captions or questions)),
        scope=Within(globs=(options.get("within"),)),
        limit=limit,
        n_questions=n,
        anew=options.get("anew", False),
    )


def _open(name: str | None, settings: Settings) -> Writer:
    named = name or settings["seer"] or settings["model"]
    if not named or named == BUILT_IN:
        raise ConfigError("describe needs a model", remedy="name one with --model, best one that takes pictures")
    from sourcehound.agent.models.writer import PromptedWriter

    return PromptedWriter.named(named)


def _encode(library: Library) -> None:
    encoder = library.text_encoder
    if encoder.is_here():
        coming = library.answering.coming("text")
        successor = "" if coming is None else str(coming.stamp)
        encode_pending(library.catalogue, encoder, successor=successor, compact=library.options.compact)
