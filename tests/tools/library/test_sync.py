from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sourcehound.tools.errors import BusyError, InputError, MediaError
from sourcehound.tools.library.sync import drop_unheld, forget
from sourcehound.tools.library.units import load_source
from tests.tools.library.conftest import Shelf

JUST_NOW = "2001-01-01T00:00:00Z"
"""Before every file of a test: all of them are so fresh that they are looked at once more."""


def test_new_unchanged_changed_and_deleted_files_are_told_apart(shelf: Shelf):
    shelf.put("stays.txt", "The lamp stays.")
    changing = shelf.put("changes.txt", "The lamp is red.")
    going = shelf.put("goes.txt", "The lamp goes.")
    assert shelf.counts() == {"new": 3}
    assert shelf.counts() == {"unchanged": 3}
    changing.write_text("The lamp is blue now.", encoding="utf-8")
    going.unlink()
    shelf.put("comes.txt", "Another lamp comes.")
    assert shelf.counts() == {"new": 1, "changed": 1, "deleted": 1, "unchanged": 1}
    assert shelf.texts() == {"The lamp stays.", "The lamp is blue now.", "Another lamp comes."}
    assert set(shelf.states().values()) == {"read"}


def test_again_reads_nothing_that_did_not_change(shelf: Shelf):
    shelf.put("a.txt", "One lamp.")
    shelf.put("b.md", "# Two lamps")
    shelf.add()
    shelf.add()
    assert shelf.looker.looked == {"a.txt": 1, "b.md": 1}


def test_a_touched_file_with_the_same_bytes_is_unchanged(shelf: Shelf):
    path = shelf.put("a.txt", "One lamp.")
    shelf.add()
    os.utime(path, (1, 1))
    assert shelf.counts() == {"unchanged": 1}
    assert shelf.looker.looked == {"a.txt": 1}


def test_a_change_under_the_same_size_and_time_is_noticed(shelf: Shelf):
    path = shelf.put("a.txt", "One lamp.", at_s=1000)
    shelf.add()
    path.write_text("Two oars.", encoding="utf-8")
    os.utime(path, (1000, 1000))
    assert shelf.counts() == {"changed": 1}
    assert shelf.texts() == {"Two oars."}


def test_a_fresh_file_is_looked_at_once_more_in_case_it_changed_within_a_tick(shelf: Shelf):
    path = shelf.put("a.txt", "One lamp.")
    shelf.add(now=JUST_NOW)
    with shelf.catalogue.transaction() as connection:  # as if the clock had not ticked between the two writes
        path.write_text("Two oars.", encoding="utf-8")
        status = os.stat(path)
        connection.execute("UPDATE files SET mtime_ns = ?, ctime_ns = ?", (status.st_mtime_ns, status.st_ctime_ns))
    assert shelf.counts() == {"changed": 1}
    assert shelf.counts() == {"unchanged": 1}
    assert shelf.rows("SELECT retry FROM files") == [(0,)]


@pytest.mark.parametrize("other_root", [False, True], ids=["within a folder", "to a folder of its own"])
def test_a_moved_file_is_not_read_again_and_keeps_its_units(shelf: Shelf, tmp_path: Path, *, other_root: bool):
    path = shelf.put("drafts/old_name.txt", "The lamp was lit at nine.")
    shelf.add()
    before = shelf.rows("SELECT unit_id FROM units")
    target = tmp_path / "elsewhere" if other_root else shelf.folder / "final"
    target.mkdir()
    path.rename(target / "new_name.txt")
    assert shelf.counts(target if other_root else shelf.folder) == {"moved": 1}
    assert shelf.rows("SELECT unit_id FROM units") == before
    assert shelf.looker.looked == {"old_name.txt": 1}
    [(path_now,)] = shelf.rows("SELECT path FROM files")
    assert os.fsdecode(path_now) == str(target / "new_name.txt")


def test_a_moved_file_is_named_and_found_by_its_new_name_only(shelf: Shelf):
    path = shelf.put("drafts/kettle.txt", "# Lamps\n\nThe lamp was lit at nine.")
    shelf.add()
    shelf.put("final/x", "").unlink()
    path.rename(shelf.folder / "final" / "teapot.txt")
    shelf.add()
    [(title, about)] = shelf.rows("SELECT s.title, u.about FROM units u JOIN sources s ON s.id = u.source_id")
    assert title == "teapot"
    assert about == "teapot · files final teapot"
    found = "SELECT COUNT(*) FROM words WHERE words MATCH ?"
    assert shelf.rows(found, "teapot") == [(1,)]
    assert shelf.rows(found, "kettle") == [(0,)]


