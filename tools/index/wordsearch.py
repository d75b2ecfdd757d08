"""One question to the words of a library: looked up once, then searched in any scope, or reckoned for given units.

How much is read does not grow with the library: candidates come from the rarest terms (postings.py), and everything is
scored from their own words (forward.py). Knows nothing of how words get into the tables.
"""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Literal

import numpy as np

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.errors import ToolInputError
from sourcehound.tools.evidence import UnitKind
from sourcehound.tools.index import bm25, forward, letters, postings
from sourcehound.tools.index.asked import Term, has_unspaced, parse, split_words
from sourcehound.tools.index.engine import Scored
from sourcehound.tools.index.scope import Scope
from sourcehound.tools.index.stems import split_stems

TEXT_WEIGHT = 1.0
ABOUT_WEIGHT = 2.0
"""A word of the title counts as two: nDCG@10 HotpotQA .80 -> .82, MuSiQue .60 -> .63, Natural Questions .95 -> .96."""

_WEIGHTS = (TEXT_WEIGHT, ABOUT_WEIGHT)
_SCORED_FOR_A_POSTING = 3
"""Postings that FTS5 ranks in the time in which the words of one unit are read."""
_MOST_SCORED = 2048
"""Units of a narrow scope that are all scored."""
_READ_AT_ONCE = 200
_INSIDE = 0.5
"""Occurrences that a code written otherwise counts, or a part of a word: as it was typed comes first."""

