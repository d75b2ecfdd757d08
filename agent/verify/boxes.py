"""The check `box`: a cited box lies in its picture, is large enough to see, and is where the catalogue has the words.

The plane that it is given in must be the size that the picture or page has today.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sourcehound.agent.verify.check import CheckResult, Claim, failed, not_applicable, passed
from sourcehound.agent.verify.sources import Sources
from sourcehound.tools.evidence import Box, Evidence, Space

NAME: Final = "box"
LEAST_SIDE: Final = 2.0
_SLACK: Final = 1.0
"""Letters may reach a little over the edge of their page."""
_LEAST_IOU: Final = 0.5


def check_box(claim: Claim, evidence: Sequence[Evidence], ctx: Sources) -> CheckResult:
    """Compare every cited box with its plane, and with the place of the cited words."""
    del claim
    boxed = [item for item in evidence if item.locator.boxes]
    for item in boxed:
        if wrong := _wrong(item, ctx):
            return failed(NAME, f"{item.id}: {wrong}")
    if not boxed:
        return not_applicable(NAME, "no box is cited")
    return passed(NAME, ", ".join(f"{item.id}: {len(item.locator.boxes)}" for item in boxed))


def iou(one: Box, other: Box) -> float:
    """Intersection over union of two boxes, 0..1."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / (_area(one) + _area(other) - shared)


def _wrong(item: Evidence, ctx: Sources) -> str:
    where = item.locator
    if where.space is None:
        return "its boxes have no plane"
    if where.boxes and (outside := [box for box in where.boxes if not _is_inside(box, where.space)]):
        return f"{_shown(outside[0])} is not inside {_size(where.space)}"
    sides = [min(box[2] - box[0], box[3] - box[1]) for box in where.boxes]
    if max(sides) < LEAST_SIDE:
        return f"its largest box is {max(sides):.3g} {where.space.unit} wide or high: too small to see"
    today = ctx.plane(item)
    if today is not None and not _is_one_plane(today, where.space):
        return f"the plane is {_size(today)} today, not {_size(where.space)}"
    places = [place.boxes for place in ctx.places(item) if place.boxes]
    if places and not any(_are_one(where.boxes, boxes) for boxes in places):
        return f"the cited words stand at {_shown(places[0][0])}, not at {_shown(where.boxes[0])}"
    return ""


def _are_one(mine: Sequence[Box], theirs: Sequence[Box]) -> bool:
    """Equal boxes, or boxes that cover each other; a hair-thin one (a line cut at its last letter) is compared as it is."""
    return len(mine) == len(theirs) and all(
        one == other or iou(one, other) >= _LEAST_IOU for one, other in zip(mine, theirs, strict=True)
    )


def _is_inside(box: Box, space: Space) -> bool:
    left, top, right, bottom = box
    within = left >= -_SLACK and top >= -_SLACK and right <= space.width + _SLACK and bottom <= space.height + _SLACK
    return within and left < right and top < bottom


def _is_one_plane(one: Space, other: Space) -> bool:
    slack = 0.0 if one.unit == "px" else _SLACK
    return one.unit == other.unit and abs(one.width - other.width) <= slack and abs(one.height - other.height) <= slack


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _shown(box: Box) -> str:
    return "[" + ", ".join(f"{edge:.5g}" for edge in box) + "]"


def _size(space: Space) -> str:
    return f"{space.width:g} x {space.height:g} {space.unit}"
