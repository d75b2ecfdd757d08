"""The stems of texts, exactly as the word index cuts and stems them: FTS5 itself is asked, through tables of one moment.

The tables are temporary ones of the connection, so that nothing is written to the library. Knows nothing of units.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

TOKENIZE = "porter unicode61 remove_diacritics 2 categories ''L* M* N* Co''"
"""Of the word index and of the tables here: words of letters, marks and digits, no accents, English stems.

Marks, because the vowels of India's scripts are marks: without them each word would fall into its consonants."""

_TABLES = (
    f"CREATE VIRTUAL TABLE IF NOT EXISTS temp.passing USING fts5(text, about, content='', tokenize='{TOKENIZE}')",
    "CREATE VIRTUAL TABLE IF NOT EXISTS temp.passing_counts USING fts5vocab('temp', 'passing', 'col')",
    "CREATE VIRTUAL TABLE IF NOT EXISTS temp.passing_places USING fts5vocab('temp', 'passing', 'instance')",
)
_INSERT = "INSERT INTO temp.passing (rowid, text, about) VALUES (?, ?, ?)"
_EMPTY = "INSERT INTO temp.passing (passing) VALUES ('delete-all')"


def count_stems(connection: sqlite3.Connection, text: str, about: str) -> dict[str, tuple[int, int]]:
    """How often each stem stands in a text and in what is said about it."""
    _create(connection)
    connection.execute(_INSERT, (1, text, about))
    found = connection.execute("SELECT term, col, cnt FROM temp.passing_counts").fetchall()
    connection.execute(_EMPTY)
    counts: dict[str, tuple[int, int]] = {}
    for stem, column, n in found:
        in_text, in_about = counts.get(stem, (0, 0))
        counts[stem] = (n, in_about) if column == "text" else (in_text, n)
    return counts


def split_stems(connection: sqlite3.Connection, texts: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """The stems of each text, in order."""
    _create(connection)
    connection.executemany(_INSERT, [(place, text, "") for place, text in enumerate(texts)])
    found = connection.execute('SELECT term, doc FROM temp.passing_places ORDER BY doc, "offset"').fetchall()
    connection.execute(_EMPTY)
    stems: list[list[str]] = [[] for _ in texts]
    for stem, place in found:
        stems[place].append(stem)
    return tuple(map(tuple, stems))


def _create(connection: sqlite3.Connection) -> None:
    if connection.execute("SELECT 1 FROM temp.sqlite_schema WHERE name = 'passing_places'").fetchone() is None:
        for statement in _TABLES:
            connection.execute(statement)