def test_the_path_and_the_title_of_a_source_are_those_of_one_file(shelf: Shelf):
    first = shelf.put("b/original.txt", "The lamp.")
    shelf.add()
    copy = shelf.put("a/copy.txt", "The lamp.")
    shelf.add()
    [(row,)] = shelf.rows("SELECT id FROM sources")
    source = load_source(shelf.catalogue.connection, row)
    assert source is not None
    assert (source.path, source.also, source.title) == (str(first), (str(copy),), "original")


def test_the_same_bytes_twice_are_read_once_and_cited_with_both_paths(shelf: Shelf):
    shelf.put("b/copy.txt", "One lamp.")
    shelf.put("a/original.txt", "One lamp.")
    assert shelf.counts() == {"new": 2}
    assert len(shelf.rows("SELECT * FROM sources")) == len(shelf.rows("SELECT * FROM units")) == 1
    source = load_source(shelf.catalogue.connection, 1)
    assert source is not None
    assert (source.path, source.also) == (str(shelf.folder / "a/original.txt"), (str(shelf.folder / "b/copy.txt"),))
    (shelf.folder / "a/original.txt").unlink()
    assert shelf.counts() == {"deleted": 1, "unchanged": 1}
    source = load_source(shelf.catalogue.connection, 1)
    assert source is not None
    assert (source.path, source.also, source.title) == (str(shelf.folder / "b/copy.txt"), (), "copy")


def test_one_move_among_two_copies_is_one_move(shelf: Shelf):
    path = shelf.put("old.txt", "One lamp.")
    shelf.add()
    shelf.put("copy.txt", "One lamp.")
    path.rename(shelf.folder / "new.txt")
    assert shelf.counts() == {"new": 1, "moved": 1}


def test_newest_files_are_read_first(shelf: Shelf):
    for n, name in enumerate(["c", "a", "d", "b"]):
        shelf.put(f"{name}.txt", f"Lamp {name}.", at_s=1000 + n)
    order: list[str] = []

    def tell(stage: str, done: int, total: int, label: str) -> None:
        assert (stage, done, total) == ("reading", len(order), 4)
        order.append(label)

    shelf.add(progress=tell)
    assert order == ["b.txt", "d.txt", "a.txt", "c.txt", ""]


def test_one_bad_file_among_good_ones_fails_alone(shelf: Shelf):
    for name in ("a.txt", "bad.txt", "c.txt"):
        shelf.put(name, f"Lamp {name}.")
    shelf.put("posing.png", "no picture at all")
    shelf.put("empty.txt", "")
    shelf.looker.broken.add("bad.txt")
    assert shelf.counts() == {"new": 5}
    assert shelf.states() == {
        "a.txt": "read",
        "bad.txt": "failed",
        "c.txt": "read",
        "posing.png": "read",
        "empty.txt": "skipped",
    }
    assert shelf.reason("bad.txt") == "broken on purpose"


def test_a_broken_file_is_not_tried_again_until_it_or_the_program_changes(shelf: Shelf):
    path = shelf.put("bad.txt", "A lamp.")
    shelf.put("empty.txt", "")
    shelf.looker.broken.add("bad.txt")
    assert shelf.counts() == {"new": 2}
    assert shelf.counts() == {"unchanged": 2}
    assert shelf.looker.looked["bad.txt"] == 1
    assert shelf.counts(program="1.1") == {"unchanged": 2}
    assert shelf.looker.looked["bad.txt"] == 2
    assert shelf.counts(program="1.1") == {"unchanged": 2}
    assert shelf.looker.looked["bad.txt"] == 2
    path.write_text("Another lamp.", encoding="utf-8")
    shelf.looker.broken.clear()
    assert shelf.counts(program="1.1") == {"changed": 1, "unchanged": 1}
    assert shelf.states()["bad.txt"] == "read"


def test_what_the_newer_program_can_read_is_read(shelf: Shelf):
    shelf.put("bad.txt", "A lamp.")
    shelf.looker.broken.add("bad.txt")
    shelf.add(program="1.0")
    shelf.looker.broken.clear()
    assert shelf.counts(program="1.1") == {"changed": 1}
    assert shelf.texts() == {"A lamp."}


