"""Which units a search by words looks at: at most so many postings are read, however large the library.

Rare words first: their units are the candidates, and what common words add is reckoned for those alone. Where all words
are common, units that have several of them are taken evenly from all over the library. Knows nothing of the final score.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from sourcehound.tools.index.asked import Term
from sourcehound.tools.index.scope import Scope, slices

MOST_POSTINGS = 3072
"""Postings that are ranked for one question; a word in more units than that is common."""
Weights = tuple[float, float]
"""Of a word in a unit's text and in what is said about it."""

_MOST_COUNTED = 1024
_N_PROBES = 4
_MOST_PROBED = 128
"""Units are counted one by one up to a number; from there on, by how densely they lie in a few places."""
_MOST_ALONE = 5 * MOST_POSTINGS
"""Postings of the rarest word that are still ranked if all are common."""
_MOST_READ = 20 * MOST_POSTINGS
"""Postings of a common word that are read to find it beside another."""
_LIFTED = 600
"""Units ranked by rare words that are looked at again with the common ones."""
_MOST_COMMON = 512
_N_SLICES = 8
"""Units taken for words that stand together, and the parts of the library that they are taken from."""
_ROOM = 2
"""Times as many units are ranked as are wanted, since some may be out of scope."""
_TOGETHER = 3
"""Words that a unit should have together, at first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A term and how many units of the library have it: exact up to `MOST_POSTINGS`, from there on a good guess."""

    term: Term
    n_found: int


def n_having(connection: sqlite3.Connection, quoted: str) -> int:
    """How many units have a word or phrase: exact for a rare one, a good guess for a common one, in bounded time.

    The guess rests on several places of the library, so that words of one subject, which lie together, are not taken for
    common or rare ones.

    Args:
        connection: the library's.
        quoted: the term as a string of FTS5's syntax.
    """
    query = "SELECT count(*), max(rowid) FROM (SELECT rowid FROM words WHERE words MATCH ? AND rowid >= ? LIMIT ?)"
    n_found, _ = connection.execute(query, (quoted, 0, _MOST_COUNTED)).fetchone()
    if n_found < _MOST_COUNTED:
        return n_found
    guess = 0.0
    parts = slices(connection, _N_PROBES)
    for first, last in parts:
        middle = (first + last) // 2
        n_here, reached = connection.execute(query, (quoted, middle, _MOST_PROBED)).fetchone()
        end = reached if n_here == _MOST_PROBED else parts[-1][1]
        guess += n_here * (last - first + 1) / (end - middle + 1)
    return max(_MOST_COUNTED, round(guess))


def candidates(
    connection: sqlite3.Connection, known: Sequence[Known], scope: Scope, *, weights: Weights, enough: int
) -> set[int]:
    """Units that may be the best for some terms, found without reading more than a bounded number of postings.

    Args:
        connection: the library's.
        known: the terms, as the word index has them.
        scope: which units may be returned.
        weights: of a word in a unit's text and in what is said about it.
        enough: how many units are wanted, if there are as many.
    """
    rare, common = _part(known)
    found: set[int] = set()
    if rare:
        anything = " OR ".join(one.term.quoted for one in rare)
        # with every word ranked, FTS5's order is the final one; else what common words add may lift a unit
        found.update(ranked(connection, anything, scope, weights=weights, limit=_LIFTED if common else enough))
        if common:
            near = [f"({anything})", *(one.term.quoted for one in common[: _TOGETHER - 1])]
            found |= _spread(connection, " AND ".join(near), scope)
    if common and len(found) < enough:
        found |= _with_common(connection, common, scope, weights=weights, enough=enough)
    return found


def ranked(connection: sqlite3.Connection, expression: str, scope: Scope, *, weights: Weights, limit: int) -> list[int]:
    """Units of an expression by FTS5's own BM25, best first; every posting of its words is read."""
    query = (
        f"SELECT rowid FROM words WHERE words MATCH ? ORDER BY bm25(words, {weights[0]}, {weights[1]}), rowid"  # noqa: S608
        " LIMIT ?"
    )
    # the scope is asked for the best alone: joining `units` for every posting costs twice as much as ranking it
    for most in (_ROOM * limit, -1):
        ordered = [unit for (unit,) in connection.execute(query, (expression, most))]
        kept = scope.among(connection, ordered)
        if len(kept) >= limit or len(ordered) < most:
            break
    return [unit for unit in ordered if unit in kept][:limit]


def _part(known: Sequence[Known]) -> tuple[list[Known], list[Known]]:
    """The rarest terms, of `MOST_POSTINGS` postings together, and the common rest, rarest first; none that nothing has."""
    ordered = sorted((one for one in known if one.n_found), key=lambda one: one.n_found)
    n_rare = bisect_right(list(accumulate(one.n_found for one in ordered)), MOST_POSTINGS)
    return ordered[:n_rare], ordered[n_rare:]


def _with_common(
    connection: sqlite3.Connection, common: Sequence[Known], scope: Scope, *, weights: Weights, enough: int
) -> set[int]:
    """Units with the rarest of some common terms: all of them if it is not too common, and the most likely best ones."""
    first = common[0]
    share = min(1.0, _MOST_READ / first.n_found)
    found = _spread(connection, f"about : {first.term.quoted}", scope, share=share)
    for n_together in range(min(_TOGETHER, len(common)), 1, -1):
        together = " AND ".join(one.term.quoted for one in common[:n_together])
        found |= _spread(connection, together, scope, share=share)
        if len(found) >= enough:
            break
    if first.n_found <= _MOST_ALONE:
        return found.union(ranked(connection, first.term.quoted, scope, weights=weights, limit=_LIFTED))
    return found if len(found) >= enough else found | _spread(connection, first.term.quoted, scope)


def _spread(connection: sqlite3.Connection, expression: str, scope: Scope, *, share: float = 1.0) -> set[int]:
    """Units of an expression, at most `_MOST_COMMON`, an equal number from each part of the library.

    Args:
        connection: the library's.
        expression: in FTS5's syntax.
        scope: which units may be returned.
        share: of each part that is looked at, 0..1, where long lists have few units in common.
    """
    query = "SELECT rowid FROM words WHERE words MATCH ? AND rowid BETWEEN ? AND ? LIMIT ?"

    def taken(first: int, last: int, most: int) -> set[int]:
        return {unit for (unit,) in connection.execute(query, (expression, first, last, most))}

    parts = slices(connection, _N_SLICES)
    found = taken(parts[0][0], parts[-1][1], _MOST_COMMON) if parts and share == 1 else None
    if found is None or len(found) == _MOST_COMMON:
        each = _MOST_COMMON // _N_SLICES
        found = set[int]().union(*(taken(first, first + round(share * (end - first)), each) for first, end in parts))
    return scope.among(connection, found)
