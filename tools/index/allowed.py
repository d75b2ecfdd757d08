"""Which units of a kind a search may return: those of the files that the person's scope names.

Knows nothing of ranking.
"""

from __future__ import annotations

from collections.abc import Collection

from sourcehound.tools.evidence import UnitKind
from sourcehound.tools.library.catalogue import Catalogue
from sourcehound.tools.library.within import Within, files_in


def allowed_rows(
    catalogue: Catalogue, kind: UnitKind, *globs: str | None, since: str | None = None, until: str | None = None
) -> Collection[int] | None:
    """The rows of a kind whose files match every glob that is given and are of the period; None for all of them.

    Args:
        catalogue: the library.
        kind: of the units.
        globs: of paths.
        since: first day, month or year, as `2024-05`.
        until: last day, month or year.
    """
    scope = Within(globs=globs, since=since, until=until)
    if scope.is_all:
        return None
    marks = ",".join(map(str, sorted({source for _, source in files_in(catalogue, scope)})))
    query = f"SELECT id FROM units WHERE kind = ? AND source_id IN ({marks})"  # noqa: S608  integers of our own
    return {row for (row,) in catalogue.connection.execute(query, (kind,))}
