"""Which units a search by words may return: a condition for the WHERE clause of its statements."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass

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
            parts.append("units.kind IN (SELECT value FROM json_each(?))")
        if self.allowed is not None:
            # unary plus: FTS5 would otherwise start its search anew for every single row
            parts.append("+units.id IN (SELECT value FROM json_each(?))")
        return " AND ".join(parts)

    @property
    def parameters(self) -> tuple[str, ...]:
        """The values of its question marks."""
        given = (self.kinds, self.allowed)
        return tuple(json.dumps(sorted(values)) for values in given if values is not None)

    def narrowed(self, units: Collection[int]) -> Scope:
        """The same, and of these rows only."""
        kept = set(units) if self.allowed is None else set(units) & set(self.allowed)
        return Scope(kinds=self.kinds, allowed=kept)
