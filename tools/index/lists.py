"""What each way of searching brings for one kind of unit: by words, by meaning, by what is seen, by likeness.

Knows nothing of how the lists become one ranking.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sourcehound.tools.encoders.encoder import Encoder, FloatArray, Item
from sourcehound.tools.evidence import UnitKind
from sourcehound.tools.index import gqr, vectors
from sourcehound.tools.index.composed import Weighted, compose
from sourcehound.tools.index.query import Query
from sourcehound.tools.index.words import search_words
from sourcehound.tools.library.library import Library

QueryVectors = Mapping[str, Sequence[tuple[str, FloatArray]]]
"""For each part of a score, the stamps to search and the query's row in that space."""
_GUIDED = 100
"""Candidates over which a query is refined."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The lists of one kind.

    Attributes:
        lists: by part (`words`, `dense`, `seen`, `like`), scores of units on the part's own scale.
        coverage: share of the question's words that a unit has, 0..1, by unit.
    """

    lists: dict[str, dict[int, float]]
    coverage: dict[int, float]

    def parts(self, unit: int) -> dict[str, float]:
        """What a unit was found by; words as the share that it has."""
        found = {part: scores[unit] for part, scores in self.lists.items() if unit in scores}
        return found | {part: self.coverage[unit] for part in ("words",) if part in found}


def query_vectors(library: Library, query: Query) -> QueryVectors:
    """Encode a query for every space that it can be sought in.

    Raises:
        ConfigError: an encoder's weights differ from their hash.
    """
    found: dict[str, list[tuple[str, FloatArray]]] = {}
    seen, like, parts = library.picture_encoder, library.likeness_encoder, query.parts
    pictures = _picture_rows(like, query)
    if parts and library.text_encoder.is_here():
        found["dense"] = [(str(library.text_encoder.stamp), _composed(library.text_encoder, parts))]
    if parts and seen.is_here() and {"image", "moment"} & set(query.kinds):
        row = _composed(seen, parts)
        if len(pictures) and seen.stamp == like.stamp:  # one space: one query of both
            share = library.options.recipe.picture_share
            return found | {
                "seen": [
                    (str(seen.stamp), compose([row, compose(pictures, [1.0] * len(pictures))], [1 - share, share]))
                ]
            }
        found["seen"] = [(str(seen.stamp), row)]
    if len(pictures):
        found["like"] = [(str(like.stamp), row) for row in pictures]
    return found


def _composed(encoder: Encoder, parts: Sequence[Weighted]) -> FloatArray:
    rows = encoder.encode([Item(text=part.text) for part in parts], as_="query").rows
    return compose(list(rows), [part.weight for part in parts])


def _picture_rows(encoder: Encoder, query: Query) -> list[FloatArray]:
    if not query.pictures or not encoder.is_here():
        return []
    return list(encoder.encode([Item(pictures=(pixels,)) for pixels in query.pictures], as_="item").rows)


def gather(
    library: Library, query: Query, kind: UnitKind, rows: QueryVectors, allowed: Collection[int] | None
) -> Found:
    """Search one kind in every way that the query allows.

    Raises:
        ConfigError: the index was made with another encoder.
    """
    lists: dict[str, dict[int, float]] = {}
    coverage: dict[int, float] = {}
    if query.parts:
        lists["words"], coverage = _by_words(library, query, kind, allowed)
    for part, sought in rows.items():
        if part in {"seen", "like"} and kind not in {"image", "moment"}:
            continue
        lists[part] = _nearest(library, kind, sought, allowed)
    return Found(lists=lists, coverage=coverage)


def _by_words(
    library: Library, query: Query, kind: UnitKind, allowed: Collection[int] | None
) -> tuple[dict[int, float], dict[int, float]]:
    """BM25 and coverage of every part, summed by weight; what is pushed away from only takes from what was found."""
    scores: dict[int, float] = {}
    coverage: dict[int, float] = {}
    whole = sum(part.weight for part in query.parts if part.weight > 0)
    for part in sorted(query.parts, key=lambda part: -part.weight):
        hits = search_words(
            library.catalogue.connection,
            part.text,
            kinds=(kind,),
            k=library.options.recipe.depth,
            allowed=allowed if part.weight > 0 else set(scores),
            phrases=query.phrases if part.weight > 0 else "preferred",
        )
        for hit in hits:
            scores[hit.unit] = scores.get(hit.unit, 0.0) + part.weight * hit.score
            coverage[hit.unit] = coverage.get(hit.unit, 0.0) + part.weight * hit.coverage / max(whole, 1e-9)
    # what is pushed away from with all that it has was not found by its words
    return {unit: score for unit, score in scores.items() if score > 0}, {
        unit: max(0.0, share) for unit, share in coverage.items()
    }


def refined(
    library: Library,
    kind: UnitKind,
    found: Found,
    rows: QueryVectors,
    *,
    candidates: Sequence[int],
    allowed: Collection[int] | None,
) -> dict[str, dict[int, float]]:
    """The lists with that of meaning searched again by a query that words have guided; it then stands for both.

    Args:
        library: where to search.
        kind: of the units.
        found: the lists of the query as it was.
        rows: the query's rows.
        candidates: units of the fused ranking, best first.
        allowed: rows of units to choose from, None for all.
    """
    words = found.lists.get("words", {})
    if not words or "dense" not in rows:
        return found.lists
    again: list[tuple[str, FloatArray]] = []
    for stamp, row in rows["dense"]:
        matrix = vectors.load_units(library.catalogue.connection, kind, stamp, candidates[:_GUIDED])
        units, owner = np.unique(matrix.units, return_inverse=True)
        least = min(words.values())
        guide = np.array([words.get(int(unit), least) for unit in units], dtype=np.float32)
        moved = gqr.refine(row[None], matrix.rows, owner.astype(np.int64), guide)
        again.append((stamp, moved[0]))
    kept = {part: scores for part, scores in found.lists.items() if part != "words"}
    return kept | {"dense": _nearest(library, kind, again, allowed)}


def _nearest(
    library: Library, kind: UnitKind, sought: Sequence[tuple[str, FloatArray]], allowed: Collection[int] | None
) -> dict[int, float]:
    best: dict[int, float] = {}
    for stamp, row in sought:
        for scored in library.engine.search(kind, stamp, row, k=library.options.recipe.depth, allowed=allowed):
            best[scored.unit] = max(best.get(scored.unit, -1.0), scored.score)
    return best
