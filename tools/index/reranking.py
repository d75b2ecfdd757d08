"""What was found, judged once more: by a cross-encoder, or by a model that the person named. Off unless asked for.

Knows nothing of how either judges.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from sourcehound.tools.encoders.encoder import Pixels
from sourcehound.tools.errors import MediaError
from sourcehound.tools.evidence_pixels import pixels_of
from sourcehound.tools.library.units import load_units
from sourcehound.tools.senses.ranker import Candidate, Ranker, no_pictures

if TYPE_CHECKING:
    from sourcehound.tools.index.hit import Hit
    from sourcehound.tools.library.library import Library


def rerank(
    library: Library, ranker: Ranker, query: str, hits: Sequence[Hit], *, n: int, least: float
) -> tuple[Hit, ...]:
    """Put hits into the order of a ranker, up to `n` of them and possibly none.

    Args:
        library: where they were found.
        ranker: who judges.
        query: what was looked for, in words.
        hits: in the order of the search.
        n: most hits.
        least: the least chance that the ranker gives to what is kept, 0..1.

    Returns:
        Best first; `score` is the ranker's chance and `scores["rerank"]` too, beside what the search gave. Why, where the
        ranker says it, is in the evidence's `detail`.

    Raises:
        SourceUnavailable: the ranker's model cannot be reached.
        ConfigError: it cannot be used.
    """
    units = load_units(library.catalogue.connection, [hit.row for hit in hits])
    candidates = [
        Candidate(words=f"{units[hit.row].about}\n{units[hit.row].text}", pictures=_pictures(library, hit))
        for hit in hits
    ]
    kept = [judged for judged in ranker.rank(query, candidates) if judged.chance >= least]
    reranked: list[Hit] = []
    for rank, judged in enumerate(kept[:n], start=1):
        hit = hits[judged.place]
        detail = hit.evidence.detail | ({"why": judged.why, "ranked_by": ranker.name} if judged.why else {})
        reranked.append(
            replace(
                hit,
                rank=rank,
                score=judged.chance,
                scores={**hit.scores, "search": hit.score, "rerank": judged.chance},
                evidence=replace(hit.evidence, score=round(judged.chance, 4), detail=detail),
            )
        )
    return tuple(reranked)


def _pictures(library: Library, hit: Hit) -> Callable[[], tuple[Pixels, ...]]:
    return partial(_open, library, hit) if hit.type in {"image", "page", "moment"} else no_pictures


def _open(library: Library, hit: Hit) -> tuple[Pixels, ...]:
    try:
        return pixels_of(hit.evidence, library)
    except MediaError as error:
        library.warn(f"{hit.evidence.source.path}: judged by its words alone: {error.message}")
        return ()
