"""What models wrote about units: kept in a table of its own, encoded in rows of its own, never taken for a source's words.

A writing belongs to its unit and goes with it. Knows nothing of who writes, or of search.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence

import numpy as np

from sourcehound.tools.encoders.encoder import Encoder, FloatArray, Item, Vectors
from sourcehound.tools.index import vectors
from sourcehound.tools.index.clusters import mean_row
from sourcehound.tools.index.written import other_spellings, written_stamp
from sourcehound.tools.library.catalogue import Catalogue
from sourcehound.tools.senses.writer import Writing, WritingRole

_UNITS_AT_ONCE = 16
_WAITING = (
    "SELECT DISTINCT w.unit FROM writings w"
    " WHERE NOT EXISTS (SELECT 1 FROM vectors v WHERE v.unit = w.unit AND v.stamp = ?)"
)


def put_writings(
    connection: sqlite3.Connection, unit: int, model: str, roles: Sequence[WritingRole], writings: Sequence[Writing]
) -> None:
    """Write what was written about a unit, in place of what it had of some roles. Must run inside a transaction.

    Args:
        connection: the catalogue's.
        unit: its row.
        model: who wrote it.
        roles: what is replaced.
        writings: of those roles.
    """
    for role in roles:
        connection.execute("DELETE FROM writings WHERE unit = ? AND role = ?", (unit, role))
        texts = [writing.text for writing in writings if writing.role == role]
        connection.executemany(
            "INSERT INTO writings (unit, role, n, model, text, also) VALUES (?,?,?,?,?,?)",
            [(unit, role, n, model, text, other_spellings(text)) for n, text in enumerate(texts)],
        )
    # all rows of a unit stand for all its writings, in order: they are made anew together
    stamps = connection.execute("SELECT stamp FROM vectors WHERE unit = ?", (unit,)).fetchall()
    for (stamp,) in stamps:
        if stamp == written_stamp(stamp.removesuffix(written_stamp(""))):
            vectors.remove(connection, unit, stamp=stamp)


def is_waiting(connection: sqlite3.Connection, stamp: str) -> bool:
    """Whether any writing has no row of the text encoder of a stamp."""
    return connection.execute(f"{_WAITING} LIMIT 1", (written_stamp(stamp),)).fetchone() is not None


def encode_writings(catalogue: Catalogue, encoder: Encoder, *, stop: Callable[[], bool] = lambda: False) -> int:
    """Encode the writings of every unit that lacks rows of an encoder; returns of how many units.

    Args:
        catalogue: the library; its writer's lock is held by the caller.
        encoder: the text encoder.
        stop: asked between batches.

    Raises:
        ConfigError: the encoder's weights are missing or differ.
        BusyError: the disk is full or the library locked; committed batches stay.
    """
    stamp, done = written_stamp(str(encoder.stamp)), 0
    query = f"{_WAITING} ORDER BY w.unit LIMIT {_UNITS_AT_ONCE}"
    while not stop():
        units = [unit for (unit,) in catalogue.connection.execute(query, (stamp,)).fetchall()]
        if not units:
            break
        texts = [_texts(catalogue.connection, unit) for unit in units]
        rows = _one_each(encoder.encode([Item(text=text) for some in texts for text in some], as_="item"))
        owner = np.repeat(np.arange(len(units)), [len(some) for some in texts])
        with catalogue.transaction() as connection:
            vectors.write_vectors(connection, units, stamp, Vectors(rows=rows, owner=owner))
        done += len(units)
    return done


def _texts(connection: sqlite3.Connection, unit: int) -> list[str]:
    return [text for (text,) in connection.execute("SELECT text FROM writings WHERE unit = ? ORDER BY id", (unit,))]


def _one_each(encoded: Vectors) -> FloatArray:
    """One row for each text: that of an encoder that gives one, the mean of one that gives many."""
    starts = np.flatnonzero(np.diff(encoded.owner, prepend=-1))
    if len(starts) == len(encoded.rows):
        return encoded.rows
    return np.stack([mean_row(rows) for rows in np.split(encoded.rows, starts[1:])])
