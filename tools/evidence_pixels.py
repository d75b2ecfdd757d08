"""From evidence to its pixels: the picture, the page, the crop or the frames that it stands for.

Knows nothing of search.
"""

from __future__ import annotations

from sourcehound.tools.encoders.encoder import Pixels
from sourcehound.tools.errors import ToolInputError
from sourcehound.tools.evidence import Evidence
from sourcehound.tools.library.library import Library
from sourcehound.tools.library.pool import Picture
from sourcehound.tools.tool import Desk

PAGE_PIXELS_PER_POINT = 2.0
MOST_FRAMES = 8


def recalled(evidence_id: str, desk: Desk, tool: str) -> Evidence:
    """Evidence of this thread by its id.

    Raises:
        ToolInputError: there is none of that id, or it has no file.
    """
    evidence = desk.recall(evidence_id)
    if evidence is None:
        raise ToolInputError(f"no evidence {evidence_id}; cite an id that a search gave, as E1", tool=tool)
    return evidence


def file_of(evidence: Evidence, tool: str) -> str:
    """The file behind evidence.

    Raises:
        ToolInputError: it is a web page.
    """
    if evidence.source.path is None:
        raise ToolInputError(f"{evidence.id} is a web page, not a file", tool=tool)
    return evidence.source.path


def picture_of(evidence: Evidence, library: Library, tool: str) -> Picture:
    """The pixels of a picture, figure, crop or page at full resolution, or the middle frame of a moment.

    Raises:
        ToolInputError: the evidence has no pixels (a text file, a recording).
        MediaError: the file cannot be decoded.
    """
    where = evidence.locator
    path = file_of(evidence, tool)
    box = where.boxes[0] if evidence.kind in {"image", "crop"} and where.boxes else None
    if where.page is not None:
        return library.readers.picture(path, page=where.page, box=box, scale=PAGE_PIXELS_PER_POINT)
    if where.frames_s or (where.start_s is not None and evidence.kind in {"moment", "crop"}):
        times = where.frames_s or (where.start_s or 0.0,)
        return library.readers.picture(path, at_s=times[len(times) // 2], box=box)
    if evidence.source.media_type.startswith("image/"):
        return library.readers.picture(path, box=box)
    raise ToolInputError(
        f"{evidence.id} has no picture: it is {evidence.kind} of a {evidence.source.media_type}", tool=tool
    )


def pixels_of(evidence: Evidence, library: Library) -> tuple[Pixels, ...]:
    """The pixels of evidence: one picture, or several frames of a moment."""
    where = evidence.locator
    if evidence.kind == "moment" and where.frames_s:
        path = file_of(evidence, "frames")
        return tuple(frame.pixels for frame in library.readers.frames(path, where.frames_s[:MOST_FRAMES]))
    return (picture_of(evidence, library, "search").pixels,)
