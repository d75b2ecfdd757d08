from __future__ import annotations

import hashlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sourcehound.tools.errors import MediaError
from sourcehound.tools.library.scan import Found, check_unchanged, hash_file, in_scope, is_gone, walk

ODD_NAMES = [
    b"line\nbreak.txt",
    b"invalid-\xff\xfe.txt",
    b"n" * 251 + b".txt",
    "\u202egnp.exe.txt".encode(),
    b"tab\tand \x1b[31mred.txt",
    b" leading and trailing .txt ",
    "e\u0301clair é.txt".encode(),
    b"-rf.txt",
    b"%2e%2e%2fx.txt",
]


def found_in(folder: Path | str, **options: Any) -> dict[str, Found]:
    return {os.path.relpath(found.path, folder): found for found in walk(str(folder), **options)}


def found_at(path: Path) -> Found:
    [found] = walk(str(path))
    return found


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("a.txt", "b.md", "deep/c.txt", "deep/er/d.pdf", ".hidden.txt", ".git/config", "deep/.cache/x.txt"):
        path = tmp_path / "tree" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")
    return tmp_path / "tree"


def test_a_walk_finds_every_file_and_says_what_is_hidden(tree: Path):
    assert {name: found.skipped for name, found in found_in(tree).items()} == {
        "a.txt": "",
        "b.md": "",
        "deep/c.txt": "",
        "deep/er/d.pdf": "",
        ".hidden.txt": "hidden file",
        ".git": "hidden folder, not entered",
        "deep/.cache": "hidden folder, not entered",
    }


def test_a_hidden_folder_that_is_asked_for_itself_is_walked(tree: Path):
    assert set(found_in(tree / ".git")) == {"config"}


def test_a_single_file_is_found_by_itself(tree: Path):
    found = found_at(tree / "a.txt")
    assert (found.path, found.size, found.skipped) == (str(tree / "a.txt"), 5, "")
    assert found.mtime_ns == os.stat(tree / "a.txt").st_mtime_ns


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"include": ["*.txt"]}, {"a.txt", "deep/c.txt", ".hidden.txt"}),
        ({"include": ["*.txt"], "exclude": ["deep"]}, {"a.txt", ".hidden.txt"}),
        ({"exclude": ["deep/**", ".*"]}, {"a.txt", "b.md"}),
        ({"include": ["deep/er/*"]}, {"deep/er/d.pdf"}),
        ({"exclude": ["*"]}, set[str]()),
    ],
)
def test_globs_narrow_a_walk_and_exclusion_wins(tree: Path, options: dict[str, list[str]], expected: set[str]):
    assert set(found_in(tree, **options)) == expected


def test_links_are_named_and_never_followed(tree: Path, tmp_path: Path):
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    (tree / "to_file").symlink_to(tmp_path / "secret.txt")
    (tree / "to_folder").symlink_to(tmp_path)
    (tree / "to_itself").symlink_to(tree / "to_itself")
    (tree / "to_nothing").symlink_to(tmp_path / "nothing")
    found = found_in(tree)
    for name in ("to_file", "to_folder", "to_itself", "to_nothing"):
        assert found[name].skipped == "symbolic link, never followed"
    assert not [name for name in found if "secret" in name]
    assert found_at(tree / "to_folder").skipped == "symbolic link, never followed"
    with pytest.raises(MediaError, match="cannot be opened"):
        hash_file(str(tree / "to_file"), expected=found["to_file"])


def test_what_is_no_regular_file_is_skipped_and_never_opened(tree: Path, monkeypatch: pytest.MonkeyPatch):
    os.mkfifo(tree / "pipe")
    monkeypatch.chdir(tree)
    server = socket.socket(socket.AF_UNIX)
    server.bind("socket")
    server.close()
    found = found_in(tree)
    assert found["pipe"].skipped == found["socket"].skipped == "not a regular file"
    with pytest.raises(MediaError, match="is no regular file"):
        hash_file(str(tree / "pipe"), expected=found["pipe"])


