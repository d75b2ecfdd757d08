"""The generations of one Chroma index on disk: each is built aside, finished, and then switched to by a pointer file.

    current              the name of the generation in use
    gen-7/manifest.json  what it holds; only a finished one has it
    gen-8/unfinished     marker of the one that a writer works at, or was killed at: it is never used
    gen-7/doubtful       marker left by a reader that could not use it
    gen-*/chroma/        Chroma's own files

A finished generation is never written again, so that a killed writer can only spoil what nobody uses yet. Knows nothing
of vectors.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Collection
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sourcehound.tools.index.chroma_rows import Place

_DATABASE = "chroma.sqlite3"
_ROOM = 16 * 2**20
"""Bytes that an index file may have whatever its rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A finished generation.

    Attributes:
        folder: its folder.
        n: the generation of the table that it was built from.
        rows: rows in it.
        dimension: length of a row.
        place: where its collection is.
        sizes: bytes of each of Chroma's index files, which never change again.
        width: rows that a search must ask for at least (recall.py); 0 where the index is no good however many.
    """

    folder: Path
    n: int
    rows: int
    dimension: int
    place: Place
    sizes: dict[str, int]
    width: int

    @property
    def is_doubtful(self) -> bool:
        """Whether a reader had trouble with it, or a file of it is not as it was left or larger than it can be."""
        changed = _sizes(self.folder / "chroma") != self.sizes
        return changed or (self.folder / "doubtful").exists() or bool(oversized(self.sizes, self.rows, self.dimension))

    def doubt(self) -> None:
        """Mark it, so that the next writer builds anew."""
        # who may not write here has said what is wrong, and the writer sees damaged files by itself
        with suppress(OSError):
            (self.folder / "doubtful").touch()


def oversized(sizes: dict[str, int], rows: int, dimension: int) -> str:
    """The first index file larger than so many rows can need, empty if there is none.

    A killed writer can leave one of terabytes, mostly holes: reading it ends the process, copying it fills the disk.
    """
    most = _ROOM + 8 * rows * (4 * dimension + 1024)
    return next((name for name, size in sizes.items() if size > most), "")


class Shelf:
    """The generations of one kind and stamp.

    Args:
        root: their folder.
        name: of the collection.
        url: of a Chroma server, empty for folders of our own.
    """

    def __init__(self, root: Path, *, name: str, url: str = "") -> None:
        self._root = root
        self._name = name
        self._url = url

    def current(self) -> Built | None:
        """The generation in use, if there is one on this server or in these folders."""
        try:
            folder = self._root / (self._root / "current").read_text(encoding="ascii").strip()
            data = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
            built = _built(folder, data)
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return built if built.place.url == self._url else None

    def unfinished(self) -> list[Path]:
        """The generations that a writer was killed at, of this server or of folders."""
        found = sorted(marker.parent for marker in self._root.glob("gen-*/unfinished"))
        return [folder for folder in found if (place := self.place(folder)) is not None and place.url == self._url]

    def place(self, folder: Path) -> Place | None:
        """Where the collection of a generation is; None where its folder does not say."""
        for name in ("unfinished", "manifest.json"):
            try:
                return _place(folder, json.loads((folder / name).read_text(encoding="utf-8")))
            except (OSError, ValueError, KeyError, TypeError):
                continue
        return None

    def begin(self, n: int, *, copy: Built | None = None) -> Path:
        """Make the folder of a new generation, its marker on disk before anything else.

        Args:
            n: generation of the table.
            copy: a finished generation to begin from. On a server the collection itself is taken over.

        Raises:
            OSError: the disk is full or not writable.
        """
        self._root.mkdir(parents=True, exist_ok=True)
        # a name of its own each time: Chroma remembers a folder that it failed to open
        folder = Path(tempfile.mkdtemp(dir=self._root, prefix=f"gen-{n}-"))
        on_server = copy.place.collection if copy else f"{self._name}-{folder.name}-rows"
        collection = on_server if self._url else self._name
        _write(folder / "unfinished", json.dumps({"collection": collection, "url": self._url}))
        if copy and not self._url:
            try:
                _copy(copy.folder / "chroma", folder / "chroma")
            except OSError:
                self.drop(folder)  # above all where the disk is full
                raise
        return folder

    def drop(self, folder: Path) -> None:
        """Remove the folder of a generation."""
        shutil.rmtree(folder, ignore_errors=True)

    def finish(self, folder: Path, *, n: int, rows: int, dimension: int, width: int) -> Built:
        """Switch to a generation whose collection is complete and closed.

        Raises:
            OSError: the disk is full or not writable.
        """
        begun = json.loads((folder / "unfinished").read_text(encoding="utf-8"))
        for path in (folder / "chroma").rglob("*"):
            if path.is_file():
                _sync(path)
        sizes = _sizes(folder / "chroma")
        manifest = begun | {"n": n, "rows": rows, "dimension": dimension, "sizes": sizes, "width": width}
        _write(folder / "manifest.json", json.dumps(manifest))
        (folder / "unfinished").unlink()
        _write(self._root / "current", folder.name)
        return _built(folder, manifest)

    def sizes(self, folder: Path) -> dict[str, int]:
        """Bytes of each of Chroma's index files in a generation."""
        return _sizes(folder / "chroma")

    def sweep(self, *, keep: Collection[Path]) -> tuple[Place, ...]:
        """Throw the other generations away; returns where their collections were.

        Chroma is not asked: its files may be damaged.
        """
        kept = {place for folder in keep if (place := self.place(folder)) is not None}
        gone: list[Place] = []
        for folder in self._root.glob("gen-*"):
            if folder not in keep:
                place = self.place(folder)
                self.drop(folder)
                gone += [place] if place is not None and place not in kept else []
        if not kept:
            (self._root / "current").unlink(missing_ok=True)
        return tuple(gone)


def _built(folder: Path, data: dict[str, Any]) -> Built:
    return Built(
        folder=folder,
        n=data["n"],
        rows=data["rows"],
        dimension=data["dimension"],
        place=_place(folder, data),
        sizes=data["sizes"],
        width=data["width"],
    )


def _place(folder: Path, data: dict[str, Any]) -> Place:
    return Place(collection=data["collection"], url=data["url"], folder="" if data["url"] else str(folder / "chroma"))


def _copy(source: Path, target: Path) -> None:
    """Copy Chroma's folder. Its database is copied by SQLite, since readers may touch it; its other files lie still."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns(f"{_DATABASE}*"))
    with closing(sqlite3.connect(source / _DATABASE)) as old, closing(sqlite3.connect(target / _DATABASE)) as new:
        old.backup(new)


def _sizes(chroma: Path) -> dict[str, int]:
    files = (path for path in chroma.rglob("*") if path.is_file() and not path.name.startswith(_DATABASE))
    return {path.relative_to(chroma).as_posix(): path.stat().st_size for path in files}


def _write(path: Path, text: str) -> None:
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(text, encoding="utf-8")
    _sync(fresh)
    fresh.replace(path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
