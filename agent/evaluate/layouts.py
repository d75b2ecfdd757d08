"""Boxes on pages as items: which part of the labelled boxes the first hits cover.

An item is written `FILE#page=3&boxes=72,90,310,104;72,110,310,124`, in points of the page as displayed.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from sourcehound.tools.evidence import Box, Locator

if TYPE_CHECKING:
    from sourcehound.agent.evaluate.collection import Question

_BOXES = "&boxes="


def item(page: str, boxes: Sequence[Box]) -> str:
    """The item of some boxes of a page, which is named `FILE#page=3`."""
    return page + _BOXES + ";".join(",".join(f"{side:g}" for side in box) for box in boxes)


def boxes_of(where: Locator) -> tuple[Box, ...]:
    """The boxes of a place; of a whole page the page itself."""
    if where.boxes or where.space is None:
        return where.boxes
    return ((0.0, 0.0, where.space.width, where.space.height),)


def recall(question: Question, items: Sequence[str], cutoff: str) -> float:
    """Share of the area of the labelled boxes that the boxes of the first k hits cover.

    Source:
        Dong et al., "MMDocIR: Benchmarking Multi-Modal Retrieval for Long Documents", 2025, arXiv 2501.08828, layout-level
        recall by overlap of boxes. Differs: its candidates are given layouts, ours are whatever was found, so that what
        counts is how much of the label they cover together.
    """
    found = _by_page(items[: int(cutoff)])
    wanted = _by_page(question.layouts)
    total = sum(area(boxes) for boxes in wanted.values())
    covered = sum(area(_common(boxes, found.get(page, []))) for page, boxes in wanted.items())
    return covered / total if total else 0.0


def area(boxes: Sequence[Box]) -> float:
    """The area of the union of some boxes."""
    sides = sorted({side for box in boxes for side in (box[0], box[2])})
    total = 0.0
    for left, right in pairwise(sides):
        reached = float("-inf")
        for _, top, _, bottom in sorted(
            (box for box in boxes if box[0] <= left and right <= box[2]), key=lambda box: box[1]
        ):
            total += (right - left) * max(0.0, bottom - max(top, reached))
            reached = max(reached, bottom)
    return total


def _common(one: Sequence[Box], other: Sequence[Box]) -> list[Box]:
    """What lies in a box of each."""
    shared = [(max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])) for a in one for b in other]
    return [box for box in shared if box[0] < box[2] and box[1] < box[3]]


def _by_page(items: Sequence[str]) -> dict[str, list[Box]]:
    pages: dict[str, list[Box]] = {}
    for text in items:
        page, _, boxes = text.rpartition(_BOXES)
        for box in boxes.split(";"):
            left, top, right, bottom = map(float, box.split(","))
            pages.setdefault(page, []).append((left, top, right, bottom))
    return pages
