"""Brings a Chroma index up to the table: in a new generation aside, from a copy of the current one or from nothing.

Only what one writer did from its beginning to its end, and what passed the probe, is switched to. What a killed writer
left is thrown away unseen: a sampling probe passed such files, and later ones grown from them were damaged. Called with
the writer's lock held. Knows nothing of searching.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal

import numpy as np

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.errors import SourcehoundError
from sourcehound.tools.evidence import UnitKind
from sourcehound.tools.index import vectors
from sourcehound.tools.index.chroma_rows import MOST_ROWS, ChromaFailure, ChromaRows, Place
from sourcehound.tools.index.engine import Refreshed
from sourcehound.tools.index.probe import Seen, find_damage
from sourcehound.tools.index.recall import GOAL, width_for
from sourcehound.tools.index.shelf import Built, Shelf, oversized

DEAD_SHARE = 0.2
"""Share of rows without a unit from which an index is built anew: Chroma never gives their room back."""

How = Literal["nothing", "kept", "built", "extended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RowId:
    """The id of a row in Chroma: a changed row gets another one, since Chroma ignores a known id."""

    unit: int
    row: int
    n: int

    def __str__(self) -> str:
        return f"{self.unit}.{self.row}.{self.n}"

    @classmethod
    def parse(cls, text: str) -> RowId:
        """Read what `str` wrote."""
        unit, row, n = text.split(".")
        return cls(unit=int(unit), row=int(row), n=int(n))


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """One refresh of one kind and stamp.

    Attributes:
        connection: the library's, inside `vectors.snapshot`.
        shelf: its generations.
        worth_rows: new rows from which a new generation is worth making; searches read fewer from the table.
        batch: rows given to Chroma in one call.
        warn: told, in one line, what was thrown away and why.
        progress: told (rows done, rows to do) before each batch and at the end.
        look: how a new generation is looked at before it is switched to.
        anew: whether it is built from nothing in any case.
    """

    connection: sqlite3.Connection
    kind: UnitKind
    stamp: str
    shelf: Shelf
    worth_rows: int
    batch: int
    warn: Callable[[str], None]
    progress: Callable[[int, int], None]
    look: Callable[[Place], Seen]
    anew: bool = False

    def run(self) -> Refreshed:
        """Do what is needed.

        Raises:
            BusyError: the server cannot be reached.
            ChromaFailure: Chroma could not write.
            OSError: the disk is full or not writable.
        """
        n = vectors.generation(self.connection, self.kind, self.stamp)
        wanted = self._wanted()
        current = None if self.anew else self.shelf.current()
        if not wanted:
            self._sweep(keep=[])
            return self._refreshed(0, "nothing")
        if current is not None and current.is_doubtful:
            self.warn(
                f"the Chroma index of {self.kind} vectors could not be trusted: it is built again from the library"
            )
            current = None
        if self.shelf.unfinished():
            self.warn(f"a Chroma index of {self.kind} vectors was left unfinished: it is thrown away")
        self._sweep(keep=[current.folder] if current else [])
        if current is not None:
            present = wanted if current.n == n else self._ids(current)
            if not self._is_worth_it(wanted, present, current.n):
                return self._refreshed(current.rows, "kept")
            if len(present - wanted) <= DEAD_SHARE * len(present):
                built = self._make(n, wanted, current)
                if built is not None:
                    return self._refreshed(built.rows, "extended")
        built = self._make(n, wanted, None)
        if built is None:
            raise ChromaFailure("a new index, built from nothing, did not pass its probe")
        return self._refreshed(built.rows, "built")

    def _wanted(self) -> set[str]:
        query = (
            "SELECT v.unit, v.rows, v.n FROM vectors v JOIN units u ON u.id = v.unit WHERE v.stamp = ? AND u.kind = ?"
        )
        found = self.connection.execute(query, (self.stamp, self.kind))
        return {str(RowId(unit=unit, row=row, n=n)) for unit, n_rows, n in found for row in range(n_rows)}

    def _is_worth_it(self, wanted: set[str], present: set[str], n: int) -> bool:
        missing = wanted - present
        if len(missing) >= self.worth_rows or len(present - wanted) > DEAD_SHARE * len(present):
            return True
        # searches add what is younger than the generation; older rows that it lacks would be missed for good
        return any(RowId.parse(key).n <= n for key in missing)

    def _make(self, n: int, wanted: set[str], copy: Built | None) -> Built | None:
        """A new generation that was switched to; None, and said, if it did not pass."""
        folder = self.shelf.begin(n, copy=copy)
        place = self.shelf.place(folder)
        if place is None:
            raise SourcehoundError(f"{folder} lost its marker while it was written")
        try:
            n_rows = self._fill(place, wanted)
            dimension = self._dimension()
            large = oversized(self.shelf.sizes(folder), n_rows, dimension)
            damage = f"{large} is too large" if large else find_damage(place, self._rows, look=self.look)
            if not damage:
                width = self._width(place, n_rows)
                return self.shelf.finish(folder, n=n, rows=n_rows, dimension=dimension, width=width)
        except (OSError, ChromaFailure):
            self.shelf.drop(folder)  # above all where the disk is full
            raise
        self.warn(f"a new Chroma index of {self.kind} vectors is damaged ({damage}): it is thrown away")
        self.shelf.drop(folder)
        return None

    def _width(self, place: Place, n_rows: int) -> int:
        """How many rows a search must ask for; 0, and said, where the index is no good however many."""

        def ask(query: FloatArray, width: int) -> set[tuple[int, int]]:
            return {(key.unit, key.row) for key in map(RowId.parse, rows.nearest(query, min(width, n_rows)))}

        with closing(ChromaRows(place)) as rows:
            width = width_for(lambda: vectors.pieces(self.connection, self.kind, self.stamp), n_rows, ask)
        if width is None:
            self.warn(
                f"a Chroma index of these {self.kind} vectors finds less than {GOAL:.0%} of the nearest: they are searched"
                " exactly instead"
            )
        return width or 0

    def _ids(self, built: Built) -> set[str]:
        try:
            with closing(ChromaRows(built.place)) as rows:
                return set(rows.ids())
        except ChromaFailure as error:
            self.warn(f"{error.message}: it is built again from the library")
            return set()

    def _fill(self, place: Place, wanted: set[str]) -> int:
        """Add the rows that are missing; returns how many there are then."""
        with closing(ChromaRows(place, create=True)) as rows:
            present = set(rows.ids())
            missing = sorted((RowId.parse(key) for key in wanted - present), key=lambda key: (key.unit, key.row))
            done = 0
            for batch in _even(missing, min(self.batch, MOST_ROWS)):
                self.progress(done, len(missing))
                keys = [str(key) for key in batch]
                found = self._rows(keys)
                rows.add(keys, np.stack([found[key] for key in keys]))
                done += len(batch)
            self.progress(done, len(missing))
            n_rows = rows.count()
        if n_rows != len(present | wanted):
            raise ChromaFailure(f"Chroma holds {n_rows} rows of {len(present | wanted)}")
        return n_rows

    def _dimension(self) -> int:
        query = (
            "SELECT v.dimension FROM vectors v JOIN units u ON u.id = v.unit WHERE v.stamp = ? AND u.kind = ? LIMIT 1"
        )
        return int(self.connection.execute(query, (self.stamp, self.kind)).fetchone()[0])

    def _rows(self, keys: Sequence[str]) -> dict[str, FloatArray]:
        """The rows of ids, as the table has them; ids that are out of date are left out."""
        asked = [RowId.parse(key) for key in keys]
        units = sorted({key.unit for key in asked})
        matrix = vectors.load_units(self.connection, self.kind, self.stamp, units)
        written = vectors.written(self.connection, self.stamp, units)
        found: dict[str, FloatArray] = {}
        for key in asked:
            place = int(np.searchsorted(matrix.units, key.unit)) + key.row
            here = place < len(matrix.units) and matrix.units[place] == key.unit
            if here and written[key.unit] == key.n:
                found[str(key)] = matrix.rows[place]
        return found

    def _sweep(self, *, keep: list[Path]) -> None:
        for place in self.shelf.sweep(keep=keep):
            if place.url:
                try:
                    with closing(ChromaRows(place)) as rows:
                        rows.drop()
                except ChromaFailure:
                    continue  # it is gone already

    def _refreshed(self, rows: int, how: How) -> Refreshed:
        return Refreshed(kind=self.kind, stamp=self.stamp, rows=rows, how=how)


def _even(ids: Sequence[RowId], most: int) -> list[Sequence[RowId]]:
    """Parts of about equal length, so that none is too short for Chroma to write it out."""
    n_parts = -(-len(ids) // most)
    edges = np.linspace(0, len(ids), n_parts + 1).round().astype(int).tolist()
    return [ids[first:last] for first, last in pairwise(edges)]
