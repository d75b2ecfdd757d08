"""Intake: what a reader made of a file becomes texts, units and jobs in the catalogue, in one transaction.

Also the words said about a picture: its caption, the text that shows it, its EXIF, its file's and folders' names. Knows
nothing of how files are read or how jobs are done.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from sourcehound.tools.evidence import Locator, Space, unit_id
from sourcehound.tools.library import passages
from sourcehound.tools.library.parts import between, figure_of, table_units, tables_in, write_headings
from sourcehound.tools.library.readers.naming import title_from_name
from sourcehound.tools.library.reading import Reading, Section
from sourcehound.tools.library.sections import load_sections, write_section
from sourcehound.tools.library.units import Unit, delete_units, set_about, write_units

_AROUND_CHARS = 400
_BETWEEN = " · "
"""Stands between the things said about a unit."""


def write_reading(connection: sqlite3.Connection, source: int, sha256: str, path: str, reading: Reading) -> None:
    """Write everything a first look gave. Must run inside a transaction; the source's row is there already."""
    for ordinal, section in enumerate(reading.sections):
        write_section(connection, source, ordinal, section)
    units = [
        *section_units(reading, path),
        *_page_units(reading, path),
        *_figure_units(reading),
        *_picture_units(reading, path),
    ]
    write_units(connection, source, sha256, reading.reader, units)
    write_headings(connection, source, reading)
    connection.executemany(
        "INSERT INTO mentions (source, target, caption, around) VALUES (?,?,?,?)",
        [(source, _clean(m.target), m.caption, m.around[:_AROUND_CHARS]) for m in reading.mentions],
    )
    connection.executemany(
        "INSERT OR IGNORE INTO jobs (source, job, detail, state) VALUES (?,?,?,'todo')",
        [(source, job, detail) for job, detail in _jobs(reading)],
    )


def rewrite_words(connection: sqlite3.Connection, source: int, sha256: str, path: str, reading: Reading) -> None:
    """Put the words of a new first look at a film or recording in place of the old ones; what jobs found stays.

    Must run inside a transaction.
    """
    (reader,) = connection.execute("SELECT reader FROM sources WHERE id = ?", (source,)).fetchone()
    connection.execute("DELETE FROM texts WHERE source = ? AND role IN ('body', 'subtitle')", (source,))
    for ordinal, section in enumerate(reading.sections):
        write_section(connection, source, ordinal, section)
    units = list(section_units(reading, path))
    kept = {unit_id(sha256, unit.kind, unit.locator, reader) for unit in units}
    old = connection.execute(
        "SELECT id, unit_id FROM units WHERE source_id = ? AND kind IN ('passage', 'speech')"
        " AND COALESCE(json_extract(detail, '$.role'), 'body') IN ('body', 'subtitle')",
        (source,),
    ).fetchall()
    delete_units(connection, [row for row, name in old if name not in kept])
    write_units(connection, source, sha256, reader, units)
    connection.execute(
        "UPDATE sources SET meta = json_set(meta, '$.warnings', json(?)) WHERE id = ?",
        (json.dumps(list(reading.warnings)), source),
    )


def section_units(reading: Reading, path: str) -> Iterator[Unit]:
    """The passages and speech units of a reading's sections."""
    for section in reading.sections:
        tables = list(tables_in(reading, section))
        for stretch in between(section, [span for _, span in tables]):
            yield from units_of(stretch, title=reading.title, path=path)
        about = _about(section, reading.title, path)
        for part, span in tables:
            yield from table_units(section, part, span, about=about)


def units_of(section: Section, *, title: str, path: str) -> Iterator[Unit]:
    """Cut one section into units: speech for what is said, passages for the rest."""
    kind = "speech" if section.role in {"speech", "subtitle"} else "passage"
    about = _about(section, title, path)
    detail = {"role": section.role} if section.role != "body" else {}
    for span in passages.passages(section):
        text = section.text[span.start : span.end]
        if not any(character.isalnum() for character in text):
            continue
        where = passages.locate(section, span)
        yield Unit(
            kind=kind,
            text=text,
            about=about,
            locator=where,
            producer=section.producer,
            detail=detail,
        )


