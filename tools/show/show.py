"""The picture of a piece of evidence, and the same in words: what `show N`, a notebook and an exported page display.

Pixels come from the reader process; nothing here opens a file. Knows nothing of threads, answers or HTML.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, cast

from sourcehound.tools.encoders.encoder import Pixels
from sourcehound.tools.errors import ToolInputError
from sourcehound.tools.evidence import Box, Evidence, Space
from sourcehound.tools.senses.sense import HeardWord
from sourcehound.tools.show.canvas import (
    ACCENT,
    MARGIN,
    MUTED,
    Heading,
    bordered,
    compose,
    fitted,
    image_of,
    paragraph,
    png,
    stacked,
)
from sourcehound.tools.show.card import card, passage
from sourcehound.tools.show.crop import PANEL_PX, crops
from sourcehound.tools.show.lettering import Lettering
from sourcehound.tools.show.page import mark, numbered, to_pixels
from sourcehound.tools.show.pixelsource import SAMPLE_RATE, Cut, Pixelsource
from sourcehound.tools.show.place import place
from sourcehound.tools.show.printable import one_line
from sourcehound.tools.show.strip import frame_times, strip, timeline
from sourcehound.tools.show.wave import around, wave

if TYPE_CHECKING:
    from PIL.Image import Image

PAGE_PX = 1400
"""Height of a rendered page; letters of 9 points can be read at it."""
_WIDEST_PX = 1800
_FRAME_PX = 720
_NOTE_PX = 720
_NOTHING = "A file of this kind is shown by its words, and no words were read at this place. Its link opens it."
_NO_WORDS = "No words were kept of this place."
NUMBERED_LINES = ("text/plain", "text/markdown", "text/csv", "application/xml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A piece of evidence to look at.

    Attributes:
        png: the picture.
        text: title, place, quote and link in words, several lines, safe to print.
    """

    png: bytes
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What is known about a piece of evidence beside itself.

    Attributes:
        n: its citation's number.
        text: the source's whole text, which the locator's `chars` count in; empty if not at hand.
        words: words heard around it, with times, in order.
        chain: what it was cut from, outermost first (the ancestors that `parent` leads to), without itself.
        caption: whether title, place and quote are drawn around the picture; a page that prints them itself needs none.
        remark: what a person must know about the source, one line; empty for nothing.
        is_lost: whether the source's bytes are no longer there: then nothing is opened, and its words stand alone.
    """

    n: int | None = None
    text: str = ""
    words: Sequence[HeardWord] = ()
    chain: Sequence[Evidence] = ()
    caption: bool = True
    remark: str = ""
    is_lost: bool = False


def show(evidence: Evidence, pixels: Pixelsource, context: Context | None = None) -> Shown:
    """Make the picture of a piece of evidence.

    A page, picture or crop shows its boxes; a moment shows its frames; speech in a recording shows its waveform; words
    of sources without pages (plain text, office files, the web) are shown within their surrounding lines.

    Args:
        evidence: what to show.
        pixels: the reader process.
        context: number, source text, words and chain, as far as they are known.

    Raises:
        MediaError: the file is gone or can no longer be read as what it was.
        ToolInputError: the evidence lacks the place that its kind must have.
    """
    known = context or Context()
    letters = Lettering()
    parts, foot = _words_alone(evidence, known, letters) if known.is_lost else _parts(evidence, pixels, known, letters)
    if known.remark:
        parts = [paragraph(letters, known.remark, max(_NOTE_PX, *(part.width for part in parts)), ink=ACCENT), *parts]
    heading = Heading(title=_title(evidence), place=_place_words(evidence), n=known.n)
    sheet = compose(letters, heading, parts, foot) if known.caption else stacked(parts, margin=MARGIN // 2)
    return Shown(png=png(sheet), text=describe(evidence, n=known.n, remark=known.remark))


def describe(evidence: Evidence, *, n: int | None = None, remark: str = "") -> str:
    """The evidence in words: number, title, place, quote, link, who read it, and a remark about its source."""
    number = f"[{n}] " if n is not None else f"{evidence.id}: " if evidence.id else ""
    lines = [f"{number}{_title(evidence)}", f"{_place_words(evidence)}"]
    if evidence.quote:
        lines.append(f"“{one_line(evidence.quote, 2000)}”")
    lines += [one_line(evidence.uri), one_line(f"read by {evidence.producer}{_when(evidence)}"), one_line(remark, 500)]
    return "\n".join(line for line in lines if line)


def _parts(evidence: Evidence, pixels: Pixelsource, known: Context, letters: Lettering) -> tuple[list[Image], str]:
    """The images below the heading, and the words at the foot (none where the picture itself shows them)."""
    quote = evidence.quote or ""
    family = evidence.source.media_type.split("/")[0]
    timed = evidence.locator.start_s is not None
    if family == "video" and timed and evidence.kind != "crop" and not evidence.locator.boxes:
        return _moment(evidence, pixels, letters), quote
    if family == "audio" and timed:
        return _sound(evidence, pixels, known, letters), quote
    if _has_picture(evidence, family):
        if evidence.kind == "crop":
            return [_crop(evidence, pixels, known, letters)], quote
        return [_plane(evidence, pixels, known, letters)], quote if evidence.kind != "text" else ""
    if not quote and evidence.locator.chars is None:
        return [paragraph(letters, _NOTHING, _NOTE_PX, ink=MUTED)], ""
    return _words_alone(evidence, known, letters)


def _words_alone(evidence: Evidence, known: Context, letters: Lettering) -> tuple[list[Image], str]:
    """The quote within the lines around it, as far as they are known."""
    quote = evidence.quote or ""
    if not quote and not known.text:
        return [paragraph(letters, _NO_WORDS, _NOTE_PX, ink=MUTED)], ""
    numbered = evidence.source.media_type in NUMBERED_LINES
    return [card(letters, passage(known.text, evidence.locator.chars, quote, numbered=numbered))], ""


def _has_picture(evidence: Evidence, family: str) -> bool:
    paged = evidence.source.media_type == "application/pdf" and evidence.locator.page is not None
    framed = family == "video" and evidence.locator.start_s is not None
    return evidence.source.path is not None and (paged or framed or family == "image")


def _plane(evidence: Evidence, pixels: Pixelsource, known: Context, letters: Lettering) -> Image:
    """The whole page, picture or frame with its boxes."""
    cut = _whole(evidence, pixels, PAGE_PX)
    space = evidence.locator.space or cut.space
    height = PAGE_PX if space.unit == "pt" else 1000
    shown = _shrunk(cut.pixels, _WIDEST_PX, height)
    boxes = evidence.locator.boxes if evidence.region is None else (evidence.region,)
    image = mark(shown, boxes, space, tint=space.unit == "pt")
    if known.n is None or not boxes or not known.caption:
        return bordered(image)
    return numbered(letters, bordered(image), to_pixels(boxes[0], space, image.size)[1], known.n)


def _crop(evidence: Evidence, pixels: Pixelsource, known: Context, letters: Lettering) -> Image:
    """The crop beside its whole, every step of the chain between them."""
    boxes = [e.locator.boxes[0] for e in known.chain if e.kind == "crop" and e.locator.boxes]
    boxes += [evidence.locator.boxes[0]] if evidence.locator.boxes else []
    if not boxes or not evidence.locator.boxes:
        raise ToolInputError(
            f"evidence {evidence.id or evidence.unit_id} is a crop without a box, so there is no part to show",
            remedy="ask again, or name the picture it was cut from",
        )
    whole = _whole(evidence, pixels, PANEL_PX * 2)
    space = evidence.locator.space or whole.space
    cuts = [(box, _cut(evidence, pixels, box, space)) for box in boxes]
    return crops(letters, _shrunk(whole.pixels, 2 * PANEL_PX, 2 * PANEL_PX), cuts, space)


def _cut(evidence: Evidence, pixels: Pixelsource, box: Box, space: Space) -> Pixels:
    """The box's own pixels: a picture's at full resolution, a page's rendered as large as they are shown."""
    where = evidence.locator
    scale = PANEL_PX / max(box[2] - box[0], box[3] - box[1], 1.0) if space.unit == "pt" else 1.0
    path = cast("str", evidence.source.path)
    return pixels.picture(path, page=where.page, at_s=_frame_s(evidence), box=box, scale=min(scale, 12.0)).pixels


