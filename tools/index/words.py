"""Search by words: BM25 over SQLite's FTS5, with exact phrases, codes, and scripts without spaces between words.

Each hit says how much of the question it covers, which is what a threshold can rest on. What a search reads is bounded:
postings.py says which units may be the best, forward.py how often each has the words. Knows nothing of vectors.

`words` keeps no copy of the texts: FTS5 reads them from `units` (an external content table). SQLite's own way to delete
from a table without content needs 3.43, and the Python of a current Debian has 3.40.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from typing import Literal

from sourcehound.tools.errors import SourcehoundError
from sourcehound.tools.evidence import UnitKind
from sourcehound.tools.index import forward, letters
from sourcehound.tools.index.asked import Term
from sourcehound.tools.index.bm25 import read_totals
from sourcehound.tools.index.folding import folded_words
from sourcehound.tools.index.postings import n_having
from sourcehound.tools.index.stems import TOKENIZE
from sourcehound.tools.index.wordsearch import WordHit, WordSearch, weight

_TABLES = (
    f"""CREATE VIRTUAL TABLE words USING fts5(text, about, folded, content='units', content_rowid='id',
         tokenize='{TOKENIZE}')""",
    # a unit that goes by a cascade takes its words with it while its text can still be read
    """CREATE TRIGGER units_take_words BEFORE DELETE ON units
         WHEN EXISTS (SELECT 1 FROM words_docsize WHERE id = old.id) BEGIN
         DELETE FROM words WHERE rowid = old.id;
         DELETE FROM letters WHERE rowid = old.id;
       END""",
)

_SOME_UNITS = "SELECT id, text, about FROM units WHERE id > ? ORDER BY id LIMIT 1000"


_OLD = (
    "DROP TRIGGER IF EXISTS units_take_words",
    "DROP TABLE IF EXISTS words",
    "DROP TABLE IF EXISTS letter_vocabulary",
    "DROP TABLE IF EXISTS letters",
    "DROP VIEW IF EXISTS squeezed",
    "DROP TABLE IF EXISTS forward",
)


def create_tables(connection: sqlite3.Connection) -> None:
    """Create `words`, `letters`, `forward` and their triggers; the table `units` must be there, with a column `folded`."""
    letters.create_tables(connection)
    for statement in _TABLES:
        connection.execute(statement)
    forward.create_table(connection)


def upgrade(connection: sqlite3.Connection) -> None:
    """Make the tables of an older library those of a new one. Must run inside a transaction."""
    for statement in _OLD:
        connection.execute(statement)
    create_tables(connection)
    for unit, text, about in connection.execute("SELECT id, text, about FROM units").fetchall():
        index_words(connection, unit, text, about)


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
    others = folded_words(text), folded_words(about)
    folded = " ".join(filter(None, others))
    if folded:
        connection.execute("UPDATE units SET folded = ? WHERE id = ?", (folded, unit))
    values = (unit, text, about, folded)
    connection.execute("INSERT INTO words (rowid, text, about, folded) VALUES (?, ?, ?, ?)", values)
    letters.index_letters(connection, unit, text, about, folded)
    forward.write(connection, unit, text, about, others=others)


def remove_words(connection: sqlite3.Connection, unit: int) -> None:
    """Make a unit no longer findable by its words, while `units` still holds them. Deleting the unit does it too."""
    if _is_indexed(connection, unit):
        connection.execute("DELETE FROM words WHERE rowid = ?", (unit,))
        letters.remove_letters(connection, unit)
        forward.remove(connection, unit)
        connection.execute("UPDATE units SET folded = '' WHERE id = ? AND folded <> ''", (unit,))


def rebuild(connection: sqlite3.Connection) -> None:
    """Write every unit's words anew, whatever is in the index now. Must run inside a transaction."""
    for table in ("words", "letters"):
        connection.execute(f"INSERT INTO {table} ({table}) VALUES ('delete-all')")  # noqa: S608  fixed names
    connection.execute("DELETE FROM forward")
    last = -1
    while units := connection.execute(_SOME_UNITS, (last,)).fetchall():
        for unit, text, about in units:
            index_words(connection, unit, text, about)
        last = units[-1][0]


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
    """
    return WordSearch(connection, query, phrases=phrases).top(k=k, kinds=kinds, allowed=allowed)


def rarity(connection: sqlite3.Connection, word: str) -> float:
    """Inverse document frequency of a word in the library, > 0; of a word that nothing has, the highest."""
    if not any(character.isalnum() for character in word):
        return 0.0
    quoted = Term(text=word, kind="word").quoted
    return weight(read_totals(connection).n_units, n_having(connection, quoted))


def _is_indexed(connection: sqlite3.Connection, unit: int) -> bool:
    return connection.execute("SELECT 1 FROM words_docsize WHERE id = ?", (unit,)).fetchone() is not None
