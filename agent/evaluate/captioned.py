"""Picture sets: each picture with the captions that people wrote for it; every caption is a query for its picture.

Read from a Karpathy-split JSON file, or from JSON Lines of `image` and `captions` (or `caption`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sourcehound.agent.evaluate import labels
from sourcehound.agent.evaluate.collection import Collection, Question, Scope
from sourcehound.agent.evaluate.numbered import Numbered
from sourcehound.tools.errors import InputError

MEASURES = ("RR", "R@1", "R@5", "R@10", "nDCG@10")
N_MAIN = 4
KARPATHY_SPLITS = ("test", "val", "train", "restval")
FOLDERS = ("", "img", "images", "Images", "pictures")
"""Where pictures are looked for, below the folder of the labels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Captioned:
    """A picture's path as its labels have it, and its captions."""

    image: str
    captions: tuple[str, ...]


def load(path: Path, split: str = "") -> Collection:
    """Read a picture set.

    Args:
        path: its labels, or the folder that holds them and nothing else of their kind.
        split: of a Karpathy-split file, `test` by default.

    Raises:
        InputError: there are no labels, or a line of them is wrong, or a picture is not there.

    Source:
        Karpathy and Fei-Fei, "Deep Visual-Semantic Alignments for Generating Image Descriptions", CVPR 2015, whose splits
        of Flickr8k, Flickr30k and COCO are the ones that papers report on.
    """
    file = labels_file(path)
    if file.suffix == ".json":
        split = split or KARPATHY_SPLITS[0]
        rows = tuple(_karpathy(file, split))
    elif split:
        raise InputError(f"{file} has no splits", remedy="leave out --split")
    else:
        rows = tuple(_json_lines(file))
    if not rows:
        raise InputError(f"{file} has no picture with a caption", remedy="docs/EVALUATION.md shows the layouts")
    places = {row.image: find_picture(file.parent, row.image) for row in rows}
    pictures = Numbered.of(places.values())
    return Collection(
        task="images",
        path=path,
        split=split,
        labels_sha256=labels.sha256_of(file),
        material=pictures,
        questions=tuple(_questions(rows, places, pictures)),
        scopes=(Scope(kinds=("image",), item_of=pictures.item_of, measures=MEASURES, n_main=N_MAIN),),
        notes=("pictures are searched under numbers for names; captions are not read by the system",),
    )


def labels_file(path: Path) -> Path:
    """The file of labels: the path itself, or the only JSON file of its folder.

    Raises:
        InputError: there is none, or there are several.
    """
    if path.is_file():
        return path
    files = sorted(file for file in path.iterdir() if file.suffix in {".json", ".jsonl"})
    if len(files) != 1:
        found = ", ".join(file.name for file in files) or "none"
        raise InputError(f"{path} should hold one .json or .jsonl file of labels, not {found}", remedy="name the file")
    return files[0]


def find_picture(folder: Path, image: str) -> str:
    """The absolute path of a picture, in one of the places where sets have them.

    Raises:
        InputError: it is in none of them.
    """
    for name in FOLDERS:
        place = folder / name / image
        if place.is_file():
            return str(place)
    raise InputError(
        f"a picture is not there: {folder / image}", remedy=f"put it beside the labels or into {FOLDERS[1]}/"
    )


def _questions(rows: tuple[Captioned, ...], places: dict[str, str], pictures: Numbered) -> Iterator[Question]:
    for number, row in enumerate(rows):
        item = pictures.item(places[row.image])
        for place, caption in enumerate(row.captions):
            yield Question(id=f"{number}#{place}", text=caption, relevant={item: 1}, cluster=item)


def _json_lines(file: Path) -> Iterator[Captioned]:
    for where, row in labels.rows(file):
        image = labels.text_of(row, where, "image", "filename", "file")
        captions = labels.texts_of(row, where, "captions") or (labels.text_of(row, where, "caption"),)
        yield Captioned(image=image, captions=tuple(filter(str.strip, captions)))


def _karpathy(file: Path, split: str) -> Iterator[Captioned]:
    data = labels.document(file)
    images = data.get("images") if isinstance(data, dict) else None
    if not isinstance(images, list):
        raise InputError(f"{file} has no list 'images'", remedy="give a Karpathy-split file, or JSON Lines")
    splits = {str(image.get("split")) for image in images if isinstance(image, dict)}
    if split not in splits:
        raise InputError(f"{file} has no split {split!r}", remedy=f"--split one of {', '.join(sorted(splits))}")
    for number, image in enumerate(images):
        where = f"{file}: images[{number}]"
        if not isinstance(image, dict):
            raise InputError(f"{where} is no JSON object", remedy="mend the file")
        if image.get("split") != split:
            continue
        name = labels.text_of(image, where, "filename")
        folder = image.get("filepath")
        captions = tuple(labels.text_of(one, where, "raw") for one in labels.objects_of(image, where, "sentences"))
        yield Captioned(image=f"{folder}/{name}" if isinstance(folder, str) and folder else name, captions=captions)
