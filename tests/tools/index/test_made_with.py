"""An index of another encoder is refused by name."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from sourcehound.tools.errors import ConfigError
from sourcehound.tools.index.made_with import refuse_other


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    made = sqlite3.connect(":memory:")
    made.execute("CREATE TABLE generations (kind TEXT, stamp TEXT, n INTEGER)")
    yield made
    made.close()


def _encoded(connection: sqlite3.Connection, *stamps: str) -> None:
    connection.executemany("INSERT INTO generations VALUES ('image', ?, 1)", [(stamp,) for stamp in stamps])


def test_an_index_of_another_encoder_is_refused_with_the_command_that_mends_it(connection: sqlite3.Connection):
    _encoded(connection, "minilm@1", "conse@1", "features@1")
    with pytest.raises(ConfigError, match="made with conse@1, not with clip@9") as caught:
        refuse_other(connection, "clip@9", others={"minilm@1", "features@1", "clip@9"}, setting="encoders.picture")
    assert "sourcehound add" in (caught.value.remedy or "")
    assert caught.value.exit_code == 78


def test_once_the_new_encoder_indexed_anything_the_old_ones_vectors_are_no_matter(connection: sqlite3.Connection):
    _encoded(connection, "conse@1", "clip@9")
    refuse_other(connection, "clip@9", others={"clip@9"}, setting="encoders.picture")


def test_an_empty_index_takes_any_encoder(connection: sqlite3.Connection):
    refuse_other(connection, "clip@9", others=set(), setting="encoders.picture")
    _encoded(connection, "minilm@1")
    refuse_other(connection, "clip@9", others={"minilm@1"}, setting="encoders.picture")
