"""What each way of searching brings for one kind of unit: by words, by meaning, by what is seen, by likeness.

Scores of encoders that the curves do not stand on are carried over to the scale of those that they do (standing.py).
Knows nothing of how the lists become one ranking.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from sourcehound.tools.encoders.encoder import Encoder, FloatArray, Item
from sourcehound.tools.evidence import UnitKind
from sourcehound.tools.index import gqr, vectors
from sourcehound.tools.index.cohort import cohort
from sourcehound.tools.index.composed import Weighted, compose
from sourcehound.tools.index.late import compare, search_late
from sourcehound.tools.index.query import Query
from sourcehound.tools.index.standing import UNSURE, Background, is_fitted
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


_SIGNS = {"seen": "shown", "like": "alike"}
"""What parts are to strength.py that another encoder than the default made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The lists of one kind.

    Attributes:
        lists: by part (`words`, `dense`, `seen`, `like`), scores of units: BM25, and cosines of the default encoders or
            what stands for these.
        coverage: share of the question's words that a unit has, 0..1, by unit.
        own: for the parts that another encoder made, the scores that it gave itself, by unit.
        usual: for these parts, what is usual for the query.
    """

    lists: dict[str, dict[int, float]]
    coverage: dict[int, float]
    own: Mapping[str, Mapping[int, float]] = field(default_factory=dict[str, Mapping[int, float]])
    usual: Mapping[str, Background] = field(default_factory=dict[str, Background])

    def parts(self, unit: int) -> dict[str, float]:
        """What a unit was found by, as each encoder scored it; words as the share that it has."""
        found = {
            part: self.own.get(part, scores).get(unit, scores[unit])
            for part, scores in self.lists.items()
            if unit in scores
        }
        return found | {part: self.coverage[unit] for part in ("words",) if part in found}

    def signs(self, unit: int) -> dict[str, float]:
        """What a unit was found by, as `strength.score` takes it."""
        found = self.parts(unit)
        for part in found.keys() & self.own.keys():
            del found[part]
            standing = self.lists[part][unit]
            found[_SIGNS.get(part, part)] = max(standing, UNSURE) if self.usual[part].is_unsure else standing
        return found


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
    own: dict[str, dict[int, float]] = {}
    usual: dict[str, Background] = {}
    coverage: dict[int, float] = {}
    if query.parts:
        lists["words"], coverage = _by_words(library, query, kind, allowed)
    for name, part in _IN_KIND[kind].items():
        if name in rows:
            lists[part] = _nearest(rows[name], [_search(library, kind, one, allowed) for one in rows[name]])
            background = usual_of(library, kind, part, rows[name])
            if background is not None:
                usual[part], own[part] = background, lists[part]
                lists[part] = standings(own[part], background)
    return Found(lists=lists, coverage=coverage, own=own, usual=usual)


def is_estimated(kind: UnitKind, rows: QueryVectors) -> bool:
    """Whether an encoder takes part in the search of a kind on whose scores the curves do not stand."""
    return any(not is_fitted(part, one.stamp) for name, part in _IN_KIND[kind].items() for one in rows.get(name, ()))


def usual_of(library: Library, kind: UnitKind, part: str, sought: Sequence[Sought]) -> Background | None:
    """The usual scores of a query among the units of one kind; None where the scores are those of the default encoder.

    Args:
        library: where to search.
        kind: of the units.
        part: of the score: `dense`, `seen` or `like`.
        sought: the query's rows.
    """
    if all(is_fitted(part, one.stamp) for one in sought):
        return None
    units = cohort(library.catalogue.connection, kind)
    return Background.of(list(_nearest(sought, [_compare(library, kind, one, units) for one in sought]).values()))


def standings(scores: Mapping[int, float], usual: Background) -> dict[int, float]:
    """Scores of an encoder of its own scale, on that of the default encoders."""
    return {unit: usual.standing(score) for unit, score in scores.items()}


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
    """The lists with that of meaning scored again by a query that words have guided; it then stands for both.

    Of one row a unit, all are searched again; of many rows, only those that were found are compared again.

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
    moved = [_guided(library, kind, one, candidates[:_GUIDED], words) for one in rows["dense"]]
    known = {*found.lists.get("dense", {}), *candidates[:_GUIDED]}
    again = _nearest(
        moved,
        [
            _search(library, kind, one, allowed)
            if one.gives == "single"
            else _compare(library, kind, one, sorted(known))
            for one in moved
        ],
    )
    usual = found.usual.get("dense")  # of the query before it was moved: it is moved a little only
    kept = {part: scores for part, scores in found.lists.items() if part != "words"}
    return kept | {"dense": again if usual is None else standings(again, usual)}


def _guided(
    library: Library, kind: UnitKind, sought: Sought, units: Sequence[int], words: Mapping[int, float]
) -> Sought:
    """A query's rows, moved so that its scores over some units lean towards those of words."""
    first = _first(library, sought)
    matrix = vectors.load_units(library.catalogue.connection, kind, sought.stamp, units, first=first)
    those, owner = np.unique(matrix.units, return_inverse=True)
    least = min(words.values())
    guide = np.array([words.get(int(unit), least) for unit in those], dtype=np.float32)
    return replace(sought, rows=gqr.refine(sought.rows, matrix.rows, owner.astype(np.int64), guide))


def _nearest(sought: Sequence[Sought], found: Sequence[Mapping[int, float]]) -> dict[int, float]:
    """The best of what each finds; parts of one query with weights of their own are summed instead, as their cosine."""
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


def _first(library: Library, sought: Sought) -> int:
    """Rows of each unit that are read at most, 0 for all: a region of a picture is a row, and none is left out."""
    return library.options.recipe.effort.vectors if sought.gives == "multi" else 0


def _compare(library: Library, kind: UnitKind, sought: Sought, units: Sequence[int]) -> dict[int, float]:
    connection, first = library.catalogue.connection, _first(library, sought)
    found, scores = compare(connection, kind, sought.stamp, sought.rows, units, first=first)
    return dict(zip(found.tolist(), scores.tolist(), strict=True))


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
