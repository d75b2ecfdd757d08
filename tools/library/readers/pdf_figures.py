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
    r"|abb(ildung|\.)?|tabelle|tableau|figura|tabla)\s*[A-Z]?\d+([.\-–]\d+)*[a-z]?\s*([:.|)\-–—]|(?-i:\s[A-Z(])|$)",
    re.IGNORECASE,
)
_CELL_PT = 6.0
_MAX_SIDE_PT = 10_000.0
_MIN_SIDE_PT = 36.0
_MIN_AREA_SHARE = 0.008
_MIN_STROKES = 5
_MAX_WORDS_SHARE = 0.16
_MAX_FIGURES = 24
_MAX_CAPTION = 600
_MAX_CAPTION_LINES = 8
_REACH_PT = 90.0
_MIN_OVERLAP = 0.3
_LABEL_REACH_PT = 14.0
_LABEL_WIDTH_SHARE = 0.2
_LABEL_CHARACTERS = 40
_MAX_STROKES = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cluster:
    box: Box
    has_picture: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Caption:
    text: str
    box: Box


def figures_on(drawn: Drawn, lines: Sequence[Line], *, page: int, space: Space) -> tuple[Figure, ...]:
    """The figures of a page, from top to bottom, with their captions where they have one."""
    clusters = [] if drawn.is_scan else _clusters(drawn, space)
    if not clusters:
        return ()
    captions = list(_captions(lines))
    words = [line.box for line in lines]
    named = _assign(clusters, captions)
    labels = [line.box for line in lines if len(line.text) <= _LABEL_CHARACTERS and not _CAPTION.match(line.text)]
    found = [
        Figure(page=page, box=_rounded(_with_labels(cluster.box, labels), space), space=space, caption=caption)
        for cluster, caption in named
        if caption or cluster.has_picture or _covered(cluster.box, words) <= _MAX_WORDS_SHARE
    ]
    return tuple(sorted(found, key=lambda figure: (figure.box[1], figure.box[0])))


def _clusters(drawn: Drawn, space: Space) -> list[_Cluster]:
    """What is drawn together, the largest first."""
    pieces = [*((box, True) for box in drawn.pictures), *((box, False) for box in drawn.strokes[:_MAX_STROKES])]
    if not drawn.pictures and len(pieces) < _MIN_STROKES:
        return []
    groups: dict[int, list[tuple[Box, bool]]] = {}
    for piece, label in zip(pieces, _components([box for box, _ in pieces], space), strict=True):
        groups.setdefault(label, []).append(piece)
    least = _MIN_AREA_SHARE * space.width * space.height
    found: list[_Cluster] = []
    for group in groups.values():
        cluster = _Cluster(box=union([box for box, _ in group]), has_picture=any(is_picture for _, is_picture in group))
        is_drawn = cluster.has_picture or len(group) >= _MIN_STROKES
        if is_drawn and min(_width(cluster.box), _height(cluster.box)) >= _MIN_SIDE_PT and _area(cluster.box) >= least:
            found.append(cluster)
    found.sort(key=lambda cluster: _area(cluster.box), reverse=True)
    return found[:_MAX_FIGURES]


def _components(boxes: list[Box], space: Space) -> list[int]:
    """For each box the number of its connected group, on a grid of cells: boxes in touching cells belong together."""
    columns, rows = (int(min(side, _MAX_SIDE_PT) / _CELL_PT) + 3 for side in (space.width, space.height))
    grid = np.zeros((rows, columns), dtype=np.int8)
    corners: list[int] = []
    for left, top, right, bottom in boxes:
        x, y = min(int(left / _CELL_PT) + 1, columns - 2), min(int(top / _CELL_PT), rows - 1)
        grid[y : int(bottom / _CELL_PT) + 1, x : min(int(right / _CELL_PT) + 2, columns - 1)] = 1
        corners.append(y * columns + x)
    # the first and last column stay empty, so that runs of cells end within their row
    edges = np.flatnonzero(np.diff(grid.ravel())) + 1
    starts, ends = edges[::2], edges[1::2]
    roots = _joined_runs(starts.tolist(), ends.tolist(), columns)
    return [roots[run] for run in (np.searchsorted(starts, corners, side="right") - 1).tolist()]


