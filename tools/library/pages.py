"""The job `page`: pages of PDF files are drawn and encoded as they look, for tables, charts and layouts that words miss.

One job a page, its vectors and its mark in one transaction. What a page says is found by its words whether this is done or
not. Knows nothing of which encoder it is.
"""

from __future__ import annotations

import sqlite3

from sourcehound.tools.encoders.encoder import Encoder, Item
from sourcehound.tools.errors import ConfigError
from sourcehound.tools.index import made_with, vectors
from sourcehound.tools.index.late import compact_for, to_keep, write
from sourcehound.tools.index.made_with import Maker
from sourcehound.tools.library.looking import wait_for
from sourcehound.tools.library.workshop import Subject, Workshop, Write

PIXELS_PER_POINT = 150 / 72
_MAX_PIXELS = 4_000_000
"""An A4 page has half as many at that scale; page encoders scale down to less than two million."""


def begin(connection: sqlite3.Connection, encoder: Encoder | None) -> None:
    """Have every page looked at that the encoder has not seen. Must run inside a transaction.

    The vectors of another encoder that did this before are marked to be removed. One that is to take over goes on instead.

    Args:
        connection: the catalogue's.
        encoder: the page encoder in use; None where pages are sought by their words alone: then what waits is let go, and
            what was made stays until another encoder is named.
    """
    coming = made_with.coming(connection, "page")
    if coming is not None:
        wait_for(connection, "page", coming.stamp, again=False)
        return
    if encoder is None:
        connection.execute("DELETE FROM jobs WHERE job = 'page' AND state <> 'done'")
        return
    maker = Maker.of(encoder)
    is_other = made_with.answers(connection, "page") not in {None, maker}
    made_with.begin(connection, {"page": maker})
    made_with.switch(connection, ["page"])
    wait_for(connection, "page", maker.stamp, again=is_other)


def look(workshop: Workshop, subject: Subject, page: int) -> Write:
    """Draw one page and encode it, unless the encoder has seen it.

    Raises:
        ConfigError: no page encoder is named, or its weights are missing.
        MediaError: the page cannot be drawn.
    """
    encoder = workshop.page_encoder
    if encoder is None:
        raise ConfigError("no page encoder is named", remedy="set encoders.page")
    if not encoder.is_here():
        raise ConfigError(f"the weights of {encoder.stamp.encoder} are not here", remedy="put them back")
    stamp = str(encoder.stamp)
    rows = _units(workshop.catalogue.connection, subject.source, page)
    waiting = [row for row in rows if vectors.get(workshop.catalogue.connection, row, stamp) is None]
    if not waiting:
        return _nothing
    picture = workshop.readers.picture(subject.path, page=page, scale=PIXELS_PER_POINT, max_pixels=_MAX_PIXELS)
    encoded = encoder.encode([Item(pictures=(picture.pixels,))], as_="item")
    kept = to_keep(stamp, encoder.gives, encoded, compact_for(encoder.stamp.encoder, workshop.compact))

    def write_page(connection: sqlite3.Connection) -> None:
        for row in set(waiting).intersection(_units(connection, subject.source, page)):
            write(connection, [row], kept)

    return write_page


def _units(connection: sqlite3.Connection, source: int, page: int) -> list[int]:
    query = "SELECT id FROM units WHERE source_id = ? AND kind = 'page' AND page = ?"
    return [row for (row,) in connection.execute(query, (source, page))]


def _nothing(_: sqlite3.Connection) -> None:
    return None
