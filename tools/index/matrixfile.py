"""A matrix of vectors as one file that is mapped into memory: a cache, thrown away at the first doubt.

One `.npy` of records (unit, row), written aside and renamed, so that there is never half of it under its name. The name
holds the generation and a checksum. Knows nothing of SQLite.
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np

from sourcehound.tools.evidence import UnitKind
from sourcehound.tools.index.vectors import Matrix


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixFile:
    """Where the matrix of one kind and stamp is kept.

    Args:
        folder: made when something is first saved.
        kind: the kind of unit.
        stamp: `str` of the encoder's stamp.
    """

    folder: Path
    kind: UnitKind
    stamp: str

    def open(self, generation: int) -> Matrix | None:
        """Map the matrix of a generation; None if there is no sound file of it. A torn file is removed.

        float32 rows are a view of the file and cost no memory of their own.
        """
        for path in sorted(self.folder.glob(f"{self._prefix}{generation}-*.npy")):
            matrix = _read(path, generation)
            if matrix is not None:
                return matrix
            path.unlink(missing_ok=True)
        return None

    def save(self, matrix: Matrix) -> Path:
        """Write the matrix and remove the files of other generations.

        Raises:
            OSError: it cannot be written there.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        dimension = matrix.rows.shape[1]
        records = np.empty(len(matrix.units), dtype=[("unit", "<i8"), ("row", "<f4", (dimension,))])
        records["unit"] = matrix.units
        records["row"] = matrix.rows
        handle, name = tempfile.mkstemp(dir=self.folder, prefix=".new-", suffix=".npy")
        fresh = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                np.lib.format.write_array(file, records, allow_pickle=False)
                file.flush()
                os.fsync(file.fileno())
            path = self.folder / f"{self._prefix}{matrix.generation}-{_checksum(fresh):016x}.npy"
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)
        for old in self.folder.glob(f"{self._prefix}*.npy"):
            if old != path:
                old.unlink(missing_ok=True)
        return path

    @property
    def _prefix(self) -> str:
        return f"{index_name(self.kind, self.stamp)}-"


def index_name(kind: UnitKind, stamp: str) -> str:
    """A name for files and collections of one kind and stamp, of characters that every file system takes."""
    return f"{kind}-{sha256(stamp.encode()).hexdigest()[:12]}"


def _read(path: Path, generation: int) -> Matrix | None:
    try:
        if path.stem.rpartition("-")[2] != f"{_checksum(path):016x}":
            return None
        records = np.load(path, mmap_mode="r", allow_pickle=False)
        units = np.array(records["unit"], dtype=np.int64)
        rows = records["row"]
    except (OSError, EOFError, ValueError, IndexError):
        return None
    return Matrix(rows=rows, units=units, generation=generation)


def _checksum(path: Path) -> int:
    """The sum of the file's 64-bit words: as fast as memory, and no missing, zeroed or flipped page passes it."""
    raw = np.memmap(path, dtype=np.uint8, mode="r")
    whole = len(raw) // 8 * 8
    words = int(np.add.reduce(raw[:whole].view("<u8"), dtype=np.uint64))
    return (words + int.from_bytes(raw[whole:].tobytes(), "little") + len(raw)) % 2**64