@pytest.mark.parametrize("name", ODD_NAMES)
def test_any_name_that_a_file_can_have_is_found_and_hashed(tmp_path: Path, name: bytes):
    path = os.path.join(os.fsencode(tmp_path), name)
    with open(path, "wb") as file:
        file.write(name)
    [found] = walk(str(tmp_path))
    assert os.fsencode(found.path) == path
    assert hash_file(found.path, expected=found) == hashlib.sha256(name).hexdigest()
    check_unchanged(found)


def test_a_folder_that_cannot_be_opened_fails_alone(tree: Path, monkeypatch: pytest.MonkeyPatch):
    scandir = os.scandir

    def closed(path: str) -> Iterator[os.DirEntry[str]]:
        if path == str(tree / "deep"):
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", closed)
    found = found_in(tree)
    assert found["deep"].failed == "folder cannot be opened: Permission denied"
    assert {"a.txt", "b.md"} <= set(found)


def test_what_vanishes_during_a_walk_is_not_found(tree: Path):
    walked = walk(str(tree))
    first = next(walked)
    assert first.path == str(tree / ".git")
    os.remove(tree / "b.md")
    os.remove(tree / "deep" / "c.txt")
    assert {os.path.relpath(found.path, tree) for found in walked} == {
        ".hidden.txt",
        "a.txt",
        "deep/.cache",
        "deep/er/d.pdf",
    }
    assert next(walk(str(tree / "nothing"))).failed == "cannot be looked at: No such file or directory"


def test_a_file_that_changes_while_it_is_hashed_is_left_to_the_next_time(tmp_path: Path):
    path = tmp_path / "growing.txt"
    path.write_bytes(b"x" * 3_000_000)

    def grow(_: int) -> None:
        with path.open("ab") as file:
            file.write(b"y")

    with pytest.raises(MediaError, match="changed while it was read") as failure:
        hash_file(str(path), expected=found_at(path), on_bytes=grow)
    assert failure.value.retry


def test_a_file_that_changed_or_went_since_it_was_found_is_noticed(tmp_path: Path):
    path = tmp_path / "a.txt"
    path.write_text("one", encoding="utf-8")
    found = found_at(path)
    check_unchanged(found)
    path.write_text("three", encoding="utf-8")
    with pytest.raises(MediaError, match="changed while it was read"):
        check_unchanged(found)
    path.unlink()
    with pytest.raises(MediaError, match="No such file"):
        check_unchanged(found)


def test_gone_means_that_nothing_is_there(tmp_path: Path):
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    assert not is_gone(str(tmp_path / "file"))
    assert not is_gone(str(tmp_path / "link"))
    assert is_gone(str(tmp_path / "nothing"))
    assert is_gone(str(tmp_path / "file" / "below"))
    assert not is_gone(str(tmp_path / ("n" * 300)))


@pytest.mark.parametrize(
    ("path", "glob", "inside"),
    [
        ("/home/a/talks/one.mp4", "talks/**", True),
        ("/home/a/talks/2024/one.mp4", "talks/**", True),
        ("/home/a/talks/one.mp4", "talks", True),
        ("/home/a/talks/one.mp4", "/home/a/talks", True),
        ("/home/a/talks/one.mp4", "/home/a/talk", False),
        ("/home/a/talks/one.mp4", "*.mp4", True),
        ("/home/a/talks/one.mp4", "*.MP4", False),
        ("/home/a/talks/one.mp4", "**/*.mp4", True),
        ("/home/a/nottalks/one.mp4", "talks/**", False),
        ("/home/a/talks/one.mp4", "/home/*/talks/*.mp4", True),
        ("/home/a/talks/one.mp4", None, True),
        ("/home/a/ta[l]ks/one.mp4", "ta[[]l]ks/*", True),
    ],
)
def test_a_scope_is_a_glob_of_the_whole_path_or_of_its_end(path: str, glob: str | None, inside: bool):
    assert in_scope(path, glob) is inside
