"""What the pictures of evidence need of the reader process, as Protocols that its client meets.

Knows nothing of files: every byte of a foreign file is opened in the reader process, never here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sourcehound.tools.encoders.encoder import FloatArray, Pixels
from sourcehound.tools.evidence import Box, Space

SAMPLE_RATE = 16_000
"""Samples a second of everything heard."""


class Cut(Protocol):
    """Pixels of a plane or of a part of it."""

    @property
    def pixels(self) -> Pixels:
        """uint8, shape (height, width, 3), RGB."""
        ...

    @property
    def space(self) -> Space:
        """The full plane, before the cut."""
        ...

    @property
    def box(self) -> Box:
        """The part of the plane that the pixels show."""
        ...

    @property
    def at_s(self) -> float | None:
        """Media time of the frame, None for pictures and pages."""
        ...


class Sound(Protocol):
    """Mono samples at `SAMPLE_RATE`."""

    @property
    def samples(self) -> FloatArray:
        """float32, shape (n_samples,), in -1..1."""
        ...

    @property
    def origin_s(self) -> float:
        """Media time of the first sample."""
        ...


class Pixelsource(Protocol):
    """Hands over pixels and samples of a file.

    Every method raises MediaError where the file cannot be read as what it claims to be.
    """

    def picture(
        self,
        path: str,
        *,
        page: int | None = None,
        at_s: float | None = None,
        box: Box | None = None,
        max_pixels: int = 25_000_000,
        scale: float = 1.0,
    ) -> Cut:
        """An image, a rendered page (`scale` in pixels per point) or the frame at `at_s`, cut to `box`."""
        ...

    def frames(self, path: str, times_s: Sequence[float], *, max_side: int = 0) -> Sequence[Cut]:
        """Frames of a film at media times, in their order, at most `max_side` pixels wide and high (0: as they are)."""
        ...

    def samples(self, path: str, *, start_s: float = 0, end_s: float | None = None) -> Sound:
        """The sound of a stretch of media time."""
        ...
