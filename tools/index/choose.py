"""Which dense engine answers: the setting `index.engine`, or by itself the one that fits a library's size."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Literal

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.evidence import UnitKind
from sourcehound.tools.index.chroma import ChromaEngine
from sourcehound.tools.index.engine import DenseEngine, Refreshed, Scored
from sourcehound.tools.index.exact import ExactEngine

EngineSetting = Literal["auto", "exact", "chroma"]
AUTO_ABOVE = 50_000
"""Units of a kind above which `auto` takes Chroma; up to here one multiplication takes about 5 ms."""


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
        chroma: the other one.
        server: address of a Chroma server, empty for none.
    """

    def __init__(
        self,
        setting: EngineSetting,
        connect: Callable[[], sqlite3.Connection],
        *,
        exact: DenseEngine,
        chroma: DenseEngine,
        server: str = "",
    ) -> None:
        self._setting: EngineSetting = setting
        self._connect = connect
        self._exact = exact
        self._chroma = chroma
        self._server = server

    def search(
        self, kind: UnitKind, stamp: str, query: FloatArray, *, k: int, allowed: Collection[int] | None = None
    ) -> tuple[Scored, ...]:
        """See `DenseEngine.search`."""
        return self._engine(kind).search(kind, stamp, query, k=k, allowed=allowed)

    def refresh(self, kind: UnitKind, stamp: str) -> Refreshed:
        """See `DenseEngine.refresh`."""
        return self._engine(kind).refresh(kind, stamp)

    def close(self) -> None:
        """See `DenseEngine.close`."""
        self._exact.close()
        self._chroma.close()

    def _engine(self, kind: UnitKind) -> DenseEngine:
        (n_units,) = self._connect().execute("SELECT count(*) FROM units WHERE kind = ?", (kind,)).fetchone()
        chosen = choose(self._setting, n_units=n_units, server=self._server)
        return self._chroma if chosen == "chroma" else self._exact


def open_engine(
    connect: Callable[[], sqlite3.Connection],
    folder: Path,
    *,
    warn: Callable[[str], None],
    setting: EngineSetting = "auto",
    server: str = "",
) -> ChosenEngine:
    """The dense engine of a library. Cheap: Chroma is imported when it first has to answer.

    Args:
        connect: gives this thread's connection to the library.
        folder: for the engines' caches; may be removed at any time.
        warn: told, in one line, what could not be used or was built again, and why.
        setting: `index.engine`.
        server: address of a Chroma server, `http(s)://host:port`; empty for folders of our own.

    Raises:
        ConfigError: the server's address cannot be one.
    """
    exact = ExactEngine(connect, folder, warn=warn)
    chroma = ChromaEngine(connect, folder, exact=exact, warn=warn, server=server)
    return ChosenEngine(setting, connect, exact=exact, chroma=chroma, server=server)
