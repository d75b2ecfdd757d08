"""Where a film is cut: hard cuts, exact to the frame, found in tiny grey pictures while the film is decoded.

Knows nothing of colour, sound or what a scene is about. Dissolves and camera movement are no cuts.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

T = TypeVar("T")
Thumb = NDArray[np.uint8]
"""uint8, shape (36, 64): the luma of each block of a frame."""

_COLUMNS, _ROWS = 64, 36
_NEIGHBOURS = 2
"""Frames on either side that a cut is compared with; a cut is known this many frames late."""
_MIN_CHANGE = 4.0
"""Grey levels of 256: a mean change below this is noise."""
_MIN_RISE = 2.0
"""How many times the largest change beside it a cut is: movement changes much, but evenly."""
_BLOCK_CHANGE, _MIN_SPREAD = 12, 0.35
"""A cut changes at least that share of blocks by more than these grey levels: a caption or a menu changes fewer."""
_MAX_LIKENESS = 0.7
"""Correlation of both sides above which a jump is no cut: the same scene, brighter or a little moved."""
_BLANK_DEVIATION = 3.0
"""Grey levels: a frame whose blocks deviate less shows nothing, as black between scenes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen(Generic[T]):
    """A frame that was looked at.

    Attributes:
        frame: whatever came with it.
        at_s: its time.
        thumb: its grey picture.
        change: mean absolute difference to the frame before, grey levels; 0 for the first.
        deviation: standard deviation of its blocks, grey levels.
        is_cut: whether a new shot begins with it.
    """

    frame: T
    at_s: float
    thumb: Thumb
    change: float
    deviation: float
    is_cut: bool

    @property
    def is_blank(self) -> bool:
        """Whether it shows nothing."""
        return self.deviation < _BLANK_DEVIATION


def thumb_of(frame: VideoFrame) -> Thumb:
    """A tiny grey picture of a frame: four samples of luma for each block, read where the decoder left them.

    Costs a few per cent of decoding, where scaling the frame costs as much as decoding it, and true block means a tenth.
    """
    import cv2

    plane = frame.planes[0]
    if frame.format.name not in _PLANAR_8_BIT or plane.line_size < frame.width:
        # deep, packed or palette formats are rare: let the scaler make them grey
        grey = frame.reformat(width=_COLUMNS, height=_ROWS, format="gray", interpolation="AREA", threads=1)
        return grey.to_ndarray().astype(np.uint8, copy=False)
    luma = np.frombuffer(memoryview(plane), np.uint8)  # pyright: ignore[reportArgumentType]  planes are buffers
    luma = luma.reshape(-1, plane.line_size)[: frame.height, : frame.width]
    # halving by area is the one case that OpenCV does fast; the samples themselves are means of their neighbours
    sampled = cv2.resize(luma, (2 * _COLUMNS, 2 * _ROWS), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.resize(sampled, (_COLUMNS, _ROWS), interpolation=cv2.INTER_AREA), dtype=np.uint8)


_PLANAR_8_BIT = frozenset(
    {
        *("yuv420p", "yuv422p", "yuv444p", "yuv440p", "yuv411p", "yuv410p", "yuva420p", "yuva422p", "yuva444p"),
        *("yuvj420p", "yuvj422p", "yuvj444p", "yuvj440p", "yuvj411p", "nv12", "nv21", "nv16", "nv24", "gray"),
    }
)


def look(frames: Iterable[tuple[float, T, Thumb]]) -> Iterator[Seen[T]]:
    """Say of each frame whether a new shot begins with it; three frames are held at a time.

    A cut is a change far above that of the frames around it, between two pictures that do not resemble each other. One
    bright flash makes two such changes, in and out, and so none. A picture that comes back after blank frames begins a
    shot too.

    Args:
        frames: time, frame and grey picture, in the order shown.

    Source:
        Largest change in a window, and n times the second largest: Yeo and Liu, "Rapid scene analysis on compressed
        video", IEEE Transactions on Circuits and Systems for Video Technology 5(6), 1995, section III. Differs: block
        means of luma instead of DC images, n is 2 instead of 3, and the pictures on both sides must not correlate.
    """
    judge = _Judge()
    ahead: deque[_Entry[T]] = deque()
    before: Thumb | None = None
    for at_s, frame, thumb in frames:
        ahead.append(_Entry(frame=frame, at_s=at_s, thumb=thumb, change=difference(before, thumb)))
        before = thumb
        if len(ahead) > _NEIGHBOURS:
            yield judge.of(ahead.popleft(), [entry.change for entry in ahead])
    while ahead:
        yield judge.of(ahead.popleft(), [entry.change for entry in ahead])


def difference(one: Thumb | None, other: Thumb) -> float:
    """Mean absolute difference in grey levels; 0 to nothing."""
    import cv2

    if one is None:
        return 0.0
    return float(cv2.norm(one, other, cv2.NORM_L1)) / other.size


def changed_share(one: Thumb, other: Thumb, levels: int) -> float:
    """Share of blocks that differ by more than so many grey levels."""
    import cv2

    return float(np.count_nonzero(cv2.absdiff(one, other) > levels)) / one.size


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry(Generic[T]):
    frame: T
    at_s: float
    thumb: Thumb
    change: float


class _Judge:
    """Remembers what stood before the frame being judged."""

    def __init__(self) -> None:
        self._before: Thumb | None = None
        self._changes: deque[float] = deque(maxlen=_NEIGHBOURS)
        self._n_blank = 0
        self._any_picture = False

    def of(self, entry: _Entry[T], after: list[float]) -> Seen[T]:
        """Judge the next frame; `after` holds the changes of those behind it."""
        deviation = _deviation(entry.thumb)
        is_blank = deviation < _BLANK_DEVIATION
        is_cut = self._is_jump(entry, after) or (self._n_blank >= _NEIGHBOURS and self._any_picture and not is_blank)
        self._changes.append(entry.change)
        self._before = entry.thumb
        self._n_blank = self._n_blank + 1 if is_blank else 0
        self._any_picture = self._any_picture or not is_blank
        return Seen(
            frame=entry.frame,
            at_s=entry.at_s,
            thumb=entry.thumb,
            change=entry.change,
            deviation=deviation,
            is_cut=is_cut,
        )

    def _is_jump(self, entry: _Entry[T], after: list[float]) -> bool:
        if self._before is None or entry.change < _MIN_CHANGE:
            return False
        if entry.change < _MIN_RISE * max((*self._changes, *after), default=0.0):
            return False
        if changed_share(self._before, entry.thumb, _BLOCK_CHANGE) < _MIN_SPREAD:
            return False
        return _likeness(self._before, entry.thumb) < _MAX_LIKENESS


def _deviation(thumb: Thumb) -> float:
    import cv2

    return float(cv2.meanStdDev(thumb)[1][0, 0])


def _likeness(one: Thumb, other: Thumb) -> float:
    """Correlation in -1..1; 0 where one of them shows nothing."""
    left, right = one - one.mean(), other - other.mean()
    norm = float(np.sqrt((left * left).sum() * (right * right).sum()))
    return float((left * right).sum()) / norm if norm > 0 else 0.0
