"""The check `hash`: planted changes of the files behind citations."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.agent.verify.conftest import Shelf, result_of

WORDS = "It measures the tide every 6 minutes."


def note(shelf: Shelf) -> Path:
    return shelf.folder / "tide-notes.md"


def test_an_unchanged_file_passes(own_shelf: Shelf) -> None:
    checked = own_shelf.check(WORDS, own_shelf.exact(WORDS))
    assert result_of(checked, "hash").result == "passed"
    assert checked.verdict == "supported"


def test_a_missing_file_makes_its_sentence_unreachable(own_shelf: Shelf) -> None:
    evidence = own_shelf.exact(WORDS)
    note(own_shelf).unlink()
    checked = own_shelf.check(WORDS, evidence)
    assert checked.verdict == "unreachable"
    assert result_of(checked, "hash").result == "failed"


def test_a_file_that_the_library_has_forgotten_is_unreachable(own_shelf: Shelf) -> None:
    evidence = own_shelf.exact(WORDS)
    own_shelf.library.forget([str(note(own_shelf))])
    assert own_shelf.check(WORDS, evidence).verdict == "unreachable"


def test_a_changed_file_that_says_it_no_more_does_not_support_it(own_shelf: Shelf) -> None:
    evidence = own_shelf.exact(WORDS)
    note(own_shelf).write_text("It measures the tide every 9 minutes.\n", encoding="utf-8")
    checked = own_shelf.check(WORDS, evidence)
    assert checked.verdict == "not_supported"
    assert "no more" in result_of(checked, "hash").detail


def test_a_changed_file_that_still_says_it_leaves_the_sentence_unchecked(own_shelf: Shelf) -> None:
    evidence = own_shelf.exact(WORDS)
    note(own_shelf).write_text(note(own_shelf).read_text(encoding="utf-8") + "\nOne line more.\n", encoding="utf-8")
    assert own_shelf.check(WORDS, evidence).verdict == "unchecked"


def test_a_file_touched_but_not_changed_passes(own_shelf: Shelf) -> None:
    evidence = own_shelf.exact(WORDS)
    os.utime(note(own_shelf), ns=(1, 1))
    assert own_shelf.check(WORDS, evidence).verdict == "supported"


def test_a_moved_file_is_found_by_its_bytes_and_reported(own_shelf: Shelf) -> None:
    evidence = own_shelf.exact(WORDS)
    moved = note(own_shelf).rename(own_shelf.folder / "moved.md")
    own_shelf.add()
    checked = own_shelf.check(WORDS, evidence)
    assert result_of(checked, "hash").result == "passed"
    assert str(moved) in result_of(checked, "hash").detail


def test_equal_size_and_time_are_not_trusted_where_the_caller_says_so(own_shelf: Shelf) -> None:
    evidence = own_shelf.exact(WORDS)
    status = note(own_shelf).stat()
    note(own_shelf).write_text(note(own_shelf).read_text(encoding="utf-8").replace("6 min", "9 min"), encoding="utf-8")
    os.utime(note(own_shelf), ns=(status.st_atime_ns, status.st_mtime_ns))
    assert own_shelf.sources(trust_times=True).held(evidence).state == "same"
    assert own_shelf.sources(trust_times=False).held(evidence).state == "changed"


def test_a_file_replaced_by_a_link_to_its_copy_is_never_followed(own_shelf: Shelf, tmp_path: Path) -> None:
    evidence = own_shelf.exact(WORDS)
    copy = note(own_shelf).rename(tmp_path / "copy.md")
    note(own_shelf).symlink_to(copy)
    assert own_shelf.check(WORDS, evidence).verdict != "supported"


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_that_cannot_be_read_leaves_the_sentence_unchecked(own_shelf: Shelf) -> None:
    evidence = own_shelf.exact(WORDS)
    os.utime(note(own_shelf), ns=(1, 1))
    note(own_shelf).chmod(0)
    assert own_shelf.check(WORDS, evidence).verdict == "unchecked"
