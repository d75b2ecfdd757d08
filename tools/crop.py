"""The tool `crop`: a part of a picture, page or frame, cut from the original at full resolution and read there.

The part is given by a box, or by a phrase that is grounded to the lettering in it. A crop of a crop keeps its chain: its
box is in the original's space, its parent is the evidence it was cut from. Knows nothing of vision models.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from typing import ClassVar

from pydantic import Field

from sourcehound.tools.errors import ToolInputError
from sourcehound.tools.evidence import Box, Evidence, Locator, unit_id
from sourcehound.tools.evidence_pixels import picture_of, recalled
from sourcehound.tools.library.pool import Picture
from sourcehound.tools.senses.sense import ReadLine
from sourcehound.tools.tool import Arguments, Desk, Event, Outcome

READ_AT_LEAST_PX = 1200
"""A crop whose longer side is shorter is enlarged to about this before it is read, at most `MOST_UPSCALE` times."""
MOST_UPSCALE = 4.0
_GROUND_AT = 0.72
"""Least likeness (difflib ratio of the better window) of a phrase to lettering for it to be grounded there."""
_PAD = 0.12
"""A grounded box is widened by this share of its size on each side, so that the words stand free."""


class CropArguments(Arguments):
    """Arguments of `crop`."""

    evidence: str = Field(description="id of the picture, page, crop or moment to cut from, as E3")
    box: tuple[float, float, float, float] | None = Field(
        default=None, description="left, top, right, bottom in the pixels (pages: points) of the whole picture"
    )
    phrase: str | None = Field(default=None, max_length=200, description="or words that stand in it")


class Crop:
    """Cuts a part out of a picture and reads what stands there."""

    name: ClassVar[str] = "crop"
    purpose: ClassVar[str] = "look closer: cut a part of a picture or page by box or by words in it, enlarged and read"
    event: ClassVar[Event] = "crop"
    Args: ClassVar[type[Arguments]] = CropArguments

    def run(self, args: CropArguments, desk: Desk) -> Outcome:
        """Cut, enlarge and read."""
        whole = recalled(args.evidence, desk, self.name)
        if (args.box is None) == (args.phrase is None):
            raise ToolInputError("give either `box` or `phrase`", tool=self.name)
        picture = picture_of(whole, desk.library, self.name)
        box = args.box
        if box is None:
            lines = read_enlarged(picture, desk)
            box = ground(args.phrase or "", lines)
            if box is None:
                return Outcome(note=f"{args.phrase!r} does not stand in {whole.id}; lettering: {_some(lines)}")
        box = _checked(box, picture, self.name)
        cut = cut_from(picture, box)
        lines = read_enlarged(cut, desk)
        return Outcome(
            evidence=(_evidence(whole, picture, box, lines, desk),),
            note=_some(lines) if lines else "no lettering in it",
            facts={"box": list(box), "of": whole.id},
        )


def ground(phrase: str, lines: Sequence[ReadLine]) -> Box | None:
    """The box of the lettering most like a phrase, over one line or several neighbouring ones; None if none is alike."""
    wanted = _plain(phrase)
    best: tuple[float, Box] | None = None
    for first in range(len(lines)):
        for last in range(first, min(first + 3, len(lines))):
            text = _plain(" ".join(line.text for line in lines[first : last + 1]))
            score = _likeness(wanted, text)
            if score >= _GROUND_AT and (best is None or score > best[0] + 1e-9):
                box = (
                    _share(wanted, lines[first])
                    if first == last
                    else union([line.box for line in lines[first : last + 1]])
                )
                best = (score, box)
    if best is None:
        return None
    left, top, right, bottom = best[1]
    pad_x, pad_y = _PAD * (right - left), _PAD * (bottom - top) * 2
    return (left - pad_x, top - pad_y, right + pad_x, bottom + pad_y)


def _share(wanted: str, line: ReadLine) -> Box:
    """The part of a line's box that a phrase takes, by its share of the characters; all of it if it is only alike."""
    text = _plain(line.text)
    start = text.find(wanted)
    if start < 0:
        return line.box
    left, top, right, bottom = line.box
    width = (right - left) / max(1, len(text))
    return (left + width * start, top, left + width * (start + len(wanted)), bottom)


