"""The pictures of a set, found by name wherever below its folder they lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sourcehound.agent.evaluate import labels
from sourcehound.tools.errors import InputError

_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".gif", ".tif", ".tiff"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Gallery:
    """The pictures below a folder, by name with and without suffix, and those that are searched."""

    root: Path
    by_name: Mapping[str, str]
    searched: tuple[str, ...]

    @classmethod
    def below(cls, root: Path, split_file: Path | None) -> Gallery:
        """Walk a folder; what is searched is named by a file of the split where there is one."""
        files = sorted(str(file) for file in root.rglob("*") if file.suffix.lower() in _SUFFIXES)
        by_name: dict[str, str] = {}
        for file in files:
            below = file.removeprefix(f"{root}/")
            for name in (Path(file).stem, Path(file).name, below, f"./{below}"):
                by_name.setdefault(name, file)
        everything = cls(root=root, by_name=by_name, searched=tuple(files))
        if split_file is None:
            return everything
        names = labels.document(split_file)
        chosen = names.keys() if isinstance(names, dict) else names
        return cls(root=root, by_name=by_name, searched=tuple(everything.file(str(name)) for name in chosen))

    def file(self, name: str) -> str:
        """The absolute path of a picture.

        Raises:
            InputError: it is not there.
        """
        if name not in self.by_name:
            raise InputError(f"the picture {name} is not below {self.root}", remedy="put the set's pictures there")
        return self.by_name[name]
