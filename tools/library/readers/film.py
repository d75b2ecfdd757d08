"""Films: the first look, shots with their kept frames, frames at media times, and sound.

Every pixel that leaves here is RGB after the rotation that the file asks for. Pixel aspect ratio is not applied: boxes
are in the pixels that the file stores. Knows nothing of what frames show.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sourcehound.tools.encoders.encoder import Pixels
from sourcehound.tools.errors import MediaError
from sourcehound.tools.evidence import Space
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers.container import moving_pictures, opened, origin_of, quarter_turns
from sourcehound.tools.library.readers.cuts import Thumb, look, thumb_of
from sourcehound.tools.library.readers.image import clip
from sourcehound.tools.library.readers.media import read
from sourcehound.tools.library.readers.reader import Place
from sourcehound.tools.library.readers.shots import Kept, ShotMaker
from sourcehound.tools.library.readers.sound import samples
from sourcehound.tools.library.readers.timeline import Finder, frame_interval, shown
from sourcehound.tools.library.reading import Shot
from sourcehound.tools.library.wire import Picture

if TYPE_CHECKING:
    from av.video.frame import VideoFrame

__all__ = ["film", "frames", "picture", "read", "samples"]

_KEPT_SIDE = 1280
"""Longer side of kept frames in pixels: enough to read lettering, small enough to hand over."""
_PAST_END_S = 1.0
"""A time this far behind the last frame still means the last frame: sound often ends later, and rounding adds up."""


def film(path: Path, limits: Limits) -> Iterator[Shot | Picture]:
    """Decode a film once: the frames kept of a shot, then the shot that closes them.

    Raises:
        MediaError: it has no moving pictures, or none can be decoded.
    """
    import cv2

    cv2.setNumThreads(1)  # its pictures here are tiny: handing them to other threads costs more than the work
    with opened(path) as container:
        stream = moving_pictures(container, path, limits)
        if stream is None:
            raise MediaError("has no moving pictures", path=str(path))
        maker = ShotMaker["VideoFrame"]()
        end_s: float | None = None
        interval_s = float(frame_interval(stream))
        timeline = shown(container, stream, origin_of(container, path))
        for seen in look(_thumbs(timeline, limits)):
            end_s = seen.at_s + interval_s
            for step in maker.take(seen):
                yield _picture_or_shot(step)
        if end_s is None:
            raise MediaError("not one of its frames can be decoded", path=str(path))
        for step in maker.end(end_s):
            yield _picture_or_shot(step)


def frames(path: Path, times_s: Sequence[float], *, max_side: int, limits: Limits) -> Iterator[Picture]:
    """Decode the frames on screen at media times, in the order asked.

    Args:
        path: the film.
        times_s: media times in seconds. Before the first frame the first is meant.
        max_side: longer side of the pictures in pixels; 0 keeps their size.
        limits: largest frame.

    Yields:
        The picture, `at_s` being its frame's own time.

    Raises:
        MediaError: it has no moving pictures, none can be decoded, or a time lies behind the end.
    """
    with opened(path) as container:
        stream = moving_pictures(container, path, limits)
        if stream is None:
            raise MediaError("has no moving pictures", path=str(path))
        finder = Finder(container, stream, origin_of(container, path))
        interval_s = float(frame_interval(stream))
        for time_s in times_s:
            found = finder.at(time_s)
            if found is None:
                raise MediaError("not one of its frames can be decoded", path=str(path))
            at_s, frame = found
            if finder.is_last and time_s > at_s + interval_s + _PAST_END_S:
                message = f"asked for {time_s:.3f} s, but its last frame is at {at_s:.3f} s"
                raise MediaError(message, path=str(path))
            yield _picture(frame, at_s, max_side=max_side)


def picture(path: Path, place: Place, limits: Limits) -> Picture:
    """Cut a picture from the frame on screen at `place.at_s` (the first frame if that is None), at full resolution.

    Raises:
        MediaError: as `frames`, or the box lies outside the frame.
    """
    if place.page is not None and place.page != 1:
        raise MediaError(f"has no page {place.page}: a film has times", path=str(path))
    (whole,) = frames(path, [place.at_s or 0.0], max_side=0, limits=limits)
    left, top, right, bottom = box = clip(place.box, whole.space, path)
    pixels = whole.pixels[int(top) : int(bottom), int(left) : int(right)]
    return Picture(pixels=_fitted(pixels, place.max_pixels), space=whole.space, box=box, at_s=whole.at_s)


def _thumbs(timeline: Iterator[tuple[float, VideoFrame]], limits: Limits) -> Iterator[tuple[float, VideoFrame, Thumb]]:
    for at_s, frame in timeline:
        if at_s > limits.max_media_s:
            return
        yield at_s, frame, thumb_of(frame)


def _picture_or_shot(step: Kept[VideoFrame] | Shot) -> Shot | Picture:
    return step if isinstance(step, Shot) else _picture(step.frame, step.at_s, max_side=_KEPT_SIDE)


def _picture(frame: VideoFrame, at_s: float, *, max_side: int) -> Picture:
    width, height = frame.width, frame.height
    scale = min(1.0, max_side / max(width, height)) if max_side > 0 else 1.0
    scaled = frame.reformat(
        width=max(1, round(width * scale)),
        height=max(1, round(height * scale)),
        format="rgb24",
        interpolation="AREA" if scale < 1 else "BICUBIC",
        threads=1,
    )
    quarters = quarter_turns(frame)
    pixels = np.ascontiguousarray(np.rot90(scaled.to_ndarray().astype(np.uint8, copy=False), quarters))
    if quarters % 2:
        width, height = height, width
    space = Space(unit="px", width=float(width), height=float(height))
    return Picture(pixels=pixels, space=space, box=(0.0, 0.0, space.width, space.height), at_s=at_s)


def _fitted(pixels: Pixels, max_pixels: int) -> Pixels:
    import cv2

    height, width = pixels.shape[:2]
    scale = min(1.0, (max_pixels / (width * height)) ** 0.5)
    if scale < 1:
        size = (max(1, int(width * scale)), max(1, int(height * scale)))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    return np.ascontiguousarray(pixels)
