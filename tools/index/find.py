"""Find: ranks units of every kind for words, a picture, a clip, or both, without any language model.

For each kind: words (BM25), meaning (text vectors) and, for what is seen, the picture encoder's rows, fused as the recipe
says. A hit's `score` is the chance that it is right, which orders hits of several kinds; below a cut nothing is shown.
Knows nothing of how the lists are searched.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sourcehound.tools.evidence import UnitKind
from sourcehound.tools.index import strength
from sourcehound.tools.index.allowed import allowed_rows
from sourcehound.tools.index.chance import CUT, ESTIMATED_CUT, chances
from sourcehound.tools.index.hit import Hit
from sourcehound.tools.index.listing import is_listed, listed
from sourcehound.tools.index.lists import QueryVectors, gather, is_estimated, query_vectors, refined
from sourcehound.tools.index.query import Query
from sourcehound.tools.index.ranking import fuse
from sourcehound.tools.index.recipe import Order
from sourcehound.tools.index.reranking import rerank
from sourcehound.tools.index.routing import leanings
from sourcehound.tools.index.through import PART, gather_written, say_how
from sourcehound.tools.index.where import placed
from sourcehound.tools.library.catalogue import Catalogue
from sourcehound.tools.library.dating import source_dates
from sourcehound.tools.library.library import Library
from sourcehound.tools.library.units import load_units, to_evidence, units_written


@dataclass(frozen=True, slots=True)
class _Candidate:
    kind: UnitKind
    row: int
    chance: float
    parts: dict[str, float]


def find(library: Library, query: Query) -> tuple[Hit, ...]:
    """Rank units; where nothing is sought in them, list those that the scope holds.

    Raises:
        ConfigError: an encoder's weights differ from their hash, or the index was made with another encoder.
        SourceUnavailable: the model that judges hits cannot be reached.
    """
    if is_listed(query):
        return listed(library.catalogue, query)
    library.refuse_other_encoders()
    recipe = library.options.recipe
    ranked: list[list[_Candidate]] = []
    vectors = query_vectors(library, query)
    for kind in query.kinds:
        allowed = allowed_rows(
            library.catalogue, kind, query.within, query.narrower, since=query.since, until=query.until, spot=query.spot
        )
        if allowed is not None and not allowed:
            continue
        least = _cut(kind, vectors) if query.min_score is None else query.min_score
        found = [hit for hit in _rank(library, query, kind, vectors, allowed) if hit.chance >= least]
        if found:
            ranked.append(found[: max(query.n, recipe.rerank_depth) if recipe.rerank else query.n])
    best = max((found[0].chance for found in ranked), default=0.0)
    kept = [[hit for hit in found if hit.chance >= recipe.drop * best] for found in ranked]
    order = _together(kept, recipe.order)
    ranker = library.ranker if query.words else None
    hits = _to_hits(library.catalogue, order, query.n if ranker is None else recipe.rerank_depth)
    hits = say_how(library, query, vectors, hits)
    if ranker is None:
        return placed(library.catalogue.connection, hits, vectors)
    judged = rerank(library, ranker, query.words, hits, n=query.n, least=recipe.rerank_least)
    return placed(library.catalogue.connection, judged, vectors)


def dated(catalogue: Catalogue, hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """The hits with the date of each source in their evidence's `detail`, as `2024-05-03 by its EXIF`."""
    known = source_dates(catalogue.connection, {hit.evidence.source.sha256 for hit in hits})
    return tuple(
        replace(hit, evidence=replace(hit.evidence, detail=hit.evidence.detail | {"dated": said}))
        if (said := known.get(hit.evidence.source.sha256))
        else hit
        for hit in hits
    )


def _rank(
    library: Library,
    query: Query,
    kind: UnitKind,
    vectors: QueryVectors,
    allowed: Collection[int] | None,
) -> list[_Candidate]:
    recipe, connection = library.options.recipe, library.catalogue.connection
    writings = gather_written(library, query, kind, vectors, allowed)
    found, through = writings.join_found(gather(library, query, kind, vectors, allowed))
    fused = fuse(kind, found.lists, found.coverage, n_units=units_written(connection), recipe=recipe)
    if recipe.refine == "gqr":
        order = [scored.unit for scored in fused]
        again = writings.join(refined(library, kind, found, vectors, candidates=order, allowed=allowed))
        fused = fuse(kind, again, {}, n_units=1, recipe=recipe)
    parts = [found.parts(one.unit) | ({PART: through[one.unit]} if one.unit in through else {}) for one in fused]
    leaning = leanings(query.text).get(kind, 0.0) if recipe.route == "cues" else 0.0
    chance = chances(kind, [strength.score(found.signs(one.unit)) for one in fused], leaning=leaning)
    return [
        _Candidate(kind, scored.unit, value, part) for scored, value, part in zip(fused, chance, parts, strict=True)
    ]


def _cut(kind: UnitKind, vectors: QueryVectors) -> float:
    return ESTIMATED_CUT if is_estimated(kind, vectors) else CUT[kind]


def _together(ranked: Sequence[Sequence[_Candidate]], order: Order) -> list[_Candidate]:
    """Hits of several kinds as one list, the kind with the better first hit first where they are equal."""
    ranked = sorted((found for found in ranked if found), key=lambda found: -found[0].chance)
    if order == "chance":
        return sorted((hit for found in ranked for hit in found), key=lambda hit: -hit.chance)
    depth = max(map(len, ranked), default=0)
    return [found[place] for place in range(depth) for found in ranked if place < len(found)]


def _to_hits(catalogue: Catalogue, order: Sequence[_Candidate], n: int) -> tuple[Hit, ...]:
    units = load_units(catalogue.connection, [candidate.row for candidate in order[: 2 * n]])
    hits: list[Hit] = []
    for candidate in order:
        unit, score = units.get(candidate.row), candidate.chance
        evidence = None if unit is None else to_evidence(catalogue.connection, unit, score=round(score, 4))
        if evidence is not None and len(hits) < n:
            hits.append(
                Hit(
                    rank=len(hits) + 1,
                    type=candidate.kind,
                    score=score,
                    scores=candidate.parts,
                    evidence=evidence,
                    row=candidate.row,
                )
            )
    return tuple(hits)
