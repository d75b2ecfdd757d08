"""Made vectors of 384 numbers, any number of them, the same ones each time, and a library that holds nothing else.

Random directions are as hard to index as vectors can be; clusters of about a hundred, with queries next to one of their
members, are more like what encoders give. Knows nothing of what is measured.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from sourcehound.tools.encoders.encoder import FloatArray, Vectors
from sourcehound.tools.index import vectors

DIMENSION = 384
STAMP = f"made@0000000000000000:{DIMENSION}:1"
Shape = Literal["random", "clustered"]
_BLOCK = 5000
_PER_CLUSTER = 100
_SPREAD = 0.7
_ASIDE = 0.3


def blocks(shape: Shape, n_rows: int) -> Generator[FloatArray]:
    """Rows of unit length, some thousand at a time; the first of a larger number are those of a smaller one.

    Args:
        shape: random directions, or clusters.
        n_rows: how many, >= 1.
    """
    for number, first in enumerate(range(0, n_rows, _BLOCK)):
        yield _block(shape, number)[: n_rows - first]


def queries(shape: Shape, n_rows: int, n_queries: int) -> FloatArray:
    """Directions to search for among the first `n_rows` rows: random ones, or each next to a row."""
    random = np.random.default_rng([9, n_rows])
    directions = random.standard_normal((n_queries, DIMENSION))
    if shape == "random":
        return _unit(directions)
    places = random.integers(0, n_rows, n_queries)
    near = np.stack([_block(shape, int(place) // _BLOCK)[int(place) % _BLOCK] for place in places])
    return _unit(near + _ASIDE * _unit(directions))


def open_vectors(folder: Path, shape: Shape, n_rows: int) -> sqlite3.Connection:
    """A library of so many passages, of which it holds the vectors and nothing else; made if it is not there.

    Args:
        folder: where it is kept; the engines' caches may lie beside it.
        shape: of the vectors.
        n_rows: passages, one vector each.
    """
    folder.mkdir(parents=True, exist_ok=True)
    library = sqlite3.connect(folder / "library.db", isolation_level=None, check_same_thread=False)
    for pragma in ("journal_mode=WAL", "synchronous=OFF"):
        library.execute(f"PRAGMA {pragma}")
    if not library.execute("SELECT 1 FROM sqlite_schema WHERE name = 'units'").fetchone():
        library.execute("CREATE TABLE units (id INTEGER PRIMARY KEY, kind TEXT NOT NULL)")
        library.execute("CREATE INDEX units_kind ON units(kind)")
        vectors.create_tables(library)
    (n_here,) = library.execute("SELECT COALESCE(MAX(id), 0) FROM units").fetchone()
    first = 1
    for rows in blocks(shape, n_rows) if n_here < n_rows else ():
        _write(library, range(first, first + len(rows)), rows)
        first += len(rows)
    return library


def _write(library: sqlite3.Connection, units: Sequence[int], rows: FloatArray) -> None:
    library.execute("BEGIN")
    library.executemany("INSERT OR IGNORE INTO units (id, kind) VALUES (?, 'passage')", [(unit,) for unit in units])
    owner = np.arange(len(units), dtype=np.int64)
    vectors.write_vectors(library, units, STAMP, Vectors(rows=rows, owner=owner))
    library.execute("COMMIT")


def _block(shape: Shape, number: int) -> FloatArray:
    random = np.random.default_rng([1 if shape == "random" else 2, number])
    rows = random.standard_normal((_BLOCK, DIMENSION))
    if shape == "clustered":
        centres = random.standard_normal((_BLOCK // _PER_CLUSTER, DIMENSION))
        rows = centres[random.integers(0, len(centres), _BLOCK)] + _SPREAD * rows
    return _unit(rows)


def _unit(rows: np.ndarray) -> FloatArray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
