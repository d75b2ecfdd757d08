"""A large library of made passages, written through the same functions as real ones, and an encoder that only looks up.

Knows nothing of what is measured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from bench.made_units import BLOCK, DIMENSION, MadeUnits, Question
from sourcehound.tools.encoders.encoder import FloatArray, Item, Stamp, Takes, Vectors
from sourcehound.tools.errors import ConfigError
from sourcehound.tools.evidence import Locator, digest
from sourcehound.tools.index.made_with import Maker, adopt
from sourcehound.tools.index.vectors import write_vectors
from sourcehound.tools.library.answering import Answering
from sourcehound.tools.library.catalogue import Catalogue, fold
from sourcehound.tools.library.library import Library
from sourcehound.tools.library.units import Unit, write_units

NAME = "large"
READER = "made 1"
_OF_A_SOURCE = 50
_AT = "2026-01-01T00:00:00Z"


class StoredRows:
    """A text encoder that knows the vectors of some questions, and takes no time; see `Encoder`.

    Args:
        questions: those it knows.
        is_here: whether it is to be had at all; without it a library is searched by words.
    """

    def __init__(self, questions: Iterable[Question] = (), *, is_here: bool = True) -> None:
        self._rows = {question.text: question.row for question in questions}
        self._is_here = is_here

    @property
    def stamp(self) -> Stamp:
        """See `Encoder.stamp`."""
        return Stamp(encoder="made", weights="0" * 16, dimension=DIMENSION, preprocessing="none")

    @property
    def takes(self) -> Takes:
        """See `Encoder.takes`."""
        return frozenset({"text"})

    @property
    def gives(self) -> Literal["single", "multi"]:
        """See `Encoder.gives`."""
        return "single"

    def is_here(self) -> bool:
        """As it was made."""
        return self._is_here

    def encode(
        self, items: Sequence[Item], *, as_: Literal["query", "item"], instruction: str | None = None
    ) -> Vectors:
        """Look up.

        Raises:
            ConfigError: it does not know a text.
        """
        del as_, instruction
        unknown = [item.text for item in items if item.text not in self._rows]
        if unknown:
            raise ConfigError(f"no stored vector for {unknown[0]!r}")
        return Vectors(rows=np.stack([self._rows[item.text] for item in items]), owner=np.arange(len(items)))


class StoredEncoders:
    """Opens an encoder of stored rows for words, and none for pictures; see `Opener`."""

    def __init__(self, encoder: StoredRows) -> None:
        self._encoder = encoder

    def text(self, spec: str, /) -> StoredRows:
        """See `Opener.text`."""
        del spec
        return self._encoder

    def pictures(self, spec: str, /) -> StoredRows:
        """See `Opener.pictures`."""
        del spec
        return StoredRows(is_here=False)

    def pages(self, spec: str, /) -> None:
        """See `Opener.pages`."""
        del spec


def open_large(home: Path, encoder: StoredRows, *, tell: Callable[[str], None]) -> Library:
    """The large library with an encoder for its text, and none for pictures."""
    library = Library(home=home, name=NAME, now=lambda: _AT, warn=tell)
    library.answering = Answering(
        connect=lambda: library.catalogue.connection, encoders=StoredEncoders(encoder), text="made", picture="none"
    )
    return library


def grow(catalogue: Catalogue, made: MadeUnits, last: int, *, with_vectors: bool) -> int:
    """Write passages until there are `last` of them; returns how many were written.

    Args:
        catalogue: of the large library.
        made: the passages.
        last: how many there are then; a multiple of `BLOCK`, or the first of all.
        with_vectors: whether their vectors are written too.
    """
    (first,) = catalogue.connection.execute("SELECT coalesce(max(id), 0) FROM units").fetchone()
    stamp = str(StoredRows().stamp)
    for number, (texts, rows) in enumerate(made.blocks(first, last)):
        for start in range(0, len(texts), _OF_A_SOURCE):
            of_source = slice(start, start + _OF_A_SOURCE)
            place = first + number * BLOCK + start
            _write_source(catalogue, place, texts[of_source], rows[of_source] if with_vectors else None, stamp)
    return last - first


def _write_source(catalogue: Catalogue, place: int, texts: Sequence[str], rows: FloatArray | None, stamp: str) -> None:
    """One file of some passages, in a transaction of its own, as `add` writes it."""
    path, sha256 = f"/made/{place // BLOCK}/{place}.txt", digest("made", str(place))
    with catalogue.transaction() as connection:
        source = connection.execute(
            "INSERT INTO sources (sha256, size, media_type, title, reader, meta, indexed_at, named)"
            " VALUES (?, ?, 'text/plain', ?, ?, '{}', ?, ?) RETURNING id",
            (sha256, sum(map(len, texts)), f"File {place}", READER, _AT, fold(path)),
        ).fetchone()[0]
        connection.execute(
            "INSERT INTO files (path, shown, size, mtime_ns, source, state) VALUES (?, ?, 1, 1, ?, 'read')",
            (fold(path), path, source),
        )
        units = [
            Unit(
                kind="passage",
                text=text,
                about=f"File {place}",
                locator=Locator(chars=(1000 * number, 1000 * number + len(text))),
                producer=READER,
            )
            for number, text in enumerate(texts)
        ]
        written = write_units(connection, source, sha256, READER, units)
        if rows is not None:
            write_vectors(connection, written, stamp, Vectors(rows=rows, owner=np.arange(len(rows))))
            connection.executemany("UPDATE units SET encoded = ? WHERE id = ?", [(stamp, row) for row in written])
            adopt(connection, {"text": Maker(spec="made", stamp=stamp)})
