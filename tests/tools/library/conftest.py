"""A library in a temporary folder whose files are read in this process: the tests' own files need no walls."""

from __future__ import annotations

import importlib
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from sourcehound.tools.errors import MediaError
from sourcehound.tools.library.catalogue import Catalogue
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers.detect import HEAD_BYTES, detect
from sourcehound.tools.library.readers.formats import Format, Skip
from sourcehound.tools.library.reading import Reading
from sourcehound.tools.library.status import status
from sourcehound.tools.library.sync import sync
from sourcehound.tools.library.taking import Changes, Progress, no_progress

LONG_AFTER = "2100-01-01T00:00:00Z"
"""A time at which no file of a test is so fresh that it is looked at twice."""


@dataclass
class Looker:
    """Looks at files with the real readers, in this process; counts how often it read each name."""

    looked: Counter[str] = field(default_factory=Counter[str])
    before_read: Callable[[str], None] = lambda _: None
    broken: set[str] = field(default_factory=set[str])
    retry: bool = False

    def detect(self, path: str) -> Format | Skip:
        try:
            with open(path, "rb") as file:
                return detect(path, file.read(HEAD_BYTES))
        except OSError as error:
            raise MediaError(f"cannot be opened: {error.strerror}", path=path, retry=True) from error

    def read(self, path: str) -> Reading:
        name = os.path.basename(path)
        self.looked[name] += 1
        self.before_read(path)
        if name in self.broken:
            raise MediaError("broken on purpose", path=path, retry=self.retry)
        kind = self.detect(path)
        assert isinstance(kind, Format)
        module: Any = importlib.import_module(kind.module)
        return module.read(Path(path), Limits())


@dataclass
class Shelf:
    """A folder of files and the library over it."""

    folder: Path
    catalogue: Catalogue
    looker: Looker = field(default_factory=Looker)

    def put(self, name: str, content: str | bytes, *, at_s: int | None = None) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        if at_s is not None:
            os.utime(path, (at_s, at_s))
        return path

    def add(
        self,
        *paths: Path | str,
        include: Sequence[str] = (),
        exclude: Sequence[str] = (),
        now: str = LONG_AFTER,
        program: str = "1.0",
        progress: Progress = no_progress,
    ) -> Changes:
        return sync(
            self.catalogue,
            self.looker,
            [os.fspath(path) for path in paths] or [str(self.folder)],
            now=lambda: now,
            include=include,
            exclude=exclude,
            program=program,
            progress=progress,
        )

    def counts(self, *paths: Path | str, **options: Any) -> dict[str, int]:
        """The changes of an `add` that are not zero."""
        return {name: n for name, n in self.add(*paths, **options).to_json().items() if n}

    def rows(self, query: str, *values: object) -> list[Any]:
        return self.catalogue.connection.execute(query, values).fetchall()

    def states(self) -> dict[str, str]:
        """The state of each file by its path below the folder."""
        rows = self.rows("SELECT path, state FROM files")
        return {os.path.relpath(os.fsdecode(path), self.folder): state for path, state in rows}

    def reason(self, name: str) -> str:
        [(reason,)] = self.rows("SELECT reason FROM files WHERE path = ?", os.fsencode(self.folder / name))
        return reason

    def texts(self) -> set[str]:
        """The words of every passage."""
        return {text for (text,) in self.rows("SELECT text FROM units WHERE kind = 'passage'")}

    def status(self) -> dict[str, Any]:
        return status(self.catalogue, "test", {"text": None})


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    folder = tmp_path / "files"
    folder.mkdir()
    catalogue = Catalogue(tmp_path / "library")
    yield Shelf(folder=folder, catalogue=catalogue)
    catalogue.close()


@pytest.fixture
def png() -> Callable[[int], bytes]:
    """A tiny picture of one grey, another one for each number."""

    def make(grey: int) -> bytes:
        from io import BytesIO

        from PIL import Image

        buffer = BytesIO()
        Image.new("RGB", (12, 8), (grey, grey, grey)).save(buffer, "PNG")
        return buffer.getvalue()

    return make
