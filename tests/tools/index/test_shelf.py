from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from sourcehound.tools.index.shelf import Built, Shelf, oversized


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "passage-1", name="passage-1")


def build(shelf: Shelf, n: int, *, copy: Built | None = None) -> Built:
    """A generation with files such as Chroma leaves."""
    folder = shelf.begin(n, copy=copy)
    chroma = folder / "chroma"
    (chroma / "ab-12").mkdir(parents=True, exist_ok=True)
    (chroma / "ab-12" / "data_level0.bin").write_bytes(bytes(n))
    with closing(sqlite3.connect(chroma / "chroma.sqlite3")) as database:
        database.execute("CREATE TABLE IF NOT EXISTS t (n)")
        database.execute("INSERT INTO t VALUES (?)", (n,))
        database.commit()
    return shelf.finish(folder, n=n, rows=10, dimension=4, width=30)


def test_nothing_is_current_before_a_generation_is_finished(shelf: Shelf):
    assert shelf.current() is None

    folder = shelf.begin(7)

    assert shelf.current() is None
    assert shelf.unfinished() == [folder]


def test_a_finished_generation_is_current_and_trusted(shelf: Shelf):
    built = build(shelf, 7)

    assert shelf.current() == built
    assert built.n == 7
    assert not built.is_doubtful
    assert shelf.unfinished() == []


def test_a_generation_in_the_making_does_not_touch_the_current_one(shelf: Shelf):
    built = build(shelf, 7)

    folder = shelf.begin(8, copy=built)

    assert shelf.current() == built
    with closing(sqlite3.connect(folder / "chroma" / "chroma.sqlite3")) as database:
        assert database.execute("SELECT n FROM t").fetchall() == [(7,)]
    assert (folder / "chroma" / "ab-12" / "data_level0.bin").read_bytes() == bytes(7)


def test_a_second_try_at_a_generation_has_a_folder_of_its_own(shelf: Shelf):
    assert shelf.begin(7) != shelf.begin(7)
    assert len(shelf.unfinished()) == 2


def test_a_file_larger_than_its_rows_can_need_is_seen_without_reading_it(shelf: Shelf):
    folder = shelf.begin(7)
    (folder / "chroma").mkdir()
    with (folder / "chroma" / "link_lists.bin").open("wb") as file:
        file.truncate(17 * 2**20)

    assert oversized(shelf.sizes(folder), rows=1, dimension=4) == "link_lists.bin"
    assert oversized(shelf.sizes(folder), rows=12_000, dimension=32) == ""
    assert oversized({"link_lists.bin": 1_301_129_048_592}, rows=12_107, dimension=32) == "link_lists.bin"
    assert shelf.finish(folder, n=7, rows=1, dimension=4, width=30).is_doubtful


def test_sweeping_keeps_what_is_named(shelf: Shelf, tmp_path: Path):
    old, new = build(shelf, 7), build(shelf, 8)
    begun = shelf.begin(9)

    gone = shelf.sweep(keep=[new.folder])

    assert not old.folder.exists()
    assert shelf.unfinished() == []
    assert shelf.current() == new
    assert {Path(place.folder).parent.name for place in gone} == {old.folder.name, begun.name}
    shelf.sweep(keep=[])
    assert shelf.current() is None
    assert list((tmp_path / "passage-1").iterdir()) == []


def test_a_file_of_another_size_makes_a_generation_doubtful(shelf: Shelf):
    built = build(shelf, 7)
    (built.folder / "chroma" / "ab-12" / "data_level0.bin").write_bytes(bytes(6))

    assert built.is_doubtful


def test_a_readers_doubt_stays(shelf: Shelf):
    build(shelf, 7).doubt()

    current = shelf.current()
    assert current is not None
    assert current.is_doubtful


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"n": 7}'])
def test_a_manifest_that_cannot_be_read_is_no_generation(shelf: Shelf, text: str):
    built = build(shelf, 7)
    (built.folder / "manifest.json").write_text(text, encoding="utf-8")

    assert shelf.current() is None


def test_a_generation_of_another_server_is_not_current(tmp_path: Path, shelf: Shelf):
    build(shelf, 7)

    assert Shelf(tmp_path / "passage-1", name="passage-1", url="http://127.0.0.1:8000").current() is None


def test_a_server_takes_a_collection_over_and_keeps_it_while_it_is_used(tmp_path: Path):
    shelf = Shelf(tmp_path / "s", name="page-1", url="http://127.0.0.1:8000")
    old = shelf.finish(shelf.begin(7), n=7, rows=1, dimension=4, width=30)
    new = shelf.finish(shelf.begin(8, copy=old), n=8, rows=2, dimension=4, width=30)
    other = shelf.finish(shelf.begin(9), n=9, rows=2, dimension=4, width=30)

    assert old.place == new.place
    assert other.place.collection not in {old.place.collection, ""}
    assert shelf.sweep(keep=[new.folder, other.folder]) == ()
    assert [place.collection for place in shelf.sweep(keep=[other.folder])] == [old.place.collection]


def test_the_manifest_names_no_absolute_path(shelf: Shelf, tmp_path: Path):
    built = build(shelf, 7)

    assert str(tmp_path) not in json.dumps((built.folder / "manifest.json").read_text(encoding="utf-8"))
