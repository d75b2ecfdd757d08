"""A picture or clip as a query: `kite.jpg`, `report.pdf#page=3`, `talk.mp4#t=12,18`, `photo.jpg#xywh=l,t,w,h`.

Knows nothing of search.
"""

from __future__ import annotations

import os
import re

from sourcehound.tools.encoders.encoder import Pixels
from sourcehound.tools.errors import InputError, MediaError
from sourcehound.tools.library.workshop import Pixels as PixelSource

_FRAGMENT = re.compile(
    r"^(?P<path>.+?)(?:#(?:page=(?P<page>\d+)|t=(?P<start>[\d.]+)(?:,(?P<end>[\d.]+))?|xywh=(?P<box>[\d.,]+)))?$",
    re.DOTALL,
)
_FRAMES = 4
_PAGE_PIXELS_PER_POINT = 1.5
_MOST_PIXELS = 4_000_000


def open_like(like: str, readers: PixelSource) -> tuple[Pixels, ...]:
    """The pixels of a query picture: one picture, or the frames of a clip.

    Raises:
        InputError: the file is missing, cannot be decoded, or the part after `#` makes no sense for it.
    """
    found = _FRAGMENT.match(like)
    path = os.path.abspath(os.path.expanduser(found["path"] if found else like))
    if found is None or not os.path.isfile(path):
        raise InputError(f"no such file: {path}", remedy="check --like")
    try:
        if found["start"] is not None:
            return _clip(path, float(found["start"]), float(found["end"] or found["start"]), readers)
        if found["page"] is not None:
            picture = readers.picture(
                path, page=int(found["page"]), scale=_PAGE_PIXELS_PER_POINT, max_pixels=_MOST_PIXELS
            )
        elif found["box"] is not None:
            left, top, width, height = _four(found["box"], like)
            picture = readers.picture(path, box=(left, top, left + width, top + height), max_pixels=_MOST_PIXELS)
        else:
            picture = readers.picture(path, max_pixels=_MOST_PIXELS)
    except MediaError as error:
        raise InputError(f"{path} cannot be used as a query: {error.message}", remedy="check --like") from error
    return (picture.pixels,)


def _clip(path: str, start_s: float, end_s: float, readers: PixelSource) -> tuple[Pixels, ...]:
    if end_s < start_s:
        raise InputError(f"the clip ends before it begins: {start_s:g}..{end_s:g}", remedy="write #t=START,END")
    span = end_s - start_s
    times = [start_s + span * (place + 0.5) / _FRAMES for place in range(_FRAMES)] if span else [start_s]
    return tuple(frame.pixels for frame in readers.frames(path, times))


def _four(numbers: str, like: str) -> tuple[float, float, float, float]:
    parts = numbers.split(",")
    try:
        left, top, width, height = (float(part) for part in parts)
    except ValueError as error:
        raise InputError(f"{like}: xywh wants four numbers", remedy="write #xywh=left,top,width,height") from error
    return left, top, width, height
