"""Exact dense search over all vectors of a kind: recall 1, with nothing to tune.

The engine of all but very large libraries, and of a cold start. Many rows are kept as a mapped file with their codes
(codes.py), so that a new process need not read the table and a search reads a quarter of the bytes. Knows nothing of
encoders.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.evidence import UnitKind
from sourcehound.tools.index import codes, vectors
from sourcehound.tools.index.engine import Refreshed, Scored
from sourcehound.tools.index.matrixfile import MatrixFile
from sourcehound.tools.index.nearest import Rows, nearest

WORTH_A_FILE = 4096
"""Rows from which a file pays: reading so many from the table takes about 10 ms, no more than checking a file."""


class ExactEngine:
    """Dense search by comparing with all vectors.

    Args:
        connect: gives this thread's connection to the library.
        folder: for the cache files; may be removed at any time.
        warn: told, in one line, when a cache file cannot be written or codes not be multiplied; the search goes on.
        worth_a_file: rows from which a cache file is kept.
    """

    def __init__(
        self,
        connect: Callable[[], sqlite3.Connection],
        folder: Path,
        *,
        warn: Callable[[str], None],
        worth_a_file: int = WORTH_A_FILE,
    ) -> None:
        self._connect = connect
        self._folder = folder
        self._warn = warn
        self._worth_a_file = worth_a_file
        self._guard = threading.Lock()
        self._held: dict[tuple[UnitKind, str], tuple[int, Rows]] = {}
        self._is_slow = False

    def search(
        self, kind: UnitKind, stamp: str, query: FloatArray, *, k: int, allowed: Collection[int] | None = None
    ) -> tuple[Scored, ...]:
        """See `DenseEngine.search`."""
        return nearest(self._rows(kind, stamp), query, k=k, allowed=allowed)

    def refresh(self, kind: UnitKind, stamp: str, *, anew: bool = False) -> Refreshed:
        """See `DenseEngine.refresh`."""
        file = MatrixFile(folder=self._folder, kind=kind, stamp=stamp)
        if anew:
            with self._guard:
                self._held.pop((kind, stamp), None)
                file.remove()
        known = self._held.get((kind, stamp))
        rows = self._rows(kind, stamp)
        if not len(rows.units):
            file.remove()
            return Refreshed(kind=kind, stamp=stamp, rows=0, how="nothing")
        kept = known is not None and known[1] is rows
        return Refreshed(kind=kind, stamp=stamp, rows=len(rows.units), how="kept" if kept else "built")

    def close(self) -> None:
        """See `DenseEngine.close`."""
        with self._guard:
            self._held.clear()

    def _rows(self, kind: UnitKind, stamp: str) -> Rows:
        connection = self._connect()
        with self._guard, vectors.snapshot(connection):
            number = vectors.generation(connection, kind, stamp)
            known = self._held.get((kind, stamp))
            if known is not None and known[0] == number:
                return known[1]
            file = MatrixFile(folder=self._folder, kind=kind, stamp=stamp)
            rows = file.open(number) or self._made(connection, file, number)
            self._held[kind, stamp] = (number, self._usable(rows))
            return self._held[kind, stamp][1]

    def _made(self, connection: sqlite3.Connection, file: MatrixFile, number: int) -> Rows:
        """The rows out of the table: through a file where they are many, so that memory stays flat."""
        extent = vectors.extent(connection, file.kind, file.stamp)
        if extent.rows >= self._worth_a_file:
            try:
                file.save(number, extent, vectors.pieces(connection, file.kind, file.stamp))
            except OSError as error:
                self._warn(f"no cache of {file.kind} vectors could be written to {file.folder}: {error.strerror}")
            mapped = file.open(number)
            if mapped is not None:
                return mapped
        return Rows.of(vectors.load(connection, file.kind, file.stamp))

    def _usable(self, rows: Rows) -> Rows:
        """The rows, without their codes where this process cannot multiply these."""
        if rows.codes is None or not (reason := codes.why_not()):
            return rows
        if not self._is_slow:
            self._is_slow = True
            self._warn(f"simsimd does not work in this process ({reason}): dense search is as exact, but slower")
        return replace(rows, codes=None)
