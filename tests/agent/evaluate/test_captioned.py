from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sourcehound.agent.evaluate.labels import rows, sha256_of
from sourcehound.agent.evaluate.left_out import NoOcr, NoSpeech
from sourcehound.agent.evaluate.numbered import Numbered
from sourcehound.agent.evaluate.tasks import load
from sourcehound.tools.errors import ConfigError, InputError
from sourcehound.tools.evidence import Evidence, Locator, Source
from tests.agent.evaluate.conftest import write_lines

KARPATHY = {
    "dataset": "flickr8k",
    "images": [
        {"filename": "kite.jpg", "split": "test", "sentences": [{"raw": "A red kite."}, {"raw": "A bird."}]},
        {"filename": "boat.jpg", "split": "train", "sentences": [{"raw": "A boat."}]},
    ],
}


def pictures(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode())


def hit(path: Path | str) -> Evidence:
    source = Source(path=str(path), uri="", sha256="", media_type="image/jpeg", title="")
    return Evidence(kind="image", unit_id="", source=source, locator=Locator(), quote=None, producer="")


def test_each_caption_of_the_test_split_asks_for_its_picture(tmp_path: Path):
    pictures(tmp_path, "images/kite.jpg", "images/boat.jpg")
    (tmp_path / "dataset.json").write_text(json.dumps(KARPATHY))
    collection = load("images", tmp_path)
    assert [(q.text, q.relevant, q.cluster) for q in collection.questions] == [
        ("A red kite.", {"0": 1}, "0"),
        ("A bird.", {"0": 1}, "0"),
    ]
    assert collection.split == "test"
    assert [q.text for q in load("images", tmp_path, "train").questions] == ["A boat."]


def test_lines_of_a_picture_and_captions_are_read(tmp_path: Path):
    pictures(tmp_path, "img/kite.jpg", "boat.jpg")
    rows = [{"image": "kite.jpg", "captions": ["A red kite.", " "]}, {"image": "boat.jpg", "caption": "A boat."}]
    write_lines(tmp_path / "captions.jsonl", rows)
    collection = load("images", tmp_path / "captions.jsonl")
    assert [(q.text, q.relevant) for q in collection.questions] == [("A red kite.", {"0": 1}), ("A boat.", {"1": 1})]


def test_pictures_of_the_same_bytes_are_one_item(tmp_path: Path):
    pictures(tmp_path, "kite.jpg")
    (tmp_path / "again.jpg").write_bytes(b"kite.jpg")
    write_lines(tmp_path / "c.jsonl", [{"image": n, "caption": n} for n in ("kite.jpg", "again.jpg")])
    assert [q.relevant for q in load("images", tmp_path / "c.jsonl").questions] == [{"0": 1}, {"0": 1}]


def test_files_are_laid_out_under_numbers_and_found_by_them(tmp_path: Path):
    pictures(tmp_path, "set/kite.JPG", "set/boat.png")
    numbered = Numbered.of([str(tmp_path / "set" / "kite.JPG"), str(tmp_path / "set" / "boat.png")])
    folder = tmp_path / "0" / "0"
    numbered.lay_out(folder)
    numbered.lay_out(folder)
    assert sorted(file.name for file in folder.iterdir()) == ["0000000.jpg", "0000001.png"]
    assert numbered.item_of(hit(folder / "0000001.png")) == "1"
    assert numbered.item_of(hit("/elsewhere/kite.jpg")) is None
    assert numbered.place(folder, str(tmp_path / "set" / "boat.png")) == folder / "0000001.png"


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"image": "gone.jpg", "caption": "A kite."}], "a picture is not there"),
        ([{"image": "kite.jpg"}], "captions.jsonl:1 has no 'caption'"),
        ([{"image": "kite.jpg", "captions": "A kite."}], "'captions' must be a list of texts"),
        ([{"caption": "A kite."}], "has no 'image'"),
        ([], "has no picture with a caption"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, rows: list[Any], said: str):
    pictures(tmp_path, "kite.jpg")
    write_lines(tmp_path / "captions.jsonl", rows)
    with pytest.raises(InputError, match=said):
        load("images", tmp_path)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"images": {}}, "has no list 'images'"),
        ({"images": [{"filename": "kite.jpg", "split": "val"}]}, "has no split 'test'"),
        ({"images": [{"split": "test"}, "kite"]}, r"images\[0\] has no 'filename'"),
        ({"images": ["kite", {"split": "test"}]}, r"images\[0\] is no JSON object"),
        ({"images": [{"split": "test", "sentences": []}]}, r"images\[0\] has no 'filename'"),
        (
            {"images": [{"split": "test", "filename": "kite.jpg", "sentences": ["A kite."]}]},
            "must be a list of objects",
        ),
    ],
)
def test_a_wrong_split_file_is_named(tmp_path: Path, data: Any, said: str):
    pictures(tmp_path, "kite.jpg")
    (tmp_path / "dataset.json").write_text(json.dumps(data))
    with pytest.raises(InputError, match=said):
        load("images", tmp_path)


def test_a_folder_of_several_label_files_must_be_told_which(tmp_path: Path):
    write_lines(tmp_path / "a.jsonl", [])
    write_lines(tmp_path / "b.jsonl", [])
    with pytest.raises(InputError, match=r"not a\.jsonl, b\.jsonl"):
        load("images", tmp_path)


def test_lines_have_no_splits(tmp_path: Path):
    write_lines(tmp_path / "captions.jsonl", [])
    with pytest.raises(InputError, match="has no splits"):
        load("images", tmp_path, "test")


def test_files_on_another_disk_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object) -> None:
        raise OSError(errno.EXDEV, "another disk")

    pictures(tmp_path, "set/kite.jpg")
    monkeypatch.setattr(os, "link", refuse)
    Numbered.of([str(tmp_path / "set" / "kite.jpg")]).lay_out(tmp_path / "0")
    assert [(file.name, file.read_bytes()) for file in (tmp_path / "0").iterdir()] == [("0000000.jpg", b"set/kite.jpg")]


def test_a_file_that_is_gone_is_named(tmp_path: Path):
    with pytest.raises(InputError, match="a file is not there"):
        Numbered.of([str(tmp_path / "gone.jpg")])


def test_labels_that_are_gone_are_named(tmp_path: Path):
    with pytest.raises(InputError, match=r"cannot read .*: No such file"):
        sha256_of(tmp_path / "gone.jsonl")
    with pytest.raises(InputError, match=r"cannot read .*: No such file"):
        list(rows(tmp_path / "gone.jsonl"))


def test_senses_that_are_left_out_say_so():
    picture = np.zeros((2, 2, 3), dtype=np.uint8)
    assert NoOcr().read(picture) == ()
    for sense in (lambda: NoOcr().read_all(picture), lambda: NoSpeech().hear(np.zeros(1, dtype=np.float32))):
        with pytest.raises(ConfigError, match="left out of this evaluation"):
            sense()
