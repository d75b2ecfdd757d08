"""Which units a search by words may return: a condition for the WHERE clause of its statements."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection
from dataclasses import dataclass
from itertools import pairwise

from sourcehound.tools.evidence import UnitKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Units of some kinds, of some rows, or both; None means all."""

    kinds: Collection[UnitKind] | None = None
    allowed: Collection[int] | None = None

    @property
    def condition(self) -> str:
        """SQL over a table `units`, to be joined on with AND."""
        parts = ["1"]
        if self.kinds is not None:
            # written out: for one kind its index then tells by itself whether a row is of it
            parts.append(f"units.kind IN ({','.join('?' * len(self.kinds))})")
        if self.allowed is not None:
            # unary plus: FTS5 would otherwise start its search anew for every single row
            parts.append("+units.id IN (SELECT value FROM json_each(?))")
        return " AND ".join(parts)

    @property
    def parameters(self) -> tuple[str, ...]:
        """The values of its question marks."""
        rows = () if self.allowed is None else (json.dumps(sorted(self.allowed)),)
        return (*sorted(self.kinds or ()), *rows)

    def rows(self, connection: sqlite3.Connection, *, limit: int) -> set[int]:
        """The units themselves, at most `limit` of them."""
        query = f"SELECT id FROM units WHERE {self.condition} LIMIT ?"  # noqa: S608  constants of this file
        if self.allowed is not None:
            of_kinds = Scope(kinds=self.kinds)
            query = (
                "SELECT units.id FROM json_each(?) AS wanted"  # noqa: S608  likewise
                f" CROSS JOIN units ON units.id = wanted.value WHERE {of_kinds.condition} LIMIT ?"
            )
            values = (json.dumps(sorted(self.allowed)), *of_kinds.parameters, limit)
            return {unit for (unit,) in connection.execute(query, values)}
        return {unit for (unit,) in connection.execute(query, (*self.parameters, limit))}

    def listed(self, connection: sqlite3.Connection, *, most: int) -> Scope:
        """The same by the rows of its units, if those of its kinds are so few; a library may have none of a kind."""
        if self.kinds is None or self.allowed is not None:
            return self
        query = f"SELECT count(*) FROM (SELECT 1 FROM units WHERE {self.condition} LIMIT ?)"  # noqa: S608  constants
        (n_units,) = connection.execute(query, (*self.parameters, most + 1)).fetchone()
        return self if n_units > most else Scope(allowed=self.rows(connection, limit=most))

    def among(self, connection: sqlite3.Connection, units: Collection[int]) -> set[int]:
        """Those of some units that belong to it."""
        kept = set(units) if self.allowed is None else set(units).intersection(self.allowed)
        return kept if self.kinds is None else Scope(kinds=self.kinds, allowed=kept).rows(connection, limit=len(kept))

    def narrowed(self, units: Collection[int]) -> Scope:
        """The same, and of these rows only."""
        kept = set(units) if self.allowed is None else set(units) & set(self.allowed)
        return Scope(kinds=self.kinds, allowed=kept)


def slices(connection: sqlite3.Connection, n: int) -> list[tuple[int, int]]:
    """First and last row of at most `n` equal parts of the library; what is taken from each is fair."""
    (last,) = connection.execute("SELECT coalesce(max(id), 0) FROM units").fetchone()
    edges = [last * part // n for part in range(n + 1)]
    return [(first + 1, end) for first, end in pairwise(edges) if end > first]
