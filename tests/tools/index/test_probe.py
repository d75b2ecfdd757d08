"""What is damaged is not used, and what a writer left that was stopped in the middle is not even looked at."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.errors import BusyError
from sourcehound.tools.index import vectors
from sourcehound.tools.index.chroma import ChromaEngine
from sourcehound.tools.index.chroma_rows import ChromaFailure, ChromaRows, Place
from sourcehound.tools.index.exact import ExactEngine
from sourcehound.tools.index.probe import Seen, find_damage, look_apart, look_here

STAMP = "minilm@0123456789abcdef:16:1"
Cloud = Callable[..., FloatArray]


class PowerCutError(Exception):
    """Stands for whatever stops a writer."""


@pytest.fixture
def place(tmp_path: Path, cloud: Cloud) -> Place:
    place = Place(collection="rows-1", folder=str(tmp_path / "chroma"))
    rows = ChromaRows(place, create=True)
    rows.add([str(i) for i in range(700)], cloud(700, 16))
    rows.close()
    return place


def truth(cloud: Cloud) -> Callable[[list[str]], dict[str, FloatArray]]:
    rows = cloud(700, 16)
    return lambda keys: {key: rows[int(key)] for key in keys}


def test_a_sound_collection_passes(place: Place, cloud: Cloud):
    assert find_damage(place, truth(cloud), look=look_apart) == ""


def test_rows_that_differ_from_the_table_are_damage(place: Place):
    ones = np.ones(16, np.float32)

    assert "rows differ from the table" in find_damage(place, lambda keys: dict.fromkeys(keys, ones), look=look_here)


def test_a_torn_file_is_damage_and_does_not_take_us_down(place: Place, cloud: Cloud):
    [path] = Path(place.folder).rglob("data_level0.bin")
    os.truncate(path, path.stat().st_size // 3)

    assert find_damage(place, truth(cloud), look=look_apart) != ""


def test_a_collection_that_is_not_there_is_damage(tmp_path: Path, cloud: Cloud):
    nowhere = Place(collection="rows-1", folder=str(tmp_path / "nowhere"))

    assert "its probe ended with 1" in find_damage(nowhere, truth(cloud), look=look_apart)
    with pytest.raises(ChromaFailure):
        ChromaRows(nowhere)


@pytest.fixture
def warnings() -> list[str]:
    return []


@pytest.fixture
def make(library: sqlite3.Connection, tmp_path: Path, cloud: Cloud, warnings: list[str]) -> Callable[..., ChromaEngine]:
    """Makes engines over a library of 1500 passages."""
    library.execute("BEGIN")
    for row in cloud(1500, 16):
        cursor = library.execute(
            "INSERT INTO units (unit_id, source_id, kind, text, about, locator)"
            " VALUES (hex(randomblob(8)), 1, 'passage', '', '', '{}')"
        )
        vectors.put(library, int(cursor.lastrowid or 0), STAMP, row[None])
    library.execute("COMMIT")
    exact = ExactEngine(lambda: library, tmp_path / "vectors", warn=warnings.append)

    def run(
        look: Callable[[Place], Seen] = look_here, progress: Callable[[int, int], None] = lambda _done, _all: None
    ) -> ChromaEngine:
        return ChromaEngine(
            lambda: library,
            tmp_path / "vectors",
            exact=exact,
            warn=warnings.append,
            worth_rows=1,
            batch=500,
            look=look,
            progress=progress,
        )

    return run


def answers(engine: ChromaEngine, cloud: Cloud) -> list[int]:
    return [scored.unit for scored in engine.search("passage", STAMP, cloud(1, 16, seed=7)[0], k=10)]


def test_an_interrupted_index_is_thrown_away_and_the_one_before_answers(
    make: Callable[..., ChromaEngine],
    library: sqlite3.Connection,
    cloud: Cloud,
    tmp_path: Path,
    warnings: list[str],
):
    def cut_off(done: int, _: int) -> None:
        if done >= 500:
            raise PowerCutError

    first = make()
    first.refresh("passage", STAMP)
    expected = answers(first, cloud)
    library.execute("DELETE FROM units WHERE id > 1000 AND id NOT IN (SELECT value FROM json_each(?))", [str(expected)])
    with pytest.raises(PowerCutError):
        make(progress=cut_off).refresh("passage", STAMP)

    assert list((tmp_path / "vectors").rglob("unfinished"))
    assert answers(first, cloud) == answers(make(), cloud) == expected
    assert warnings == []
    assert make().refresh("passage", STAMP).how == "built"
    assert "left unfinished: it is thrown away" in warnings[0]
    assert not list((tmp_path / "vectors").rglob("unfinished"))
    assert answers(make(), cloud) == expected
    first.close()


def test_a_new_index_that_does_not_pass_is_not_switched_to(
    make: Callable[..., ChromaEngine], library: sqlite3.Connection, cloud: Cloud, tmp_path: Path, warnings: list[str]
):
    looks: list[str] = []

    def look(place: Place) -> Seen:
        looks.append(place.folder)
        if len(looks) == 1:
            raise ChromaFailure("its probe ended with -11")
        return look_here(place)

    make().refresh("passage", STAMP)
    [unit] = library.execute("SELECT max(id) FROM units").fetchone()
    vectors.put(library, unit, STAMP, cloud(1, 16, seed=3))

    assert make(look=look).refresh("passage", STAMP).how == "built"

    assert "damaged (its probe ended with -11): it is thrown away" in warnings[0]
    assert not Path(looks[0]).exists()
    assert Path(looks[1]).exists()


def test_an_index_that_never_passes_is_said_and_searches_stay_right(
    make: Callable[..., ChromaEngine], cloud: Cloud, tmp_path: Path
):
    def look(_: Place) -> Seen:
        raise ChromaFailure("its probe ended with -11")

    engine = make(look=look)

    with pytest.raises(BusyError, match="did not pass its probe"):
        engine.refresh("passage", STAMP)
    assert len(answers(engine, cloud)) == 10
    assert not list((tmp_path / "vectors").rglob("chroma"))
