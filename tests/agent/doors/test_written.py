"""Files that people name: refused in one line where they cannot be written, and never half there."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from sourcehound.agent.doors.written import check_place, write_whole, writing
from sourcehound.tools.errors import BusyError, InputError


def test_a_place_that_can_be_written_is_left_as_it_was(tmp_path: Path):
    there = tmp_path / "answer.md"
    there.write_text("before", encoding="utf-8")
    check_place(there)
    check_place(tmp_path / "new.md")
    assert [(file.name, file.read_text(encoding="utf-8")) for file in tmp_path.iterdir()] == [("answer.md", "before")]


@pytest.mark.parametrize("name", ["nowhere/answer.md", "folder.md", "file/answer.md"])
def test_a_place_that_cannot_be_written_is_refused_by_name(tmp_path: Path, name: str):
    (tmp_path / "folder.md").mkdir()
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(InputError, match=name.split("/", maxsplit=1)[0]):
        check_place(tmp_path / name)


def test_a_folder_that_lets_nothing_be_made_is_refused():
    if not Path("/proc/self").is_dir():
        pytest.skip("no folder here in which not even root may write")
    with pytest.raises(InputError, match=r"cannot write /proc/answer\.md"):
        check_place(Path("/proc/answer.md"))


def test_a_file_is_written_whole_over_what_was_there(tmp_path: Path):
    write_whole(tmp_path / "a.md", b"one")
    write_whole(tmp_path / "a.md", b"two")
    assert [(file.name, file.read_bytes()) for file in tmp_path.iterdir()] == [("a.md", b"two")]


def test_a_file_that_cannot_take_its_place_leaves_nothing_behind(tmp_path: Path):
    (tmp_path / "a.md").mkdir()
    with pytest.raises(InputError, match="cannot write"):
        write_whole(tmp_path / "a.md", b"one")
    assert [file.name for file in tmp_path.iterdir()] == ["a.md"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_is_a_reason_to_try_again(tmp_path: Path, number: int):
    with pytest.raises(BusyError, match="no space left"), writing(tmp_path / "a.md"):
        raise OSError(number, "full")
