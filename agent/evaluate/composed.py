"""Composed queries: a picture and words that say how the one sought differs from it.

Read as CIRR, CIRCO and FashionIQ have them, or from JSON Lines of `reference`, `text` and `targets`. Pictures are found by
name below the folder of the labels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sourcehound.agent.evaluate import labels
from sourcehound.agent.evaluate.collection import Collection, Question, Scope
from sourcehound.agent.evaluate.gallery import Gallery
from sourcehound.agent.evaluate.numbered import Numbered
from sourcehound.tools.errors import InputError

_LABEL_FOLDERS = ("annotations", "captions", ".")
_SPLIT_FOLDER = "image_splits"
_COCO_DIGITS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One composed query, its pictures by name."""

    id: str
    reference: str
    text: str
    targets: tuple[str, ...]
    subset: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a set writes its queries and what it is measured by.

    Attributes:
        marks: keys that a row of it has.
        read: one row, with its place and number.
        is_reference_excluded: whether the picture referred to is no answer.
    """

    name: str
    marks: frozenset[str]
    read: Callable[[Mapping[str, Any], str, int], Asked]
    measures: tuple[str, ...]
    n_main: int = 1
    is_reference_excluded: bool = field(default=False)


def _circo(row: Mapping[str, Any], where: str, number: int) -> Asked:
    return Asked(
        id=str(row.get("id", number)),
        reference=_coco_name(labels.text_of(row, where, "reference_img_id")),
        text=labels.text_of(row, where, "relative_caption"),
        targets=tuple(_coco_name(str(name)) for name in labels.numbers_of(row, where, "gt_img_ids")),
        groups=labels.texts_of(row, where, "semantic_aspects"),
    )


def _cirr(row: Mapping[str, Any], where: str, number: int) -> Asked:
    members = row.get("img_set")
    reference = labels.text_of(row, where, "reference")
    inside = labels.texts_of(members, where, "members") if isinstance(members, dict) else ()
    return Asked(
        id=str(row.get("pairid", number)),
        reference=reference,
        text=labels.text_of(row, where, "caption"),
        targets=(labels.text_of(row, where, "target_hard"),),
        subset=tuple(name for name in inside if name != reference),
    )


def _fashion(row: Mapping[str, Any], where: str, number: int) -> Asked:
    category = row.get("category")
    return Asked(
        id=str(number),
        reference=labels.text_of(row, where, "candidate"),
        text=" and ".join(caption.strip(" .") for caption in labels.texts_of(row, where, "captions")),
        targets=(labels.text_of(row, where, "target"),),
        groups=(category,) if isinstance(category, str) else (),
    )


def _simple(row: Mapping[str, Any], where: str, number: int) -> Asked:
    targets = labels.texts_of(row, where, "targets") or (labels.text_of(row, where, "target"),)
    return Asked(
        id=str(row.get("id", number)),
        reference=labels.text_of(row, where, "reference"),
        text=labels.text_of(row, where, "text", "caption"),
        targets=targets,
    )


STYLES: tuple[Style, ...] = (
    Style(
        name="CIRCO",
        marks=frozenset({"relative_caption", "reference_img_id"}),
        read=_circo,
        measures=("mAP@5", "mAP@10", "mAP@25", "mAP@50"),
        n_main=2,
    ),
    Style(
        name="CIRR",
        marks=frozenset({"pairid", "reference", "target_hard"}),
        read=_cirr,
        measures=("R@1", "R@5", "Rsubset@1", "R@10", "R@50", "Rsubset@2", "Rsubset@3"),
        n_main=3,
        is_reference_excluded=True,
    ),
    Style(
        name="FashionIQ",
        marks=frozenset({"candidate", "target", "captions"}),
        read=_fashion,
        measures=("R@10", "R@50", "R@1"),
        n_main=2,
    ),
    Style(
        name="simple",
        marks=frozenset({"reference"}),
        read=_simple,
        measures=("R@1", "R@5", "R@10", "RR"),
        n_main=3,
        is_reference_excluded=True,
    ),
)
"""The first whose marks a row has is its style."""


def load(path: Path, split: str = "") -> Collection:
    """Read a set of composed queries.

    Args:
        path: the file of labels, or the set's folder.
        split: as `val` of `annotations/val.json`, `rc2.val` or `dress.val` of `captions/cap.*.json`; empty where there is
            only one.

    Raises:
        InputError: there are no labels, a row of them is wrong, or a picture is not there.

    Source:
        CIRR: Liu et al., ICCV 2021. CIRCO: Baldrati et al., ICCV 2023. FashionIQ: Wu et al., CVPR 2021.
    """
    file, split = _labels_file(path, split)
    rows = labels.rows(file) if file.suffix == ".jsonl" else labels.listed(file)
    asked, style = _read(file, rows)
    root = path if path.is_dir() else file.parent.parent if file.parent.name in _LABEL_FOLDERS else file.parent
    pictures = Gallery.below(root, _split_file(root, file))
    numbered = Numbered.of(pictures.searched)
    questions = tuple(_question(one, style, pictures, numbered) for one in asked)
    return Collection(
        task="composed",
        path=path,
        split=split,
        labels_sha256=labels.sha256_of(file),
        material=numbered,
        questions=questions,
        scopes=(Scope(kinds=("image",), item_of=numbered.item_of, measures=style.measures, n_main=style.n_main),),
        notes=(
            f"{style.name}: {len(numbered.files)} pictures, under numbers for names",
            "the picture referred to is "
            + ("taken out" if style.is_reference_excluded else "left in, as that set does"),
        ),
    )


def _question(one: Asked, style: Style, pictures: Gallery, numbered: Numbered) -> Question:
    def items(names: Iterable[str]) -> frozenset[str]:
        return frozenset(numbered.item(file) for file in map(pictures.file, names) if file in numbered.number_of)

    reference = pictures.file(one.reference)
    return Question(
        id=one.id,
        text=one.text,
        relevant=dict.fromkeys(sorted(items(one.targets)), 1),
        picture=reference,
        excluded=items([one.reference]) if style.is_reference_excluded else frozenset(),
        subset=items(one.subset),
        groups=one.groups,
    )


def _read(file: Path, rows: Iterable[tuple[str, dict[str, Any]]]) -> tuple[list[Asked], Style]:
    asked: list[Asked] = []
    style: Style | None = None
    for number, (where, row) in enumerate(rows):
        style = style or next((one for one in STYLES if one.marks <= row.keys()), None)
        if style is None:
            known = ", ".join(one.name for one in STYLES)
            raise InputError(f"{where} is in no layout of composed queries", remedy=f"known are {known}")
        asked.append(style.read(row, where, number))
    if style is None:
        raise InputError(f"{file} has no queries", remedy="name a file of labels")
    return asked, style


def _labels_file(path: Path, split: str) -> tuple[Path, str]:
    if path.is_file():
        return path, split
    found: dict[str, Path] = {}
    for folder in _LABEL_FOLDERS:
        for file in sorted((path / folder).glob("*.json*")):
            found.setdefault(file.stem.removeprefix("cap."), file)
    if split in found:
        return found[split], split
    if not split and len(found) == 1:
        return next((file, name) for name, file in found.items())
    remedy = f"--split one of {', '.join(found)}" if found else "name a file of labels"
    raise InputError(
        f"{path} has {'several files' if found and not split else 'no file'} of labels {split}".rstrip(), remedy=remedy
    )


def _split_file(root: Path, file: Path) -> Path | None:
    """CIRR's and FashionIQ's list of the pictures that are searched, where it lies there."""
    place = root / _SPLIT_FOLDER / f"split.{file.stem.removeprefix('cap.')}.json"
    return place if place.is_file() else None


def _coco_name(number: str) -> str:
    return number.zfill(_COCO_DIGITS)
