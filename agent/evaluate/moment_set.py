"""Moment sets: sentences, the film each is about, and the seconds in which it is seen.

Read as QVHighlights (JSON Lines of `query`, `vid`, `relevant_windows`) and Charades-STA (lines `FILM START END##SENTENCE`)
have them, or from JSON Lines of `video`, `text`, `start`, `end`. Films are found by name below the folder of the labels.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sourcehound.agent.evaluate import labels, spans
from sourcehound.agent.evaluate.collection import OWN_DOCUMENT, WHOLE, Collection, Question, Scope
from sourcehound.agent.evaluate.numbered import Numbered
from sourcehound.tools.errors import InputError
from sourcehound.tools.evidence import Evidence

MEASURES = ("IoU-R1@0.5", "IoU-R1@0.3", "IoU-R1@0.7", "IoU-mAP@0.5", "IoU-mAP@0.75", "IoU-mAP", "mIoU")
_SUFFIXES = frozenset({".mp4", ".webm", ".mkv", ".avi", ".mov", ".m4v", ".mpg", ".mpeg", ".ogv"})
_CHARADES = re.compile(r"(?P<film>\S+) (?P<start>[\d.]+) (?P<end>[\d.]+)##(?P<text>.+)")
_PREFERRED = ("moments.jsonl", "highlight_val_release.jsonl", "charades_sta_test.txt")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A sentence, its film by name, and its moments in seconds."""

    id: str
    film: str
    text: str
    moments: tuple[tuple[float, float], ...]
    groups: tuple[str, ...] = ()


def load(path: Path, split: str = "") -> Collection:
    """Read a moment set.

    Args:
        path: its labels, or the folder that holds them.
        split: the name of the labels' file without its suffix, where a folder holds several.

    Raises:
        InputError: there are no labels, a line of them is wrong, or a film is not there.

    Source:
        QVHighlights: Lei, Berg and Bansal, NeurIPS 2021. Charades-STA: Gao et al., ICCV 2017.
    """
    file = _labels_file(path, split)
    asked = tuple(_charades(file) if file.suffix == ".txt" else _json_lines(file))
    root = path if path.is_dir() else file.parent
    films = _films(root)
    unknown = next((one for one in asked if one.film not in films), None)
    if unknown is not None:
        raise InputError(f"the film {unknown.film} is not below {root}", remedy="put the set's films there")
    numbered = Numbered.of((films[one.film] for one in asked), mute=True)
    several = len(numbered.files) > 1
    own = Scope(
        name=OWN_DOCUMENT,
        own_document=True,
        kinds=("moment", "speech"),
        item_of=lambda evidence: _moment_of(numbered, evidence),
        measures=MEASURES,
        n_main=3,
    )
    whole = Scope(name=WHOLE, kinds=own.kinds, item_of=own.item_of, measures=MEASURES, n_main=3)
    return Collection(
        task="moments",
        path=path,
        split=split,
        labels_sha256=labels.sha256_of(file),
        material=numbered,
        questions=tuple(_questions(asked, films, numbered)),
        scopes=(own, whole) if several else (own,),
        notes=("films are searched under numbers for names, without the subtitles in and beside them",),
    )


def _moment_of(films: Numbered, evidence: Evidence) -> str | None:
    film, where = films.item_of(evidence), evidence.locator
    if film is None or where.start_s is None or where.end_s is None:
        return None
    return spans.item(film, where.start_s, where.end_s)


def _questions(asked: tuple[Asked, ...], films: Mapping[str, str], numbered: Numbered) -> Iterator[Question]:
    for one in asked:
        file = films[one.film]
        yield Question(
            id=one.id,
            text=one.text,
            relevant={spans.item(numbered.item(file), start, end): 1 for start, end in one.moments},
            file=file,
            groups=one.groups,
        )


def _json_lines(file: Path) -> Iterator[Asked]:
    for number, (where, row) in enumerate(labels.rows(file)):
        if "relevant_windows" in row:
            windows = row["relevant_windows"]
            moments = tuple(_moment(window, where) for window in windows) if isinstance(windows, list) else ()
            film, text = labels.text_of(row, where, "vid"), labels.text_of(row, where, "query")
            yield Asked(id=str(row.get("qid", number)), film=film, text=text, moments=moments)
        else:
            kinds = [str(row[name]) for name in ("lang", "kind") if name in row]
            yield Asked(
                id=str(number),
                film=labels.text_of(row, where, "video"),
                text=labels.text_of(row, where, "text"),
                moments=(_moment([row.get("start"), row.get("end")], where),),
                groups=tuple(kinds),
            )


def _charades(file: Path) -> Iterator[Asked]:
    for number, line in labels.lines(file):
        match = _CHARADES.fullmatch(line.strip())
        if match is None:
            raise InputError(f"{file}:{number} is not FILM START END##SENTENCE: {line[:60]!r}", remedy="mend the line")
        try:
            moment = _moment([float(match["start"]), float(match["end"])], f"{file}:{number}")
        except ValueError as error:
            raise InputError(f"{file}:{number}: {error}", remedy="mend the line") from error
        yield Asked(id=str(number), film=match["film"], text=match["text"], moments=(moment,))


def _moment(value: Any, where: str) -> tuple[float, float]:
    if isinstance(value, list) and len(value) == len(("start", "end")):
        start, end = value
        if isinstance(start, int | float) and isinstance(end, int | float) and 0 <= start < end:
            return float(start), float(end)
    raise InputError(f"{where}: a moment must be two rising seconds, not {value!r}", remedy="mend the line")


def _films(root: Path) -> dict[str, str]:
    """Films below a folder, by their path there, their name, and their name without suffix."""
    found: dict[str, str] = {}
    for file in sorted(file for file in root.rglob("*") if file.suffix.lower() in _SUFFIXES):
        for name in (str(file.relative_to(root)), file.name, file.stem):
            found.setdefault(name, str(file))
    return found


def _labels_file(path: Path, split: str) -> Path:
    if path.is_file():
        return path
    files = {file.stem: file for file in sorted(path.iterdir()) if file.suffix in {".jsonl", ".txt"}}
    if split in files:
        return files[split]
    preferred = next((path / name for name in _PREFERRED if (path / name).is_file()), None)
    chosen = preferred or (next(iter(files.values())) if len(files) == 1 else None)
    if split or chosen is None:
        found = ", ".join(files) or "none"
        raise InputError(f"{path} has no one file of labels {split}".rstrip(), remedy=f"--split one of {found}")
    return chosen
