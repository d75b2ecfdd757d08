"""Units: the things that can be found, their rows in the catalogue, and the evidence a row becomes.

Writing a unit writes its words with it, so that it is findable in the same transaction; its vectors follow later. Knows
nothing of ranking.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sourcehound.tools.evidence import KIND_OF_UNIT, Evidence, Locator, Source, UnitKind, file_uri, unit_id
from sourcehound.tools.index import made_with, vectors, words
from sourcehound.tools.library.languages import note_language

_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """Something that can be found.

    Attributes:
        text: the words in it, as the source has them or as they were read or heard there; they are what is quoted.
        about: words said about it (title, headings, caption, file and folder names); searched, never quoted.
        detail: small facts for people and planners, as `found_by` or `tags`.
        part: `table` or `figure` if it is one or rows of one, else empty.
        number: which of them in its source, from 1; 0 if it is none.
        row: its row in the catalogue, 0 before it is written.
        name: its stable id (`unit_id`), empty before it is written.
    """

    kind: UnitKind
    text: str
    about: str
    locator: Locator
    producer: str
    detail: dict[str, str] = field(default_factory=dict[str, str])
    part: str = ""
    number: int = 0
    row: int = 0
    source: int = 0
    name: str = ""


def write_units(
    connection: sqlite3.Connection, source: int, sha256: str, reader: str, units: Iterable[Unit]
) -> list[int]:
    """Write units and their words; one that is there already keeps its row, and is encoded again if its words changed.

    What encoders saw in its pixels stays: lettering may be read after a picture was looked at. Must run inside a
    transaction. Returns the rows.
    """
    rows: list[int] = []
    said: list[str] = []
    for unit in units:
        if unit.kind in {"passage", "speech"}:
            said.append(unit.text)
        name = unit_id(sha256, unit.kind, unit.locator, reader)
        old = connection.execute("SELECT id, text, about, encoded FROM units WHERE unit_id = ?", (name,)).fetchone()
        if old is None:
            rows.append(_insert(connection, source, name, unit))
            continue
        row, text, about, encoded = old
        rows.append(row)
        if (text, about) == (unit.text, unit.about):
            continue
        words.remove_words(connection, row)
        for stamp in {encoded, *made_with.stamps_of(connection, "text")} - {""}:
            vectors.remove(connection, row, stamp=stamp)
        connection.execute(
            "UPDATE units SET text = ?, about = ?, producer = ?, detail = ?, encoded = '' WHERE id = ?",
            (unit.text, unit.about, unit.producer, json.dumps(unit.detail), row),
        )
        words.index_words(connection, row, unit.text, unit.about)
    if said:
        note_language(connection, source, said)
    return rows


def _insert(connection: sqlite3.Connection, source: int, name: str, unit: Unit) -> int:
    cursor = connection.execute(
        "INSERT INTO units (unit_id, source_id, kind, page, text, about, locator, producer, detail, part, number)"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?)",
        (
            name,
            source,
            unit.kind,
            unit.locator.page,
            unit.text,
            unit.about,
            json.dumps(unit.locator.to_json()),
            unit.producer,
            json.dumps(unit.detail),
            unit.part,
            unit.number,
        ),
    )
    row = int(cursor.lastrowid or 0)
    words.index_words(connection, row, unit.text, unit.about)
    return row


def set_about(connection: sqlite3.Connection, row: int, about: str, *, encode: bool = True) -> bool:
    """Change what is said about a unit; True if it changed.

    Args:
        connection: the catalogue's, inside a transaction.
        row: the unit's.
        about: the new words.
        encode: whether its vectors are made anew too; a file's name is not worth it.
    """
    text, old = connection.execute("SELECT text, about FROM units WHERE id = ?", (row,)).fetchone()
    if old == about:
        return False
    words.remove_words(connection, row)
    words.index_words(connection, row, text, about)
    connection.execute(
        "UPDATE units SET about = ?, encoded = CASE WHEN ? THEN '' ELSE encoded END WHERE id = ?", (about, encode, row)
    )
    return True


def delete_units(connection: sqlite3.Connection, rows: Sequence[int]) -> None:
    """Forget units with their words and vectors. Must run inside a transaction."""
    for row in rows:
        words.remove_words(connection, row)
        vectors.remove(connection, row)
        connection.execute("DELETE FROM units WHERE id = ?", (row,))


def load_units(connection: sqlite3.Connection, rows: Sequence[int]) -> dict[int, Unit]:
    """Units by row; rows that are gone are left out."""
    found: dict[int, Unit] = {}
    for start in range(0, len(rows), _BATCH):
        part = list(rows[start : start + _BATCH])
        marks = ",".join("?" * len(part))
        columns = "id, unit_id, source_id, kind, text, about, locator, producer, detail, part, number"
        query = f"SELECT {columns} FROM units WHERE id IN ({marks})"  # noqa: S608  only question marks are put in
        for row, name, source, kind, text, about, locator, producer, detail, *called in connection.execute(query, part):
            found[row] = Unit(
                kind=kind,
                text=text,
                about=about,
                locator=Locator.from_json(json.loads(locator)),
                producer=producer,
                detail=json.loads(detail),
                part=called[0],
                number=called[1],
                row=row,
                source=source,
                name=name,
            )
    return found


def units_written(connection: sqlite3.Connection) -> int:
    """About how many units a library holds, >= 1, without counting: those ever written and not undone since."""
    (row,) = connection.execute("SELECT COALESCE(MAX(id), 1) FROM units").fetchone()
    return row


def load_source(connection: sqlite3.Connection, source: int) -> Source | None:
    """A source with every path that holds its bytes; None if no file holds it now.

    Its `path` is the one that its title and names were taken from, so that they never speak of two files.
    """
    row = connection.execute("SELECT sha256, media_type, title, named FROM sources WHERE id = ?", (source,)).fetchone()
    if row is None:
        return None
    sha256, media_type, title, named = row
    paths = [
        os.fsdecode(path)
        for (path,) in connection.execute(
            "SELECT path FROM files WHERE source = ? ORDER BY path <> ?, path", (source, named)
        )
    ]
    if not paths:
        return None
    return Source(
        path=paths[0], also=tuple(paths[1:]), uri=file_uri(paths[0]), sha256=sha256, media_type=media_type, title=title
    )


def to_evidence(connection: sqlite3.Connection, unit: Unit, *, score: float | None = None) -> Evidence | None:
    """The evidence that a found unit becomes; None if its source is gone."""
    source = load_source(connection, unit.source)
    if source is None:
        return None
    return Evidence(
        kind=KIND_OF_UNIT[unit.kind],
        unit_id=unit.name,
        source=source,
        locator=unit.locator,
        quote=unit.text or None,
        producer=unit.producer,
        score=score,
        detail=unit.detail,
    )


def rows_near(
    connection: sqlite3.Connection,
    start: Evidence,
    *,
    page: int | None = None,
    part: str = "",
    before: int = 1,
    after: int = 2,
) -> list[int]:
    """Rows of the passages or speech around a place, in the order of the source.

    Args:
        connection: the catalogue's.
        start: where to read on from.
        page: all passages of this page instead.
        part: all passages of this part instead, as `slide 4`.
        before: how many before the one that holds the place.
        after: how many after it.
    """
    where = start.locator
    kind = "speech" if where.start_s is not None else "passage"
    rows = connection.execute(
        "SELECT u.id, u.unit_id, u.page, json_extract(u.locator, '$.chars[0]'), json_extract(u.locator, '$.start_s'),"
        " json_extract(u.locator, '$.part') FROM units u JOIN sources s ON s.id = u.source_id"
        " WHERE s.sha256 = ? AND u.kind = ?",
        (start.source.sha256, kind),
    ).fetchall()
    if page is not None or part:
        on_page = (row for row in rows if row[2] == page and (not part or (row[5] or "").split(" notes")[0] == part))
        return [row[0] for row in sorted(on_page, key=lambda row: row[3] or 0)]
    rows.sort(key=lambda row: (row[4] or 0, 0) if kind == "speech" else (row[2] or 0, row[3] or 0))
    place = next((i for i, row in enumerate(rows) if row[1] == start.unit_id), None)
    if place is None:
        place = _place(rows, kind, where)
    return [row[0] for row in rows[max(0, place - before) : place + after + 1]]


def _place(rows: Sequence[Sequence[int | float | None]], kind: str, where: Locator) -> int:
    """The index of the last row that begins at or before a place, 0 if none does."""
    if kind == "speech":
        before = [i for i, row in enumerate(rows) if (row[4] or 0) <= (where.start_s or 0)]
    elif where.page is not None:
        before = [i for i, row in enumerate(rows) if (row[2] or 0) < where.page] + [
            i for i, row in enumerate(rows) if row[2] == where.page
        ][:1]
    else:
        first = where.chars[0] if where.chars else 0
        before = [i for i, row in enumerate(rows) if (row[3] or 0) <= first]
    return before[-1] if before else 0
