"""Which units of a kind a search may return: those of the files, the page and the part that the person's scope names.

Knows nothing of ranking.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sourcehound.tools.evidence import UnitKind
from sourcehound.tools.library.catalogue import Catalogue
from sourcehound.tools.library.page_names import pages_called
from sourcehound.tools.library.reading import PartKind
from sourcehound.tools.library.within import Within, files_in

LAST = -1
"""Number of the last table or figure of a document."""
_LAST_OF_ITS_SOURCE = "SELECT MAX(o.number) FROM units o WHERE o.source_id = units.source_id AND o.part = units.part"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place in documents.

    Attributes:
        page: name of a page, None for all.
        part: headings, tables or figures, None for all units.
        number: the one of this number among those of its document, `LAST` for the last; None for all.
        label: the one that its document calls so, as `Table 3`; None for all.
    """

    page: str | None = None
    part: PartKind | None = None
    number: int | None = None
    label: str | None = None


ANYWHERE = Spot()


def allowed_rows(
    catalogue: Catalogue,
    kind: UnitKind,
    *globs: str | None,
    since: str | None = None,
    until: str | None = None,
    spot: Spot = ANYWHERE,
) -> Collection[int] | None:
    """The rows of a kind in a scope; None for all of them.

    Args:
        catalogue: the library.
        kind: of the units.
        globs: of paths; every one must match a file's.
        since: first day, month or year, as `2024-05`.
        until: last day, month or year.
        spot: the page and part that the units must be of.
    """
    scope = Within(globs=globs, since=since, until=until)
    if scope.is_all and spot == ANYWHERE:
        return None
    sources = None if scope.is_all else sorted({source for _, source in files_in(catalogue, scope)})
    connection = catalogue.connection
    condition, values = "kind = ?", list[object]([kind])
    if sources is not None:
        condition += f" AND source_id IN ({','.join(map(str, sources))})"
    if spot.part is not None:
        condition, values = condition + " AND part = ?", [*values, spot.part]
    if spot.label is not None:
        condition += " AND json_extract(detail, '$.label') = ? COLLATE NOCASE"
        values = [*values, " ".join(spot.label.split())]
    if spot.number == LAST:
        condition += f" AND number = ({_LAST_OF_ITS_SOURCE})"
    elif spot.number is not None:
        condition, values = condition + " AND number = ?", [*values, spot.number]
    if spot.page is not None:
        return _on_page(connection, spot.page, sources, condition, values)
    query = f"SELECT id FROM units WHERE {condition}"  # noqa: S608  integers of our own
    return {row for (row,) in connection.execute(query, values)}


def _on_page(
    connection: sqlite3.Connection,
    name: str,
    sources: Collection[int] | None,
    condition: str,
    values: Sequence[object],
) -> set[int]:
    """Those of some units that stand on the page that a name means in their source."""
    taken = pages_called(connection, name, sources)
    pages = {(source, one.page) for source, one in taken.items() if one.page is not None}
    slides = {(source, one.part) for source, one in taken.items() if one.part}
    rows = connection.execute(
        "SELECT id, source_id, page, json_extract(locator, '$.part') FROM units"  # noqa: S608  constants and our integers
        f" WHERE {condition} AND source_id IN ({','.join(map(str, sorted(taken)))})",
        values,
    )
    return {
        row
        for row, source, page, part in rows
        if (source, page) in pages or (source, (part or "").removesuffix(" notes")) in slides
    }
