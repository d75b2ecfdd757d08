"""Hashes are computed once for each state of a file."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from sourcehound.tools.encoders.fingerprints import Fingerprints, write_whole
from sourcehound.tools.errors import ConfigError


def test_an_unchanged_file_is_not_read_again(tmp_path: Path):
    path, memory = tmp_path / "weights.bin", tmp_path / "cache" / "seen.json"
    path.write_bytes(b"one")
    assert Fingerprints(memory).sha256_of(path) == hashlib.sha256(b"one").hexdigest()
    entries = json.loads(memory.read_text())
    entries[str(path)][2] = "recalled"
    memory.write_text(json.dumps(entries))
    assert Fingerprints(memory).sha256_of(path) == "recalled"


def test_a_changed_file_is_hashed_anew(tmp_path: Path):
    path, hashes = tmp_path / "weights.bin", Fingerprints(tmp_path / "seen.json")
    path.write_bytes(b"one")
    hashes.sha256_of(path)
    state = path.stat()
    path.write_bytes(b"two")
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns + 1))
    assert hashes.sha256_of(path) == hashlib.sha256(b"two").hexdigest()


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"PATH": 3}', '{"PATH": [1]}'])
def test_a_damaged_memory_costs_one_more_hash(tmp_path: Path, damage: str):
    path, memory = tmp_path / "weights.bin", tmp_path / "seen.json"
    path.write_bytes(b"one")
    memory.write_text(damage.replace("PATH", str(path)))
    assert Fingerprints(memory).sha256_of(path) == hashlib.sha256(b"one").hexdigest()


def test_a_memory_that_cannot_be_kept_does_not_stop_the_check(tmp_path: Path):
    path = tmp_path / "weights.bin"
    path.write_bytes(b"one")
    (tmp_path / "file").write_text("not a folder")
    assert Fingerprints(tmp_path / "file" / "seen.json").sha256_of(path) == hashlib.sha256(b"one").hexdigest()


def test_a_file_that_is_gone_is_named(tmp_path: Path):
    with pytest.raises(ConfigError, match=r"gone\.bin"):
        Fingerprints(tmp_path / "seen.json").sha256_of(tmp_path / "gone.bin")


def test_a_write_that_fails_leaves_no_temporary_file(tmp_path: Path):
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="taken"):
        write_whole(tmp_path / "taken", b"content")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]
