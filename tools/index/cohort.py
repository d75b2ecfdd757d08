"""A cohort: units from all over a library whose scores tell what is usual for a query (standing.py).

Chosen by a hash of their rows: the same units as long as the library stays as it is, so that a query has the same answer
twice, and hardly others when it grows. Knows nothing of what the scores are for.

Source:
    Multiplicative hashing: Knuth, The Art of Computer Programming 3, section 6.4.
"""

from __future__ import annotations

import sqlite3

from sourcehound.tools.evidence import UnitKind

SIZE = 200
"""Units of a cohort: their spread is known to about a twelfth, and comparing them costs what a search's candidates do."""
_MULTIPLIER = 2_654_435_761
_RANGE = 2**32


def cohort(connection: sqlite3.Connection, kind: UnitKind, *, size: int = SIZE) -> tuple[int, ...]:
    """About so many units of one kind; all where there are no more than `size`.

    Args:
        connection: the library's.
        kind: of the units.
        size: how many, >= 1; by a seventh more or fewer.

    Returns:
        Their rows, rising.
    """
    (n_units,) = connection.execute("SELECT count(*) FROM units WHERE kind = ?", (kind,)).fetchone()
    share = _RANGE if n_units <= size else size * _RANGE // n_units
    query = "SELECT id FROM units WHERE kind = ? AND (id * ?) % ? < ?"
    return tuple(sorted(unit for (unit,) in connection.execute(query, (kind, _MULTIPLIER, _RANGE, share))))
