"""Sound: 16 kHz mono samples whose every index is true media time, whatever gaps the file has; and the first look.

Knows nothing of what is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.errors import MediaError
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers.container import opened, origin_of, packets_of, sound_track
from sourcehound.tools.library.readers.media import read
from sourcehound.tools.library.wire import Samples

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.resampler import AudioResampler
    from av.audio.stream import AudioStream
    from av.container import InputContainer

__all__ = ["RATE", "read", "samples"]

RATE = 16_000
_LEAD_S = 0.5
"""Decoded before what is asked for: codecs need some packets to get going after a seek."""
_DRIFT_S = 0.06
"""A frame further than this from where the samples before it end is put where its stamp says; less is rounding."""
_SHARE_OF_MEMORY = 0.5
_BYTES_PER_SAMPLE = 4


def samples(path: Path, *, start_s: float, end_s: float | None, limits: Limits) -> Samples:
    """Decode sound between two media times; gaps, and time before the sound begins, are silence.

    Args:
        path: a film or recording.
        start_s: media time of the first sample; below 0 means 0.
        end_s: media time after the last; None for the end of the sound.
        limits: longest recording, and memory.

    Returns:
        What there is of the span: shorter where the sound ends before it, empty where it lies behind the end.

    Raises:
        MediaError: it has no sound, none can be decoded, or the span is too long to hold at once.
    """
    first = round(max(0.0, start_s) * RATE)
    stop = round(min(limits.max_media_s if end_s is None else end_s, limits.max_media_s) * RATE)
    with opened(path) as container:
        stream = sound_track(container)
        if stream is None:
            raise MediaError("has no sound that can be decoded", path=str(path))
        chunks = _chunks(container, stream, origin_of(container, path), first)
        track = bytearray()
        most = int(limits.memory_bytes * _SHARE_OF_MEMORY)
        any_sound = False
        for at, chunk in chunks:
            any_sound = True
            if at >= stop:
                break
            wanted = min(at + len(chunk), stop) - first
            if wanted * _BYTES_PER_SAMPLE > most:
                raise MediaError(f"more than {most // _BYTES_PER_SAMPLE // RATE} s of sound at once", path=str(path))
            _lay(track, at - first, chunk[: stop - at])
    if not any_sound:
        raise MediaError("not one sample of its sound can be decoded", path=str(path))
    return Samples(samples=np.frombuffer(track, dtype=np.float32), origin_s=first / RATE)


def _lay(track: bytearray, at: int, chunk: FloatArray) -> None:
    """Put samples at their place: silence up to them; what is there already is not replaced."""
    have = len(track) // _BYTES_PER_SAMPLE
    if at > have:
        track.extend(bytes((at - have) * _BYTES_PER_SAMPLE))
        have = at
    track.extend(chunk[max(0, have - at) :].tobytes())


def _chunks(
    container: InputContainer, stream: AudioStream, origin_s: Fraction, first: int
) -> Iterator[tuple[int, FloatArray]]:
    """Samples with the index of their first one, counted from media time 0, beginning at or before `first`."""
    from av.error import FFmpegError

    unit = stream.time_base or Fraction(1, 1000)
    if first > _LEAD_S * RATE:
        target = round((Fraction(first, RATE) - Fraction(_LEAD_S) + origin_s) / unit)
        try:
            container.seek(target, stream=stream, backward=True)
        except FFmpegError:
            container.seek(0)
        chunks = _resampled(_decoded(container, stream), unit, origin_s)
        beginning = next(chunks, None)
        if beginning is not None and beginning[0] <= first:
            yield beginning
            yield from chunks
            return
        # a container without an index landed behind it: once more, from the start
        container.seek(min(0, stream.start_time or 0), stream=stream, backward=True)
    yield from _resampled(_decoded(container, stream), unit, origin_s)


def _decoded(container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
    from av.error import FFmpegError

    for packet in packets_of(container, stream):
        try:
            yield from cast("list[AudioFrame]", packet.decode())
        except FFmpegError:
            continue  # the gap stays silent


def _resampled(frames: Iterator[AudioFrame], unit: Fraction, origin_s: Fraction) -> Iterator[tuple[int, FloatArray]]:
    run: _Run | None = None
    for frame in frames:
        at_s = None if frame.pts is None else frame.pts * unit - origin_s
        if run is None or not run.continues_with(frame, at_s):
            if run is not None:
                yield from run.end()
            run = _Run(frame, at_s if at_s is not None else Fraction(0) if run is None else run.end_s)
        yield from run.take(frame)
    if run is not None:
        yield from run.end()


class _Run:
    """Sound without a gap, resampled as one: its place is that of its first sample, and the rest is counted."""

    def __init__(self, frame: AudioFrame, start_s: Fraction) -> None:
        import av

        self._kind = _kind(frame)
        self._rate = frame.sample_rate
        self._start_s = start_s
        self._n_taken = 0
        self._at = round(start_s * RATE)
        self._resampler: AudioResampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)

    @property
    def end_s(self) -> Fraction:
        return self._start_s + Fraction(self._n_taken, self._rate)

    def continues_with(self, frame: AudioFrame, at_s: Fraction | None) -> bool:
        near = at_s is None or abs(at_s - self.end_s) <= _DRIFT_S
        return near and _kind(frame) == self._kind

    def take(self, frame: AudioFrame) -> Iterator[tuple[int, FloatArray]]:
        self._n_taken += frame.samples
        frame.pts = None  # the resampler must not second-guess the times
        yield from self._placed(self._resampler.resample(frame))

    def end(self) -> Iterator[tuple[int, FloatArray]]:
        yield from self._placed(self._resampler.resample(None))

    def _placed(self, resampled: list[AudioFrame]) -> Iterator[tuple[int, FloatArray]]:
        for frame in resampled:
            values = np.nan_to_num(frame.to_ndarray().reshape(-1)).astype(np.float32, copy=False)
            yield self._at, np.clip(values, -1.0, 1.0)
            self._at += len(values)


def _kind(frame: AudioFrame) -> tuple[str, str, int]:
    return frame.format.name, frame.layout.name, frame.sample_rate