def _about(section: Section, title: str, path: str) -> str:
    return _join(title, *section.headings, section.part, name_words(path))


def page_unit(text: str, where: Locator, *, about: str, producer: str) -> Unit:
    """The unit of a whole page, with all its words."""
    return Unit(kind="page", text=text, about=about, locator=where, producer=producer)


def name_words(path: str) -> str:
    """A file's name and its last two folders' names as words: `2023-Harbour/IMG_kite.jpg` gives `2023 Harbour IMG kite`."""
    parts = _clean(path).split(os.sep)[-3:]
    stem = os.path.splitext(parts[-1])[0]
    text = " ".join([*parts[:-1], stem])
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text)
    return " ".join(re.split(r"[\W_]+", text)).strip()


def refresh_names(connection: sqlite3.Connection) -> None:
    """Put new names where those of files stand that were moved or deleted. Must run inside a transaction.

    Pictures and films are left to `refresh_abouts`. Vectors stay as they are: thousands of passages are not worth
    encoding again because a folder has a new name.
    """
    misnamed = connection.execute(
        "SELECT s.id, s.named, MIN(f.path) FROM sources s JOIN files f ON f.source = s.id"
        " GROUP BY s.id HAVING SUM(f.path = s.named) = 0"
    ).fetchall()
    for source, old, new in misnamed:
        _rename(connection, source, os.fsdecode(old), os.fsdecode(new))


def _rename(connection: sqlite3.Connection, source: int, old: str, new: str) -> None:
    old_title, new_title = title_from_name(Path(old)), title_from_name(Path(new))
    (title,) = connection.execute("SELECT title FROM sources WHERE id = ?", (source,)).fetchone()
    title = new_title if title == old_title else title
    connection.execute("UPDATE sources SET title = ?, named = ? WHERE id = ?", (title, os.fsencode(new), source))
    names = {old_title: title, name_words(old): name_words(new)}
    query = "SELECT id, about FROM units WHERE source_id = ? AND (kind IN ('passage', 'page', 'speech') OR page > 0)"
    for row, about in connection.execute(query, (source,)).fetchall():
        parts = [names.get(part, part) for part in about.split(_BETWEEN)]
        set_about(connection, row, _join(*parts), encode=False)


def refresh_abouts(connection: sqlite3.Connection, source: int | None = None) -> int:
    """Say of every picture and film what is said about it now; returns how many changed. Must run inside a transaction.

    A mention's target is looked for beside the mentioning file, then by its base name anywhere if only one has it.

    Args:
        connection: the catalogue's.
        source: only this one; None for all.
    """
    said = _said_about(connection)
    changed = 0
    query = (
        "SELECT source_id, id, locator FROM units WHERE kind IN ('image', 'moment') AND page IS NULL"
        " AND source_id = COALESCE(?, source_id) ORDER BY source_id"
    )
    rows = connection.execute(query, (source,)).fetchall()
    for of, units in groupby(rows, key=itemgetter(0)):
        words = _visual_words(connection, of)
        for _, row, locator in units:
            where = Locator.from_json(json.loads(locator))
            changed += set_about(connection, row, words.about(said.get(of, ""), where))
    return changed


@dataclass(frozen=True, slots=True, kw_only=True)
class _VisualWords:
    """What a picture's or film's own file says about it: title, EXIF, names, and what is heard or subtitled."""

    own: tuple[str, ...]
    heard: tuple[Section, ...]

    def about(self, said: str, where: Locator) -> str:
        """All of it for one place, captions first."""
        heard = ""
        if where.start_s is not None and where.end_s is not None:
            heard = " ".join(words_during(self.heard, where.start_s, where.end_s))
        return _join(said, heard, *self.own)


def _visual_words(connection: sqlite3.Connection, source: int) -> _VisualWords:
    title, meta = connection.execute("SELECT title, meta FROM sources WHERE id = ?", (source,)).fetchone()
    paths = connection.execute("SELECT path FROM files WHERE source = ? ORDER BY path", (source,)).fetchall()
    names = [name_words(os.fsdecode(path)) for (path,) in paths[:3]]
    exif = " ".join(str(value) for value in json.loads(meta).get("exif", {}).values())
    heard = tuple(section for section in load_sections(connection, source) if section.role in {"speech", "subtitle"})
    return _VisualWords(own=(title, exif, *names), heard=heard)


