"""The vectors of one kind and stamp as one file that is mapped into memory: a cache, thrown away at the first doubt.

Written from the table piece by piece, so that memory stays flat, aside and renamed, so that there is never half of it under
its name. The name holds the generation and a checksum. Knows nothing of SQLite.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from io import BufferedRandom
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sourcehound.tools.evidence import UnitKind
from sourcehound.tools.index.codes import Codes, quantise
from sourcehound.tools.index.nearest import Rows, starts_of
from sourcehound.tools.index.vectors import Extent, Matrix

_HEAD_BYTES = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixFile:
    """Where the vectors of one kind and stamp are kept.

    Args:
        folder: made when something is first saved.
        kind: the kind of unit.
        stamp: `str` of the encoder's stamp.
    """

    folder: Path
    kind: UnitKind
    stamp: str

    def open(self, generation: int) -> Rows | None:
        """Map the rows of a generation; None if there is no sound file of it. A torn file is removed.

        Rows and codes are views of the file and cost no memory of their own.
        """
        for path in sorted(self.folder.glob(f"{self._prefix}{generation}-*.rows")):
            rows = _read(path)
            if rows is not None:
                return rows
            path.unlink(missing_ok=True)
        return None

    def save(self, generation: int, extent: Extent, pieces: Iterable[Matrix]) -> Path:
        """Write a generation and remove the files of others.

        Args:
            generation: its number.
            extent: what the pieces come to.
            pieces: all vectors, units rising.

        Raises:
            OSError: it cannot be written there.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self.folder, prefix=".new-", suffix=".rows")
        fresh = Path(name)
        try:
            with os.fdopen(handle, "w+b") as file:
                _write(file, extent, pieces)
                file.flush()
                os.fsync(file.fileno())
            path = self.folder / f"{self._prefix}{generation}-{_checksum(fresh):016x}.rows"
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)
        for old in self.folder.glob(f"{self._prefix}*.*"):
            if old != path and old.is_file():
                old.unlink(missing_ok=True)
        return path

    def remove(self) -> None:
        """Remove the files of every generation."""
        for old in self.folder.glob(f"{self._prefix}*.*"):
            if old.is_file():
                old.unlink(missing_ok=True)

    @property
    def _prefix(self) -> str:
        return f"{index_name(self.kind, self.stamp)}-"


def index_name(kind: UnitKind, stamp: str) -> str:
    """A name for files and collections of one kind and stamp, of characters that every file system takes."""
    return f"{kind}-{sha256(stamp.encode()).hexdigest()[:12]}"


def _layout(extent: Extent) -> dict[str, tuple[int, str, tuple[int, ...]]]:
    """Offset, type and shape of each array: a head, then one after the other, the widest numbers first."""
    n, dimension = extent.rows, extent.dimension
    arrays: list[tuple[str, str, tuple[int, ...]]] = [
        ("units", "<i8", (n,)),
        ("steps", "<f4", (n,)),
        ("errors", "<f4", (n,)),
        ("rows", "<f2" if extent.scheme == "float16" else "<f4", (n, dimension)),
        ("codes", "<i1", (n, dimension)),
    ]
    found: dict[str, tuple[int, str, tuple[int, ...]]] = {}
    offset = _HEAD_BYTES
    for name, dtype, shape in arrays:
        found[name] = (offset, dtype, shape)
        offset += int(np.prod(shape)) * np.dtype(dtype).itemsize
    return found


def _write(file: BufferedRandom, extent: Extent, pieces: Iterable[Matrix]) -> None:
    head = json.dumps([extent.rows, extent.dimension, extent.scheme]).encode("ascii")
    file.write(head.ljust(_HEAD_BYTES))
    layout = _layout(extent)
    done = 0
    for piece in pieces:
        coded = quantise(piece.rows)
        parts = {
            "units": piece.units,
            "steps": coded.steps,
            "errors": coded.errors,
            "rows": piece.rows,
            "codes": coded.rows,
        }
        for name, part in parts.items():
            offset, dtype, shape = layout[name]
            file.seek(offset + done * int(np.prod(shape[1:])) * np.dtype(dtype).itemsize)
            file.write(np.ascontiguousarray(part, dtype=dtype).data)
        done += len(piece.units)
    if done != extent.rows:
        raise ValueError(f"{done} rows came of {extent.rows}")


def _read(path: Path) -> Rows | None:
    try:
        if path.stem.rpartition("-")[2] != f"{_checksum(path):016x}":
            return None
        raw = np.memmap(path, dtype=np.uint8, mode="r")
        n_rows, dimension, scheme = json.loads(raw[:_HEAD_BYTES].tobytes())
        arrays = _arrays(raw, Extent(rows=n_rows, dimension=dimension, scheme=scheme))
    except (OSError, EOFError, ValueError, TypeError):
        return None
    units = np.array(arrays["units"])
    coded = Codes(rows=arrays["codes"], steps=np.array(arrays["steps"]), errors=np.array(arrays["errors"]))
    return Rows(rows=arrays["rows"], units=units, starts=starts_of(units), codes=coded)


def _arrays(raw: NDArray[np.uint8], extent: Extent) -> dict[str, NDArray[Any]]:
    found: dict[str, NDArray[Any]] = {}
    for name, (offset, dtype, shape) in _layout(extent).items():
        n_bytes = int(np.prod(shape)) * np.dtype(dtype).itemsize
        found[name] = np.asarray(raw[offset : offset + n_bytes]).view(dtype).reshape(shape)
    return found


def _checksum(path: Path) -> int:
    """The sum of the file's 64-bit words: as fast as memory, and no missing, zeroed or flipped page passes it."""
    raw = np.memmap(path, dtype=np.uint8, mode="r")
    whole = len(raw) // 8 * 8
    words = int(np.add.reduce(raw[:whole].view("<u8"), dtype=np.uint64))
    return (words + int.from_bytes(raw[whole:].tobytes(), "little") + len(raw)) % 2**64