Inside = Mapping[Term, set[int]]
"""Units that have a term inside words, as `letters` sees it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WordHit(Scored):
    """A unit found by its words; its score is BM25, > 0.

    Attributes:
        coverage: the share of the question's terms that the unit has, 0..1, each weighted by its rarity.
    """

    coverage: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """A term as the tables have it.

    Attributes:
        keys: what stands for its stems, or for its pair of characters, in the forward index; none where that has none.
        n_found: how many units have it by the word index.
    """

    term: Term
    keys: tuple[int, ...]
    n_found: int

    @property
    def is_pair(self) -> bool:
        """Whether it is characters that stand together."""
        return self.term.kind == "unspaced"

    @property
    def is_held(self) -> bool:
        """Whether its words have to stand together, and do in so few units that these are listed."""
        return len(self.keys) > 1 and self.n_found <= postings.MOST_POSTINGS


class WordSearch:
    """A question, looked up in one state of the library.

    Args:
        connection: the library's.
        query: what the person typed; nothing in it is syntax but double quotes.
        phrases: whether a unit without a quoted phrase is left out, or only ranks lower.
    """

    def __init__(
        self, connection: sqlite3.Connection, query: str, *, phrases: Literal["required", "preferred"] = "required"
    ) -> None:
        self._asked = parse(query)
        self._connection = connection
        self._phrases = self._asked.phrases if phrases == "required" else ()
        self._held = cache(self._read_held)

    @cached_property
    def _totals(self) -> bm25.Totals:
        return bm25.read_totals(self._connection)

    @cached_property
    def _wanted(self) -> tuple[_Wanted, ...]:
        return _look_up(self._connection, self._asked.terms) if self._totals.n_units else ()

    def top(
        self, *, k: int, kinds: Collection[UnitKind] | None = None, allowed: Collection[int] | None = None
    ) -> tuple[WordHit, ...]:
        """The best units of a scope, best first, equal scores in order of unit.

        Args:
            k: how many at most, >= 1.
            kinds: kinds of unit, None for all.
            allowed: rows of units to choose from, None for all.

        Raises:
            ToolInputError: `k` < 1.
        """
        if k < 1:
            raise ToolInputError(f"k must be at least 1, not {k}")
        if not self._asked.terms:
            return ()
        scope = Scope(kinds=kinds, allowed=allowed).listed(self._connection, most=_MOST_SCORED)
        # a library has some kinds only: nothing is looked up for the others
        if (scope.allowed is not None and not scope.allowed) or not self._wanted:
            return ()
        for phrase in self._phrases:
            if has_unspaced(phrase.text):
                scope = scope.narrowed(letters.units_with_run(self._connection, phrase.text, scope))
        inside = self._inside(scope)
        hits = self._score(self._candidates(scope, inside, k), inside, k)
        if not hits:
            inside = self._parts(scope)
            hits = self._score(self._with_phrases(_union(inside.values())), inside, k)
        return hits

    def score(self, units: Collection[int]) -> tuple[WordHit, ...]:
        """Those of some units that have any of the words, best first; whatever found them, their scores compare."""
        if not self._wanted or not units:
            return ()
        return self._score(units, self._inside(Scope(allowed=units)), len(units))

    def _inside(self, scope: Scope) -> Inside:
        """Units that have a term as `letters` sees it, for the terms that `words` may miss."""
        found: dict[Term, set[int]] = {}
        for term in (wanted.term for wanted in self._wanted):
            if term.kind == "code":
                found[term] = letters.units_with_code(self._connection, term.text, scope)
            elif term.kind == "unspaced" or has_unspaced(term.text):
                found[term] = letters.units_with_run(self._connection, term.text, scope)
        return found

    def _parts(self, scope: Scope) -> Inside:
        """Units in which a word has a term as its part."""
        terms = [wanted.term for wanted in self._wanted if wanted.term.kind == "word"]
        return {term: letters.units_with_part(self._connection, term.text, scope) for term in terms}

    def _candidates(self, scope: Scope, inside: Inside, k: int) -> set[int]:
        """Units that may be the best; with required phrases only those that have them."""
        spaced = [wanted for wanted in self._wanted if not has_unspaced(wanted.term.text)]
        needed = [wanted.term for wanted in spaced if wanted.term in self._phrases]
        if needed:
            return self._with_needed(needed, scope, k)
        n_postings = sum(wanted.n_found for wanted in spaced)
        if scope.allowed is not None and len(scope.allowed) <= min(_MOST_SCORED, n_postings // _SCORED_FOR_A_POSTING):
            return scope.among(self._connection, scope.allowed)
        known = [postings.Known(term=wanted.term, n_found=wanted.n_found) for wanted in spaced]
        found = postings.candidates(self._connection, known, scope, weights=_WEIGHTS, enough=k)
        left = postings.MOST_POSTINGS
        for units in sorted(inside.values(), key=len):
            if left > 0:
                found |= units
                left -= len(units)
        return found

    def _with_needed(self, needed: Sequence[Term], scope: Scope, k: int) -> set[int]:
        """The likely best units that have every required phrase: the index knows its words by their stems only."""
        together = " AND ".join(term.quoted for term in needed)
        ordered = postings.ranked(self._connection, together, scope, weights=_WEIGHTS, limit=postings.MOST_POSTINGS)
        found: set[int] = set()
        for start in range(0, len(ordered), _READ_AT_ONCE):
            found |= self._with_phrases(ordered[start : start + _READ_AT_ONCE])
            if len(found) >= k:
                break
        return found

    def _with_phrases(self, units: Collection[int]) -> set[int]:
        """Those that have every required phrase word for word."""
        wanted = [f" {phrase.text.casefold()} " for phrase in self._phrases if not has_unspaced(phrase.text)]
        if not wanted:
            return set(units)
        return {
            unit
            for unit, text in letters.read_texts(self._connection, units)
            if all(phrase in f" {' '.join(split_words(text)).casefold()} " for phrase in wanted)
        }

    def _score(self, units: Collection[int], inside: Inside, k: int) -> tuple[WordHit, ...]:
        keys = sorted({key for wanted in self._wanted for key in wanted.keys})
        counts = forward.count(self._connection, units, keys, about=ABOUT_WEIGHT)
        often = np.stack([self._often(wanted, counts, keys, inside) for wanted in self._wanted], axis=1)
        n_found = [max(wanted.n_found, len(inside.get(wanted.term, ()))) for wanted in self._wanted]
        parts = bm25.parts(
            often,
            counts.lengths,
            [bm25.inverse_frequency(self._totals, n) for n in n_found],
            [not wanted.is_pair for wanted in self._wanted],
            self._totals,
        )
        for place, wanted in enumerate(self._wanted):
            if wanted.is_held:
                held = self._held(wanted)
                parts[:, place] = [
                    held.get(unit, part) for unit, part in zip(counts.units.tolist(), parts[:, place], strict=True)
                ]
        scores = parts.sum(axis=1)
        rarity = np.array([weight(self._totals.n_units, n) for n in n_found])
        coverage = (often > 0) @ rarity / rarity.sum()
        order = np.lexsort((counts.units, -scores))[:k]
        return tuple(
            WordHit(unit=int(counts.units[at]), score=float(scores[at]), coverage=float(coverage[at]))
            for at in order.tolist()
            if scores[at] > 0
        )

    def _often(self, wanted: _Wanted, counts: forward.Counts, keys: Sequence[int], inside: Inside) -> FloatArray:
        """How often each unit has a term; words that have to stand together, as often as the rarest of them at most."""
        often = np.zeros(len(counts.units), np.float32)
        if wanted.keys:
            often = counts.often[:, [keys.index(key) for key in wanted.keys]].min(axis=1)
        if wanted.is_held:
            often *= np.isin(counts.units, list(self._held(wanted)))
        return np.maximum(often, _INSIDE * np.isin(counts.units, list(inside.get(wanted.term, ()))))

    def _read_held(self, wanted: _Wanted) -> dict[int, float]:
        """The units in which the stems of a term stand together, with its BM25 there."""
        query = f"SELECT rowid, -bm25(words, {TEXT_WEIGHT}, {ABOUT_WEIGHT}) FROM words WHERE words MATCH ?"  # noqa: S608
        return dict(self._connection.execute(query, (wanted.term.quoted,)).fetchall())


def weight(n_units: int, n_found: int) -> float:
    """How much a term says, > 0: its inverse document frequency, of which even a term that all units have keeps a little."""
    return math.log(1 + (max(n_units, n_found) - n_found + 0.5) / (n_found + 0.5))


def _look_up(connection: sqlite3.Connection, terms: Sequence[Term]) -> tuple[_Wanted, ...]:
    spaced = [term for term in terms if not has_unspaced(term.text)]
    stems = dict(zip(spaced, split_stems(connection, [term.text for term in spaced]), strict=True))
    found: list[_Wanted] = []
    for term in terms:
        if term in stems:
            keys = tuple(forward.stem_key(stem) for stem in stems[term])
            n_found = postings.n_having(connection, term.quoted) if keys else 0
        else:
            keys = (forward.pair_key(term.text),) if term.kind == "unspaced" else ()
            n_found = 0
        found.append(_Wanted(term=term, keys=keys, n_found=n_found))
    return tuple(found)


def _union(sets: Iterable[set[int]]) -> set[int]:
    return set[int]().union(*sets)
