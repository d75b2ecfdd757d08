"""A library that is made up: texts, pages and pictures of nothing, and encoders whose rows depend on names alone.

No weights and no files are needed. Knows nothing of what is tried with it.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np

from sourcehound.tools.encoders.encoder import Encoder, Item, Pixels, Stamp, Takes, Vectors
from sourcehound.tools.evidence import Locator, Space
from sourcehound.tools.library import jobs
from sourcehound.tools.library.answering import Answering
from sourcehound.tools.library.catalogue import Catalogue
from sourcehound.tools.library.encode import encode_pending
from sourcehound.tools.library.reindex import begin
from sourcehound.tools.library.units import Unit, write_units
from sourcehound.tools.library.wire import Picture
from sourcehound.tools.library.workshop import Workshop

N_SOURCES = 6
N_PASSAGES = 30


@dataclass(frozen=True, slots=True)
class MadeUp:
    """An encoder whose row depends on its name and on what it is given, and on nothing else; see `Encoder`."""

    name: str

    @property
    def stamp(self) -> Stamp:
        """See `Encoder.stamp`."""
        return Stamp(encoder=self.name, weights="0" * 16, dimension=8, preprocessing="1")

    @property
    def takes(self) -> Takes:
        """See `Encoder.takes`."""
        return frozenset({"text", "picture"})

    @property
    def gives(self) -> Literal["single", "multi"]:
        """See `Encoder.gives`."""
        return "single"

    def is_here(self) -> bool:
        """Always."""
        return True

    def encode(
        self, items: Sequence[Item], *, as_: Literal["query", "item"], instruction: str | None = None
    ) -> Vectors:
        """See `Encoder.encode`."""
        del as_, instruction
        seen = (f"{self.name} {item.text} {[int(pixels.sum()) for pixels in item.pictures]}" for item in items)
        rows = np.stack([np.random.default_rng(zlib.crc32(words.encode())).standard_normal(8) for words in seen])
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return Vectors(rows=rows.astype(np.float32), owner=np.arange(len(items), dtype=np.int64))


class MadeUpEncoders:
    """Opens made-up encoders, one of words and one of pictures for each name."""

    def text(self, spec: str, /) -> Encoder:
        """See `Opener.text`."""
        return MadeUp(spec)

    def pictures(self, spec: str, /) -> Encoder:
        """See `Opener.pictures`."""
        return MadeUp(spec)

    def pages(self, spec: str, /) -> Encoder | None:
        """See `Opener.pages`."""
        return MadeUp(spec) if spec else None


class Room:
    """Gives a picture of one grey for each file."""

    def picture(self, path: str, **_: Any) -> Picture:
        """See `Pixels.picture`."""
        pixels: Pixels = np.full((4, 4, 3), int(path[-1]), np.uint8)
        return Picture(pixels=pixels, space=Space(unit="px", width=4, height=4), box=(0, 0, 4, 4), at_s=None)


def make(home: Path) -> None:
    """Make a library of texts with pages and pictures, all encoded by the old encoders."""
    with opened(home) as (catalogue, answering):
        with catalogue.transaction() as connection:
            for source in range(1, N_SOURCES + 1):
                _write(connection, source)
        begin(catalogue, answering, {})
        encode_pending(catalogue, answering.encoder("text"))
        with catalogue.transaction() as connection:
            connection.execute("INSERT INTO jobs (source, job, detail, state) SELECT id, 'see', 0, 'todo' FROM sources")
        jobs.work(workshop(catalogue, answering), program="1")


def workshop(catalogue: Catalogue, answering: Answering) -> Workshop:
    """What the job `see` needs; nothing listens or reads lettering."""
    nobody: Any = None
    return Workshop(
        catalogue=catalogue,
        readers=cast("Any", Room()),
        ocr=nobody,
        speech=nobody,
        text_encoder=answering.encoder("text"),
        picture_encoder=answering.encoder("picture"),
        likeness_encoder=answering.encoder("likeness"),
        page_encoder=answering.coming("page") or answering.pages(),
        coming=tuple(filter(None, [answering.coming("picture"), answering.coming("likeness")])),
    )


@contextmanager
def opened(
    home: Path, *, text: str = "old-text", picture: str = "old-picture"
) -> Generator[tuple[Catalogue, Answering]]:
    """A library and its encoders, as the settings name them."""
    catalogue = Catalogue(home)
    answering = Answering(
        connect=lambda: catalogue.connection,
        encoders=MadeUpEncoders(),
        text=text,
        picture=picture,
    )
    try:
        yield catalogue, answering
    finally:
        catalogue.close()


def _write(connection: sqlite3.Connection, source: int) -> None:
    connection.execute(
        "INSERT INTO sources (id, sha256, size, media_type, title, reader, meta, indexed_at)"
        " VALUES (?, ?, 1, 'text/plain', 'a', 'x', '{}', '')",
        (source, f"{source:02x}"),
    )
    connection.execute(
        "INSERT INTO files (path, shown, size, mtime_ns, source, state) VALUES (?, ?, 1, 1, ?, 'read')",
        (f"/nowhere/{source}".encode(), f"/nowhere/{source}", source),
    )
    units = [
        Unit(
            kind="passage",
            text=f"words {n} of {source}",
            about="",
            locator=Locator(page=1, chars=(n, n + 1)),
            producer="x",
        )
        for n in range(N_PASSAGES)
    ]
    units += [
        Unit(kind="page", text="", about="", locator=Locator(page=1), producer="x"),
        Unit(kind="image", text="", about=f"picture {source}", locator=Locator(), producer="x"),
    ]
    write_units(connection, source, f"{source:02x}", "x", units)
