"""What a library takes from the settings. Knows nothing of how a library uses it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sourcehound.agent.settings import Settings
from sourcehound.tools.index.compact import Compact, Effort
from sourcehound.tools.index.recipe import Recipe
from sourcehound.tools.library.library import Options
from sourcehound.tools.library.regions import Regions
from sourcehound.tools.senses.ranker import Ranker


def library_options(settings: Settings) -> Options:
    """The models, the engine and the recipe of retrieval that the settings name."""
    weights = settings["weights.path"]
    return Options(
        # what nobody named is no reason to refuse a library that was made with another
        text=settings["encoders.text"] if "encoders.text" in settings.given else "auto",
        picture=settings["encoders.picture"],
        page=settings["encoders.page"] if "encoders.page" in settings.given else "auto",
        weights=Path(weights).expanduser() if weights else None,
        engine=settings["index.engine"],
        chroma_url=settings["index.chroma_url"],
        compact=Compact(
            vectors=settings["index.vectors"], pooling=settings["index.pooling"], scheme=settings["index.scheme"]
        ),
        regions=Regions(tiles=settings["index.tiles"], proposals=settings["index.regions"]),
        threads=settings["compute.threads"],
        recipe=Recipe(
            fusion=settings["find.fusion"],
            seen_fusion=settings["find.seen_fusion"],
            refine=settings["find.refine"],
            picture_share=settings["find.picture_share"],
            caption_share=settings["find.caption_share"],
            order=settings["find.order"],
            rerank=settings["find.rerank"],
            rerank_how=settings["find.rerank_how"],
            rerank_sees=settings["find.rerank_sees"],
            rerank_depth=settings["find.rerank_depth"],
            rerank_least=settings["find.rerank_least"],
            route=settings["find.route"],
            written=settings["find.written"],
            drop=settings["find.drop"],
            depth=settings["find.depth"],
            effort=Effort(candidates=settings["find.candidates"], vectors=settings["find.vectors"]),
        ),
    )


def open_ranker(recipe: Recipe, warn: Callable[[str], None]) -> Ranker:
    """The model that a recipe names to judge hits.

    Raises:
        ConfigError: the model string is unknown, its package or key is missing.
    """
    from sourcehound.agent.models.ranker import PromptedRanker

    return PromptedRanker.named(recipe.rerank, how=recipe.rerank_how, sees=recipe.rerank_sees, warn=warn)