def _joined_runs(starts: list[int], ends: list[int], columns: int) -> list[int]:
    """For each run of cells the number of its group; runs in neighbouring rows that touch, at corners too, are one.

    Source:
        Union by runs after Rosenfeld and Pfaltz, "Sequential operations in digital picture processing" (1966).
    """
    parent = list(range(len(starts)))

    def root(run: int) -> int:
        while parent[run] != run:
            parent[run] = parent[parent[run]]
            run = parent[run]
        return run

    above = 0
    for run, (start, end) in enumerate(zip(starts, ends, strict=True)):
        while ends[above] < start - columns:
            above += 1
        other = above
        while other < run and starts[other] <= end - columns:
            parent[root(other)] = root(run)
            other += 1
    return [root(run) for run in range(len(starts))]


def captions_of(lines: Sequence[Line]) -> Iterator[tuple[str, Box]]:
    """The captions among lines, as `Table 3: …`, with the box around each."""
    return ((caption.text, caption.box) for caption in _captions(lines))


def _captions(lines: Sequence[Line]) -> Iterator[_Caption]:
    for at, line in enumerate(lines):
        if not _CAPTION.match(line.text):
            continue
        block = [line]
        for following in lines[at + 1 : at + _MAX_CAPTION_LINES]:
            if following.gaps or _CAPTION.match(following.text) or not _goes_on(block[-1].box, following.box):
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


def _assign(clusters: list[_Cluster], captions: Iterable[_Caption]) -> list[tuple[_Cluster, str]]:
    """Give each caption its nearest figure; figures side by side over one caption become one."""
    left = list(clusters)
    named: list[tuple[_Cluster, str]] = []
    for caption in captions:
        near = [
            (distance, cluster.box) for cluster in left if (distance := _distance(cluster.box, caption.box)) is not None
        ]
        if not near:
            continue
        best = min(near)[1]
        row = [cluster for cluster in left if cluster.box == best or _is_beside(cluster.box, best, caption.box)]
        left = [cluster for cluster in left if cluster not in row]
        whole = _Cluster(
            box=union([cluster.box for cluster in row]), has_picture=any(cluster.has_picture for cluster in row)
        )
        named.append((_without(whole, caption.box), caption.text))
    return [*named, *((cluster, "") for cluster in left)]


def _without(cluster: _Cluster, caption: Box) -> _Cluster:
    """The cluster cut where its caption begins: drawings may claim more room than they fill."""
    left, top, right, bottom = cluster.box
    if top < caption[1] < bottom and caption[1] - top >= bottom - caption[3]:
        bottom = caption[1]
    elif top < caption[3] < bottom:
        top = caption[3]
    return _Cluster(box=(left, top, right, bottom), has_picture=cluster.has_picture)


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
    touching: list[Box] = []
    for label in labels:
        above = label[2] > box[0] and label[0] < box[2] and _width(label) <= _width(box)
        beside = label[3] > box[1] and label[1] < box[3] and _width(label) <= _LABEL_WIDTH_SHARE * _width(box)
        if (above and _gap(label, box, 1) <= _LABEL_REACH_PT) or (beside and _gap(label, box, 0) <= _LABEL_REACH_PT):
            touching.append(label)
    return union([box, *touching])


def _gap(a: Box, b: Box, axis: int) -> float:
    """The distance of two boxes along an axis, 0 where they overlap."""
    return max(a[axis] - b[axis + 2], b[axis] - a[axis + 2], 0.0)


def _covered(box: Box, words: Sequence[Box]) -> float:
    """Which share of a box words take: much in tables and frames around text, little in charts."""
    shared = sum(
        max(0.0, min(box[2], word[2]) - max(box[0], word[0])) * max(0.0, min(box[3], word[3]) - max(box[1], word[1]))
        for word in words
    )
    return shared / _area(box)


def _width(box: Box) -> float:
    return box[2] - box[0]


def _height(box: Box) -> float:
    return box[3] - box[1]


def _area(box: Box) -> float:
    return _width(box) * _height(box)


def _rounded(box: Box, space: Space) -> Box:
    left, top, right, bottom = box
    return (
        round(max(0.0, left), 2),
        round(max(0.0, top), 2),
        round(min(space.width, right), 2),
        round(min(space.height, bottom), 2),
    )
