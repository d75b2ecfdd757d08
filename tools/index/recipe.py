"""How the lists of a query become one ranking: every choice is a setting `find.*`, so that it can be left out and measured.

Light: settings name the choices without loading anything. Knows nothing of how lists are searched or fused.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from sourcehound.tools.index.compact import Effort

Fusion = Literal["follow", "rrf", "min-max", "z", "words", "dense"]
FUSIONS: tuple[Fusion, ...] = ("follow", "rrf", "min-max", "z", "words", "dense")

Refine = Literal["none", "gqr"]
REFINES: tuple[Refine, ...] = ("none", "gqr")
Order = Literal["chance", "interleave"]
ORDERS: tuple[Order, ...] = ("chance", "interleave")

RerankHow = Literal["point", "list", "parts"]
RERANK_HOWS: tuple[RerankHow, ...] = ("point", "list", "parts")
Route = Literal["cues", "none"]
ROUTES: tuple[Route, ...] = ("cues", "none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """The choices of retrieval.

    Attributes:
        fusion: of words and meaning where units are text: passages, pages, speech.
        seen_fusion: of all lists where units are seen: images, moments; `follow`: each list by what it tells by itself.
        refine: whether the query's vector of meaning is moved towards what words say and asked again (tools/index/gqr.py);
            the refined list then stands for both. Fusion by itself was as good: mean nDCG@10 of three sets .853 and .855.
        picture_share: what a picture weighs against words in a query of both, 0..1.
        caption_share: what captions, lettering and names weigh against pixels where units are seen, 0..1.
        order: how hits of several kinds come together: by their `chance`, or `interleave`d by rank within each kind.
        route: whether `cues` in the query, as "photo" or "said", raise the chances of the kinds that they name.
        rerank: who judges the best hits once more: `hf:FOLDER` of a cross-encoder, or a model string; empty for nobody.
        rerank_how: how a model judges: one by one (`point`), in one `list`, or by statements of the query (`parts`).
        rerank_sees: whether a model is shown pictures too.
        rerank_depth: hits that are judged.
        rerank_least: the least chance of what the judge keeps, 0..1.
        written: whether units are found through captions and questions that a model wrote about them (`describe`).
        drop: a hit whose chance is less than this share of the best one's is left out, 0..1; 0 for none.
        depth: candidates that each list brings; deeper lists changed nDCG@10 by less than .001.
        effort: what a search by many vectors a unit spends.
    """

    fusion: Fusion = "follow"
    seen_fusion: Fusion = "follow"
    refine: Refine = "none"
    picture_share: float = 0.5
    caption_share: float = 0.5
    order: Order = "chance"
    route: Route = "cues"
    rerank: str = ""
    rerank_how: RerankHow = "point"
    rerank_sees: bool = False
    rerank_depth: int = 20
    rerank_least: float = 0.2
    written: bool = True
    drop: float = 0.0
    depth: int = 200
    effort: Effort = field(default_factory=Effort)
