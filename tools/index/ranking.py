"""One ranking of a kind's units out of the lists that words, meaning and pictures brought. Knows nothing of how they search."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sourcehound.tools.evidence import UnitKind
from sourcehound.tools.index import fusion
from sourcehound.tools.index.engine import Scored
from sourcehound.tools.index.recipe import Fusion, Recipe

_TEXT_KINDS = frozenset({"passage", "page", "speech"})
_ALL = 0.999
"""Share of the question's words from which all of them are there."""

Lists = Mapping[str, Mapping[int, float]]
"""By part (`words`, `dense`, `seen`, `like`), scores of units on the part's own scale."""


def fuse(
    kind: UnitKind, lists: Lists, coverage: Mapping[int, float], *, n_units: int, recipe: Recipe
) -> tuple[Scored, ...]:
    """One list of a kind's units, best first.

    Text is fused by `recipe.fusion`; further lists (what an encoder sees in a page) join by z-score. What is seen is
    fused by `recipe.seen_fusion`; there, what has every word of the question (a file's name, an exact caption) goes
    first where ranks are fused, for a rough recogniser that ranks everything would bury it.

    Args:
        kind: of the units.
        lists: by part, scores of units.
        coverage: share of the question's words that a unit has, 0..1.
        n_units: units of the collection, >= 1.
        recipe: the choices.
    """
    ranked = {part: _best_first(scores) for part, scores in lists.items() if scores}
    if not ranked:
        return ()
    if kind not in _TEXT_KINDS:
        fused = _fuse(ranked, recipe.seen_fusion, n_units)
        if recipe.seen_fusion != "rrf":
            return fused
        return tuple(sorted(fused, key=lambda scored: coverage.get(scored.unit, 0.0) < _ALL))
    text = _fuse({part: ranked[part] for part in ("words", "dense") if part in ranked}, recipe.fusion, n_units)
    others = [found for part, found in ranked.items() if part not in {"words", "dense"}]
    return fusion.fuse_z([text, *others]) if others else text


def _fuse(ranked: Mapping[str, Sequence[Scored]], how: Fusion, n_units: int) -> tuple[Scored, ...]:
    if how in {"words", "dense"}:
        return tuple(ranked.get(how, ()))
    if how == "follow":
        return fusion.fuse_following(ranked.get("dense", ()), ranked.get("words", ()), n_units=n_units)
    lists = list(ranked.values())
    if how == "rrf":
        return fusion.fuse_ranks(lists)
    return fusion.fuse_min_max(lists) if how == "min-max" else fusion.fuse_z(lists)


def _best_first(scores: Mapping[int, float]) -> list[Scored]:
    return sorted((Scored(unit=unit, score=score) for unit, score in scores.items()), key=lambda s: (-s.score, s.unit))
