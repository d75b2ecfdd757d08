"""Find: ranks units of every kind for words, a picture, a clip, or both, without any language model.

For each kind: words (BM25), meaning (text vectors) and, for what is seen, the picture encoder's rows, fused as the recipe
says; a hit's `score` is its strength on a fixed scale, and what is too weak is not shown. Knows nothing of how
the lists are searched.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sourcehound.tools.encoders.encoder import FloatArray, Item, Pixels
from sourcehound.tools.evidence import UNIT_KINDS, Evidence, UnitKind
from sourcehound.tools.index import made_with, strength
from sourcehound.tools.index.allowed import allowed_rows
from sourcehound.tools.index.ranking import fuse
from sourcehound.tools.index.words import search_words
from sourcehound.tools.library.catalogue import Catalogue
from sourcehound.tools.library.library import Library
from sourcehound.tools.library.units import load_units, to_evidence, units_written


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is looked for.

    Attributes:
        text: words; may be empty if there are pictures.
        pictures: one picture, or the frames of a clip.
        kinds: kinds of unit to search.
        within: glob of paths.
        narrower: a further glob that a path must match too, as one that a planner sets within the person's own.
        n: most hits.
        min_score: weakest score shown, 0..1; None for each kind's own cut.
        phrases: whether words in double quotes must stand there word for word, or only rank higher (for questions).
    """

    text: str = ""
    pictures: tuple[Pixels, ...] = ()
    kinds: tuple[UnitKind, ...] = UNIT_KINDS
    within: str | None = None
    narrower: str | None = None
    n: int = 10
    min_score: float | None = None
    phrases: Literal["required", "preferred"] = "required"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A found unit: its score in 0..1 and the parts it was made of (`words`, `dense`, `seen`, `like`)."""

    rank: int
    type: UnitKind
    score: float
    scores: Mapping[str, float]
    evidence: Evidence
    row: int

    def to_json(self) -> dict[str, Any]:
        """The hit as the contract has it."""
        return {
            "rank": self.rank,
            "type": self.type,
            "score": round(self.score, 4),
            "scores": {name: round(value, 4) for name, value in self.scores.items()},
            "evidence": self.evidence.to_json(),
        }


@dataclass(slots=True)
class _Candidate:
    row: int
    fused: float
    parts: dict[str, float] = field(default_factory=dict[str, float])


def find(library: Library, query: Query) -> tuple[Hit, ...]:
    """Rank units.

    Kinds are interleaved by rank within each kind, the kind with the strongest first hit first.

    Raises:
        ConfigError: an encoder's weights differ from their hash, or the index was made with another encoder.
    """
    _refuse_other_encoders(library)
    ranked: list[list[tuple[UnitKind, _Candidate, float]]] = []
    vectors = _query_vectors(library, query)
    for kind in query.kinds:
        allowed = allowed_rows(library.catalogue, kind, query.within, query.narrower)
        if allowed is not None and not allowed:
            continue
        cut = strength.CUT[kind] if query.min_score is None else query.min_score
        found: list[tuple[UnitKind, _Candidate, float]] = [
            (kind, candidate, score)
            for candidate in _rank(library, query, kind, vectors, allowed)
            if (score := strength.score(candidate.parts)) >= cut
        ]
        if found:
            ranked.append(found[: query.n])
    ranked.sort(key=lambda found: -found[0][2])
    return _to_hits(library.catalogue, _interleave(ranked), query.n)


def _refuse_other_encoders(library: Library) -> None:
    """Refuse an index of another encoder; a picture encoder that nobody named takes over in silence, pending until `add`."""
    stamps = library.stamps()
    here = {stamp for stamp in stamps.values() if stamp is not None}
    named = ("text",) if library.options.picture == "auto" else ("text", "picture")
    for role in named:
        stamp = stamps[role]
        if stamp is not None:
            made_with.refuse_other(library.catalogue.connection, stamp, others=here, setting=f"encoders.{role}")


def _query_vectors(library: Library, query: Query) -> dict[str, list[tuple[str, FloatArray]]]:
    """For each part of a score, the stamps to search and the query's row in that space."""
    vectors: dict[str, list[tuple[str, FloatArray]]] = {}
    if query.text and library.text_encoder.is_here():
        row = library.text_encoder.encode([Item(text=query.text)], as_="query").rows[0]
        vectors["dense"] = [(str(library.text_encoder.stamp), row)]
    if query.text and library.picture_encoder.is_here() and {"image", "moment"} & set(query.kinds):
        row = library.picture_encoder.encode([Item(text=query.text)], as_="query").rows[0]
        vectors["seen"] = [(str(library.picture_encoder.stamp), row)]
    if query.pictures and library.likeness_encoder.is_here():
        items = [Item(pictures=(pixels,)) for pixels in query.pictures]
        rows = library.likeness_encoder.encode(items, as_="item").rows
        vectors["like"] = [(str(library.likeness_encoder.stamp), row) for row in rows]
    return vectors


def _rank(
    library: Library,
    query: Query,
    kind: UnitKind,
    vectors: Mapping[str, Sequence[tuple[str, FloatArray]]],
    allowed: Collection[int] | None,
) -> list[_Candidate]:
    recipe = library.options.recipe
    lists: dict[str, dict[int, float]] = {}
    coverage: dict[int, float] = {}
    if query.text:
        hits = search_words(
            library.catalogue.connection,
            query.text,
            kinds=(kind,),
            k=recipe.depth,
            allowed=allowed,
            phrases=query.phrases,
        )
        lists["words"] = {hit.unit: hit.score for hit in hits}
        coverage = {hit.unit: hit.coverage for hit in hits}
    for part, rows in vectors.items():
        if part in {"seen", "like"} and kind not in {"image", "moment"}:
            continue
        best: dict[int, float] = {}
        for stamp, row in rows:
            for scored in library.engine.search(kind, stamp, row, k=recipe.depth, allowed=allowed):
                best[scored.unit] = max(best.get(scored.unit, -1.0), scored.score)
        lists[part] = best
    fused = fuse(kind, lists, coverage, n_units=units_written(library.catalogue.connection), recipe=recipe)
    candidates = [_Candidate(row=scored.unit, fused=scored.score) for scored in fused]
    for candidate in candidates:
        for part, scores in lists.items():
            if candidate.row in scores:
                value = coverage[candidate.row] if part == "words" else scores[candidate.row]
                candidate.parts[part] = value
    return candidates


def _interleave(
    ranked: Sequence[Sequence[tuple[UnitKind, _Candidate, float]]],
) -> list[tuple[UnitKind, _Candidate, float]]:
    depth = max(map(len, ranked), default=0)
    return [found[place] for place in range(depth) for found in ranked if place < len(found)]


def _to_hits(catalogue: Catalogue, order: Sequence[tuple[UnitKind, _Candidate, float]], n: int) -> tuple[Hit, ...]:
    units = load_units(catalogue.connection, [candidate.row for _, candidate, _ in order[: 2 * n]])
    hits: list[Hit] = []
    for kind, candidate, score in order:
        unit = units.get(candidate.row)
        evidence = None if unit is None else to_evidence(catalogue.connection, unit, score=round(score, 4))
        if evidence is not None and len(hits) < n:
            hits.append(
                Hit(
                    rank=len(hits) + 1,
                    type=kind,
                    score=score,
                    scores=candidate.parts,
                    evidence=evidence,
                    row=candidate.row,
                )
            )
    return tuple(hits)