def test_a_failure_that_may_pass_is_tried_again_and_keeps_what_was_read(shelf: Shelf):
    path = shelf.put("a.txt", "One lamp.")
    shelf.add()
    path.write_text("Two lamps are here.", encoding="utf-8")
    shelf.looker.broken.add("a.txt")
    shelf.looker.retry = True
    assert shelf.counts() == {"changed": 1}
    assert shelf.states() == {"a.txt": "failed"}
    assert shelf.texts() == {"One lamp."}
    shelf.looker.broken.clear()
    assert shelf.counts() == {"changed": 1}
    assert shelf.texts() == {"Two lamps are here."}


def test_a_file_that_turned_bad_for_good_is_no_longer_found(shelf: Shelf):
    path = shelf.put("a.txt", "One lamp.")
    shelf.add()
    path.write_text("Two lamps.", encoding="utf-8")
    shelf.looker.broken.add("a.txt")
    shelf.add()
    assert shelf.texts() == set()
    assert shelf.rows("SELECT * FROM sources") == []


def test_a_file_that_changes_while_it_is_read_is_left_to_the_next_time(shelf: Shelf):
    shelf.put("a.txt", "One lamp.")
    shelf.put("b.txt", "Two lamps.")

    def grow(path: str) -> None:
        if path.endswith("a.txt"):
            with open(path, "a", encoding="utf-8") as file:
                file.write(" And another.")

    shelf.looker.before_read = grow
    shelf.add()
    assert shelf.states() == {"a.txt": "failed", "b.txt": "read"}
    assert "changed while it was read" in shelf.reason("a.txt")
    assert shelf.texts() == {"Two lamps."}
    shelf.looker.before_read = lambda _: None
    shelf.add()
    assert shelf.texts() == {"One lamp. And another.", "Two lamps."}


def test_a_file_that_vanishes_while_it_is_read_is_dropped_the_next_time(shelf: Shelf):
    shelf.put("a.txt", "One lamp.")
    shelf.looker.before_read = os.remove
    shelf.add()
    assert shelf.states() == {"a.txt": "failed"}
    assert shelf.counts() == {"deleted": 1}


def test_links_pipes_and_hidden_files_are_accounted_for(shelf: Shelf, tmp_path: Path):
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    (shelf.folder / "link.txt").symlink_to(tmp_path / "secret.txt")
    os.mkfifo(shelf.folder / "pipe.txt")
    shelf.put(".hidden.txt", "hidden")
    shelf.put("a.txt", "One lamp.")
    shelf.add()
    assert shelf.states() == {"link.txt": "skipped", "pipe.txt": "skipped", ".hidden.txt": "skipped", "a.txt": "read"}
    assert shelf.texts() == {"One lamp."}


def test_a_file_that_becomes_a_link_is_forgotten(shelf: Shelf, tmp_path: Path):
    path = shelf.put("a.txt", "One lamp.")
    shelf.add()
    path.rename(tmp_path / "a.txt")
    path.symlink_to(tmp_path / "a.txt")
    assert shelf.counts() == {"changed": 1}
    assert shelf.texts() == set()


@pytest.mark.parametrize(
    "name", [b"line\nbreak.txt", b"bad-\xff.txt", b"n" * 251 + b".txt", "\u202etxt.gpj.txt".encode()]
)
def test_odd_names_are_taken_in_kept_byte_for_byte_and_forgotten(shelf: Shelf, name: bytes):
    path = os.path.join(os.fsencode(shelf.folder), name)
    with open(path, "wb") as file:
        file.write(b"One lamp.")
    assert shelf.counts() == {"new": 1}
    assert shelf.counts() == {"unchanged": 1}
    source = load_source(shelf.catalogue.connection, 1)
    assert source is not None
    assert source.path is not None
    assert os.fsencode(source.path) == path
    assert source.uri.isascii()
    assert forget(shelf.catalogue, [os.fsdecode(path)])[0] == 1


