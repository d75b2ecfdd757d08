"""Which dense engine answers: the setting `index.engine`, or by itself the one that fits a library's size."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Literal

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.evidence import UnitKind
from sourcehound.tools.index import vectors
from sourcehound.tools.index.engine import DenseEngine, Refreshed, Scored
from sourcehound.tools.index.exact import ExactEngine

EngineSetting = Literal["auto", "exact", "chroma"]
AUTO_ABOVE = 250_000
"""Units of a kind above which `auto` takes Chroma; up to here comparing with all takes about 5 ms, and is exact."""


def choose(setting: EngineSetting, *, n_units: int, server: str = "") -> Literal["exact", "chroma"]:
    """The engine for a kind.

    Args:
        setting: `index.engine`.
        n_units: units of that kind in the library.
        server: address of a Chroma server, empty for none.
    """
    if setting != "auto":
        return setting
    return "chroma" if server or n_units > AUTO_ABOVE else "exact"


class ChosenEngine:
    """For each kind the engine that `choose` names. See `DenseEngine`.

    Args:
        setting: `index.engine`.
        connect: gives this thread's connection to the library.
        exact: the exact engine.
        open_chroma: opens the other one; called when it is first chosen.
        server: address of a Chroma server, empty for none.
    """

    def __init__(
        self,
        setting: EngineSetting,
        connect: Callable[[], sqlite3.Connection],
        *,
        exact: DenseEngine,
        open_chroma: Callable[[], DenseEngine],
        server: str = "",
    ) -> None:
        self._setting: EngineSetting = setting
        self._connect = connect
        self._exact = exact
        self._open_chroma = open_chroma
        self._chroma: DenseEngine | None = None
        self._guard = threading.Lock()
        self._server = server
        self._names: dict[tuple[UnitKind, str], tuple[int, Literal["exact", "chroma"]]] = {}

    def search(
        self, kind: UnitKind, stamp: str, query: FloatArray, *, k: int, allowed: Collection[int] | None = None
    ) -> tuple[Scored, ...]:
        """See `DenseEngine.search`."""
        return self._engine(kind, stamp).search(kind, stamp, query, k=k, allowed=allowed)

    def refresh(self, kind: UnitKind, stamp: str, *, anew: bool = False) -> Refreshed:
        """See `DenseEngine.refresh`."""
        done = self._engine(kind, stamp).refresh(kind, stamp, anew=anew)
        if done.how == "nothing":  # nor is there anything left for the other one
            self._exact.refresh(kind, stamp)
        return done

    def close(self) -> None:
        """See `DenseEngine.close`."""
        self._exact.close()
        with self._guard:
            if self._chroma is not None:
                self._chroma.close()

    def _engine(self, kind: UnitKind, stamp: str) -> DenseEngine:
        if self._name(kind, stamp) == "exact":
            return self._exact
        with self._guard:
            if self._chroma is None:
                self._chroma = self._open_chroma()
            return self._chroma

    def _name(self, kind: UnitKind, stamp: str) -> Literal["exact", "chroma"]:
        """What to choose; units are counted once for each state of the vectors, since counting takes longer than it seems."""
        if self._setting != "auto":
            return self._setting
        connection = self._connect()
        number = vectors.generation(connection, kind, stamp)
        known = self._names.get((kind, stamp))
        if known is None or known[0] != number:
            (n_units,) = connection.execute("SELECT count(*) FROM units WHERE kind = ?", (kind,)).fetchone()
            known = (number, choose("auto", n_units=n_units, server=self._server))
            self._names[kind, stamp] = known
        return known[1]


def open_engine(
    connect: Callable[[], sqlite3.Connection],
    folder: Path,
    *,
    warn: Callable[[str], None],
    setting: EngineSetting = "auto",
    server: str = "",
) -> ChosenEngine:
    """The dense engine of a library. Cheap: Chroma's engine is imported and opened when it is first chosen.

    Args:
        connect: gives this thread's connection to the library.
        folder: for the engines' caches; may be removed at any time.
        warn: told, in one line, what could not be used or was built again, and why.
        setting: `index.engine`.
        server: address of a Chroma server, `http(s)://host:port`; empty for folders of our own.

    Raises:
        ConfigError: the server's address cannot be one.
    """
    if server:
        from sourcehound.tools.index.chroma_rows import check_url

        check_url(server)  # now, not at the first search
    exact = ExactEngine(connect, folder, warn=warn)

    def open_chroma() -> DenseEngine:
        from sourcehound.tools.index.chroma import ChromaEngine

        return ChromaEngine(connect, folder, exact=exact, warn=warn, server=server)

    return ChosenEngine(setting, connect, exact=exact, open_chroma=open_chroma, server=server)
