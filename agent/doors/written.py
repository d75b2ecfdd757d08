"""Files that people name to be written: refused before any work where they cannot be, and there whole or not at all.

Knows nothing of what is written.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from sourcehound.tools.errors import BusyError, InputError


def check_place(path: Path) -> None:
    """Refuse a file that could not be written.

    Raises:
        InputError: there is no such folder, it lets nothing be written, or the path is a folder itself.
        BusyError: the disk is full.
    """
    folder = path.absolute().parent
    if not folder.is_dir():
        raise InputError(f"no such folder: {folder}", remedy="make it first")
    if path.is_dir():
        raise InputError(f"{path} is a folder", remedy=f"name a file in it, as {path / 'answer'}{path.suffix}")
    with writing(path):
        part = _part_of(path)
        part.touch()
        part.unlink()


def write_whole(path: Path, data: bytes) -> None:
    """Write a file, whole or not at all.

    Raises:
        InputError: it cannot be written there.
        BusyError: the disk is full.
    """
    part = _part_of(path)
    with writing(path):
        try:
            part.write_bytes(data)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)


@contextmanager
def writing(path: Path) -> Generator[None]:
    """Turn what the system says of a file that is being written into an error for its person.

    Raises:
        InputError: it cannot be written there.
        BusyError: the disk is full.
    """
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise BusyError(
                f"no space left to write {path}", remedy="free some space and run the same command again"
            ) from error
        raise InputError(f"cannot write {path}: {error.strerror}", remedy="name a file in another folder") from error


def _part_of(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}.part")
