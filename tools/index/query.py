"""What is looked for. Knows nothing of how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sourcehound.tools.encoders.encoder import Pixels
from sourcehound.tools.evidence import UNIT_KINDS, UnitKind
from sourcehound.tools.index.allowed import ANYWHERE, Spot
from sourcehound.tools.index.composed import Weighted


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is looked for.

    Attributes:
        text: words; may be empty if there are pictures.
        more: further words, each with what it weighs.
        less: words to be pushed away from, each with what it weighs, > 0.
        pictures: one picture, or the frames of a clip.
        kinds: kinds of unit to search.
        within: glob of paths.
        narrower: a further glob that a path must match too, as one that a planner sets within the person's own.
        since: first day, month or year that a source may be of, as `2024-05`.
        until: the last one.
        spot: only on this page, only tables, figures or headings.
        n: most hits.
        min_score: weakest score shown, 0..1; None for each kind's own cut.
        phrases: whether words in double quotes must stand there word for word, or only rank higher (for questions).
    """

    text: str = ""
    more: tuple[Weighted, ...] = ()
    less: tuple[Weighted, ...] = ()
    pictures: tuple[Pixels, ...] = ()
    kinds: tuple[UnitKind, ...] = UNIT_KINDS
    within: str | None = None
    narrower: str | None = None
    since: str | None = None
    until: str | None = None
    spot: Spot = ANYWHERE
    n: int = 10
    min_score: float | None = None
    phrases: Literal["required", "preferred"] = "required"

    @property
    def words(self) -> str:
        """All of it in words, for who reads it: what is sought, what more, and what not."""
        wanted = [self.text, *(part.text for part in self.more)]
        return "; ".join([text for text in wanted if text] + [f"not: {part.text}" for part in self.less])

    @property
    def parts(self) -> tuple[Weighted, ...]:
        """All words with their weights; those to be pushed away from weigh less than 0."""
        own = (Weighted(self.text),) if self.text else ()
        return (*own, *self.more, *(Weighted(part.text, -part.weight) for part in self.less))
