"""What a reader module offers to the reader process. Modules are plain modules that hold these functions.

    read      every module
    picture   modules of pictures, pages and films
    frames    modules of films
    film      modules of films
    samples   modules of films and sound

A file that cannot be read as what it claims to be raises MediaError; `OSError`, `ValueError`, `LookupError` and the
like of a decoder are turned into one by the process; anything else ends the process, which the client reports and
survives.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sourcehound.tools.evidence import Box
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.reading import Reading, Shot
from sourcehound.tools.library.wire import Picture, Samples

BROKEN = (
    OSError,
    ValueError,
    LookupError,
    ArithmeticError,
    SyntaxError,  # Pillow's word for a broken PNG
    EOFError,
    struct.error,
    zlib.error,
    zipfile.BadZipFile,
)
"""What decoders raise about a broken file. Anything else is unforeseen: it ends the process, and the client says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Which part of a file a picture is wanted of.

    Attributes:
        page: physical page, from 1; None means the first.
        at_s: media time of a film's frame; None means its first.
        box: the part to cut out, in the units of the place's own plane; None for all of it.
        scale: pixels for one point of a page; means nothing elsewhere.
        max_pixels: a larger result is scaled down to this.
    """

    page: int | None = None
    at_s: float | None = None
    box: Box | None = None
    scale: float = 1.0
    max_pixels: int = 25_000_000


class Reads(Protocol):
    """Every reader module."""

    def read(self, path: Path, limits: Limits) -> Reading:
        """Take the first, quick look."""
        ...


class Pictures(Protocol):
    """A module that can show a part of its file."""

    def picture(self, path: Path, place: Place, limits: Limits) -> Picture:
        """Cut a picture."""
        ...


class Films(Protocol):
    """A module of moving pictures."""

    def frames(self, path: Path, times_s: Sequence[float], *, max_side: int, limits: Limits) -> Iterator[Picture]:
        """Decode the frames on screen at these media times, in the order asked; `max_side` 0 keeps their size."""
        ...

    def film(self, path: Path, limits: Limits) -> Iterator[Shot | Picture]:
        """Decode once: the frames kept of a shot, then the shot that closes them."""
        ...


class Sounds(Protocol):
    """A module with sound."""

    def samples(self, path: Path, *, start_s: float, end_s: float | None, limits: Limits) -> Samples:
        """Decode sound between two media times."""
        ...
