"""The truth about vectors: a table in the library's own database, one row for each unit and encoder stamp.

Every search structure over it is a cache that can be thrown away. A generation number for each kind and stamp rises
with every change, in the same transaction, so that a cache knows whether it is stale. Knows nothing of how vectors are
searched.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Collection, Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sourcehound.tools.encoders.encoder import FloatArray, Vectors
from sourcehound.tools.errors import ConfigError, SourcehoundError
from sourcehound.tools.evidence import UnitKind
from sourcehound.tools.index.schemes import Scheme, pack, unpack

_MEAN = "#mean"
_LENGTH_TOLERANCE = 0.01
"""How far from one a row's length may be; half precision rounds it by less than a thousandth."""

# Steps are random and so is the first number: a cache left over from another or a restored database never seems to fit.
_STEP = "1 + abs(random() % 1048576)"
_BIRTH = "1 + abs(random() % 1099511627776)"

_TABLES = (
    """CREATE TABLE generations (kind TEXT NOT NULL, stamp TEXT NOT NULL, n INTEGER NOT NULL,
         PRIMARY KEY (kind, stamp)) WITHOUT ROWID""",
    """CREATE TABLE vectors (
         unit INTEGER NOT NULL REFERENCES units(id) ON DELETE CASCADE, stamp TEXT NOT NULL, scheme TEXT NOT NULL,
         rows INTEGER NOT NULL, dimension INTEGER NOT NULL, n INTEGER NOT NULL, blob BLOB NOT NULL,
         PRIMARY KEY (unit, stamp)) WITHOUT ROWID""",
    "CREATE INDEX vectors_by_change ON vectors(stamp, n)",
    f"""CREATE TRIGGER vectors_raise_generation AFTER DELETE ON vectors BEGIN
         UPDATE generations SET n = n + {_STEP}
          WHERE stamp = old.stamp AND kind = (SELECT kind FROM units WHERE id = old.unit);
       END""",  # noqa: S608  a constant of this file
    # before, not by the cascade: the trigger above still has to see the unit's kind
    """CREATE TRIGGER units_take_vectors BEFORE DELETE ON units BEGIN
         DELETE FROM vectors WHERE unit = old.id;
       END""",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """Vectors of one kind and stamp.

    Attributes:
        rows: float32, shape (n_rows, dimension), each of unit length; (0, 0) where there are none.
        units: int64, shape (n_rows,), the unit that each row belongs to, rising.
        generation: the generation that was read.
    """

    rows: FloatArray
    units: NDArray[np.int64]
    generation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """What the vectors of one kind and stamp come to.

    Attributes:
        rows: how many rows there are.
        dimension: length of each, 0 if there are none.
        scheme: how they are kept, `float32` where not all are `float16`.
    """

    rows: int
    dimension: int
    scheme: Scheme


def create_tables(connection: sqlite3.Connection) -> None:
    """Create `vectors`, `generations` and their triggers; the table `units` must be there."""
    for statement in _TABLES:
        connection.execute(statement)


def put(
    connection: sqlite3.Connection, unit: int, stamp: str, rows: FloatArray | Vectors, *, scheme: Scheme = "float16"
) -> None:
    """Write all rows of one unit, in place of those it had of this stamp. Must run inside a transaction.

    Args:
        connection: the library's.
        unit: row of the unit.
        stamp: `str` of the encoder's stamp.
        rows: float32, shape (n_rows, dimension), n_rows >= 1, or the encoder's own result for one item.
        scheme: how they are kept; scores are computed in float32 either way.

    Raises:
        ConfigError: the rows are not finite or not of unit length, so the encoder is broken.
    """
    found = rows.rows if isinstance(rows, Vectors) else rows
    write_vectors(
        connection,
        [unit],
        stamp,
        Vectors(rows=found, owner=np.zeros(len(found), dtype=np.int64)),
        scheme=scheme,
    )


def write_vectors(
    connection: sqlite3.Connection, units: Sequence[int], stamp: str, vectors: Vectors, *, scheme: Scheme = "float16"
) -> None:
    """Write an encoder's result for several units, in place of what they had. Must run inside a transaction.

    Args:
        connection: the library's.
        units: rows of the units; item `i` of `vectors` belongs to `units[i]`.
        stamp: `str` of the encoder's stamp.
        vectors: at least one row for each unit.
        scheme: how they are kept.

    Raises:
        ConfigError: rows are missing, not finite or not of unit length, so the encoder is broken.
        SourcehoundError: a unit is not in the catalogue.
    """
    _check_rows(vectors.rows, stamp)
    kinds = _kinds(connection, units)
    numbers = {kind: _raise_generation(connection, kind, stamp) for kind in sorted(set(kinds))}
    edges = np.searchsorted(vectors.owner, np.arange(len(units) + 1))
    kept = pack(vectors.rows, scheme)
    dimension = vectors.rows.shape[1]
    for unit, kind, first, last in zip(units, kinds, edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        if first == last:
            raise ConfigError(f"encoder {stamp} gave no vector for unit {unit}", remedy="try another encoder")
        connection.execute(
            "INSERT INTO vectors (unit, stamp, scheme, rows, dimension, n, blob) VALUES (?,?,?,?,?,?,?)"
            " ON CONFLICT (unit, stamp) DO UPDATE SET scheme = excluded.scheme, rows = excluded.rows,"
            " dimension = excluded.dimension, n = excluded.n, blob = excluded.blob",
            (unit, stamp, scheme, last - first, dimension, numbers[kind], kept[first:last].tobytes()),
        )


def get(connection: sqlite3.Connection, unit: int, stamp: str) -> FloatArray | None:
    """The rows of one unit, float32, shape (n_rows, dimension); None if it has none of this stamp."""
    found = connection.execute(
        "SELECT unit, scheme, rows, dimension, blob FROM vectors WHERE unit = ? AND stamp = ?", (unit, stamp)
    ).fetchall()
    return _decode(found, 0, stamp).rows if found else None


def mean_stamp(stamp: str) -> str:
    """The stamp under which each unit has one row that stands for its many rows of a stamp."""
    return f"{stamp}{_MEAN}"


def is_mean(stamp: str) -> bool:
    """Whether a stamp is one that `mean_stamp` gave."""
    return stamp.endswith(_MEAN)


def remove(connection: sqlite3.Connection, unit: int, *, stamp: str | None = None) -> None:
    """Forget a unit's vectors, of one stamp or of all. Deleting the unit does the same by itself."""
    query = "DELETE FROM vectors WHERE unit = ? AND stamp IN (coalesce(?, stamp), ?)"
    connection.execute(query, (unit, stamp, mean_stamp(stamp or "")))


def generation(connection: sqlite3.Connection, kind: UnitKind, stamp: str) -> int:
    """The number that rises with each change of a kind's vectors of a stamp; 0 before the first."""
    query = "SELECT n FROM generations WHERE kind = ? AND stamp = ?"
    found = connection.execute(query, (kind, stamp)).fetchone()
    return int(found[0]) if found else 0


def load(connection: sqlite3.Connection, kind: UnitKind, stamp: str) -> Matrix:
    """All vectors of a kind and stamp.

    Raises:
        ConfigError: what is stored under the stamp does not fit together.
    """
    # units first and in order: one index scan, then rising look-ups, so that no blob goes through a sorter
    query = (
        "SELECT v.unit, v.scheme, v.rows, v.dimension, v.blob"
        " FROM (SELECT id FROM units WHERE kind = ? ORDER BY id) u"
        " CROSS JOIN vectors v ON v.unit = u.id AND v.stamp = ?"
    )
    with snapshot(connection):
        return _decode(connection.execute(query, (kind, stamp)), generation(connection, kind, stamp), stamp)


def extent(connection: sqlite3.Connection, kind: UnitKind, stamp: str) -> Extent:
    """What the vectors of a kind and stamp come to, without reading them.

    Raises:
        ConfigError: what is stored under the stamp does not fit together.
    """
    query = (
        "SELECT COALESCE(SUM(v.rows), 0), COALESCE(MIN(v.dimension), 0), COALESCE(MAX(v.dimension), 0),"
        " COALESCE(MAX(v.scheme <> 'float16'), 0) FROM units u CROSS JOIN vectors v ON v.unit = u.id AND v.stamp = ?"
        " WHERE u.kind = ?"
    )
    rows, least, most, full = connection.execute(query, (stamp, kind)).fetchone()
    if least != most:
        raise _unfit(stamp)
    return Extent(rows=rows, dimension=most, scheme="float32" if full else "float16")


def pieces(connection: sqlite3.Connection, kind: UnitKind, stamp: str, *, n_units: int = 4096) -> Generator[Matrix]:
    """All vectors of a kind and stamp, some units at a time, rising. Inside a `snapshot` they are of one state.

    Raises:
        ConfigError: what is stored under the stamp does not fit together.
    """
    query = (
        "SELECT v.unit, v.scheme, v.rows, v.dimension, v.blob"
        " FROM (SELECT id FROM units WHERE kind = ? AND id > ? ORDER BY id LIMIT ?) u"
        " CROSS JOIN vectors v ON v.unit = u.id AND v.stamp = ?"
    )
    beyond = "SELECT MAX(id) FROM (SELECT id FROM units WHERE kind = ? AND id > ? ORDER BY id LIMIT ?)"
    number, last = generation(connection, kind, stamp), -1
    while (end := connection.execute(beyond, (kind, last, n_units)).fetchone()[0]) is not None:
        matrix = _decode(connection.execute(query, (kind, last, n_units, stamp)), number, stamp)
        last = end
        if len(matrix.units):
            yield matrix


def load_units(
    connection: sqlite3.Connection, kind: UnitKind, stamp: str, units: Collection[int], *, first: int = 0
) -> Matrix:
    """The vectors of some units; those that are gone, or of another kind, are left out.

    Args:
        connection: the library's.
        kind: of the units.
        stamp: `str` of the encoder's stamp.
        units: their rows.
        first: rows of each unit that are read at most; 0 for all.
    """
    query = (
        "SELECT v.unit, v.scheme, min(v.rows, ?2) rows, v.dimension,"
        " substr(v.blob, 1, min(v.rows, ?2) * (length(v.blob) / v.rows)) FROM json_each(?1) j"
        " CROSS JOIN vectors v ON v.unit = j.value AND v.stamp = ?3 CROSS JOIN units u ON u.id = v.unit AND u.kind = ?4"
    )
    wanted = json.dumps(sorted({int(unit) for unit in units}))
    with snapshot(connection):
        found = connection.execute(query, (wanted, first or sys.maxsize, stamp, kind))
        return _decode(found, generation(connection, kind, stamp), stamp)


def changed_since(connection: sqlite3.Connection, kind: UnitKind, stamp: str, n: int) -> Matrix:
    """The vectors of a kind that were written after generation `n`."""
    query = (
        "SELECT v.unit, v.scheme, v.rows, v.dimension, v.blob FROM vectors v JOIN units u ON u.id = v.unit"
        " WHERE v.stamp = ? AND v.n > ? AND u.kind = ? ORDER BY v.unit"
    )
    with snapshot(connection):
        return _decode(connection.execute(query, (stamp, n, kind)), generation(connection, kind, stamp), stamp)


def written(connection: sqlite3.Connection, stamp: str, units: Collection[int]) -> dict[int, int]:
    """The generation at which each of some units got its vectors."""
    query = "SELECT v.unit, v.n FROM json_each(?) j CROSS JOIN vectors v ON v.unit = j.value AND v.stamp = ?"
    return dict(connection.execute(query, (json.dumps(sorted(units)), stamp)).fetchall())


@contextmanager
def snapshot(connection: sqlite3.Connection) -> Generator[None]:
    """Let every statement inside read one state of the database; inside a transaction that is so already."""
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")


def _check_rows(rows: FloatArray, stamp: str) -> None:
    if rows.ndim != 2 or rows.shape[1] == 0:
        raise ConfigError(f"encoder {stamp} gave an array of shape {rows.shape}, not (n_rows, dimension)")
    lengths = np.linalg.norm(rows, axis=1)
    # written so that a NaN fails it too
    if not np.all(np.abs(lengths - 1) <= _LENGTH_TOLERANCE):
        raise ConfigError(f"encoder {stamp} gave vectors that are not of unit length", remedy="try another encoder")


def _kinds(connection: sqlite3.Connection, units: Sequence[int]) -> list[str]:
    kinds: list[str] = []
    for unit in units:
        found = connection.execute("SELECT kind FROM units WHERE id = ?", (unit,)).fetchone()
        if found is None:
            raise SourcehoundError(f"unit {unit} is not in the catalogue, its vectors cannot be kept")
        kinds.append(found[0])
    return kinds


def _raise_generation(connection: sqlite3.Connection, kind: str, stamp: str) -> int:
    connection.execute(
        f"INSERT INTO generations (kind, stamp, n) VALUES (?, ?, {_BIRTH})"  # noqa: S608  constants of this file
        f" ON CONFLICT (kind, stamp) DO UPDATE SET n = n + {_STEP}",
        (kind, stamp),
    )
    query = "SELECT n FROM generations WHERE kind = ? AND stamp = ?"
    return int(connection.execute(query, (kind, stamp)).fetchone()[0])


def _decode(found: Iterable[tuple[Any, ...]], number: int, stamp: str) -> Matrix:
    """Rows of (unit, scheme, rows, dimension, blob) as one matrix; runs of one scheme are converted at once."""
    units: list[int] = []
    counts: list[int] = []
    parts: list[FloatArray] = []
    for (scheme, dimension), run in groupby(found, key=itemgetter(1, 3)):
        blobs: list[bytes] = []
        before = len(counts)
        for unit, _, n_rows, _, blob in run:
            units.append(unit)
            counts.append(n_rows)
            blobs.append(blob)
        parts.append(_unpack(b"".join(blobs), scheme, (sum(counts[before:]), dimension), stamp))
    if not parts:
        return Matrix(rows=np.zeros((0, 0), np.float32), units=np.zeros(0, np.int64), generation=number)
    if len({part.shape[1] for part in parts}) > 1:
        raise _unfit(stamp)
    rows = parts[0] if len(parts) == 1 else np.concatenate(parts)
    return Matrix(rows=rows, units=np.repeat(np.array(units, np.int64), counts), generation=number)


def _unpack(blob: bytes, scheme: str, shape: tuple[int, int], stamp: str) -> FloatArray:
    try:
        return unpack(blob, scheme, shape)
    except ValueError as error:
        raise _unfit(stamp) from error


def _unfit(stamp: str) -> ConfigError:
    return ConfigError(
        f"the stored vectors of {stamp} do not fit together",
        remedy="move the library's folder away and run `sourcehound add`",
    )
