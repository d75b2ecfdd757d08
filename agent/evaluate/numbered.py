"""Pictures that are searched under neutral names: a file's own name may say what is asked for.

Each different picture is one item, however many files hold its bytes. Knows nothing of labels.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sourcehound.agent.evaluate.labels import sha256_of
from sourcehound.tools.errors import InputError
from sourcehound.tools.evidence import Evidence

_DIGITS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictures:
    """Different pictures, by number.

    Attributes:
        files: absolute path of each picture's first file, in the order in which they were named.
        sha256: hash of each picture's bytes.
        number_of: the number of the picture that each path holds.
    """

    files: tuple[str, ...]
    sha256: tuple[str, ...]
    number_of: dict[str, int]

    @classmethod
    def of(cls, paths: Iterable[str]) -> Pictures:
        """Different pictures among files.

        Raises:
            InputError: a file is not there.
        """
        numbers: dict[str, int] = {}
        files: list[str] = []
        number_of: dict[str, int] = {}
        for path in dict.fromkeys(paths):
            if not Path(path).is_file():
                raise InputError(f"a picture is not there: {path}", remedy="put the pictures where the labels say")
            number = numbers.setdefault(sha256_of(Path(path)), len(files))
            if number == len(files):
                files.append(path)
            number_of[path] = number
        return cls(files=tuple(files), sha256=tuple(numbers), number_of=number_of)

    def item(self, path: str) -> str:
        """The name of the item that a file is."""
        return str(self.number_of[path])

    def item_of(self, evidence: Evidence) -> str | None:
        """The name of the item that a hit lies in."""
        stem = Path(evidence.source.path or "").stem
        return str(int(stem)) if stem.isdecimal() and len(stem) == _DIGITS else None

    def lay_out(self, folder: Path) -> None:
        """Put every picture into a folder under its number, by a second name for the same file, else by a copy.

        Raises:
            InputError: a picture cannot be read.
            OSError: the disk is full.
        """
        folder.mkdir(parents=True, exist_ok=True)
        for number, file in enumerate(self.files):
            place = folder / f"{number:0{_DIGITS}d}{Path(file).suffix.lower()}"
            if not place.exists():
                _put(file, place)


def _put(file: str, place: Path) -> None:
    try:
        os.link(file, place)
    except OSError:  # another disk, or files of somebody else
        part = place.with_name(f".{place.name}.part")
        shutil.copyfile(file, part)
        part.replace(place)
