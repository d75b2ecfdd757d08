"""Samples stand at their true media time: clicks are made at whole seconds and looked for there."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sourcehound.tools.errors import MediaError
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers.sound import RATE, samples
from sourcehound.tools.library.wire import Samples

LIMITS = Limits()
SOURCE_RATE = 48_000


def clicks(seconds: int) -> NDArray[np.float32]:
    """20 ms of a 1 kHz tone at every whole second."""
    sound = np.zeros(SOURCE_RATE * seconds, np.float32)
    tone = 0.8 * np.sin(np.arange(SOURCE_RATE // 50) * 2 * np.pi * 1000 / SOURCE_RATE)
    for second in range(1, seconds):
        sound[second * SOURCE_RATE : second * SOURCE_RATE + len(tone)] = tone
    return sound


def heard_at(sound: Samples) -> list[float]:
    loud = np.flatnonzero(np.abs(sound.samples) > 0.25)
    first = np.diff(loud, prepend=-RATE) > RATE // 10
    return [sound.origin_s + at / RATE for at in loud[first].tolist()]


def record(path: Path, codec: str, *, missing: range = range(0), layout: str = "mono", start: int = 0) -> Path:
    """Write eight seconds of clicks, packets of 20 ms; those whose number is in `missing` are left out."""
    import av

    sound = clicks(8)
    kind = {"flac": "s16", "pcm_s16le": "s16"}.get(codec, "fltp")
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream(codec, rate=SOURCE_RATE, layout=layout)
        for n, at in enumerate(range(0, len(sound) - 959, 960)):
            if n in missing:
                continue
            values = np.stack([sound[at : at + 960]] * (2 if layout == "stereo" else 1))
            packed = (values.T.reshape(1, -1) * 32_767).astype(np.int16) if kind == "s16" else values
            frame = av.AudioFrame.from_ndarray(packed, format=kind, layout=layout)
            frame.sample_rate, frame.pts, frame.time_base = SOURCE_RATE, start + at, Fraction(1, SOURCE_RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


@pytest.mark.parametrize(
    ("name", "codec"),
    [("a.wav", "pcm_s16le"), ("a.flac", "flac"), ("a.mp3", "libmp3lame"), ("a.m4a", "aac"), ("a.mka", "libmp3lame")],
)
def test_clicks_are_heard_where_they_are(tmp_path: Path, name: str, codec: str):
    path = record(tmp_path / name, codec)
    whole = samples(path, start_s=0.0, end_s=None, limits=LIMITS)
    assert whole.samples.dtype == np.float32
    assert whole.origin_s == 0.0
    assert heard_at(whole) == pytest.approx([1, 2, 3, 4, 5, 6, 7], abs=0.002)
    part = samples(path, start_s=4.5, end_s=6.25, limits=LIMITS)
    assert (part.origin_s, len(part.samples)) == (4.5, round(1.75 * RATE))
    assert heard_at(part) == pytest.approx([5, 6], abs=0.002)


def test_stereo_becomes_mono(tmp_path: Path):
    path = record(tmp_path / "wide.wav", "pcm_s16le", layout="stereo")
    assert heard_at(samples(path, start_s=0.0, end_s=2.5, limits=LIMITS)) == pytest.approx([1, 2], abs=0.002)


def test_a_gap_is_silence_and_what_follows_keeps_its_time(tmp_path: Path):
    path = record(tmp_path / "gap.mkv", "flac", missing=range(75, 175))
    assert heard_at(samples(path, start_s=0.0, end_s=None, limits=LIMITS)) == pytest.approx([1, 4, 5, 6, 7], abs=0.003)


def test_sound_later_than_the_picture_begins_with_silence(films: Any, tmp_path: Path):
    pictures = [films.frame(n, size=(48, 64)) for n in range(25)]
    path = films.write(tmp_path / "late.mkv", pictures, sound=(Fraction(5, 2), clicks(4)), sound_codec="flac")
    whole = samples(path, start_s=0.0, end_s=None, limits=LIMITS)
    assert heard_at(whole) == pytest.approx([3.5, 4.5, 5.5], abs=0.003)
    assert not whole.samples[: 2 * RATE].any()
    assert heard_at(samples(path, start_s=1.0, end_s=4.0, limits=LIMITS)) == pytest.approx([3.5], abs=0.003)


def test_picture_and_sound_share_a_clock_in_mpeg_ts(films: Any, tmp_path: Path):
    pictures = [films.frame(n, size=(48, 64)) for n in range(75)]
    path = films.write(tmp_path / "both.ts", pictures, sound=(Fraction(0), clicks(4)))
    # the encoder's first packet, 1024 samples of lead-in, comes before both and is media time 0
    lead_s = 1024 / SOURCE_RATE
    whole = samples(path, start_s=0.0, end_s=None, limits=LIMITS)
    assert heard_at(whole) == pytest.approx([1 + lead_s, 2 + lead_s, 3 + lead_s], abs=0.002)
    assert heard_at(samples(path, start_s=2.5, end_s=3.5, limits=LIMITS)) == pytest.approx([3 + lead_s], abs=0.002)


def test_behind_the_end_there_is_nothing(tmp_path: Path):
    path = record(tmp_path / "short.wav", "pcm_s16le")
    assert len(samples(path, start_s=100.0, end_s=110.0, limits=LIMITS).samples) == 0
    assert len(samples(path, start_s=7.5, end_s=110.0, limits=LIMITS).samples) == RATE // 2


def test_a_film_without_sound_raises_media_error(films: Any, tmp_path: Path):
    path = films.write(tmp_path / "mute.mp4", [films.frame(n, size=(48, 64)) for n in range(5)])
    with pytest.raises(MediaError, match="no sound"):
        samples(path, start_s=0.0, end_s=None, limits=LIMITS)


def test_a_recording_of_nothing_raises_media_error(tmp_path: Path):
    import wave

    path = tmp_path / "none.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
    with pytest.raises(MediaError, match="not one sample"):
        samples(path, start_s=0.0, end_s=None, limits=LIMITS)


def test_more_sound_than_memory_allows_is_refused(tmp_path: Path):
    path = record(tmp_path / "long.wav", "pcm_s16le")
    with pytest.raises(MediaError, match="of sound at once"):
        samples(path, start_s=0.0, end_s=None, limits=Limits(memory_bytes=200_000))


def test_an_hour_of_silence_before_the_sound_is_refused_before_it_is_made(films: Any, tmp_path: Path):
    pictures = [films.frame(n, size=(48, 64)) for n in range(5)]
    path = films.write(tmp_path / "jump.mkv", pictures, sound=(Fraction(3600), clicks(2)), sound_codec="flac")
    with pytest.raises(MediaError, match="of sound at once"):
        samples(path, start_s=0.0, end_s=None, limits=Limits(memory_bytes=50_000_000))
    assert heard_at(samples(path, start_s=3600.5, end_s=3601.5, limits=LIMITS)) == pytest.approx([3601], abs=0.003)
