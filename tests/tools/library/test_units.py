from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.evidence import Evidence, Locator, Space, unit_id
from sourcehound.tools.index.vectors import get, put
from sourcehound.tools.library.units import (
    Unit,
    delete_units,
    load_source,
    load_units,
    rows_near,
    set_about,
    to_evidence,
    write_units,
)
from tests.tools.library.conftest import Shelf

SHA256 = "ab" * 32
READER = "text 1"


def passage(n: int, text: str = "", *, page: int | None = None) -> Unit:
    where = Locator(page=page, chars=(100 * n, 100 * n + 50))
    return Unit(
        kind="passage", text=text or f"lamp {n}", about="Lamps", locator=where, producer=READER, detail={"n": "1"}
    )


def write(shelf: Shelf, *units: Unit) -> list[int]:
    with shelf.catalogue.transaction() as connection:
        return write_units(connection, 1, SHA256, READER, units)


def found(shelf: Shelf, word: str) -> int:
    return shelf.rows("SELECT COUNT(*) FROM words WHERE words MATCH ?", word)[0][0]


@pytest.fixture
def source(shelf: Shelf) -> Iterator[Shelf]:
    """A library with one source of two files."""
    with shelf.catalogue.transaction() as connection:
        connection.execute(
            "INSERT INTO sources (id, sha256, size, media_type, title, reader, meta, indexed_at)"
            " VALUES (1, ?, 1, 'text/plain', 'A title', ?, '{}', '')",
            (SHA256, READER),
        )
        connection.executemany(
            "INSERT INTO files (path, shown, size, mtime_ns, source, state) VALUES (?, '', 1, 1, 1, 'read')",
            [(b"/b/copy \xff.txt",), (b"/a/x.txt",)],
        )
    yield shelf
    assert shelf.rows("PRAGMA foreign_key_check") == []


def row_of(dimension: int = 3) -> FloatArray:
    import numpy as np

    return np.eye(1, dimension, dtype=np.float32)


def test_a_unit_is_found_by_its_words_as_soon_as_it_is_written(source: Shelf):
    [row] = write(source, passage(1, "A zuleika stands here."))
    assert (found(source, "zuleika"), found(source, "lamps")) == (1, 1)
    loaded = load_units(source.catalogue.connection, [row, 99])[row]
    assert loaded == Unit(
        kind="passage",
        text="A zuleika stands here.",
        about="Lamps",
        locator=Locator(chars=(100, 150)),
        producer=READER,
        detail={"n": "1"},
        row=row,
        source=1,
        name=unit_id(SHA256, "passage", Locator(chars=(100, 150)), READER),
    )


def test_a_unit_written_again_keeps_its_row_and_what_was_seen_in_it(source: Shelf):
    [row] = write(source, passage(1))
    with source.catalogue.transaction() as connection:
        put(connection, row, "text", row_of())
        put(connection, row, "pixels", row_of(5))
        connection.execute("UPDATE units SET encoded = 'text'")
    assert write(source, passage(1)) == [row]
    assert get(source.catalogue.connection, row, "text") is not None
    assert write(source, passage(1, "oar")) == [row]
    assert source.rows("SELECT text, encoded FROM units") == [("oar", "")]
    assert get(source.catalogue.connection, row, "text") is None
    assert get(source.catalogue.connection, row, "pixels") is not None
    assert (found(source, "lamp"), found(source, "oar")) == (1, 1)


def test_units_at_one_place_are_one_unit(source: Shelf):
    write(source, passage(1), passage(1, "oar"), passage(1, "mast"))
    assert source.rows("SELECT text FROM units") == [("mast",)]
    assert source.rows("SELECT COUNT(*) FROM words_docsize") == [(1,)]


def test_deleting_units_takes_words_and_vectors(source: Shelf):
    rows = write(source, passage(1, "zuleika"), passage(2))
    with source.catalogue.transaction() as connection:
        put(connection, rows[0], "s", row_of())
        delete_units(connection, rows[:1])
    assert found(source, "zuleika") == 0
    assert source.rows("SELECT COUNT(*) FROM vectors") == [(0,)]
    assert source.rows("SELECT id FROM units") == [(rows[1],)]


def test_what_is_said_about_a_unit_changes_without_its_text(source: Shelf):
    [row] = write(source, passage(1, "zuleika"))
    with source.catalogue.transaction() as connection:
        connection.execute("UPDATE units SET encoded = 's'")
        assert not set_about(connection, row, "Lamps")
        assert source.rows("SELECT encoded FROM units") == [("s",)]
        assert set_about(connection, row, "Oars", encode=False)
        assert source.rows("SELECT encoded FROM units") == [("s",)]
        assert set_about(connection, row, "Masts")
    assert source.rows("SELECT encoded, text FROM units") == [("", "zuleika")]
    assert (found(source, "lamps"), found(source, "oars"), found(source, "masts"), found(source, "zuleika")) == (
        0,
        0,
        1,
        1,
    )


