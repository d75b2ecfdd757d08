"""Shots of a film and the frames worth keeping of each, in one pass and flat memory.

A shot lasts from cut to cut; a long one is split. Kept are its first settled frame and then a frame whenever the
picture has become another one. Knows nothing of how frames are decoded or shown.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from sourcehound.tools.library.readers.cuts import Seen, Thumb, changed_share
from sourcehound.tools.library.reading import Shot

T = TypeVar("T")

_MIN_SHOT_S = 0.5
"""A cut nearer to the one before is left out."""
_MAX_SHOT_S = 24.0
"""Longer shots are split here: a moment that is cited must be found by watching it."""
_SETTLED_SHARE = 0.05
"""A frame whose change is a smaller share of its own contrast has settled: it is sharp, and faded in."""
_SETTLE_WITHIN_S = 1.0
"""If no frame has settled within this, the calmest is kept."""
_BLOCK_CHANGE = 12
"""Grey levels by which a block must differ to count as changed."""
_MIN_CHANGED = 0.008
"""Share of changed blocks that makes another picture: a new line of text, a menu."""
STILL_S = 0.5
_STILL_BLOCK_CHANGE, _STILL_CHANGED = 4, 0.008
"""The picture stands still if over this time at most that share of blocks changed by more than these grey levels."""
_STILL_GAP_S, _MOVING_GAP_S = 1.0, 3.0
"""Least seconds between kept frames of one shot where the picture stands still again, and where it keeps moving."""
_MOVING_S = 1.5
"""A picture that has moved so long without a stop is not waited for."""
_LOOK_EVERY_S = 0.2
"""Between looks whether the picture has become another one: often enough for what people can see."""
_MAX_KEPT_PER_MINUTE = 24
"""Beside the first frame of each shot."""
_MINUTE_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept(Generic[T]):
    """A frame worth keeping, and its time."""

    frame: T
    at_s: float


@dataclass(slots=True)
class _Open(Generic[T]):
    """A shot that has begun.

    Attributes:
        calmest: the best frame so far, while none is kept.
        shown_from_s: the first time that is not blank.
        looked_s: when it was last asked whether the picture is another one.
        moving_s: since when it has moved without a stop.
        seam_s: where it will be split, unless a cut follows at once.
    """

    start_s: float
    frames_s: list[float] = field(default_factory=list[float])
    thumbs: list[Thumb] = field(default_factory=list[Thumb])
    calmest: Seen[T] | None = None
    shown_from_s: float | None = None
    looked_s: float = -math.inf
    moving_s: float | None = None
    seam_s: float | None = None


class ShotMaker(Generic[T]):
    """Turns frames that were looked at into kept frames and the shots that close them."""

    def __init__(self) -> None:
        self._shot: _Open[T] | None = None
        self._recent_s: list[float] = []
        self._past: deque[tuple[float, Thumb]] = deque()

    def take(self, seen: Seen[T]) -> Iterator[Kept[T] | Shot]:
        """Take the next frame."""
        shot = self._shot
        if shot is None:
            shot = self._shot = _Open[T](start_s=seen.at_s)
        elif seen.is_cut and seen.at_s - shot.start_s >= _MIN_SHOT_S:
            yield from self._close(shot, seen.at_s)
            shot = self._shot = _Open[T](start_s=seen.at_s)
        elif shot.seam_s is not None and seen.at_s - shot.seam_s >= _MIN_SHOT_S:
            yield from self._close(shot, shot.seam_s)
            shot = self._shot = _Open[T](start_s=shot.seam_s)
        elif shot.seam_s is None and seen.at_s - shot.start_s >= _MAX_SHOT_S:
            shot.seam_s = seen.at_s
        self._remember(seen)
        if shot.seam_s is None:
            yield from self._keep(shot, seen)

    def end(self, end_s: float) -> Iterator[Kept[T] | Shot]:
        """Close the last shot at the end of its last frame."""
        if self._shot is not None:
            yield from self._close(self._shot, end_s)
            self._shot = None

    def _close(self, shot: _Open[T], end_s: float) -> Iterator[Kept[T] | Shot]:
        if not shot.frames_s and shot.calmest is not None:
            yield _kept(shot, shot.calmest)
        yield Shot(start_s=shot.start_s, end_s=end_s, frames_s=tuple(shot.frames_s))

    def _keep(self, shot: _Open[T], seen: Seen[T]) -> Iterator[Kept[T]]:
        if not shot.frames_s:
            yield from _keep_first(shot, seen)
        elif self._is_worth(shot, seen):
            self._recent_s.append(seen.at_s)
            yield _kept(shot, seen)

    def _is_worth(self, shot: _Open[T], seen: Seen[T]) -> bool:
        since_s = seen.at_s - shot.frames_s[-1]
        if seen.is_blank or since_s < _STILL_GAP_S or seen.at_s - shot.looked_s < _LOOK_EVERY_S:
            return False
        shot.looked_s = seen.at_s
        if not self._is_settled(shot, seen, since_s):
            return False
        if any(changed_share(seen.thumb, thumb, _BLOCK_CHANGE) < _MIN_CHANGED for thumb in reversed(shot.thumbs)):
            return False
        self._recent_s = [at_s for at_s in self._recent_s if seen.at_s - at_s < _MINUTE_S]
        return len(self._recent_s) < _MAX_KEPT_PER_MINUTE

    def _remember(self, seen: Seen[T]) -> None:
        self._past.append((seen.at_s, seen.thumb))
        while len(self._past) > 1 and self._past[1][0] <= seen.at_s - STILL_S:
            self._past.popleft()

    def _is_settled(self, shot: _Open[T], seen: Seen[T], since_s: float) -> bool:
        """Whether the picture stands still, or has moved for so long that one moving frame must do."""
        if changed_share(seen.thumb, self._past[0][1], _STILL_BLOCK_CHANGE) <= _STILL_CHANGED:
            shot.moving_s = None
            return True
        shot.moving_s = seen.at_s if shot.moving_s is None else shot.moving_s
        return since_s >= _MOVING_GAP_S and seen.at_s - shot.moving_s >= _MOVING_S


def _keep_first(shot: _Open[T], seen: Seen[T]) -> Iterator[Kept[T]]:
    if not seen.is_blank and shot.shown_from_s is None:
        shot.shown_from_s = seen.at_s
    if shot.calmest is None or _unrest(seen) < _unrest(shot.calmest):
        shot.calmest = seen
    settled = not seen.is_blank and not seen.is_cut and _unrest(seen)[1] <= _SETTLED_SHARE
    waited = shot.shown_from_s is not None and seen.at_s - shot.shown_from_s >= _SETTLE_WITHIN_S
    if settled or waited:
        yield _kept(shot, seen if settled else shot.calmest)


def _kept(shot: _Open[T], seen: Seen[T]) -> Kept[T]:
    shot.frames_s.append(seen.at_s)
    shot.thumbs.append(seen.thumb)
    shot.calmest = None
    return Kept(frame=seen.frame, at_s=seen.at_s)


def _unrest(seen: Seen[T]) -> tuple[bool, float]:
    # the change of a shot's first frame is that of the cut and says nothing of its own movement: it comes last
    return seen.is_blank, 1.0 if seen.is_cut else seen.change / max(1.0, seen.deviation)
