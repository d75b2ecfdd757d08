"""Lists what a scope holds, in the order of its files and pages: for a query without words, and for headings.

Headings are ranked by the query's words that stand in them. Knows nothing of vectors.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sourcehound.tools.evidence import Evidence, UnitKind
from sourcehound.tools.index.allowed import allowed_rows
from sourcehound.tools.index.asked import parse
from sourcehound.tools.index.hit import Hit
from sourcehound.tools.index.query import Query
from sourcehound.tools.library.catalogue import Catalogue
from sourcehound.tools.library.page_names import pages_called
from sourcehound.tools.library.parts import evidence_of, list_parts
from sourcehound.tools.library.units import load_units, to_evidence
from sourcehound.tools.library.within import Within, files_in

_LEAST_STEM = 4


def is_listed(query: Query) -> bool:
    """Whether a query asks for a list rather than for a ranking: nothing is sought in it, or only headings are."""
    return query.spot.part == "heading" or (not query.parts and not query.pictures)


def listed(catalogue: Catalogue, query: Query) -> tuple[Hit, ...]:
    """What the scope of a query holds.

    Args:
        catalogue: the library.
        query: its words, if any, choose and rank headings; all else is listed in order.

    Returns:
        At most `query.n` hits; the score of a heading is the share of the query's words that it has, of others 1.
    """
    scored = _headings(catalogue, query) if query.spot.part == "heading" else _units(catalogue, query)
    hits = (
        Hit(
            rank=rank,
            type=kind,
            score=score,
            scores={"words": score} if query.text else {},
            evidence=replace(evidence, score=score),
            row=row,
        )
        for rank, (kind, score, evidence, row) in enumerate(scored, start=1)
    )
    return tuple(hit for hit, _ in zip(hits, range(query.n), strict=False))


def on_page(catalogue: Catalogue, hits: Sequence[Hit], page: str) -> tuple[Hit, ...]:
    """The hits with what their page's name was taken for in their evidence's `detail`, in words."""
    taken = pages_called(catalogue.connection, page)
    rows = catalogue.connection.execute("SELECT sha256, id FROM sources").fetchall()
    said = {sha256: taken[source].words for sha256, source in rows if source in taken}
    return tuple(
        replace(hit, evidence=replace(hit.evidence, detail=hit.evidence.detail | {"taken": words}))
        if (words := said.get(hit.evidence.source.sha256))
        else hit
        for hit in hits
    )


def _units(catalogue: Catalogue, query: Query) -> Iterator[tuple[UnitKind, float, Evidence, int]]:
    scope = (query.within, query.narrower)
    period = {"since": query.since, "until": query.until}
    rows = [
        row for kind in query.kinds for row in allowed_rows(catalogue, kind, *scope, **period, spot=query.spot) or ()
    ]
    marks = ",".join(map(str, sorted(rows)))
    # a long table's pieces are one table
    order = catalogue.connection.execute(
        "SELECT MIN(u.id) FROM units u JOIN files f ON f.source = u.source_id"  # noqa: S608  integers of our own
        f" WHERE u.id IN ({marks}) GROUP BY u.source_id, u.part, CASE WHEN u.part = '' THEN u.id ELSE u.number END"
        " ORDER BY MIN(f.shown), MIN(u.page), MIN(u.id)"
    )
    for (row,) in order:
        unit = load_units(catalogue.connection, [row]).get(row)
        evidence = None if unit is None else to_evidence(catalogue.connection, unit)
        if unit is not None and evidence is not None:
            yield unit.kind, 1.0, evidence, row


def _headings(catalogue: Catalogue, query: Query) -> list[tuple[UnitKind, float, Evidence, int]]:
    scope = Within(globs=(query.within, query.narrower), since=query.since, until=query.until)
    connection = catalogue.connection
    sources = list(dict.fromkeys(source for _, source in sorted(files_in(catalogue, scope))))
    taken = None if query.spot.page is None else pages_called(connection, query.spot.page, sources)
    wanted = [term.text.casefold() for term in parse(query.text).terms]
    found: list[tuple[UnitKind, float, Evidence, int]] = []
    for source in sources if taken is None else filter(taken.__contains__, sources):
        for part in list_parts(connection, source, "heading"):
            is_there = taken is None or part.page == taken[source].page
            score = _share(wanted, part.caption) if is_there else 0.0
            evidence = evidence_of(connection, source, part) if score else None
            if evidence is not None:
                found.append(("passage", score, evidence, 0))
    return sorted(found, key=lambda one: -one[1])


def _share(wanted: Sequence[str], heading: str) -> float:
    """Which share of some words a heading has, beginnings of words counting alike; 1 where nothing is wanted."""
    if not wanted:
        return 1.0
    words = heading.casefold().split()
    return sum(any(_is_like(word.strip(".,:;()"), term) for word in words) for term in wanted) / len(wanted)


def _is_like(word: str, term: str) -> bool:
    shorter = min(len(word), len(term))
    return word == term or (shorter >= _LEAST_STEM and (word.startswith(term) or term.startswith(word)))
