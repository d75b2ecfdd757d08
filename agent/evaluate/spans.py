"""Moments of films as items, and the measures of moment retrieval.

An item is written `FILM#t=12.5,18`, in seconds of media time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from sourcehound.agent.evaluate.collection import Question

MOST = 10
"""Moments of a question that average precision looks at, as QVHighlights counts them."""
THRESHOLDS = tuple(round(0.5 + 0.05 * step, 2) for step in range(10))
"""0.5, 0.55 … 0.95: the overlaps whose average precisions are averaged where no other is named."""


class Span(NamedTuple):
    """A moment: its film, and seconds, half-open."""

    film: str
    start_s: float
    end_s: float


def item(film: str, start_s: float, end_s: float) -> str:
    """The item of a moment."""
    return f"{film}#t={start_s:g},{end_s:g}"


def span(text: str) -> Span:
    """The moment that an item is."""
    film, _, times = text.rpartition("#t=")
    start, end = times.split(",")
    return Span(film, float(start), float(end))


def overlap(one: Span, other: Span) -> float:
    """Intersection over union of two moments, 0..1; 0 of different films.

    Example:
        >>> overlap(Span("a", 0, 4), Span("a", 2, 6)) == 2 / 6
        True
    """
    if one.film != other.film:
        return 0.0
    shared = min(one.end_s, other.end_s) - max(one.start_s, other.start_s)
    union = max(one.end_s, other.end_s) - min(one.start_s, other.start_s)
    return max(0.0, shared) / union if union > 0 else 0.0


def first_is_right(question: Question, items: Sequence[str], cutoff: str) -> float:
    """Whether the first moment overlaps a right one by the threshold.

    Source:
        Gao et al., "TALL: Temporal Activity Localization via Language Query", ICCV 2017, R@1 at an IoU; for several right
        moments Lei, Berg and Bansal, "QVHighlights: Detecting Moments and Highlights in Videos via Natural Language
        Queries", NeurIPS 2021.
    """
    return float(overlap_of_first(question, items, "") >= float(cutoff))


def overlap_of_first(question: Question, items: Sequence[str], _: str) -> float:
    """The overlap of the first moment with the right one that it overlaps most."""
    if not items:
        return 0.0
    first = span(items[0])
    return max(overlap(first, span(right)) for right in question.relevant)


def mean_average_precision(question: Question, items: Sequence[str], cutoff: str) -> float:
    """Average precision at an overlap, or the mean over `THRESHOLDS` where none is named.

    Source:
        Lei, Berg and Bansal, QVHighlights, as above, with the interpolated average precision of ActivityNet: each right
        moment is found once, by the first of the `MOST` best that overlaps it enough.
    """
    thresholds = (float(cutoff),) if cutoff else THRESHOLDS
    right = [span(text) for text in question.relevant]
    found = [span(text) for text in items[:MOST]]
    return sum(_average_precision(right, found, threshold) for threshold in thresholds) / len(thresholds)


def _average_precision(right: Sequence[Span], found: Sequence[Span], threshold: float) -> float:
    taken: set[int] = set()
    precisions: list[float] = []
    recalls: list[float] = []
    for rank, one in enumerate(found, 1):
        best = sorted(range(len(right)), key=lambda n: -overlap(one, right[n]))
        match = next((n for n in best if n not in taken and overlap(one, right[n]) >= threshold), None)
        if match is not None:
            taken.add(match)
        precisions.append(len(taken) / rank)
        recalls.append(len(taken) / len(right))
    total, before = 0.0, 0.0
    for place, recall in enumerate(recalls):
        total += (recall - before) * max(
            precisions[place:]
        )  # interpolated: the best precision at this recall or beyond
        before = recall
    return total
