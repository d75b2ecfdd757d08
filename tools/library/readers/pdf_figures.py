"""Figures of a PDF page: what is drawn together, and the caption that belongs to it.

Pictures, drawings put in as one thing and clusters of strokes that touch make one figure; a line that begins with
"Figure 3", "Table 2" or the like names the nearest one above or below. Knows nothing of PDF's objects.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sourcehound.tools.evidence import Box, Space
from sourcehound.tools.library.readers.pdf_lines import Line, union
from sourcehound.tools.library.readers.pdf_objects import Drawn
from sourcehound.tools.library.reading import Figure

_CAPTION = re.compile(
    r"(fig(ure|\.)?|table|tab\.|chart|graph|exhibit|diagram|map|plate|photo|picture|image|scheme|illustration|box"
    r"|abb(ildung|\.)?|tabelle|tableau|figura|tabla)\s*[A-Z]?\d+([.\-–]\d+)*[a-z]?\s*([:.|)\-–—]|\s[A-Z(]|$)",
    re.IGNORECASE,
)
_CELL_PT = 6.0
_MIN_SIDE_PT = 36.0
_MIN_AREA_SHARE = 0.008
_MIN_STROKES = 8
_MAX_FIGURES = 24
_MAX_CAPTION = 600
_MAX_CAPTION_LINES = 8
_REACH_PT = 90.0
_MIN_OVERLAP = 0.3
_LABEL_REACH_PT = 14.0
_LABEL_CHARACTERS = 40
_MAX_STROKES = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Caption:
    text: str
    box: Box


def figures_on(drawn: Drawn, lines: Sequence[Line], *, page: int, space: Space) -> tuple[Figure, ...]:
    """The figures of a page, from top to bottom, with their captions where they have one."""
    boxes = _clusters(drawn, space)
    if not boxes:
        return ()
    captions = list(_captions(lines))
    labels = [line.box for line in lines if len(line.text) <= _LABEL_CHARACTERS and not _CAPTION.match(line.text)]
    boxes = [_with_labels(box, labels) for box in boxes]
    named = _assign(boxes, captions)
    found = [Figure(page=page, box=_rounded(box, space), space=space, caption=caption) for box, caption in named]
    return tuple(sorted(found, key=lambda figure: (figure.box[1], figure.box[0])))


def _clusters(drawn: Drawn, space: Space) -> list[Box]:
    """Boxes around what is drawn together."""
    pieces = [*((box, _MIN_STROKES) for box in drawn.pictures), *((box, 1) for box in drawn.strokes[:_MAX_STROKES])]
    if not drawn.pictures and len(pieces) < _MIN_STROKES:
        return []
    label_of = _components([box for box, _ in pieces], space)
    groups: dict[int, list[tuple[Box, int]]] = {}
    for (box, weight), label in zip(pieces, label_of, strict=True):
        groups.setdefault(label, []).append((box, weight))
    least = _MIN_AREA_SHARE * space.width * space.height
    found: list[Box] = []
    for group in groups.values():
        box = union([piece for piece, _ in group])
        width, height = box[2] - box[0], box[3] - box[1]
        if (
            sum(weight for _, weight in group) >= _MIN_STROKES
            and min(width, height) >= _MIN_SIDE_PT
            and width * height >= least
        ):
            found.append(box)
    found.sort(key=_area, reverse=True)
    return found[:_MAX_FIGURES]


def _components(boxes: list[Box], space: Space) -> list[int]:
    """For each box the number of its connected group, on a grid of cells: boxes in touching cells belong together."""
    columns, rows = (int(min(side, 1e4) / _CELL_PT) + 2 for side in (space.width, space.height))
    grid = np.zeros((rows, columns), dtype=bool)
    cells = [
        tuple(min(int(side / _CELL_PT), limit) for side, limit in zip(box, (columns - 1, rows - 1) * 2, strict=True))
        for box in boxes
    ]
    for left, top, right, bottom in cells:
        grid[top : bottom + 1, left : right + 1] = True
    labels = _label(grid)
    return [int(labels[top, left]) for left, top, _, _ in cells]


def _label(grid: np.ndarray[tuple[int, int], np.dtype[np.bool_]]) -> np.ndarray[tuple[int, int], np.dtype[np.int32]]:
    """Number the connected regions of a grid, neighbours at corners included, by runs of rows and union-find."""
    parent: list[int] = []

    def root(label: int) -> int:
        while parent[label] != label:
            parent[label] = parent[parent[label]]
            label = parent[label]
        return label

    labels = np.full(grid.shape, -1, dtype=np.int32)
    above: list[tuple[int, int, int]] = []
    for y in range(grid.shape[0]):
        edges = np.flatnonzero(np.diff(np.concatenate(([0], grid[y].view(np.int8), [0]))))
        runs: list[tuple[int, int, int]] = []
        for begin, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
            label = len(parent)
            parent.append(label)
            for other_begin, other_end, other in above:
                if other_begin <= end and begin <= other_end:
                    parent[root(other)] = root(label)
            runs.append((begin, end, label))
            labels[y, begin:end] = label
        above = runs
    roots = np.array([root(label) for label in range(len(parent))], dtype=np.int32)
    return np.where(labels >= 0, roots[labels], -1).astype(np.int32) if parent else labels


def _captions(lines: Sequence[Line]) -> Iterator[_Caption]:
    for at, line in enumerate(lines):
        if not _CAPTION.match(line.text):
            continue
        block = [line]
        for following in lines[at + 1 : at + _MAX_CAPTION_LINES]:
            if _CAPTION.match(following.text) or not _goes_on(block[-1].box, following.box):
                break
            block.append(following)
        text = " ".join(part.text for part in block)[:_MAX_CAPTION]
        yield _Caption(text=text, box=union([part.box for part in block]))


def _goes_on(box: Box, following: Box) -> bool:
    """Whether a line stands right under another, near enough to be its continuation."""
    height = box[3] - box[1]
    gap = following[1] - box[3]
    similar = 0.6 * height <= following[3] - following[1] <= 1.6 * height
    return (
        similar
        and -0.5 * height <= gap <= 0.8 * height
        and following[0] < box[2]
        and abs(following[0] - box[0]) < 6 * height
    )


def _assign(boxes: list[Box], captions: Iterable[_Caption]) -> list[tuple[Box, str]]:
    """Give each caption its nearest figure; figures side by side over one caption become one."""
    left = list(boxes)
    named: list[tuple[Box, str]] = []
    for caption in captions:
        near = [(distance, box) for box in left if (distance := _distance(box, caption.box)) is not None]
        if not near:
            continue
        best = min(near)[1]
        row = [box for box in left if box == best or _is_beside(box, best, caption.box)]
        left = [box for box in left if box not in row]
        named.append((union(row), caption.text))
    return [*named, *((box, "") for box in left)]


def _distance(box: Box, caption: Box) -> float | None:
    """How far a caption is above or below a figure, in points; None if it is not by its side."""
    overlap = min(box[2], caption[2]) - max(box[0], caption[0])
    if overlap < _MIN_OVERLAP * min(box[2] - box[0], caption[2] - caption[0]):
        return None
    gap = max(caption[1] - box[3], box[1] - caption[3], 0.0)
    return gap if gap <= _REACH_PT else None


def _is_beside(box: Box, other: Box, caption: Box) -> bool:
    shared = min(box[3], other[3]) - max(box[1], other[1])
    middle = (box[0] + box[2]) / 2
    return shared > 0.5 * min(box[3] - box[1], other[3] - other[1]) and caption[0] <= middle <= caption[2]


def _with_labels(box: Box, labels: Sequence[Box]) -> Box:
    """A figure with the short words at its edges: axis titles, tick labels."""
    reach = (box[0] - _LABEL_REACH_PT, box[1] - _LABEL_REACH_PT, box[2] + _LABEL_REACH_PT, box[3] + _LABEL_REACH_PT)
    touching = [label for label in labels if _overlap(label, reach) and _width(label) <= _width(box)]
    return union([box, *touching])


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _width(box: Box) -> float:
    return box[2] - box[0]


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _rounded(box: Box, space: Space) -> Box:
    left, top, right, bottom = box
    return (
        round(max(0.0, left), 2),
        round(max(0.0, top), 2),
        round(min(space.width, right), 2),
        round(min(space.height, bottom), 2),
    )