def words_during(sections: Iterable[Section], start_s: float, end_s: float) -> list[str]:
    """The words that fall into a span of time, one string for each section that has any."""
    spans: list[str] = []
    for section in sections:
        inside = [
            a
            for a in section.anchors
            if a.start_s is not None and a.end_s is not None and a.start_s < end_s and start_s < a.end_s
        ]
        if inside:
            spans.append(section.text[inside[0].start : inside[-1].end].strip())
    return spans


def _said_about(connection: sqlite3.Connection) -> dict[int, str]:
    by_path: dict[str, int] = {}
    by_name: dict[str, set[int]] = {}
    for path, source in connection.execute("SELECT path, source FROM files WHERE source IS NOT NULL"):
        shown = os.fsdecode(path)
        by_path[shown] = source
        by_name.setdefault(os.path.basename(shown), set()).add(source)
    said: dict[int, list[str]] = {}
    query = (
        "SELECT f.path, m.target, m.caption, m.around FROM mentions m JOIN files f ON f.source = m.source"
        " ORDER BY f.path, m.rowid"
    )
    for path, target, caption, around in connection.execute(query):
        beside = os.path.normpath(os.path.join(os.path.dirname(os.fsdecode(path)), target))
        named = by_name.get(os.path.basename(target), set())
        source = by_path.get(beside) or (next(iter(named)) if len(named) == 1 else None)
        if source is not None:
            said.setdefault(source, []).append(caption or around)
    return {source: _join(*texts) for source, texts in said.items()}


def _page_units(reading: Reading, path: str) -> Iterator[Unit]:
    texts: dict[int, list[Section]] = {}
    for section in reading.sections:
        if section.page is not None and section.role != "table":
            texts.setdefault(section.page, []).append(section)
    about = _join(reading.title, name_words(path))
    for page in range(1, reading.n_pages + 1):
        sections = texts.get(page, [])
        label = reading.page_labels[page - 1] if page <= len(reading.page_labels) else None
        space = reading.page_spaces[page - 1] if page <= len(reading.page_spaces) else None
        text = "\n".join(section.text for section in sections)
        where = Locator(page=page, page_label=label or None, space=space)
        yield page_unit(text, where, about=about, producer=sections[0].producer if sections else reading.reader)


def _figure_units(reading: Reading) -> Iterator[Unit]:
    for figure in reading.figures:
        label = reading.page_labels[figure.page - 1] if figure.page <= len(reading.page_labels) else None
        part = figure_of(reading.parts, figure.page, figure.box)
        names = {"caption": figure.caption, "label": part.label if part else ""}
        yield Unit(
            kind="image",
            text="",
            about=_join(figure.caption, reading.title),
            locator=Locator(page=figure.page, page_label=label or None, boxes=(figure.box,), space=figure.space),
            producer=reading.reader,
            detail={name: value for name, value in names.items() if value},
            part=part.kind if part else "",
            number=part.number if part else 0,
        )


def _picture_units(reading: Reading, path: str) -> Iterator[Unit]:
    if reading.visual is None:
        return
    space = Space(unit="px", width=reading.visual.width, height=reading.visual.height)
    about = _join(reading.title, *reading.visual.exif.values(), name_words(path))
    yield Unit(kind="image", text="", about=about, locator=Locator(space=space), producer=reading.reader)


def _jobs(reading: Reading) -> Iterator[tuple[str, int]]:
    if reading.visual is not None:
        yield "ocr", 0
        yield "see", 0
    for page in reading.blank_pages:
        yield "ocr", page
    if reading.figures:
        yield "see", 0
    if reading.media is not None:
        if reading.media.has_audio:
            yield "hear", 0
        if reading.media.has_video:
            yield "watch", 0


def _join(*said: str | None) -> str:
    return _BETWEEN.join(dict.fromkeys(filter(None, said)))


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
