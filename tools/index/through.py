"""Units found through what models wrote about them: lists of their own, joined to those of the units' words and meaning.

A unit is found by its own words and rows or by those of one of its writings, whichever is better; which it was is said.
`find.written` leaves all of it out. Knows nothing of fusion.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.evidence import UnitKind
from sourcehound.tools.index.clusters import mean_row
from sourcehound.tools.index.hit import Hit
from sourcehound.tools.index.lists import Found, QueryVectors, Sought, standings, usual_of
from sourcehound.tools.index.query import Query
from sourcehound.tools.index.written import merged, search_written, told, written_stamp
from sourcehound.tools.library.library import Library

PART = "written"
"""The part of a hit's scores that says that it was found through a writing, and how well that fits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfWritings:
    """What the writings of one kind's units bring, by unit: BM25, the share of the question's words, cosines."""

    words: Mapping[int, float] = field(default_factory=dict[int, float])
    coverage: Mapping[int, float] = field(default_factory=dict[int, float])
    dense: Mapping[int, float] = field(default_factory=dict[int, float])

    def join(self, lists: Mapping[str, Mapping[int, float]]) -> dict[str, dict[int, float]]:
        """Lists of units with those of writings in them; a list that was not searched stays away."""
        joined = {part: dict(scores) for part, scores in lists.items()}
        for part, scores in (("words", self.words), ("dense", self.dense)):
            if part in joined and scores:
                joined[part], _ = merged(joined[part], scores)
        return joined

    def join_found(self, found: Found) -> tuple[Found, dict[int, float]]:
        """What was found with what writings brought, and the units found through a writing with how well it fits, 0..1."""
        by_words = merged(found.lists.get("words", {}), self.words)[1]
        by_meaning = merged(found.lists.get("dense", {}), self.dense)[1]
        coverage, _ = merged(found.coverage, {unit: self.coverage[unit] for unit in by_words})
        fits = {unit: self.coverage[unit] for unit in by_words}
        fits.update({unit: max(fits.get(unit, 0.0), self.dense[unit]) for unit in by_meaning})
        # what stands for a writing is no score of the unit's own rows
        own = dict(found.own)
        if "dense" in own:
            own["dense"] = {unit: score for unit, score in own["dense"].items() if unit not in by_meaning}
        return replace(found, lists=self.join(found.lists), coverage=coverage, own=own), fits


def gather_written(
    library: Library, query: Query, kind: UnitKind, rows: QueryVectors, allowed: Collection[int] | None
) -> OfWritings:
    """Search what was written about units of one kind; nothing where nothing is written or the recipe leaves it out.

    Raises:
        ConfigError: the index was made with another encoder.
    """
    connection = library.catalogue.connection
    if not library.options.recipe.written or connection.execute("SELECT 1 FROM writings LIMIT 1").fetchone() is None:
        return OfWritings()
    words, coverage = _by_words(library, query, kind, allowed)
    dense: dict[int, float] = {}
    for stamp, row in _rows(rows).items():
        sought = Sought(stamp=written_stamp(stamp), gives="single", rows=row[None])
        hits = library.engine.search(kind, sought.stamp, row, k=library.options.recipe.depth, allowed=allowed)
        scores = {hit.unit: hit.score for hit in hits}
        usual = usual_of(library, kind, "dense", [sought]) if scores else None
        dense, _ = merged(dense, scores if usual is None else standings(scores, usual))
    return OfWritings(words=words, coverage=coverage, dense=dense)


def say_how(library: Library, query: Query, rows: QueryVectors, hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """The hits, those found through a writing with it in their evidence's `detail`: who wrote it, and its words."""
    return tuple(_said(library, query, rows, hit) if PART in hit.scores else hit for hit in hits)


def _said(library: Library, query: Query, rows: QueryVectors, hit: Hit) -> Hit:
    asked = " ".join(part.text for part in query.parts if part.weight > 0)
    best = told(library.catalogue.connection, hit.row, asked, _rows(rows))
    if best is None:  # forgotten since
        return hit
    how = {"found_by": f"a {best.role} written by {best.model}", "written": best.text}
    return replace(hit, evidence=replace(hit.evidence, detail=hit.evidence.detail | how))


def _rows(rows: QueryVectors) -> dict[str, FloatArray]:
    """The row that writings are sought with, by the stamp of the text encoder: of many rows, their mean."""
    return {sought.stamp: _one(sought) for sought in rows.get("dense", ()) if sought.weight > 0}


def _one(sought: Sought) -> FloatArray:
    return sought.rows[0] if sought.gives == "single" else mean_row(sought.rows)


def _by_words(
    library: Library, query: Query, kind: UnitKind, allowed: Collection[int] | None
) -> tuple[dict[int, float], dict[int, float]]:
    """BM25 and coverage of every part of the query, summed by weight; what is pushed away from only takes."""
    scores: dict[int, float] = {}
    coverage: dict[int, float] = {}
    whole = max(sum(part.weight for part in query.parts if part.weight > 0), 1e-9)
    for part in sorted(query.parts, key=lambda part: -part.weight):
        hits = search_written(
            library.catalogue.connection,
            part.text,
            kind=kind,
            k=library.options.recipe.depth,
            allowed=allowed if part.weight > 0 else set(scores),
            is_required=part.weight > 0 and query.phrases == "required",
        )
        for hit in hits:
            scores[hit.unit] = scores.get(hit.unit, 0.0) + part.weight * hit.score
            coverage[hit.unit] = coverage.get(hit.unit, 0.0) + part.weight * hit.coverage / whole
    kept = {unit: score for unit, score in scores.items() if score > 0}
    return kept, {unit: max(0.0, coverage[unit]) for unit in kept}
