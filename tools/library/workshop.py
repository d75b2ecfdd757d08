"""What the slow jobs work with: the library, the reader processes and the senses, each made at first use.

Knows nothing of any one job.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from sourcehound.tools.encoders.encoder import Encoder
from sourcehound.tools.evidence import Box
from sourcehound.tools.index.compact import Compact
from sourcehound.tools.library.catalogue import Catalogue
from sourcehound.tools.library.reading import Reading, Shot
from sourcehound.tools.library.regions import Regions
from sourcehound.tools.senses.sense import Ocr, Speech

if TYPE_CHECKING:
    from sourcehound.tools.library.pool import Picture, Samples

Write = Callable[[sqlite3.Connection], None]


class Pixels(Protocol):
    """The part of the reader pool that jobs, tools and pictures use."""

    def read(self, path: str) -> Reading:
        """First look at a file."""
        ...

    def picture(
        self,
        path: str,
        *,
        page: int | None = None,
        at_s: float | None = None,
        box: Box | None = None,
        max_pixels: int = 25_000_000,
        scale: float = 1.0,
    ) -> Picture:
        """Pixels of a picture, a page or a frame."""
        ...

    def frames(self, path: str, times_s: Sequence[float], *, max_side: int = 0) -> tuple[Picture, ...]:
        """Frames on screen at media times."""
        ...

    def film(self, path: str) -> Iterator[Shot | Picture]:
        """Kept frames, each shot after its frames."""
        ...

    def samples(self, path: str, *, start_s: float = 0, end_s: float | None = None) -> Samples:
        """16 kHz mono sound."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """Everything a job may touch. The senses and encoders load their weights at first use.

    Attributes:
        picture_encoder: pictures into the space that words are sought in.
        likeness_encoder: pictures into the space that pictures are sought in; the same one for a CLIP-like model.
        page_encoder: pages as they look into the space that words are sought in; None where none is named.
        compact: how the many vectors of one unit become few.
        regions: which parts of a picture get rows of their own.
        coming: picture encoders that are being made ready to take over from these.
    """

    catalogue: Catalogue
    readers: Pixels
    ocr: Ocr
    speech: Speech
    text_encoder: Encoder
    picture_encoder: Encoder
    likeness_encoder: Encoder
    page_encoder: Encoder | None = None
    compact: Compact = field(default_factory=Compact)
    regions: Regions = field(default_factory=Regions)
    coming: tuple[Encoder, ...] = ()

    @property
    def eyes(self) -> tuple[Encoder, ...]:
        """The picture encoders whose weights are here, each once."""
        all_ = (self.picture_encoder, self.likeness_encoder, *self.coming)
        by_stamp = {str(encoder.stamp): encoder for encoder in all_}
        return tuple(encoder for encoder in by_stamp.values() if encoder.is_here())


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The source a job is about, and one path that holds its bytes."""

    source: int
    sha256: str
    title: str
    reader: str
    media_type: str
    path: str
    meta: dict[str, Any]
