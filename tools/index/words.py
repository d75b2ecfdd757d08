"""Search by words: BM25 over SQLite's FTS5, with exact phrases, codes, and scripts without spaces between words.

Each hit says how much of the question it covers, which is what a threshold can rest on. Knows nothing of vectors.

`words` keeps no copy of the texts: FTS5 reads them from `units` (an external content table). SQLite's own way to delete
from a table without content needs 3.43, and the Python of a current Debian has 3.40.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from sourcehound.tools.errors import SourcehoundError, ToolInputError
from sourcehound.tools.evidence import UnitKind
from sourcehound.tools.index import letters
from sourcehound.tools.index.asked import Asked, Term, has_unspaced, parse, split_words
from sourcehound.tools.index.engine import Scored
from sourcehound.tools.index.scope import Scope

TEXT_WEIGHT = 1.0
ABOUT_WEIGHT = 2.0
"""A word of the title counts as two: nDCG@10 HotpotQA .80 -> .82, MuSiQue .60 -> .63, Natural Questions .95 -> .96."""

_TABLES = (
    """CREATE VIRTUAL TABLE words USING fts5(text, about, content='units', content_rowid='id',
         tokenize='porter unicode61 remove_diacritics 2')""",
    # a unit that goes by a cascade takes its words with it while its text can still be read
    """CREATE TRIGGER units_take_words BEFORE DELETE ON units
         WHEN EXISTS (SELECT 1 FROM words_docsize WHERE id = old.id) BEGIN
         DELETE FROM words WHERE rowid = old.id;
         DELETE FROM letters WHERE rowid = old.id;
       END""",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WordHit(Scored):
    """A unit found by its words; its score is BM25, >= 0.

    Attributes:
        coverage: the share of the question's terms that the unit has, 0..1, each weighted by its rarity.
    """

    coverage: float


def create_tables(connection: sqlite3.Connection) -> None:
    """Create `words`, `letters` and their triggers; the table `units` must be there."""
    letters.create_tables(connection)
    for statement in _TABLES:
        connection.execute(statement)


def index_words(connection: sqlite3.Connection, unit: int, text: str, about: str) -> None:
    """Make a unit findable by its words. Must run inside a transaction, at whose end `units` holds the same words.

    Args:
        connection: the library's.
        unit: row of the unit; it is in `units` and not indexed yet.
        text: its words.
        about: words said about it.

    Raises:
        SourcehoundError: it is indexed already.
    """
    if _is_indexed(connection, unit):
        raise SourcehoundError(f"unit {unit} is in the word index already; its old words have to be removed first")
    connection.execute("INSERT INTO words (rowid, text, about) VALUES (?, ?, ?)", (unit, text, about))
    letters.index_letters(connection, unit, text, about)


def remove_words(connection: sqlite3.Connection, unit: int) -> None:
    """Make a unit no longer findable by its words, while `units` still holds them. Deleting the unit does it too."""
    if _is_indexed(connection, unit):
        connection.execute("DELETE FROM words WHERE rowid = ?", (unit,))
        letters.remove_letters(connection, unit)


def search_words(
    connection: sqlite3.Connection,
    query: str,
    *,
    k: int,
    kinds: Collection[UnitKind] | None = None,
    allowed: Collection[int] | None = None,
    phrases: Literal["required", "preferred"] = "required",
) -> tuple[WordHit, ...]:
    """Find units by words, best first.

    Content words are alternatives, the rarer the heavier. A phrase in double quotes must be there word for word, unless
    phrases are only `preferred`. A code is found however its separators are written. Where nothing has any of the
    words, words that contain them count.

    Args:
        connection: the library's.
        query: what the person typed; nothing in it is syntax but double quotes.
        k: how many at most, >= 1.
        kinds: kinds of unit, None for all.
        allowed: rows of units to choose from, None for all.
        phrases: whether a unit without a quoted phrase is left out, or only ranks lower.

    Returns:
        Best first, equal scores in order of unit.

    Raises:
        ToolInputError: `k` < 1.

    Source:
        BM25 is FTS5's own (k1 = 1.2, b = 0.75). A term that only `letters` finds adds its inverse document frequency,
        which is about what BM25 gives to one occurrence in a unit of average length.
    """
    if k < 1:
        raise ToolInputError(f"k must be at least 1, not {k}")
    asked = parse(query)
    if not asked.terms:
        return ()
    return _Search(connection, asked, required=phrases == "required").run(Scope(kinds=kinds, allowed=allowed), k)


class _Search:
    """One search over one state of the tables."""

    def __init__(self, connection: sqlite3.Connection, asked: Asked, *, required: bool) -> None:
        self._connection = connection
        self._asked = asked
        self._phrases = asked.phrases if required else ()
        self._n_units: int = connection.execute("SELECT count(*) FROM words_docsize").fetchone()[0]

    def run(self, scope: Scope, k: int) -> tuple[WordHit, ...]:
        for phrase in self._phrases:
            if has_unspaced(phrase.text):
                scope = scope.narrowed(letters.units_with_run(self._connection, phrase.text, scope))
        scores = self._bm25(scope, k)
        inside = self._inside(scope)
        if not scores and not any(inside.values()):
            inside = {
                term: letters.units_with_part(self._connection, term.text, scope)
                for term in self._asked.terms
                if term.kind == "word"
            }
        self._add(scores, inside, scope)
        top = sorted(scores, key=lambda unit: (-scores[unit], unit))[:k]
        covered = self._coverage(top, inside)
        return tuple(WordHit(unit=unit, score=scores[unit], coverage=covered[unit]) for unit in top)

    def _inside(self, scope: Scope) -> dict[Term, set[int]]:
        """Units that have a term as `letters` sees it, for the terms that `words` may miss."""
        found: dict[Term, set[int]] = {}
        for term in self._asked.terms:
            if term.kind == "code":
                found[term] = letters.units_with_code(self._connection, term.text, scope)
            elif term.kind == "unspaced" or has_unspaced(term.text):
                found[term] = letters.units_with_run(self._connection, term.text, scope)
        return found

    def _add(self, scores: dict[int, float], inside: dict[Term, set[int]], scope: Scope) -> None:
        """Add to `scores` the units found inside words, and to each unit the terms that BM25 did not count there."""
        fresh = self._with_phrases(set[int]().union(*inside.values()) - scores.keys())
        scores.update(dict.fromkeys(fresh, 0.0) | self._bm25(scope.narrowed(fresh), len(fresh)))
        for term, units in inside.items():
            weight = self._idf(len(units))
            for unit in (units & scores.keys()) - self._having(term, units)[1]:
                scores[unit] += weight

    def _bm25(self, scope: Scope, k: int) -> dict[int, float]:
        expression = self._expression()
        if not expression or k == 0:
            return {}
        query = (
            f"SELECT words.rowid, -bm25(words, {TEXT_WEIGHT}, {ABOUT_WEIGHT}) AS score"  # noqa: S608  constants
            " FROM words JOIN units ON units.id = words.rowid"
            f" WHERE words MATCH ? AND {scope.condition} ORDER BY score DESC, words.rowid LIMIT ?"
        )
        # phrases are looked up in the texts below, so nobody knows how many candidates that takes
        limit = -1 if self._phrases else k
        found: dict[int, float] = {}
        for unit, score in self._connection.execute(query, (expression, *scope.parameters, limit)):
            if self._with_phrases([unit]):
                found[unit] = score
            if len(found) == k:
                break
        return found

    def _expression(self) -> str:
        """All terms as alternatives; required phrases joined by AND, which keeps the others' part in the score."""
        spaced = [term for term in self._asked.terms if not has_unspaced(term.text)]
        needed = [term.quoted for term in spaced if term in self._phrases]
        anything = " OR ".join(term.quoted for term in spaced)
        return f"{' AND '.join(needed)} AND ({anything})" if needed else anything

    def _with_phrases(self, units: Collection[int]) -> set[int]:
        """Those that have every required phrase word for word: the index knows words by their stems only."""
        if not self._phrases:
            return set(units)
        wanted = [f" {phrase.text.casefold()} " for phrase in self._phrases if not has_unspaced(phrase.text)]
        return {
            unit
            for unit, text in letters.read_texts(self._connection, units)
            if all(phrase in f" {' '.join(split_words(text)).casefold()} " for phrase in wanted)
        }

    def _coverage(self, units: Sequence[int], inside: dict[Term, set[int]]) -> dict[int, float]:
        share = dict.fromkeys(units, 0.0)
        total = 0.0
        for term in self._asked.terms:
            n_found, having = self._having(term, units)
            also = inside.get(term, set[int]())
            weight = self._idf(max(n_found, len(also)))
            total += weight
            for unit in having | (also & share.keys()):
                share[unit] += weight
        return {unit: value / total for unit, value in share.items()}

    def _having(self, term: Term, units: Iterable[int]) -> tuple[int, set[int]]:
        """How many units of the library have a term, and which of the given ones."""
        if has_unspaced(term.text):
            return 0, set()
        n_found, having = self._connection.execute(
            "SELECT count(*), json_group_array(rowid) FILTER (WHERE rowid IN (SELECT value FROM json_each(?)))"
            " FROM words WHERE words MATCH ?",
            (json.dumps(sorted(units)), term.quoted),
        ).fetchone()
        return n_found, set(json.loads(having))

    def _idf(self, n_found: int) -> float:
        return math.log(1 + (self._n_units - n_found + 0.5) / (n_found + 0.5))


def _is_indexed(connection: sqlite3.Connection, unit: int) -> bool:
    return connection.execute("SELECT 1 FROM words_docsize WHERE id = ?", (unit,)).fetchone() is not None


def rarity(connection: sqlite3.Connection, word: str) -> float:
    """Inverse document frequency of a word in the library, >= 0; of a word that nothing has, the highest."""
    n_units: int = connection.execute("SELECT count(*) FROM words_docsize").fetchone()[0]
    quoted = '"' + word.replace('"', " ") + '"'
    if not any(character.isalnum() for character in word):
        return 0.0
    (n_found,) = connection.execute("SELECT count(*) FROM words WHERE words MATCH ?", (quoted,)).fetchone()
    return math.log(1 + (n_units - n_found + 0.5) / (n_found + 0.5))
