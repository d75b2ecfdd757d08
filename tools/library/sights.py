"""The job `see`: pictures, figures and moments become rows in the picture encoders' spaces.

A picture has a row for the whole and one for each of its regions (regions.py), which all stand for that one picture.
What the default encoder sees is rough (object classes only) and labelled so. Knows nothing of which encoder it is.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sourcehound.tools.encoders.encoder import Encoder, FloatArray, Item, Pixels, Vectors
from sourcehound.tools.errors import ConfigError
from sourcehound.tools.evidence import Box, Locator
from sourcehound.tools.index import late
from sourcehound.tools.index.late import Kept
from sourcehound.tools.library import looking
from sourcehound.tools.library.regions import PixelBox, cut
from sourcehound.tools.library.workshop import Subject, Workshop, Write

if TYPE_CHECKING:
    from sourcehound.tools.library.pool import Picture

_FIGURE_PIXELS_PER_POINT = 1.5
_MAX_PIXELS = 25_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """Rows of a unit, and where each lies in it; no boxes where every row is of the whole."""

    unit: int
    stamp: str
    rows: FloatArray
    boxes: tuple[Box, ...] = ()


def see(workshop: Workshop, subject: Subject, _: int) -> Write:
    """Encode every picture and moment of a source that lacks a row of an encoder in use, or has none of its regions.

    Raises:
        ConfigError: the weights of every picture encoder are missing.
        MediaError: the file cannot be decoded.
    """
    if not workshop.eyes:
        workshop.picture_encoder.encode([], as_="item")
        raise ConfigError("no picture encoder is here", remedy='pip install "sourcehound[weights]"')
    seen: list[_Seen] = []
    connection = workshop.catalogue.connection
    query = "SELECT id, locator FROM units WHERE source_id = ? AND kind IN ('image', 'moment')"
    whole = _seen_whole(workshop, subject.source)
    for row, locator in connection.execute(query, (subject.source,)).fetchall():
        eyes = _lacking(workshop, row, whole)
        if eyes:
            seen.extend(_looked(workshop, subject, row, Locator.from_json(json.loads(locator)), eyes))
    small = [kept_of(workshop, one.stamp, one.rows) for one in seen]

    def write(connection: sqlite3.Connection) -> None:
        for one, kept in zip(seen, small, strict=True):
            if connection.execute("SELECT 1 FROM units WHERE id = ?", (one.unit,)).fetchone():
                late.write(connection, [one.unit], kept)
                put_boxes(connection, one.unit, one.stamp, one.boxes)

    return write


def put_boxes(connection: sqlite3.Connection, unit: int, stamp: str, boxes: Sequence[Box]) -> None:
    """Write where each row of a picture lies, in place of what was there. Must run inside the rows' transaction.

    Args:
        connection: the library's.
        unit: row of the unit.
        stamp: `str` of the encoder's stamp.
        boxes: one for each row, in the units of the plane that the picture lies in; none if there is but the whole.
    """
    connection.execute("DELETE FROM regions WHERE unit = ? AND stamp = ?", (unit, stamp))
    connection.executemany(
        "INSERT INTO regions (unit, stamp, row, box) VALUES (?,?,?,?)",
        [(unit, stamp, row, json.dumps([round(edge, 2) for edge in box])) for row, box in enumerate(boxes)],
    )


def rows_of(eyes: Sequence[Encoder], pictures: Sequence[Pixels]) -> list[tuple[str, FloatArray]]:
    """The rows of some pictures in the space of each picture encoder, by stamp."""
    items = [Item(pictures=(pixels,)) for pixels in pictures]
    return [(str(eye.stamp), eye.encode(items, as_="item").rows) for eye in eyes]


def kept_of(workshop: Workshop, stamp: str, rows: FloatArray) -> tuple[Kept, ...]:
    """What is kept of the rows that one of the workshop's picture encoders gave for one unit.

    Args:
        workshop: has the encoder.
        stamp: `str` of the encoder's stamp.
        rows: float32, shape (n_rows, dimension), n_rows >= 1: of a picture and its regions, or of all frames of a moment.
    """
    [eye] = [eye for eye in workshop.eyes if str(eye.stamp) == stamp]
    encoded = Vectors(rows=rows, owner=np.zeros(len(rows), dtype=np.int64))
    return late.to_keep(stamp, eye.gives, encoded, late.compact_for(eye.stamp.encoder, workshop.compact))


def _lacking(workshop: Workshop, row: int, whole: Collection[tuple[int, str]]) -> list[Encoder]:
    """The picture encoders that have not seen a unit yet, or saw it before there were regions."""
    query = "SELECT stamp FROM vectors WHERE unit = ?"
    here = {stamp for (stamp,) in workshop.catalogue.connection.execute(query, (row,))}
    return [eye for eye in workshop.eyes if str(eye.stamp) not in here or (row, str(eye.stamp)) in whole]


def _seen_whole(workshop: Workshop, source: int) -> frozenset[tuple[int, str]]:
    """The pictures of a source that want regions, each with the stamp of an encoder that saw nothing but the whole."""
    connection = workshop.catalogue.connection
    if not workshop.regions.any:
        return frozenset()
    # an encoder that is to be replaced is not asked for more of what goes with it
    stays = looking.stamps_that_stay(connection)
    stamps = [str(eye.stamp) for eye in workshop.eyes if eye.gives == "single" and str(eye.stamp) in stays]
    return looking.seen_whole(connection, stamps, source=source)


def _looked(
    workshop: Workshop, subject: Subject, unit: int, where: Locator, eyes: Sequence[Encoder]
) -> Iterator[_Seen]:
    """What some encoders make of a unit: of each frame of a moment, or of a picture and its regions."""
    if where.frames_s:
        frames = [frame.pixels for frame in workshop.readers.frames(subject.path, where.frames_s)]
        for stamp, rows in rows_of(eyes, frames):
            yield _Seen(unit=unit, stamp=stamp, rows=rows)
        return
    picture = _picture(workshop, subject, where)
    parts = workshop.regions.boxes(picture.pixels)
    cuts = [cut(picture.pixels, part) for part in parts]
    for eye in eyes:
        # an encoder of many rows a picture has its own for every place in it
        wanted = cuts if eye.gives == "single" else cuts[:1]
        [(stamp, rows)] = rows_of([eye], wanted)
        if eye.gives != "single" or not workshop.regions.any:
            yield _Seen(unit=unit, stamp=stamp, rows=rows)
        else:  # the box of a whole that has no parts says that they were sought
            boxes = tuple(_in_plane(part, picture) for part in parts)
            yield _Seen(unit=unit, stamp=stamp, rows=workshop.regions.mixed(rows), boxes=boxes)


def _picture(workshop: Workshop, subject: Subject, where: Locator) -> Picture:
    return workshop.readers.picture(
        subject.path,
        page=where.page,
        box=where.boxes[0] if where.boxes else None,
        scale=_FIGURE_PIXELS_PER_POINT if where.page else 1.0,
        max_pixels=_MAX_PIXELS,
    )


def _in_plane(part: PixelBox, picture: Picture) -> Box:
    """A box of a picture's pixels in the plane that it was cut from: pixels of the original, or points of a page."""
    left, top, right, bottom = picture.box
    height, width = picture.pixels.shape[:2]
    across, down = (right - left) / width, (bottom - top) / height
    return left + part[0] * across, top + part[1] * down, left + part[2] * across, top + part[3] * down