def union(boxes: Sequence[Box]) -> Box:
    """The smallest box around some boxes."""
    return (min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes))


def read_enlarged(picture: Picture, desk: Desk) -> tuple[ReadLine, ...]:
    """Read lettering in a picture, small ones enlarged first; boxes are in the picture's whole space."""
    from PIL import Image

    height, width = picture.pixels.shape[:2]
    factor = min(MOST_UPSCALE, max(1.0, READ_AT_LEAST_PX / max(width, height, 1)))
    pixels = picture.pixels
    if factor > 1.0:
        import numpy as np

        size = (round(width * factor), round(height * factor))
        pixels = np.asarray(Image.fromarray(picture.pixels).resize(size, Image.Resampling.LANCZOS))
    left, top, right, bottom = picture.box
    scale_x, scale_y = (right - left) / pixels.shape[1], (bottom - top) / pixels.shape[0]
    return tuple(
        ReadLine(
            text=line.text,
            score=line.score,
            box=(
                left + line.box[0] * scale_x,
                top + line.box[1] * scale_y,
                left + line.box[2] * scale_x,
                top + line.box[3] * scale_y,
            ),
        )
        for line in desk.library.ocr.read(pixels, photo=False)
    )


def cut_from(picture: Picture, box: Box) -> Picture:
    """The part of a picture that a box of its space covers, without decoding again."""
    left, top, right, bottom = picture.box
    height, width = picture.pixels.shape[:2]
    scale_x, scale_y = width / (right - left), height / (bottom - top)
    x0, y0 = int((box[0] - left) * scale_x), int((box[1] - top) * scale_y)
    x1, y1 = max(x0 + 1, round((box[2] - left) * scale_x)), max(y0 + 1, round((box[3] - top) * scale_y))
    return Picture(pixels=picture.pixels[y0:y1, x0:x1], space=picture.space, box=box, at_s=picture.at_s)


def _checked(box: Box, picture: Picture, tool: str) -> Box:
    left, top, right, bottom = (
        max(box[0], picture.box[0]),
        max(box[1], picture.box[1]),
        min(box[2], picture.box[2]),
        min(box[3], picture.box[3]),
    )
    if right - left < 1 or bottom - top < 1:
        whole = ", ".join(f"{edge:g}" for edge in picture.box)
        raise ToolInputError(f"the box lies outside the picture, which is {whole} {picture.space.unit}", tool=tool)
    return (round(left, 2), round(top, 2), round(right, 2), round(bottom, 2))


def _evidence(whole: Evidence, picture: Picture, box: Box, lines: Sequence[ReadLine], desk: Desk) -> Evidence:
    at = () if picture.at_s is None else (picture.at_s,)
    where = Locator(
        page=whole.locator.page,
        page_label=whole.locator.page_label,
        boxes=(box,),
        space=picture.space,
        frames_s=at,
        start_s=picture.at_s,
        end_s=picture.at_s,
    )
    return Evidence(
        kind="crop",
        unit_id=unit_id(whole.source.sha256, "crop", where, whole.producer),
        parent=whole.id,
        source=whole.source,
        locator=where,
        quote="\n".join(line.text for line in lines) or None,
        producer=desk.library.ocr.producer,
    )


def _likeness(wanted: str, text: str) -> float:
    if not wanted or not text:
        return 0.0
    if re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", text):
        return 1.0 + len(wanted) / (len(text) + len(wanted))
    return difflib.SequenceMatcher(None, wanted, text).ratio()


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _some(lines: Sequence[ReadLine]) -> str:
    return " | ".join(line.text for line in lines[:12]) or "none"
