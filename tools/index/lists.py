"""What each way of searching brings for one kind of unit: by words, by meaning, by what is seen, by likeness.

Knows nothing of how the lists become one ranking.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from sourcehound.tools.encoders.encoder import Encoder, FloatArray, Item
from sourcehound.tools.evidence import UnitKind
from sourcehound.tools.index import gqr, vectors
from sourcehound.tools.index.composed import Weighted, compose
from sourcehound.tools.index.late import search_late
from sourcehound.tools.index.query import Query
from sourcehound.tools.index.words import search_words
from sourcehound.tools.library.library import Library


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Rows of a query in one space.

    Attributes:
        stamp: of the encoder that made them.
        gives: whether that encoder gives one row for each thing, or many.
        rows: float32, shape (n_rows, dimension), unit length; one row where it gives one.
        weight: of what is found with them, against the others of the same part.
    """

    stamp: str
    gives: Literal["single", "multi"]
    rows: FloatArray
    weight: float = 1.0


QueryVectors = Mapping[str, Sequence[Sought]]
"""For each part of a score, what is sought. Pages as they look are sought apart: `page` and `page_like`."""
_IN_KIND: Mapping[UnitKind, Mapping[str, str]] = {
    "passage": {"dense": "dense"},
    "speech": {"dense": "dense"},
    "page": {"dense": "dense", "page": "seen", "page_like": "like"},
    "image": {"dense": "dense", "seen": "seen", "like": "like"},
    "moment": {"dense": "dense", "seen": "seen", "like": "like"},
}
"""What is sought for each kind, and the part of the score that it becomes."""
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
    found: dict[str, list[Sought]] = {}
    seen, like, page, parts = library.picture_encoder, library.likeness_encoder, library.page_encoder, query.parts
    if parts and library.text_encoder.is_here():
        found["dense"] = _by_text(library.text_encoder, parts)
    if {"image", "moment"} & set(query.kinds):
        if parts and seen.is_here():
            found["seen"] = _by_text(seen, parts)
        pictures = _by_pictures(like, query)
        if pictures and "seen" in found and _is_one_space(found["seen"], pictures):
            found["seen"] = [_both(found["seen"][0], pictures, library.options.recipe.picture_share)]
        elif pictures:
            found["like"] = pictures
    if page is not None and page.is_here() and "page" in query.kinds:
        if parts:
            found["page"] = _by_text(page, parts)
        if pictures := _by_pictures(page, query):
            found["page_like"] = pictures
    return found


def _by_text(encoder: Encoder, parts: Sequence[Weighted]) -> list[Sought]:
    """The parts as one row; of an encoder that gives many rows, each part with its own."""
    encoded = encoder.encode([Item(text=part.text) for part in parts], as_="query")
    stamp, weights = str(encoder.stamp), [part.weight for part in parts]
    if encoder.gives == "single":
        return [Sought(stamp=stamp, gives="single", rows=compose(list(encoded.rows), weights)[None])]
    return [
        Sought(stamp=stamp, gives="multi", rows=encoded.rows[encoded.owner == place], weight=weight)
        for place, weight in enumerate(weights)
    ]


def _by_pictures(encoder: Encoder, query: Query) -> list[Sought]:
    if not query.pictures or not encoder.is_here():
        return []
    encoded = encoder.encode([Item(pictures=(pixels,)) for pixels in query.pictures], as_="item")
    return [
        Sought(stamp=str(encoder.stamp), gives=encoder.gives, rows=encoded.rows[encoded.owner == place])
        for place in range(len(query.pictures))
    ]


def _is_one_space(words: Sequence[Sought], pictures: Sequence[Sought]) -> bool:
    return all(part.gives == "single" and part.stamp == words[0].stamp for part in (*words, *pictures))


def _both(words: Sought, pictures: Sequence[Sought], share: float) -> Sought:
    """One query of words and pictures, in the space of both."""
    picture = compose([part.rows[0] for part in pictures], [1.0] * len(pictures))
    return replace(words, rows=compose([words.rows[0], picture], [1 - share, share])[None])


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
    for name, part in _IN_KIND[kind].items():
        if name in rows:
            lists[part] = _nearest(library, kind, rows[name], allowed)
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
    again: list[Sought] = []
    for sought in rows["dense"]:
        matrix = vectors.load_units(library.catalogue.connection, kind, sought.stamp, candidates[:_GUIDED])
        units, owner = np.unique(matrix.units, return_inverse=True)
        least = min(words.values())
        guide = np.array([words.get(int(unit), least) for unit in units], dtype=np.float32)
        again.append(replace(sought, rows=gqr.refine(sought.rows, matrix.rows, owner.astype(np.int64), guide)))
    kept = {part: scores for part, scores in found.lists.items() if part != "words"}
    return kept | {"dense": _nearest(library, kind, again, allowed)}


def _nearest(
    library: Library, kind: UnitKind, sought: Sequence[Sought], allowed: Collection[int] | None
) -> dict[int, float]:
    """The best of what each finds; parts of one query with weights of their own are summed instead, as their cosine."""
    found = [_search(library, kind, part, allowed) for part in sought]
    best: dict[int, float] = {}
    if all(part.weight == 1 for part in sought):
        for scores in found:
            for unit, score in scores.items():
                best[unit] = max(best.get(unit, -1.0), score)
        return best
    whole = sum(abs(part.weight) for part in sought)
    for unit in set().union(*found):
        values = [scores.get(unit, min(scores.values(), default=0.0)) for scores in found]
        best[unit] = sum(part.weight * value for part, value in zip(sought, values, strict=True)) / whole
    return best


def _search(library: Library, kind: UnitKind, part: Sought, allowed: Collection[int] | None) -> dict[int, float]:
    recipe = library.options.recipe
    if part.gives == "single":
        hits = library.engine.search(kind, part.stamp, part.rows[0], k=recipe.depth, allowed=allowed)
    else:
        hits = search_late(
            library.catalogue.connection,
            library.engine,
            kind,
            part.stamp,
            part.rows,
            k=recipe.depth,
            effort=recipe.effort,
            allowed=allowed,
        )
    return {hit.unit: hit.score for hit in hits}
