"""The languages of a library's sources, noted as their words are written; and those its text encoder was not made for.

Knows nothing of how a language is told.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping

from sourcehound.tools.encoders.languages import languages_of
from sourcehound.tools.index.made_with import parse_stamp
from sourcehound.tools.library.language import MOST_CHARS, detect

_SAID = "kind IN ('passage', 'speech')"


def note_language(connection: sqlite3.Connection, source: int, texts: Iterable[str]) -> None:
    """Note the language of a source by some of its words, if it is not noted yet. Must run inside a transaction."""
    (noted,) = connection.execute("SELECT language FROM sources WHERE id = ?", (source,)).fetchone()
    if noted:
        return
    language = detect(_beginning(texts))
    if language:
        connection.execute("UPDATE sources SET language = ? WHERE id = ?", (language, source))


def fill_languages(connection: sqlite3.Connection) -> None:
    """Note the languages of all sources that have none, as after an upgrade. Must run inside a transaction."""
    for (source,) in connection.execute("SELECT id FROM sources WHERE language = ''").fetchall():
        query = f"SELECT text FROM units WHERE source_id = ? AND {_SAID} ORDER BY id"  # noqa: S608  a constant
        note_language(connection, source, (text for (text,) in connection.execute(query, (source,))))


def count_languages(connection: sqlite3.Connection) -> dict[str, int]:
    """How many sources are in each language (ISO 639-1), the commonest first; those too short to tell are left out."""
    query = (
        "SELECT language, COUNT(*) AS n FROM sources WHERE language <> '' GROUP BY language ORDER BY n DESC, language"
    )
    return dict(connection.execute(query).fetchall())


def unreliable(languages: Mapping[str, int], stamp: str | None) -> list[str]:
    """The languages that an encoder was not made for, in their order.

    Args:
        languages: those of a library.
        stamp: of its text encoder, None where that is missing.
    """
    made_with = None if stamp is None else parse_stamp(stamp)
    known = None if made_with is None else languages_of(made_with.encoder)
    return [] if known is None else [language for language in languages if language not in known]


def _beginning(texts: Iterable[str]) -> str:
    found = ""
    for text in texts:
        found += f"{text}\n"
        if len(found) > MOST_CHARS:
            break
    return found
