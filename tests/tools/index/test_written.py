"""Search in writings: on the scale of the library's words, each writing standing for its unit, nothing left behind."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from sourcehound.tools.errors import ToolInputError
from sourcehound.tools.evidence import Locator
from sourcehound.tools.index.words import search_words
from sourcehound.tools.index.written import is_written, merged, search_written, told, written_stamp
from sourcehound.tools.library.catalogue import Catalogue
from sourcehound.tools.library.units import Unit, delete_units, write_units
from sourcehound.tools.library.writings import put_writings
from sourcehound.tools.senses.writer import Writing

TEXTS = ("The lamp burns oil.", "Boats lie at the quay.", "The ledger is kept dry.", "Gulls.")


def passage(n: int, text: str) -> Unit:
    return Unit(kind="passage", text=text, about="", locator=Locator(chars=(n, n + 1)), producer="x")


def asks(*texts: str) -> list[Writing]:
    return [Writing(role="question", text=text) for text in texts]


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Four passages in rows 1 to 4; the first two have questions."""
    catalogue = Catalogue(tmp_path)
    with catalogue.transaction() as connection:
        connection.execute(
            "INSERT INTO sources (id, sha256, size, media_type, title, reader, meta, indexed_at)"
            " VALUES (1, 'aa', 1, 'text/plain', 't', 'r', '{}', '')"
        )
        write_units(connection, 1, "aa", "r", [passage(n, text) for n, text in enumerate(TEXTS)])
        put_writings(
            connection, 1, "m", ["question"], asks("Who lit the beacon?", "What fuel feeds the beacon's flame?")
        )
        put_writings(connection, 2, "m", ["question"], asks("Where do ships moor near 東京駅?"))
    yield connection
    catalogue.close()


def units(connection: sqlite3.Connection, query: str, **options: object) -> list[int]:
    found = search_written(connection, query, kind="passage", k=10, **options)  # type: ignore[arg-type]
    return [hit.unit for hit in found]


def test_a_unit_is_found_by_its_best_writing_once(connection: sqlite3.Connection):
    [hit] = search_written(connection, "fuel of the beacon", kind="passage", k=10)
    assert (hit.unit, hit.coverage) == (1, pytest.approx(1.0))
    assert told(connection, 1, "fuel of the beacon", {}) is not None
    best = told(connection, 1, "fuel of the beacon", {})
    assert best is not None
    assert (best.role, best.model, best.text) == ("question", "m", "What fuel feeds the beacon's flame?")


def test_scores_are_on_the_scale_of_the_words_of_units(connection: sqlite3.Connection):
    put_writings(connection, 4, "m", ["caption"], [Writing(role="caption", text=TEXTS[2])])
    [written] = search_written(connection, "ledger", kind="passage", k=10)
    [own] = search_words(connection, "ledger", k=10)
    assert (written.unit, own.unit) == (4, 3)
    assert written.score == pytest.approx(own.score)


def test_other_forms_kinds_and_scopes(connection: sqlite3.Connection):
    assert units(connection, "ship") == [2]
    assert units(connection, "東京") == [2]
    assert units(connection, "ships", allowed={1, 3}) == []
    assert units(connection, "ships", allowed=set()) == []
    assert search_written(connection, "ships", kind="image", k=10) == ()
    assert units(connection, "") == []
    with pytest.raises(ToolInputError):
        search_written(connection, "ships", kind="passage", k=0)


def test_a_phrase_must_stand_there_unless_it_is_only_preferred(connection: sqlite3.Connection):
    assert units(connection, '"lit the beacon"') == [1]
    assert units(connection, '"beacon lit"') == []
    assert units(connection, '"lighting the beacon"') == []
    assert units(connection, '"beacon lit" fuel', is_required=False) == [1]


def test_nothing_that_is_typed_is_syntax(connection: sqlite3.Connection):
    assert units(connection, 'beacon) OR ("*') == [1]


def test_what_is_written_again_or_forgotten_is_not_found(connection: sqlite3.Connection):
    put_writings(connection, 1, "n", ["question"], asks("Is it a lighthouse?"))
    assert units(connection, "beacon") == []
    assert units(connection, "lighthouse") == [1]
    delete_units(connection, [1])
    assert units(connection, "lighthouse") == []
    assert connection.execute("SELECT COUNT(*) FROM writings").fetchone() == (1,)
    connection.execute("INSERT INTO writing_words (writing_words) VALUES ('integrity-check')")


def test_the_better_of_a_unit_and_its_writing_counts():
    assert merged({1: 0.5, 2: 0.4}, {1: 0.2, 2: 0.9, 3: 0.1}) == ({1: 0.5, 2: 0.9, 3: 0.1}, {2, 3})


def test_stamps_of_writings_are_known_as_such():
    assert is_written(written_stamp("minilm@aa:384:x"))
    assert not is_written("minilm@aa:384:x")
