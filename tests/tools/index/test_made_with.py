"""Who answers for a role, who is to, and what happens to the vectors of whoever does not any more."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from sourcehound.tools.index import made_with
from sourcehound.tools.index.made_with import Maker, parse_stamp

OLD = Maker(spec="minilm", stamp="minilm@53aa:384:256tok-mean-1")
NEW = Maker(spec="hf:/models/b@1:2", stamp="hf:/models/b@1:2@0f0f:8:x:y")


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    made = sqlite3.connect(":memory:", isolation_level=None)
    for table in (
        "answering (role TEXT PRIMARY KEY, spec TEXT, stamp TEXT)",
        "generations (kind TEXT, stamp TEXT, n INTEGER)",
        "units (id INTEGER PRIMARY KEY, encoded TEXT)",
        "vectors (unit INTEGER, stamp TEXT)",
        "regions (unit INTEGER, stamp TEXT)",
    ):
        made.execute(f"CREATE TABLE {table}")
    yield made
    made.close()


def encoded(connection: sqlite3.Connection, *units: int, by: Maker) -> None:
    for unit in units:
        connection.execute("INSERT OR REPLACE INTO units VALUES (?, ?)", (unit, by.stamp))
        connection.execute("INSERT INTO vectors VALUES (?, ?)", (unit, by.stamp))


def test_the_former_answers_until_the_switch_and_its_vectors_are_then_marked(connection: sqlite3.Connection):
    made_with.adopt(connection, {"text": OLD})
    made_with.begin(connection, {"text": NEW})
    assert (made_with.answers(connection, "text"), made_with.coming(connection, "text")) == (OLD, NEW)
    assert made_with.gone(connection) == ()
    made_with.switch(connection, ["text"])
    assert (made_with.answers(connection, "text"), made_with.coming(connection, "text")) == (NEW, None)
    assert made_with.gone(connection) == (OLD.stamp,)
    encoded(connection, 1, 2, 3, by=OLD)
    assert [made_with.forget_gone(connection, OLD.stamp, n_units=2) for _ in range(3)] == [2, 1, 0]
    assert made_with.gone(connection) == ()


def test_who_is_given_up_leaves_the_units_to_the_former_where_that_has_vectors(connection: sqlite3.Connection):
    made_with.adopt(connection, {"text": OLD})
    encoded(connection, 1, 2, by=OLD)
    made_with.begin(connection, {"text": NEW})
    encoded(connection, 2, 3, by=NEW)
    third = Maker(spec="hf:/c", stamp="hf:/c@00:8:1")
    made_with.begin(connection, {"text": third})
    assert made_with.coming(connection, "text") == third
    assert made_with.gone(connection) == (NEW.stamp,)
    assert connection.execute("SELECT encoded FROM units ORDER BY id").fetchall() == [(OLD.stamp,), (OLD.stamp,), ("",)]


def test_who_comes_back_is_not_removed(connection: sqlite3.Connection):
    made_with.adopt(connection, {"text": OLD})
    made_with.begin(connection, {"text": NEW})
    made_with.give_up(connection, ["text"])
    assert made_with.gone(connection) == (NEW.stamp,)
    made_with.begin(connection, {"text": NEW})
    assert made_with.gone(connection) == ()


def test_vectors_that_another_role_is_answered_by_stay(connection: sqlite3.Connection):
    made_with.adopt(connection, {"picture": OLD, "likeness": OLD})
    made_with.begin(connection, {"picture": NEW})
    made_with.switch(connection, ["picture"])
    assert made_with.gone(connection) == ()


def test_a_library_without_rows_is_answered_by_whoever_made_its_vectors(connection: sqlite3.Connection):
    assert made_with.answers(connection, "text") is None
    encoded(connection, 1, by=OLD)
    stamps = (OLD.stamp, "conse@11:384:1", "effnet-features@11:1280:1")
    connection.executemany("INSERT INTO generations VALUES ('image', ?, 1)", [(stamp,) for stamp in stamps])
    found = {role: made_with.answers(connection, role) for role in ("text", "picture", "likeness", "page")}
    assert found == {
        "text": OLD,
        "picture": Maker(spec="conse", stamp=stamps[1]),
        "likeness": Maker(spec="effnet-features", stamp=stamps[2]),
        "page": None,
    }
    clip = Maker(spec="hf:/clip", stamp="hf:/clip@22:512:1")
    connection.execute("INSERT INTO generations VALUES ('image', ?, 1)", (clip.stamp,))
    assert made_with.answers(connection, "picture") == made_with.answers(connection, "likeness") == clip
    made_with.adopt(connection, {"text": NEW})
    assert made_with.answers(connection, "text") == OLD


def test_a_refusal_names_both_and_the_command_that_makes_the_index_anew():
    error = made_with.refusal("text", OLD, Maker(spec="hf:/my models/b", stamp="hf:/my models/b@1:8:1"), library="a b")
    assert error.message == f"the index was made with {OLD.stamp}, not with hf:/my models/b@1:8:1"
    assert error.remedy == (
        "run `sourcehound reindex --text 'hf:/my models/b' --library 'a b'`, or set encoders.text back to minilm"
    )
    assert error.exit_code == 78
    changed = Maker(spec="hf:/clip", stamp="hf:/clip@33:512:1")
    error = made_with.refusal("picture", Maker(spec="hf:/clip", stamp="hf:/clip@22:512:1"), changed)
    assert error.remedy == "run `sourcehound reindex --picture hf:/clip`"


@pytest.mark.parametrize("stamp", [OLD.stamp, NEW.stamp, "hf:/a?tokens=9&x=@b@ab12:1:c"])
def test_a_stamp_is_read_as_it_was_written(stamp: str):
    assert str(parse_stamp(stamp)) == stamp


def test_what_is_no_stamp_is_none():
    assert parse_stamp("text") is None
