"""The role that judges what a search brought once more: a cross-encoder of tools/encoders, or a model that agent supplies.

Knows nothing of how anything was found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from sourcehound.tools.encoders.encoder import Pixels


def no_pictures() -> tuple[Pixels, ...]:
    """For what has no pictures."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Something found: its words with those said about it, and its pictures, opened only if they are looked at."""

    words: str
    pictures: Callable[[], tuple[Pixels, ...]] = no_pictures


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A candidate's place in what was handed in, from 0, with the chance in 0..1 that it is right, and why."""

    place: int
    chance: float
    why: str = ""


class Ranker(Protocol):
    """Judges candidates for a query."""

    @property
    def name(self) -> str:
        """Who judges, as people name it."""
        ...

    def rank(self, query: str, candidates: Sequence[Candidate]) -> tuple[Judged, ...]:
        """Put candidates into an order.

        Args:
            query: what was looked for.
            candidates: in the order of the search.

        Returns:
            Best first, each at most once; what is left out is not right. Equal chances keep the order of the search.

        Raises:
            ConfigError: the model is not there, or cannot be used.
            SourceUnavailable: it cannot be reached.
        """
        ...
