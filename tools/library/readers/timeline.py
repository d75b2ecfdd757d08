"""The frames of a film in the order they are shown, each with its media time; and the frame on screen at a time.

Knows nothing of what frames show.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, cast

from sourcehound.tools.library.readers.container import packets_of

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

_SAME_FRAME_S = 0.0006
"""A time this little before a frame means that frame: links carry times rounded to milliseconds."""
_DECODE_ON_S = 4.0
"""A frame no further ahead is reached by decoding on, without a seek."""
_BACK_S = (0.0, 10.0, 60.0)
"""How far before the wanted time a seek aims, one try after another: without an index (MPEG-TS) it lands behind."""
_DEFAULT_RATE = Fraction(25)


def shown(
    container: InputContainer, stream: VideoStream, origin_s: Fraction, *, from_start: bool = True
) -> Iterator[tuple[float, VideoFrame]]:
    """Decode from where the container stands.

    Args:
        container: an open film.
        stream: its moving pictures.
        origin_s: container time of media time 0.
        from_start: whether the container stands at its beginning. Elsewhere frames before the first that carries a time
            are left out: nothing says when they are shown.

    Yields:
        Media time in seconds, rising, and the frame. Broken packets are passed over; a film that breaks off ends there.

    Raises:
        FFmpegError: not a single frame can be decoded.
    """
    from av.error import FFmpegError

    clock = _Clock(stream, origin_s, decode_order=container.format.name == "avi", from_start=from_start)
    any_frame = False
    problem: FFmpegError | None = None
    for packet in packets_of(container, stream):
        clock.note(packet.dts)
        try:
            frames = cast("list[VideoFrame]", packet.decode())
        except FFmpegError as error:
            problem = problem or error
            continue
        for frame in frames:
            at_s = clock.time_of(frame)
            if at_s is not None:
                any_frame = True
                yield at_s, frame
    if problem is not None and not any_frame:
        raise problem


def frame_interval(stream: VideoStream) -> Fraction:
    """Seconds from one frame to the next where the rate is constant; a guess of 1/25 where nothing is known."""
    rate = stream.average_rate or stream.guessed_rate or _DEFAULT_RATE
    return 1 / rate if rate > 0 else 1 / _DEFAULT_RATE


class _Clock:
    """Gives frames their media times.

    AVI stores no display times: its stamps are those of decoding, and the n-th frame shown has the n-th of them.
    Elsewhere a frame without a stamp follows the one before by the usual interval, and one that steps back is left out.
    """

    def __init__(self, stream: VideoStream, origin_s: Fraction, *, decode_order: bool, from_start: bool) -> None:
        unit = stream.time_base or Fraction(1, 1000)
        # exact and in whole numbers: fractions would cost more than the rest of the clock, once a frame
        self._numerator, self._offset, self._denominator = (
            unit.numerator * origin_s.denominator,
            origin_s.numerator * unit.denominator,
            unit.denominator * origin_s.denominator,
        )
        self._interval = float(frame_interval(stream))
        self._decode_order = decode_order
        self._stamps: list[int] = []
        self._last_s: float | None = -self._interval if from_start else None

    def note(self, decoded_at: int | None) -> None:
        if self._decode_order and decoded_at is not None:
            heapq.heappush(self._stamps, decoded_at)

    def time_of(self, frame: VideoFrame) -> float | None:
        stamp = frame.pts
        if self._decode_order:
            stamp = heapq.heappop(self._stamps) if self._stamps else None
        if stamp is not None:
            at_s = (stamp * self._numerator - self._offset) / self._denominator
        elif self._last_s is not None:
            at_s = self._last_s + self._interval
        else:
            return None
        if self._last_s is not None and at_s <= self._last_s:
            return None
        self._last_s = at_s
        return at_s


class Finder:
    """Finds the frame on screen at a media time. Asking in rising order is fastest.

    Args:
        container: an open film, which the finder moves about in.
        stream: its moving pictures.
        origin_s: container time of media time 0.
    """

    def __init__(self, container: InputContainer, stream: VideoStream, origin_s: Fraction) -> None:
        self._container = container
        self._stream = stream
        self._origin_s = origin_s
        self._frames: Iterator[tuple[float, VideoFrame]] = iter(())
        self._held: tuple[float, VideoFrame] | None = None
        self._next: tuple[float, VideoFrame] | None = None
        # after a seek nothing says how many of AVI's frames were dropped for want of the frames they build on
        self._may_seek = container.format.name != "avi" or not stream.codec_context.has_b_frames

    @property
    def is_last(self) -> bool:
        """Whether no frame follows the one found."""
        return self._next is None

    def at(self, time_s: float) -> tuple[float, VideoFrame] | None:
        """The frame on screen at `time_s` and its own time: the last that begins by then.

        Before the first frame it is the first, after the last the last. None if nothing can be decoded.
        """
        wanted_s = time_s + _SAME_FRAME_S
        if (
            self._held is None
            or wanted_s < self._held[0]
            or (self._may_seek and wanted_s > self._held[0] + _DECODE_ON_S)
        ):
            self._go_near(wanted_s)
        while self._next is not None and self._next[0] <= wanted_s:
            self._held, self._next = self._next, next(self._frames, None)
        return self._held

    def _go_near(self, wanted_s: float) -> None:
        for back_s in _BACK_S:
            aim_s = wanted_s - back_s
            if self._may_seek and aim_s > 0 and self._seek(aim_s) and self._begin_by(wanted_s, from_start=False):
                return
        self._seek(None)
        self._begin_by(wanted_s, from_start=True)

    def _begin_by(self, wanted_s: float, *, from_start: bool) -> bool:
        self._frames = shown(self._container, self._stream, self._origin_s, from_start=from_start)
        self._held, self._next = next(self._frames, None), next(self._frames, None)
        return self._held is not None and self._held[0] <= wanted_s

    def _seek(self, time_s: float | None) -> bool:
        from av.error import FFmpegError

        unit = self._stream.time_base or Fraction(1, 1000)
        first = self._stream.start_time or 0
        target = first if time_s is None else round((Fraction(time_s) + self._origin_s) / unit)
        if time_s is None:
            # a container that cannot seek by time still finds its own beginning
            target = min(target, 0)
        try:
            self._container.seek(target, stream=self._stream, backward=True)
        except FFmpegError:
            return False
        return True
