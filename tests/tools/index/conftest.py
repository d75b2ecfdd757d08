from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.index import vectors, words

SOURCES = "CREATE TABLE sources (id INTEGER PRIMARY KEY)"
UNITS = """CREATE TABLE units (
  id INTEGER PRIMARY KEY, unit_id TEXT UNIQUE NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL, about TEXT NOT NULL,
  source_id INTEGER NOT NULL REFERENCES sources(id) ON DELETE CASCADE, locator TEXT NOT NULL,
  folded TEXT NOT NULL DEFAULT '')"""


def _open(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=OFF"):
        connection.execute(f"PRAGMA {pragma}")
    if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'units'").fetchone():
        for statement in (SOURCES, UNITS, "INSERT INTO sources VALUES (1)"):
            connection.execute(statement)
        vectors.create_tables(connection)
        words.create_tables(connection)
    return connection


@pytest.fixture
def library(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A library as the catalogue opens it: autocommit, WAL, foreign keys."""
    connection = _open(str(tmp_path / "library.db"))
    yield connection
    connection.close()


@pytest.fixture
def add_unit(library: sqlite3.Connection) -> Callable[..., int]:
    """Adds a unit with its words and returns its row."""

    def add(text: str = "", about: str = "", *, kind: str = "passage") -> int:
        cursor = library.execute(
            "INSERT INTO units (unit_id, source_id, kind, text, about, locator)"
            " VALUES (hex(randomblob(8)), 1, ?, ?, ?, '{}')",
            (kind, text, about),
        )
        row = int(cursor.lastrowid or 0)
        words.index_words(library, row, text, about)
        return row

    return add


@pytest.fixture
def cloud() -> Callable[..., FloatArray]:
    """Rows of unit length, random or in clusters as real embeddings are."""

    def make(n: int, dimension: int, *, seed: int = 0, per_cluster: int = 0) -> FloatArray:
        random = np.random.default_rng(seed)
        rows = random.standard_normal((n, dimension))
        if per_cluster:
            centres = np.random.default_rng(99).standard_normal((max(1, n // per_cluster), dimension))
            rows = centres[random.integers(0, len(centres), n)] + 0.7 * rows
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)

    return make