def test_many_units_are_loaded_in_pieces(source: Shelf):
    rows = write(source, *(passage(n) for n in range(1100)))
    assert len(load_units(source.catalogue.connection, rows)) == 1100


def test_evidence_cites_every_path_and_keeps_odd_names(source: Shelf):
    [row] = write(source, passage(1))
    unit = load_units(source.catalogue.connection, [row])[row]
    evidence = to_evidence(source.catalogue.connection, unit, score=0.5)
    assert evidence is not None
    assert (evidence.kind, evidence.quote, evidence.score, evidence.detail) == ("text", "lamp 1", 0.5, {"n": "1"})
    assert evidence.source.path == "/a/x.txt"
    assert [os.fsencode(path) for path in evidence.source.also] == [b"/b/copy \xff.txt"]
    assert evidence.source.title == "A title"
    assert [evidence.unit_id] == [unit_id for (unit_id,) in source.rows("SELECT unit_id FROM units")]


def test_a_unit_whose_files_are_gone_is_no_evidence(source: Shelf):
    [row] = write(source, passage(1))
    unit = load_units(source.catalogue.connection, [row])[row]
    with source.catalogue.transaction() as connection:
        connection.execute("DELETE FROM files")
    assert to_evidence(source.catalogue.connection, unit) is None
    assert load_source(source.catalogue.connection, 1) is None
    assert load_source(source.catalogue.connection, 9) is None


def near(shelf: Shelf, where: Locator, **options: Any) -> list[str]:
    connection = shelf.catalogue.connection
    cited = load_source(connection, 1)
    assert cited is not None
    start = Evidence(kind="text", unit_id="none", source=cited, locator=where, quote=None, producer=READER)
    rows = rows_near(connection, start, **options)
    units = load_units(connection, rows)
    return [units[row].text for row in rows]


def test_what_stands_around_a_place_comes_in_the_order_of_the_source(source: Shelf):
    write(source, *(passage(n) for n in (3, 1, 5, 2, 4)))
    assert near(source, Locator(chars=(310, 320))) == ["lamp 2", "lamp 3", "lamp 4", "lamp 5"]
    assert near(source, Locator(chars=(310, 320)), before=0, after=1) == ["lamp 3", "lamp 4"]
    assert near(source, Locator(chars=(0, 5))) == ["lamp 1", "lamp 2", "lamp 3"]
    assert near(source, Locator(chars=(9000, 9001))) == ["lamp 4", "lamp 5"]


def test_reading_on_crosses_pages_and_a_page_can_be_read_whole(source: Shelf):
    write(source, passage(1, page=1), passage(2, page=1), passage(3, page=2), passage(4, page=3))
    assert near(source, Locator(page=2, chars=(300, 350))) == ["lamp 2", "lamp 3", "lamp 4"]
    assert near(source, Locator(page=2)) == ["lamp 2", "lamp 3", "lamp 4"]
    assert near(source, Locator(), page=1) == ["lamp 1", "lamp 2"]
    assert near(source, Locator(), page=9) == []


def test_what_is_said_around_a_second_comes_in_time(source: Shelf):
    said = [
        Unit(
            kind="speech",
            text=f"said {n}",
            about="",
            locator=Locator(start_s=10.0 * n, end_s=10.0 * n + 9),
            producer="w",
        )
        for n in (2, 0, 1, 3)
    ]
    write(source, *said)
    assert near(source, Locator(start_s=15.0, end_s=16.0), before=0, after=1) == ["said 1", "said 2"]
    assert near(source, Locator(start_s=99.0)) == ["said 2", "said 3"]


def test_a_source_without_passages_has_nothing_around_a_place(source: Shelf):
    assert near(source, Locator(chars=(0, 1))) == []


def test_a_locator_survives_the_database(source: Shelf):
    where = Locator(
        page=3, page_label="iii", chars=(1, 2), boxes=((1.0, 2.0, 3.0, 4.0),), space=Space(unit="pt", width=6, height=7)
    )
    [row] = write(source, Unit(kind="page", text="x", about="", locator=where, producer="p"))
    assert load_units(source.catalogue.connection, [row])[row].locator == where
    assert source.rows("SELECT page FROM units") == [(3,)]
