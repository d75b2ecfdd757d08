"""The few seconds that a citation rests on, made small enough to play inside a notebook.

A browser that shows a notebook may not open files, so the link alone would play nothing there. Frames and sound come from
the reader process as arrays; only they are encoded here, as H.264 and AAC, which every browser plays. Knows nothing of HTML.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from sourcehound.tools.errors import MediaError
from sourcehound.tools.evidence import Evidence
from sourcehound.tools.library.workshop import Pixels as PixelSource
from sourcehound.tools.senses.sense import FloatArray

if TYPE_CHECKING:
    from av.container import OutputContainer
    from av.video.stream import VideoStream

    from sourcehound.tools.encoders.encoder import Pixels

CLIPS_CHARS = 600_000
"""All clips of one notebook output together, as data addresses: saved notebooks keep them for ever."""
LONGEST_S = 20.0
"""A longer moment is played from its start for this long."""
RATE_HZ = 16_000
_FRAMES_A_SECOND = 10
_STEPS = ((360, 28), (320, 32), (240, 36))
"""Longer side in pixels and constant rate factor of H.264, tried in turn until the clip fits."""
_SOUND_BITS = 48_000
_SOUND_FRAME = 1024
_SHORTEST_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Clip:
    """A playable moment.

    Attributes:
        media: `video` or `audio`, the element that plays it.
        content: an MP4 file.
    """

    media: str
    content: bytes

    @property
    def address(self) -> str:
        """It as a data address."""
        return f"data:{self.media}/mp4;base64,{base64.b64encode(self.content).decode('ascii')}"


Clips = Callable[[int, int], Clip | None]
"""The clip of a citation's number in at most so many bytes; None where there is none."""


def no_clips(_: int, __: int) -> Clip | None:
    """Clips for a page without any."""
    return None


def played(numbers: Iterable[int], clips: Clips) -> dict[int, Clip]:
    """The clips of these citations, `CLIPS_CHARS` shared out evenly among them."""
    wanted = list(numbers)
    most_bytes = CLIPS_CHARS // max(1, len(wanted)) * 3 // 4 - 32  # four characters of base64 for three bytes
    made = {n: clips(n, most_bytes) for n in wanted}
    return {n: clip for n, clip in made.items() if clip is not None}


def clip_of(evidence: Evidence, readers: PixelSource, most_bytes: int) -> Clip | None:
    """Make the clip of a moment or of speech.

    Args:
        evidence: what to play; anything without a time or a file has no clip.
        readers: the reader processes.
        most_bytes: bound of the clip's size.

    Returns:
        None where nothing can be played, or not in so few bytes.

    Raises:
        MediaError: the file is gone or cannot be read any more.
    """
    where, path = evidence.locator, evidence.source.path
    family = evidence.source.media_type.partition("/")[0]
    if path is None or where.start_s is None or family not in {"video", "audio"}:
        return None
    start_s = where.start_s
    end_s = min(max(where.end_s or start_s, start_s + _SHORTEST_S), start_s + LONGEST_S)
    if family == "audio":
        content = encoded((), _sound(path, start_s, end_s, readers))
        return Clip(media="audio", content=content) if len(content) <= most_bytes else None
    count = max(1, int((end_s - start_s) * _FRAMES_A_SECOND))
    times = [start_s + place / _FRAMES_A_SECOND for place in range(count)]
    frames = [picture.pixels for picture in readers.frames(path, times, max_side=_STEPS[0][0])]
    sound = _sound_of_film(path, start_s, end_s, readers)
    for side, factor in _STEPS:
        content = encoded(frames, sound, side=side, factor=factor)
        if len(content) <= most_bytes:
            return Clip(media="video", content=content)
    return None


def encoded(frames: Sequence[Pixels], sound: FloatArray, *, side: int = 360, factor: int = 28) -> bytes:
    """Frames and sound as an MP4 file.

    Args:
        frames: uint8, shape (height, width, 3) each, all alike, ten a second; empty for sound alone.
        sound: float32 in -1..1 at 16 kHz, shape (n,); empty for none.
        side: longer side of the film in pixels, at most that of the frames.
        factor: constant rate factor of H.264, 0..51; larger is smaller and worse.
    """
    import av

    file = io.BytesIO()
    with av.open(file, "w", format="mp4") as container:
        # both streams are declared before either is written: the header lists them
        film = _add_film(container, frames[0].shape, side, factor) if frames else None
        voice = container.add_stream("aac", rate=RATE_HZ, layout="mono", bit_rate=_SOUND_BITS) if sound.size else None
        if film is not None:
            for pixels in frames:
                container.mux(film.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(pixels), format="rgb24")))
            container.mux(film.encode(None))
        if voice is not None:
            for begin in range(0, sound.size, _SOUND_FRAME):
                piece = av.AudioFrame.from_ndarray(sound[None, begin : begin + _SOUND_FRAME], "fltp", "mono")
                piece.sample_rate, piece.pts, piece.time_base = RATE_HZ, begin, Fraction(1, RATE_HZ)
                container.mux(voice.encode(piece))
            container.mux(voice.encode(None))
    return file.getvalue()


def _add_film(container: OutputContainer, shape: Sequence[int], side: int, factor: int) -> VideoStream:
    height, width = shape[:2]
    scale = min(1.0, side / max(height, width))
    film = container.add_stream("libx264", rate=_FRAMES_A_SECOND, options={"crf": str(factor)})
    # H.264 with half the colours wants even sides
    film.width, film.height = (max(2, round(length * scale / 2) * 2) for length in (width, height))
    film.pix_fmt = "yuv420p"
    return film


def _sound(path: str, start_s: float, end_s: float, readers: PixelSource) -> FloatArray:
    return np.clip(readers.samples(path, start_s=start_s, end_s=end_s).samples, -1.0, 1.0)


def _sound_of_film(path: str, start_s: float, end_s: float, readers: PixelSource) -> FloatArray:
    """What is heard between two times; nothing where the film has no sound, as its pictures say enough."""
    try:
        return _sound(path, start_s, end_s, readers)
    except MediaError:
        return np.zeros(0, np.float32)
