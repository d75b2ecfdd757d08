"""Which units of a kind a search may return: those of the files that the person's scope names.

Knows nothing of ranking.
"""

from __future__ import annotations

from collections.abc import Collection

from sourcehound.tools.evidence import UnitKind
from sourcehound.tools.library.catalogue import Catalogue
from sourcehound.tools.library.scan import in_scope


def allowed_rows(catalogue: Catalogue, kind: UnitKind, *globs: str | None) -> Collection[int] | None:
    """The rows of a kind whose files match every glob that is given; None for all of them."""
    if not any(globs):
        return None
    sources = [
        source
        for source, shown in catalogue.connection.execute("SELECT source, shown FROM files WHERE source IS NOT NULL")
        if all(in_scope(shown, glob) for glob in globs)
    ]
    marks = ",".join(map(str, sorted(set(sources))))
    query = f"SELECT id FROM units WHERE kind = ? AND source_id IN ({marks})"  # noqa: S608  integers of our own
    return {row for (row,) in catalogue.connection.execute(query, (kind,))}
