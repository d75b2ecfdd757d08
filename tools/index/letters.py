"""Search inside words: part numbers and plates however they are written, and scripts without spaces between words.

An FTS5 table of trigrams over each unit's text without its separators. It only proposes; where separators matter the
text itself decides. Knows nothing of ranking.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Collection
from itertools import pairwise

from sourcehound.tools.index.asked import SEPARATORS, Term, has_unspaced, squeeze
from sourcehound.tools.index.scope import Scope, slices

MOST_CANDIDATES = 2000
"""Units whose text is looked at for one term; a term in more of them says little about any."""
_GRAM = 3
_N_SLICES = 8


def create_tables(connection: sqlite3.Connection) -> None:
    """Create `letters` and the view it reads from; the table `units` must be there."""
    body = _squeezed("text", "about", "folded")
    connection.execute(f"CREATE VIEW squeezed AS SELECT id, {body} AS body FROM units")  # noqa: S608  constants
    connection.execute(
        "CREATE VIRTUAL TABLE letters USING fts5(body, content='squeezed', content_rowid='id', tokenize='trigram',"
        " detail='none')"
    )
    connection.execute("CREATE VIRTUAL TABLE letter_vocabulary USING fts5vocab('letters', 'row')")


def index_letters(connection: sqlite3.Connection, unit: int, text: str, about: str, folded: str) -> None:
    """Make a unit findable by parts of its words; at the end of the transaction `units` must hold the same words."""
    query = f"INSERT INTO letters (rowid, body) VALUES (?1, {_squeezed('?2', '?3', '?4')})"  # noqa: S608  constants
    connection.execute(query, (unit, text, about, folded))


def remove_letters(connection: sqlite3.Connection, unit: int) -> None:
    """Undo `index_letters`, while `units` still holds the unit's words."""
    connection.execute("DELETE FROM letters WHERE rowid = ?", (unit,))


def units_with_code(connection: sqlite3.Connection, code: str, scope: Scope) -> set[int]:
    """Units that hold a code, its separators written in any way.

    Inside a longer word a separator is accepted only between a letter and a digit, or where the code has one: `kx204`
    is in `AKX-2045`, but not in `track x204`.
    """
    pattern = re.compile(_loose(code), re.IGNORECASE)
    return _verified(connection, squeeze(code), scope, lambda text: pattern.search(text) is not None)


def units_with_run(connection: sqlite3.Connection, run: str, scope: Scope) -> set[int]:
    """Units in which these characters of an unspaced script stand together, line ends between them or not."""
    wanted = squeeze(run)
    if len(wanted) < _GRAM:
        return _select(connection, _beginning_with(connection, wanted), scope)
    return _verified(connection, wanted, scope, lambda text: wanted in squeeze(text))


def units_with_part(connection: sqlite3.Connection, part: str, scope: Scope) -> set[int]:
    """Units in which a word has this part, in any case; none for a part of fewer than three characters."""
    if has_unspaced(part):
        return units_with_run(connection, part, scope)
    wanted = part.casefold()
    return _verified(connection, part, scope, lambda text: wanted in text.casefold())


def _squeezed(text: str, about: str, folded: str) -> str:
    """SQL for the texts without separators; marks end each, so that its last characters begin a trigram too."""
    body = f"{text} || char(1, 1) || {about} || char(1, 1) || iif({folded} = '', '', {folded} || char(1, 1))"
    for separator in SEPARATORS:
        body = f"replace({body}, char({ord(separator)}), '')"
    return body


def _verified(connection: sqlite3.Connection, squeezed: str, scope: Scope, holds: Callable[[str], bool]) -> set[int]:
    grams = {squeezed[i : i + _GRAM] for i in range(len(squeezed) - _GRAM + 1)}
    expression = " AND ".join(Term(text=gram, kind="code").quoted for gram in sorted(grams))
    found = _select(connection, expression, scope)
    return {unit for unit, text in read_texts(connection, found) if holds(text)}


def read_texts(connection: sqlite3.Connection, units: Collection[int]) -> list[tuple[int, str]]:
    """The words of units with those said about them, and those that are spelt in one way, on further lines."""
    query = (
        "SELECT units.id, units.text || char(10) || units.about || char(10) || units.folded FROM json_each(?) AS wanted"
        " CROSS JOIN units ON units.id = wanted.value"
    )
    return connection.execute(query, (json.dumps(sorted(units)),)).fetchall()


def _select(connection: sqlite3.Connection, expression: str, scope: Scope) -> set[int]:
    """Units of an expression; of more than `MOST_CANDIDATES`, an equal number from each part of the library."""
    if not expression:
        return set()
    if scope.allowed is not None and len(scope.allowed) <= MOST_CANDIDATES:
        found = _proposed(connection, expression, min(scope.allowed, default=1), max(scope.allowed, default=0), -1)
        return scope.among(connection, found)
    parts = slices(connection, _N_SLICES)
    found = _proposed(connection, expression, 1, parts[-1][1], MOST_CANDIDATES) if parts else set[int]()
    if len(found) == MOST_CANDIDATES:
        each = MOST_CANDIDATES // _N_SLICES
        found = set[int]().union(*(_proposed(connection, expression, first, last, each) for first, last in parts))
    return scope.among(connection, found)


def _proposed(connection: sqlite3.Connection, expression: str, first: int, last: int, limit: int) -> set[int]:
    query = "SELECT rowid FROM letters WHERE letters MATCH ? AND rowid BETWEEN ? AND ? LIMIT ?"
    return {unit for (unit,) in connection.execute(query, (expression, first, last, limit))}


def _beginning_with(connection: sqlite3.Connection, start: str) -> str:
    """An expression for all trigrams that begin with one or two characters."""
    terms = connection.execute(
        "SELECT term FROM letter_vocabulary WHERE term >= ? AND term < ?", (start, start + "\U0010ffff")
    )
    return " OR ".join(Term(text=term, kind="code").quoted for (term,) in terms)


def _loose(code: str) -> str:
    separator = f"[{re.escape(SEPARATORS)}]{{0,3}}"
    squeezed = squeeze(code)
    anywhere = separator.join(map(re.escape, squeezed))
    inside = re.escape(squeezed[0])
    place = code.index(squeezed[0]) + 1
    for before, after in pairwise(squeezed):
        had_one = code[place] in SEPARATORS
        place = code.index(after, place) + 1
        inside += (separator if had_one or before.isdigit() != after.isdigit() else "") + re.escape(after)
    return rf"(?<![^\W_]){anywhere}(?![^\W_])|{inside}"
