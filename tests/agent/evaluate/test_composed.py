from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sourcehound.agent.evaluate.numbered import Numbered
from sourcehound.agent.evaluate.tasks import load
from sourcehound.tools.errors import InputError
from tests.agent.evaluate.conftest import write_lines

CIRCO = {
    "reference_img_id": 1,
    "target_img_id": 2,
    "relative_caption": "is flown by two people",
    "shared_concept": "a kite",
    "gt_img_ids": [2, 3],
    "id": 0,
    "semantic_aspects": ["cardinality"],
}
CIRR = {
    "pairid": 12,
    "reference": "dev-1",
    "target_hard": "dev-2",
    "caption": "has two kites",
    "img_set": {"id": 7, "members": ["dev-1", "dev-2", "dev-3"]},
}
FASHION = {
    "target": "B2",
    "candidate": "B1",
    "captions": ["is mostly white.", "is lighter colored"],
    "category": "dress",
}


def pictures(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode())


def write(path: Path, data: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data), encoding="utf-8")


def item(material: Any, path: Path) -> str:
    assert isinstance(material, Numbered)
    return material.item(str(path))


def test_circo_has_several_right_pictures_and_leaves_the_reference_in(tmp_path: Path):
    folder = tmp_path / "COCO2017_unlabeled" / "unlabeled2017"
    pictures(folder, *(f"{n:012d}.jpg" for n in (1, 2, 3, 4)))
    write(tmp_path / "annotations" / "val.json", [CIRCO])
    collection = load("composed", tmp_path)
    (question,) = collection.questions
    right = {item(collection.material, folder / f"{n:012d}.jpg") for n in (2, 3)}
    assert set(question.relevant) == right
    assert question.picture == str(folder / "000000000001.jpg")
    assert question.text == "is flown by two people"
    assert not question.excluded
    assert question.groups == ("cardinality",)
    assert collection.scopes[0].measures[:2] == ("mAP@5", "mAP@10")


def test_cirr_takes_the_reference_out_and_ranks_the_subset(tmp_path: Path):
    pictures(tmp_path, *(f"dev/dev-{n}.png" for n in (1, 2, 3)), "dev/other.png")
    write(tmp_path / "captions" / "cap.rc2.val.json", [CIRR])
    write(tmp_path / "image_splits" / "split.rc2.val.json", {f"dev-{n}": f"./dev/dev-{n}.png" for n in (1, 2, 3)})
    collection = load("composed", tmp_path, "rc2.val")
    (question,) = collection.questions
    first, second, third = (item(collection.material, tmp_path / "dev" / f"dev-{n}.png") for n in (1, 2, 3))
    assert question.relevant == {second: 1}
    assert question.excluded == {first}
    assert question.subset == {second, third}
    assert isinstance(collection.material, Numbered)
    assert len(collection.material.files) == 3


def test_fashion_iq_joins_its_two_captions(tmp_path: Path):
    pictures(tmp_path, "images/B1.png", "images/B2.png")
    write(tmp_path / "captions" / "cap.dress.val.json", [FASHION])
    (question,) = load("composed", tmp_path / "captions" / "cap.dress.val.json").questions
    assert question.text == "is mostly white and is lighter colored"
    assert question.groups == ("dress",)


def test_lines_of_reference_text_and_targets_are_read(tmp_path: Path):
    pictures(tmp_path, "a.jpg", "b.jpg", "c.jpg")
    rows = [{"reference": "a.jpg", "text": "with a boat", "targets": ["b.jpg", "c.jpg"]}]
    write_lines(tmp_path / "asked.jsonl", rows)
    (question,) = load("composed", tmp_path).questions
    assert len(question.relevant) == 2
    assert len(question.excluded) == 1


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (CIRCO | {"reference_img_id": 9}, "the picture 000000000009 is not below"),
        (CIRCO | {"gt_img_ids": "2"}, "must be a list of whole numbers"),
        ({"question": "what"}, "is in no layout of composed queries"),
        ("what", r"\[0\] is no JSON object"),
    ],
)
def test_a_wrong_row_is_named(tmp_path: Path, row: Any, said: str):
    pictures(tmp_path, "000000000001.jpg", "000000000002.jpg")
    write(tmp_path / "annotations" / "val.json", [row])
    with pytest.raises(InputError, match=said):
        load("composed", tmp_path)


def test_several_files_of_labels_need_a_split(tmp_path: Path):
    write(tmp_path / "captions" / "cap.dress.val.json", [])
    write(tmp_path / "captions" / "cap.shirt.val.json", [])
    with pytest.raises(InputError, match="has several files of labels") as raised:
        load("composed", tmp_path)
    assert raised.value.remedy == "--split one of dress.val, shirt.val"
    with pytest.raises(InputError, match="has no queries"):
        load("composed", tmp_path, "dress.val")


@pytest.mark.parametrize(
    ("text", "said"), [("{", "is not JSON"), ("{}", "is no JSON list"), ('[{"relative_caption": ', "is not JSON")]
)
def test_a_wrong_file_is_named(tmp_path: Path, text: str, said: str):
    (tmp_path / "val.json").write_text(text)
    with pytest.raises(InputError, match=said):
        load("composed", tmp_path / "val.json")


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path):
    (tmp_path / "annotations" / "val.json").mkdir(parents=True)
    with pytest.raises(InputError, match=r"cannot read .*val\.json: Is a directory"):
        load("composed", tmp_path)