def _whole(evidence: Evidence, pixels: Pixelsource, height_px: int) -> Cut:
    where = evidence.locator
    space = where.space
    scale = 1.0
    if where.page is not None:
        scale = 2.0 if space is None else min(height_px / space.height, _WIDEST_PX / space.width)
    path = cast("str", evidence.source.path)
    return pixels.picture(path, page=where.page, at_s=_frame_s(evidence), scale=scale)


def _frame_s(evidence: Evidence) -> float | None:
    where = evidence.locator
    return where.frames_s[0] if where.frames_s else where.start_s


def _moment(evidence: Evidence, pixels: Pixelsource, letters: Lettering) -> list[Image]:
    where = evidence.locator
    start_s = cast("float", where.start_s)
    times = frame_times(start_s, where.end_s, where.frames_s)
    cuts = pixels.frames(cast("str", evidence.source.path), times, max_side=_FRAME_PX)
    frames = [(t if cut.at_s is None else cut.at_s, cut.pixels) for t, cut in zip(times, cuts, strict=True)]
    row = strip(letters, frames)
    if where.end_s is None or len(frames) == 1:
        return [row]
    return [row, timeline(row.width, [t for t, _ in frames], start_s, where.end_s)]


def _sound(evidence: Evidence, pixels: Pixelsource, known: Context, letters: Lettering) -> list[Image]:
    start_s = cast("float", evidence.locator.start_s)
    end_s = max(start_s + 0.1, evidence.locator.end_s or start_s + 1.0)
    wanted = around(start_s, end_s)
    sound = pixels.samples(cast("str", evidence.source.path), start_s=wanted[0], end_s=wanted[1])
    drawn = (sound.origin_s, max(sound.origin_s + sound.samples.size / SAMPLE_RATE, end_s))
    return [wave(letters, sound.samples, drawn, (start_s, end_s), known.words)]


def _shrunk(pixels: Pixels, width: int, height: int) -> Pixels:
    import numpy as np

    image = image_of(pixels)
    return np.asarray(fitted(image, width, height, enlarge=1.0), np.uint8)


def _title(evidence: Evidence) -> str:
    path = evidence.source.path
    return one_line(evidence.source.title or (PurePath(path).name if path else evidence.source.uri), 160)


def _place_words(evidence: Evidence) -> str:
    where = "" if evidence.kind == "web" else place(evidence.locator)
    name = PurePath(evidence.source.path).name if evidence.source.path else evidence.source.uri
    named = one_line(name, 120) if name != evidence.source.title else ""
    return " · ".join(part for part in (evidence.kind, where, named) if part)


def _when(evidence: Evidence) -> str:
    return f", {evidence.at}" if evidence.at else ""
