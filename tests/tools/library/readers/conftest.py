"""Films made on the spot: every frame carries its own number as black and white bars, so that a test can read it back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
N_BITS = 10


@dataclass(frozen=True, kw_only=True)
class FilmKit:
    """What tests of films need: frames with numbers in them, and films made of frames."""

    write: Callable[..., Path]
    frame: Callable[..., Picture]
    number: Callable[[Picture], int]


def numbered(number: int, *, scene: int = 0, shift: int = 0, size: tuple[int, int] = (240, 320)) -> Picture:
    """A frame of a scene (its own random blocks, moved sideways by `shift` pixels) with its number along the bottom."""
    height, width = size
    blocks = np.random.default_rng(scene).integers(40, 216, (6, 32, 3), dtype=np.uint8)
    wide = np.kron(blocks, np.ones((height // 6, 40, 1), np.uint8))
    picture = np.ascontiguousarray(np.roll(wide, -shift, axis=1)[:height, :width])
    bar, code = width // N_BITS, number ^ number >> 1  # Gray code: one bar changes from frame to frame
    for bit in range(N_BITS):
        picture[-height // 12 :, bit * bar : (bit + 1) * bar] = 235 if code >> bit & 1 else 20
    return picture


def number_in(picture: Picture) -> int:
    """The number that `numbered` drew, whatever size the picture has now."""
    height, width = picture.shape[:2]
    row = picture[height - height // 24, :, :].mean(axis=1)
    middles = [round((bit + 0.5) * (width // N_BITS)) for bit in range(N_BITS)]
    code = sum(1 << bit for bit, x in enumerate(middles) if row[x] > 128)
    number = 0
    while code:
        number, code = number ^ code, code >> 1
    return number


def write_film(
    path: Path,
    frames: Iterable[Picture],
    *,
    times: Sequence[Fraction] | None = None,
    codec: str = "libx264",
    options: dict[str, str] | None = None,
    sound: tuple[Fraction, NDArray[np.float32]] | None = None,
    sound_codec: str = "aac",
    rotation: int = 0,
    tags: dict[str, str] | None = None,
) -> Path:
    """Write a film of 25 frames a second, or with the frames at `times` (seconds); sound is 48 kHz mono from its time on."""
    import av

    pictures = list(frames)
    shown = times or [Fraction(n, 25) for n in range(len(pictures))]
    clock = Fraction(1, 25) if path.suffix in {".avi", ".mpg"} else Fraction(1, 12_000)
    with av.open(str(path), "w") as container:
        container.metadata.update(tags or {})
        video: Any = container.add_stream(codec, rate=25, options=options or {})
        video.height, video.width = pictures[0].shape[:2]
        video.pix_fmt = "yuv420p"
        video.time_base = video.codec_context.time_base = clock
        if rotation:
            video.set_display_rotation(rotation)
        audio = None if sound is None else container.add_stream(sound_codec, rate=48_000, layout="mono")
        packets: list[Any] = []
        for picture, time in zip(pictures, shown, strict=True):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = int(time / clock), clock
            packets += video.encode(frame)
        packets += video.encode()
        if audio is not None and sound is not None:
            packets += _encode_sound(audio, *sound)
        container.mux(packets)
    return path


def _encode_sound(stream: Any, start: Fraction, samples: NDArray[np.float32]) -> list[Any]:
    import av

    packets: list[Any] = []
    for at in range(0, len(samples) // 960 * 960, 960):
        frame = av.AudioFrame.from_ndarray(samples[None, at : at + 960], format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, int(start * 48_000) + at, Fraction(1, 48_000)
        packets += stream.encode(frame)
    return packets + stream.encode()


@pytest.fixture
def films() -> FilmKit:
    return FilmKit(write=write_film, frame=numbered, number=number_in)
