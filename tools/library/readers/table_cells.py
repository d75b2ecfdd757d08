"""What a table is made of: runs of words with their boxes, cells, rows, and the rules drawn between them.

Knows nothing of how tables are found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sourcehound.tools.evidence import Box

_LEAST_GUTTER_PT = 2.0
_WIDE_RULE = 0.8
_LONG_RULE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Words that stand together, and the box around them.

    Attributes:
        words: each word with its own box, where that is known.
    """

    text: str
    box: Box
    words: tuple[tuple[str, Box], ...] = ()

    @classmethod
    def of(cls, words: Sequence[tuple[str, Box]]) -> Run:
        """A run of words, from left to right."""
        if len(words) == 1:
            return cls(text=words[0][0], box=words[0][1], words=tuple(words))
        texts, boxes = zip(*words, strict=True)
        return cls(text=" ".join(texts), box=hull(boxes), words=tuple(words))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """The words of one cell, empty where nothing stands; its box is None then."""

    text: str = ""
    box: Box | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table.

    Attributes:
        heads: what stands above each column, empty strings where nothing does.
        rows: the rows below, each with a cell for each column.
        box: around all of it, heads too.
        is_ruled: whether drawn rules part its columns, or its head from its rows.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    box: Box
    is_ruled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """Lines drawn in a table: the heights of those that cross most of it, and the places of those that run down it."""

    across: tuple[float, ...] = ()
    down: tuple[float, ...] = ()

    @classmethod
    def within(cls, box: Box, across: Sequence[Box], down: Sequence[Box]) -> Rules:
        """The rules of a table's box; pieces of one line count together."""
        width, height = box[2] - box[0], box[3] - box[1]
        levels = _lengths([(rule[1], rule[0], rule[2]) for rule in across if _meets(rule, box)])
        places = _lengths([(rule[0], rule[1], rule[3]) for rule in down if _meets(rule, box)])
        return cls(
            across=tuple(at for at, length in levels if length >= _WIDE_RULE * width),
            down=tuple(at for at, length in places if length >= _LONG_RULE * height),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row of a table.

    Attributes:
        spans: for each column the column at which the cell that covers it begins.
    """

    cells: tuple[Cell, ...]
    spans: tuple[int, ...]
    top: float
    bottom: float

    @property
    def filled(self) -> list[int]:
        """The columns in which something stands."""
        return [at for at, cell in enumerate(self.cells) if cell.text]


def _lengths(pieces: Sequence[tuple[float, float, float]]) -> list[tuple[float, float]]:
    """For each height (or place) at which lines are drawn how long they are together."""
    found: list[tuple[float, float]] = []
    spans: list[list[tuple[float, float]]] = []
    for at, low, high in sorted(pieces):
        if found and at - found[-1][0] <= _LEAST_GUTTER_PT:
            spans[-1].append((low, high))
        else:
            found.append((at, 0.0))
            spans.append([(low, high)])
    return [(at, _union_length(parts)) for (at, _), parts in zip(found, spans, strict=True)]


def _union_length(spans: Sequence[tuple[float, float]]) -> float:
    total, reach = 0.0, float("-inf")
    for low, high in sorted(spans):
        total += max(0.0, high - max(low, reach))
        reach = max(reach, high)
    return total


def _meets(rule: Box, box: Box) -> bool:
    slack = 4.0
    return (
        rule[0] <= box[2] + slack
        and rule[2] >= box[0] - slack
        and rule[1] <= box[3] + slack
        and rule[3] >= box[1] - slack
    )


def middle(box: Box) -> float:
    """Halfway between the left and the right side of a box."""
    return (box[0] + box[2]) / 2


def hull(boxes: Sequence[Box]) -> Box:
    """The box around boxes."""
    if len(boxes) == 1:
        return boxes[0]
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return (min(lefts), min(tops), max(rights), max(bottoms))
