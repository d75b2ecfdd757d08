"""Dense search by Chroma: approximate, for libraries of many units and for vectors kept on a Chroma server.

Chroma only proposes. Every score comes from the library's own table, and what was written after the index was built is
read from there, so that an old index, or none, never makes an answer wrong. Knows nothing of encoders.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Collection
from pathlib import Path

import numpy as np

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.errors import BusyError, SourcehoundError, ToolInputError
from sourcehound.tools.evidence import UnitKind
from sourcehound.tools.index import vectors
from sourcehound.tools.index.chroma_build import Build, RowId
from sourcehound.tools.index.chroma_rows import MOST_ROWS, ChromaFailure, ChromaRows, Place, check_url
from sourcehound.tools.index.engine import Refreshed, Scored, as_unit_length
from sourcehound.tools.index.exact import ExactEngine
from sourcehound.tools.index.matrixfile import index_name
from sourcehound.tools.index.nearest import Rows, nearest
from sourcehound.tools.index.probe import Seen, look_apart
from sourcehound.tools.index.shelf import Built, Shelf
from sourcehound.tools.library.lock import exclusive

WORTH_ROWS = 2000
"""New rows from which a new generation is made; reading fewer from the table takes a search less than 5 ms."""
FEW_ALLOWED = 5000
"""So many allowed units are read from the table and compared exactly, about 20 ms."""
MOST_FETCHED = 4000
"""Rows that Chroma is asked for at most, before the exact engine takes over."""
_SPARE = 10


class ChromaEngine:
    """Dense search by one Chroma collection for each kind and stamp.

    Args:
        connect: gives this thread's connection to the library.
        folder: for the generations; may be removed at any time. Its lock file lies beside it.
        exact: answers where there is no index, and where Chroma is no help.
        warn: told, in one line, what was thrown away or could not be used, and why.
        server: address of a Chroma server, `http(s)://host:port`; empty for folders of our own.
        worth_rows: new rows from which `refresh` makes a new generation.
        batch: rows given to Chroma in one call.
        progress: told (rows done, rows to do) while an index is built.
        monotonic: clock in seconds, for the wait for the lock.
        sleep: waits that many seconds.
        look: how a new generation is looked at before it is used.

    Raises:
        ConfigError: the server's address cannot be one.
    """

    def __init__(  # noqa: PLR0913  each is a knob of its own
        self,
        connect: Callable[[], sqlite3.Connection],
        folder: Path,
        *,
        exact: ExactEngine,
        warn: Callable[[str], None],
        server: str = "",
        worth_rows: int = WORTH_ROWS,
        batch: int = MOST_ROWS,
        progress: Callable[[int, int], None] = lambda _done, _all: None,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        look: Callable[[Place], Seen] = look_apart,
    ) -> None:
        if server:
            check_url(server)
        self._connect = connect
        self._folder = folder
        self._exact = exact
        self._warn = warn
        self._server = server
        self._worth_rows = worth_rows
        self._batch = batch
        self._progress = progress
        self._monotonic = monotonic
        self._sleep = sleep
        self._look = look
        self._guard = threading.RLock()
        self._open: dict[tuple[UnitKind, str], tuple[Built, ChromaRows]] = {}
        self._late: dict[tuple[UnitKind, str], tuple[int, int, Rows]] = {}

    def search(
        self, kind: UnitKind, stamp: str, query: FloatArray, *, k: int, allowed: Collection[int] | None = None
    ) -> tuple[Scored, ...]:
        """See `DenseEngine.search`."""
        if k < 1:
            raise ToolInputError(f"k must be at least 1, not {k}")
        connection = self._connect()
        if allowed is not None and len(allowed) <= FEW_ALLOWED:
            return nearest(Rows.of(vectors.load_units(connection, kind, stamp, allowed)), query, k=k)
        with self._guard, vectors.snapshot(connection):
            found = self._propose(connection, (kind, stamp), query, k, allowed)
        return self._exact.search(kind, stamp, query, k=k, allowed=allowed) if found is None else found

    def refresh(self, kind: UnitKind, stamp: str, *, anew: bool = False) -> Refreshed:
        """See `DenseEngine.refresh`. Must run outside any transaction."""
        connection = self._connect()
        if connection.in_transaction:
            raise SourcehoundError("a Chroma index cannot be built inside a transaction: what it reads may be undone")
        lock = self._folder.with_name(f"{self._folder.name}.lock")
        what = f"the vector index {self._folder}"
        # searches go on meanwhile: what they use is never written again
        with exclusive(lock, what, monotonic=self._monotonic, sleep=self._sleep), vectors.snapshot(connection):
            build = Build(
                connection=connection,
                kind=kind,
                stamp=stamp,
                shelf=self._shelf(kind, stamp),
                worth_rows=self._worth_rows,
                batch=self._batch,
                warn=self._warn,
                progress=self._progress,
                look=self._look,
                anew=anew,
            )
            try:
                return build.run()
            except (OSError, ChromaFailure) as error:
                raise BusyError(
                    f"the Chroma index in {self._folder} could not be written: {str(error)[:200]}",
                    remedy="free some space and try again, or set index.engine to exact",
                ) from error

    def close(self) -> None:
        """See `DenseEngine.close`."""
        with self._guard:
            for key in list(self._open):
                self._let_go(key)
            self._late.clear()
        self._exact.close()

    def _propose(
        self,
        connection: sqlite3.Connection,
        key: tuple[UnitKind, str],
        query: FloatArray,
        k: int,
        allowed: Collection[int] | None,
    ) -> tuple[Scored, ...] | None:
        """Search with Chroma's help; None where it is of none."""
        opened = self._opened(connection, key)
        if opened is None or not opened[0].width:
            return None
        built, rows = opened
        late = self._changed_since(connection, key, built.n)
        late_units = set(late.units.tolist())
        choice = None if allowed is None else set(allowed)
        share = 1.0 if choice is None else min(1.0, len(choice) / built.rows)
        n_rows = max(int(2 * k / share) + _SPARE, built.width)
        while n_rows <= max(MOST_FETCHED, 2 * k + _SPARE):
            n_rows = min(n_rows, built.rows)
            try:
                units = self._ask(rows, query, n_rows, built) - late_units
            except ChromaFailure as error:
                self._doubt(key, built, error)
                return None
            old = vectors.load_units(connection, *key, units if choice is None else units & choice)
            if len(np.unique(old.units)) >= k or n_rows == built.rows:
                both = (*nearest(Rows.of(old), query, k=k), *nearest(late, query, k=k, allowed=allowed))
                return tuple(sorted(both, key=lambda scored: (-scored.score, scored.unit))[:k])
            n_rows *= 4
        return None

    def _ask(self, rows: ChromaRows, query: FloatArray, n_rows: int, built: Built) -> set[int]:
        direction = as_unit_length(query, built.dimension)
        return {RowId.parse(found).unit for found in rows.nearest(direction, n_rows)}

    def _opened(self, connection: sqlite3.Connection, key: tuple[UnitKind, str]) -> tuple[Built, ChromaRows] | None:
        """The current generation, opened; None if there is none that can be used with this state of the table."""
        built = self._shelf(*key).current()
        known = self._open.get(key)
        if known is not None and known[0] == built:
            return known
        self._let_go(key)
        # a generation from the table's future belongs to a database that was replaced by an older copy
        if built is None or built.n > vectors.generation(connection, *key):
            return None
        try:
            if built.is_doubtful:
                raise ChromaFailure(f"{built.folder} is not as it was left")
            opened = (built, ChromaRows(built.place))
        except ChromaFailure as error:
            self._doubt(key, built, error)
            return None
        self._open[key] = opened
        return opened

    def _changed_since(self, connection: sqlite3.Connection, key: tuple[UnitKind, str], n: int) -> Rows:
        now = vectors.generation(connection, *key)
        known = self._late.get(key)
        if known is None or known[:2] != (n, now):
            known = (n, now, Rows.of(vectors.changed_since(connection, *key, n)))
            self._late[key] = known
        return known[2]

    def _doubt(self, key: tuple[UnitKind, str], built: Built, error: ChromaFailure) -> None:
        self._warn(f"{error.message}; searched exactly instead, and the next `add` builds the index again")
        self._let_go(key)
        built.doubt()

    def _let_go(self, key: tuple[UnitKind, str]) -> None:
        opened = self._open.pop(key, None)
        if opened is not None:
            opened[1].close()

    def _shelf(self, kind: UnitKind, stamp: str) -> Shelf:
        name = index_name(kind, stamp)
        return Shelf(self._folder / name, name=name, url=self._server)