def test_a_folder_that_cannot_be_opened_now_loses_nothing(shelf: Shelf, monkeypatch: pytest.MonkeyPatch):
    shelf.put("deep/a.txt", "One lamp.")
    shelf.put("b.txt", "Two lamps.")
    shelf.add()
    scandir = os.scandir

    def closed(path: str) -> Iterator[os.DirEntry[str]]:
        if path == str(shelf.folder / "deep"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", closed)
        assert shelf.counts() == {"new": 1, "unchanged": 1}
    assert shelf.states() == {"deep": "failed", "deep/a.txt": "read", "b.txt": "read"}
    assert shelf.counts() == {"deleted": 1, "unchanged": 2}
    assert shelf.states() == {"deep/a.txt": "read", "b.txt": "read"}


def test_a_disk_that_is_away_is_no_mass_deletion(shelf: Shelf):
    path = shelf.put("a.txt", "One lamp.")
    shelf.add()
    path.unlink()
    with shelf.catalogue.transaction() as connection:  # what lies at the mount point now is another file system
        connection.execute("UPDATE roots SET device = device + 1")
    changes = shelf.add()
    assert changes.missing == [str(shelf.folder)]
    assert shelf.states() == {"a.txt": "read"}


def test_an_emptied_folder_of_the_same_disk_is_emptied(shelf: Shelf):
    path = shelf.put("a.txt", "One lamp.")
    shelf.add()
    path.unlink()
    assert shelf.counts() == {"deleted": 1}
    assert shelf.states() == {}


def test_paths_that_are_missing_are_named_and_the_others_are_taken(shelf: Shelf):
    path = shelf.put("a.txt", "One lamp.")
    nowhere = shelf.folder / "nowhere"
    changes = shelf.add(nowhere, path)
    assert (changes.missing, changes.new) == ([str(nowhere)], 1)
    with pytest.raises(InputError, match="no such file or folder") as failure:
        shelf.add(nowhere)
    assert failure.value.exit_code == 2


def test_folders_that_overlap_are_taken_once(shelf: Shelf):
    path = shelf.put("deep/a.txt", "One lamp.")
    assert shelf.counts(shelf.folder, path.parent, path, shelf.folder) == {"new": 1}
    assert shelf.looker.looked == {"a.txt": 1}


def test_globs_of_this_time_do_not_forget_what_was_taken_before(shelf: Shelf):
    shelf.put("a.txt", "One lamp.")
    going = shelf.put("b.txt", "Two lamps.")
    shelf.put("c.md", "Three lamps.")
    shelf.add()
    going.unlink()
    assert shelf.counts(include=["*.md"]) == {"deleted": 1, "unchanged": 1}
    assert set(shelf.states()) == {"a.txt", "c.md"}


def test_pictures_learn_what_other_files_say_of_them(shelf: Shelf, png: Callable[[int], bytes]):
    shelf.put("photos/DSC1.png", png(1))
    shelf.put("photos/DSC2.png", png(2))
    note = shelf.put("notes/trip.md", "# Trip\n\n![A red kite over the lake](../photos/DSC1.png)\n")
    shelf.add()
    about = "SELECT u.about FROM units u JOIN files f ON f.source = u.source_id WHERE u.kind = 'image' ORDER BY f.path"
    [(first,), (second,)] = shelf.rows(about)
    assert first.startswith("A red kite over the lake · ")
    assert "kite" not in second
    found = (
        "SELECT COUNT(*) FROM words JOIN units ON units.id = words.rowid WHERE words MATCH 'kite' AND kind = 'image'"
    )
    assert shelf.rows(found) == [(1,)]
    note.unlink()
    shelf.add()
    assert not [said for (said,) in shelf.rows(about) if "kite" in said]


def test_a_mention_by_name_alone_counts_only_where_one_file_has_it(shelf: Shelf, png: Callable[[int], bytes]):
    shelf.put("a/one.png", png(1))
    shelf.put("notes.md", "![A heron](elsewhere/one.png)")
    shelf.add()
    said = (
        "SELECT COUNT(*) FROM words WHERE words MATCH 'heron' AND rowid IN (SELECT id FROM units WHERE kind = 'image')"
    )
    assert shelf.rows(said) == [(1,)]
    shelf.put("b/one.png", png(2))
    shelf.add()
    assert shelf.rows(said) == [(0,)]


def test_forgetting_takes_everything_that_came_of_a_file(shelf: Shelf):
    shelf.put("deep/a.txt", "One zuleika lamp.")
    shelf.put("deep/b.txt", "Two lamps.")
    shelf.put("c.txt", "Three lamps.")
    shelf.add()
    n_files, gone = forget(shelf.catalogue, [str(shelf.folder / "deep") + "/"])
    assert (n_files, len(gone)) == (2, 2)
    assert shelf.texts() == {"Three lamps."}
    assert len(shelf.rows("SELECT * FROM sources")) == len(shelf.rows("SELECT * FROM files")) == 1
    assert len(shelf.rows("SELECT * FROM texts")) == 1
    assert shelf.rows("SELECT COUNT(*) FROM words WHERE words MATCH 'zuleika'") == [(0,)]


def test_forgetting_leaves_no_word_of_a_file_in_the_database(shelf: Shelf):
    path = shelf.put("a.txt", "The secret word is zuleikacanary. Nothing else is said about it.")
    for n in range(30):
        shelf.put(f"{n}.txt", f"Lamp number {n} stands on the quay.")
    shelf.add()
    database = shelf.catalogue.path
    log = database.with_name(database.name + "-wal")
    assert b"zuleikacanary" in database.read_bytes() + log.read_bytes()
    forget(shelf.catalogue, [str(path)])
    assert b"zuleikacanary" not in database.read_bytes() + log.read_bytes()
    # the index of trigrams has no whole words: what only this one has is gone too
    assert b"uleik" not in database.read_bytes() + log.read_bytes()


def test_a_copy_that_stays_keeps_what_was_read(shelf: Shelf):
    shelf.put("a.txt", "One lamp.")
    shelf.put("b.txt", "One lamp.")
    shelf.add()
    assert forget(shelf.catalogue, [str(shelf.folder / "a.txt")]) == (1, [])
    assert shelf.texts() == {"One lamp."}


def test_forgetting_what_is_not_there_changes_nothing(shelf: Shelf):
    path = shelf.put("a.txt", "One lamp.")
    shelf.put("a.txt.bak", "Two lamps.")
    shelf.add()
    with pytest.raises(InputError, match="holds nothing at"):
        forget(shelf.catalogue, [str(path), str(shelf.folder / "a")])
    assert set(shelf.states()) == {"a.txt", "a.txt.bak"}


def test_a_kill_between_two_files_loses_at_most_the_one_in_hand(shelf: Shelf):
    for n in range(6):
        shelf.put(f"{n}.txt", f"Lamp {n}.", at_s=1000 + n)

    def die(path: str) -> None:
        if path.endswith("2.txt"):
            raise KeyboardInterrupt

    shelf.looker.before_read = die
    with pytest.raises(KeyboardInterrupt):
        shelf.add()
    states = shelf.states()
    assert {states["5.txt"], states["4.txt"], states["3.txt"]} == {"read"}
    assert {states["2.txt"], states["1.txt"], states["0.txt"]} == {"pending"}
    shelf.looker.before_read = lambda _: None
    shelf.add()
    assert shelf.texts() == {f"Lamp {n}." for n in range(6)}
    assert shelf.looker.looked["5.txt"] == 1


def test_a_full_disk_stops_a_sync_and_the_next_goes_on(shelf: Shelf):
    for n in range(4):
        shelf.put(f"{n}.txt", f"Lamp {n} " + "stands on the quay. " * 500)
    [(pages,)] = shelf.rows("PRAGMA page_count")
    failures: list[str] = []
    while len(shelf.texts()) < 4 or failures[-1:] == ["full"]:
        pages += 3
        shelf.rows(f"PRAGMA max_page_count={pages}")
        try:
            shelf.add()
        except BusyError as error:
            failures.append("full" if "no space left" in error.message else error.message)
        else:
            failures.append("")
    assert failures.count("full") >= 3
    assert set(failures) == {"full", ""}
    assert set(shelf.states().values()) == {"read"}
    assert shelf.rows("PRAGMA integrity_check") == [("ok",)]


def test_a_reader_that_fails_with_a_fault_of_ours_is_not_hidden(shelf: Shelf):
    shelf.put("a.txt", "One lamp.")

    def fault(_: str) -> None:
        raise sqlite3.InterfaceError("a fault of ours")

    shelf.looker.before_read = fault
    with pytest.raises(sqlite3.InterfaceError):
        shelf.add()


def test_sources_without_a_file_are_dropped(shelf: Shelf):
    shelf.put("a.txt", "One lamp.")
    shelf.add()
    with shelf.catalogue.transaction() as connection:
        connection.execute("DELETE FROM files")
        assert len(drop_unheld(connection)) == 1
    assert shelf.rows("SELECT * FROM units") == []


def test_a_file_that_cannot_be_opened_is_a_failure_that_may_pass(shelf: Shelf, monkeypatch: pytest.MonkeyPatch):
    shelf.put("a.txt", "One lamp.")

    def refuse(path: str) -> None:
        raise MediaError("cannot be opened: Permission denied", path=path, retry=True)

    monkeypatch.setattr(shelf.looker, "detect", refuse)
    shelf.add()
    assert shelf.rows("SELECT state, reason, retry FROM files") == [
        ("failed", "cannot be opened: Permission denied", 1)
    ]
