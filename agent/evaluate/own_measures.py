"""Measures that ir-measures has not: those of composed queries, of boxes on pages and of moments in films.

Each gives one question's value, 0..1, from the items found, best first. Knows nothing of where lists come from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sourcehound.agent.evaluate import layouts, spans
from sourcehound.agent.evaluate.collection import Question

Own = Callable[[Question, Sequence[str], str], float]
"""Takes the question, the items found and what stands after the `@` of the measure's name."""


def value(name: str, question: Question, items: Sequence[str]) -> float:
    """The value of an own measure.

    Args:
        name: as `mAP@10`; `is_own` says whether there is one.
        question: what was asked.
        items: what was found, best first.
    """
    kind, _, cutoff = name.partition("@")
    return OWN[kind](question, items, cutoff)


def is_own(name: str) -> bool:
    """Whether a measure's name is one of these."""
    return name.partition("@")[0] in OWN


def truncated_average_precision(question: Question, items: Sequence[str], cutoff: str) -> float:
    """Average precision of the first k, over as many right items as could be among them.

    Source:
        Baldrati et al., "Zero-Shot Composed Image Retrieval with Textual Inversion", ICCV 2023, equation of mAP@K.
    """
    k = int(cutoff)
    precisions: list[float] = []
    for rank, item in enumerate(items[:k], 1):
        if item in question.relevant:
            precisions.append((len(precisions) + 1) / rank)
    return sum(precisions) / min(len(question.relevant), k)


def subset_recall(question: Question, items: Sequence[str], cutoff: str) -> float:
    """Whether the right item is among the first k of the question's subset; one that was not found is not.

    Source:
        Liu et al., "Image Retrieval on Real-life Images with Pre-trained Vision-and-Language Models", ICCV 2021, the
        Recall_subset@K of CIRR.
    """
    inside = [item for item in items if item in question.subset][: int(cutoff)]
    return float(any(item in question.relevant for item in inside))


OWN: dict[str, Own] = {
    "mAP": truncated_average_precision,
    "Rsubset": subset_recall,
    "LayoutR": layouts.recall,
    "IoU-R1": spans.first_is_right,
    "IoU-mAP": spans.mean_average_precision,
    "mIoU": spans.overlap_of_first,
}
"""By what stands before the `@`."""
