"""Files that are searched under numbers for names: a file's own name, and what lies beside it, may say what is asked for.

Each different file is one item, however many paths hold its bytes. Knows nothing of labels.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sourcehound.agent.evaluate.labels import sha256_of
from sourcehound.tools.errors import InputError
from sourcehound.tools.evidence import Evidence

_DIGITS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """Different files, by number.

    Attributes:
        files: absolute path of each one's first file, in the order in which they were named.
        sha256: hash of each one's bytes.
        number_of: the number that each path is found under.
        mute: whether subtitles in them are left out, because the labels were made of them.
    """

    files: tuple[str, ...]
    sha256: tuple[str, ...]
    number_of: Mapping[str, int]
    mute: bool = False

    @classmethod
    def of(cls, paths: Iterable[str], *, mute: bool = False) -> Numbered:
        """Different files among paths.

        Raises:
            InputError: a file is not there.
        """
        numbers: dict[str, int] = {}
        files: list[str] = []
        number_of: dict[str, int] = {}
        for path in dict.fromkeys(paths):
            if not Path(path).is_file():
                raise InputError(f"a file is not there: {path}", remedy="put the files where the labels say")
            number = numbers.setdefault(sha256_of(Path(path)), len(files))
            if number == len(files):
                files.append(path)
            number_of[path] = number
        return cls(files=tuple(files), sha256=tuple(numbers), number_of=number_of, mute=mute)

    def item(self, path: str) -> str:
        """The name of the item that a file is."""
        return str(self.number_of[path])

    def item_of(self, evidence: Evidence) -> str | None:
        """The name of the item that a hit lies in."""
        stem = Path(evidence.source.path or "").stem
        return str(int(stem)) if stem.isdecimal() and len(stem) == _DIGITS else None

    def place(self, folder: Path, path: str) -> Path:
        """Where a file is laid out below a folder."""
        number = self.number_of[path]
        return folder / f"{number:0{_DIGITS}d}{Path(self.files[number]).suffix.lower()}"

    def lay_out(self, folder: Path) -> None:
        """Put every file into a folder under its number, by a second name for the same file, else by a copy.

        Raises:
            OSError: a file cannot be read, or the disk is full.
        """
        folder.mkdir(parents=True, exist_ok=True)
        for file in self.files:
            place = self.place(folder, file)
            if not place.exists():
                _put(file, place)


def _put(file: str, place: Path) -> None:
    try:
        os.link(file, place)
    except OSError:  # another disk, or a file of somebody else
        part = place.with_name(f".{place.name}.part")
        shutil.copyfile(file, part)
        part.replace(place)
