"""What a reader makes of a file: plain values that cross a process boundary.

A `Reading` is the first, quick look at a file: its text with anchors, its figures, the pictures it speaks of, and the slow
jobs still to do. Knows nothing of SQLite, encoders or OCR.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from sourcehound.tools.evidence import Box, Space


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """Ties a run of a section's characters to a place.

    Attributes:
        start: first character, counted in the section's text.
        end: one after the last.
        box: where these words stand, in the section's `space`.
        start_s: when they are said or shown, media time.
        end_s: one after.
        part: a finer named place, as a cell range `Sheet1!A2:D2`.
    """

    start: int
    end: int
    box: Box | None = None
    start_s: float | None = None
    end_s: float | None = None
    part: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A run of a source's text with one home: a page, a slide, a sheet, a chapter, a transcript, or the whole file.

    Attributes:
        text: the words, in reading order, lines ended by newlines.
        start: offset of its first character in the source's whole text (sections in order, joined by one newline,
            except for a plain text file, whose whole text is the file's own decoded text).
        role: `body`, `speech` (heard), `subtitle` (in or beside the file), `screen` (read in frames), `table` (words of the
            body again, row by row, each with its column's head).
        anchors: in rising order of `start`; lines for a page, words for speech, cells or rows for a sheet.
        headings: titles that stand above its beginning, outermost first.
        producer: program and version that read it.
        hidden: words found but not shown to a person reading (left out of `text`), for the report.
    """

    text: str
    start: int = 0
    role: str = "body"
    page: int | None = None
    page_label: str | None = None
    part: str | None = None
    space: Space | None = None
    anchors: tuple[Anchor, ...] = ()
    headings: tuple[str, ...] = ()
    producer: str = ""
    hidden: str = ""


PartKind = Literal["heading", "table", "figure"]
PART_KINDS: tuple[PartKind, ...] = get_args(PartKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A heading, table or figure that people call by its number, its label or its words.

    Attributes:
        kind: which of the three.
        number: its place among those of its kind in the document, from 1.
        label: what the document calls it, as `Table 3` or `2.1`; empty where it says nothing.
        caption: a heading's words; what stands with a table or figure to name it, its label too.
        page: physical page, from 1; None where there are no pages.
        box: on that page; None where places are not known.
        chars: half-open span of its words in the source's whole text; None for what has no words of its own.
        level: of a heading, 1 for the topmost; 0 for others.
        heads: of a table, the words above each column.
    """

    kind: PartKind
    number: int
    label: str = ""
    caption: str = ""
    page: int | None = None
    box: Box | None = None
    chars: tuple[int, int] | None = None
    level: int = 0
    heads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A picture inside a page: its box there and the words that are its caption."""

    page: int
    box: Box
    space: Space
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A picture or film in another file that this text shows: its target as written, its caption, the words around."""

    target: str
    caption: str
    around: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visual:
    """Size in pixels after EXIF rotation, and what the file says about itself (EXIF date, camera, description, place)."""

    width: int
    height: int
    exif: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """What a film or recording is.

    Attributes:
        duration_s: seconds from media time 0 to the end of the longest stream, counted where no header says it.
        origin_s: the container time that is media time 0 (the least start over audio and video streams).
        width: pixels after the rotation that the file asks for; 0 without video.
        height: likewise.
    """

    duration_s: float
    origin_s: float
    has_video: bool
    has_audio: bool
    width: int = 0
    height: int = 0
    fps: float | None = None
    tags: dict[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The first look at a file.

    Attributes:
        title: the file's own title, else a readable form of its name.
        reader: name and version of the reader; part of every unit's identity.
        blank_pages: physical pages without text, for OCR.
        parts: headings, tables and figures, each kind in the order of the document.
        n_pages: pages of a paged document, else 0.
        page_spaces: the plane of each page (empty where there are no pages).
        dates: ISO dates the file knows of itself, as {"taken": …, "created": …}.
        warnings: what was left out and why, one line each.
    """

    title: str
    media_type: str
    reader: str
    sections: tuple[Section, ...] = ()
    figures: tuple[Figure, ...] = ()
    mentions: tuple[Mention, ...] = ()
    parts: tuple[Part, ...] = ()
    visual: Visual | None = None
    media: Media | None = None
    n_pages: int = 0
    page_spaces: tuple[Space, ...] = ()
    page_labels: tuple[str, ...] = ()
    blank_pages: tuple[int, ...] = ()
    dates: dict[str, str] = field(default_factory=dict[str, str])
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A scene-bounded span of a film, and the media times of the frames kept from it."""

    start_s: float
    end_s: float
    frames_s: tuple[float, ...]
