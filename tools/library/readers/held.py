"""What a reader needs of a file, so that one that lies inside another is read like one on the disk."""

from __future__ import annotations

import io
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, Literal, Protocol


class Readable(Protocol):
    """A file: a `Path`, or a `Held` member of another file. `str` of it names it in errors."""

    @property
    def name(self) -> str:
        """Its name without folders."""
        ...

    @property
    def stem(self) -> str:
        """Its name without the suffix."""
        ...

    @property
    def suffix(self) -> str:
        """The end of its name, with the dot."""
        ...

    def read_bytes(self) -> bytes:
        """All its bytes."""
        ...

    def open(self, mode: Literal["rb"], /) -> AbstractContextManager[IO[bytes]]:
        """A stream of its bytes that can be sought in."""
        ...


@dataclass(frozen=True, slots=True)
class Held:
    """A file that lies inside another one, unpacked into memory.

    Attributes:
        where: its name there, folders included; never used as a path.
        data: all its bytes.
    """

    where: str
    data: bytes

    def __str__(self) -> str:
        return self.where

    @property
    def name(self) -> str:
        """Its name without folders."""
        return PurePosixPath(self.where).name

    @property
    def stem(self) -> str:
        """Its name without the suffix."""
        return PurePosixPath(self.where).stem

    @property
    def suffix(self) -> str:
        """The end of its name, with the dot."""
        return PurePosixPath(self.where).suffix

    def read_bytes(self) -> bytes:
        """All its bytes."""
        return self.data

    def open(self, mode: Literal["rb"], /) -> AbstractContextManager[IO[bytes]]:
        """A stream of its bytes."""
        del mode
        return io.BytesIO(self.data)
