"""Finds the tables among the lines of a page, and the captions that name them.

Asks for the places of words only where a table may be. Knows nothing of where lines come from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from sourcehound.tools.evidence import Box
from sourcehound.tools.library.readers.called import kind_called, label_in
from sourcehound.tools.library.readers.pdf_figures import captions_of
from sourcehound.tools.library.readers.pdf_lines import Line
from sourcehound.tools.library.readers.table_cells import Grid, Rules, Run, hull
from sourcehound.tools.library.readers.table_grid import grid_of
from sourcehound.tools.library.readers.table_zones import Drawing, Zone, zones

_REACH_PT = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table with its caption, empty if it has none."""

    grid: Grid
    caption: str = ""
    caption_box: Box | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What tables are sought among.

    Attributes:
        lines: in reading order, boxes in points.
        drawing: the rules drawn there.
        size_pt: the size of a line's letters.
        runs_of: the words of a line, those together that are of one cell.
        is_drawing: whether a box lies in a figure that is no table.
    """

    lines: Sequence[Line]
    drawing: Drawing
    size_pt: Callable[[Line], float]
    runs_of: Callable[[Line], Sequence[Run]]
    is_drawing: Callable[[Box], bool] = lambda _: False


def find_tables(page: Page) -> tuple[Table, ...]:
    """The tables of a page, from top to bottom."""
    captions = [(text, box) for text, box in captions_of(page.lines) if label_in(text) and kind_called(text) == "table"]
    lines = [line for line in page.lines if not any(_holds(box, line.box) for _, box in captions)]
    known: dict[int, Sequence[Run]] = {}

    def runs_of(at: int) -> Sequence[Run]:
        if at not in known:
            known[at] = page.runs_of(lines[at])
        return known[at]

    found: list[Grid] = []
    for zone in zones(lines, page.drawing, page.size_pt):
        if any(_overlap(grid.box, lines[at].box) for grid in found for at in zone.core):
            continue
        grid = _grid(zone, page.drawing, runs_of)
        if grid is not None and (grid.is_ruled or not page.is_drawing(grid.box)):
            found.append(grid)
    found.sort(key=lambda grid: (grid.box[1], grid.box[0]))
    return tuple(_captioned(found, captions))


def _grid(zone: Zone, drawing: Drawing, runs_of: Callable[[int], Sequence[Run]]) -> Grid | None:
    for chosen in dict.fromkeys((zone.lines, zone.core)):
        runs = [run for at in chosen for run in runs_of(at)]
        if not runs:
            continue
        box = zone.frame or hull([run.box for run in runs])
        grid = grid_of(runs, Rules.within(box, drawing.across, drawing.down))
        if grid is not None:
            return grid if zone.frame is None else replace(grid, box=hull([zone.frame, grid.box]))
    return None


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _holds(box: Box, inner: Box) -> bool:
    return box[0] <= inner[0] and box[1] <= inner[1] and inner[2] <= box[2] and inner[3] <= box[3]


def _captioned(grids: Sequence[Grid], captions: Sequence[tuple[str, Box]]) -> Iterator[Table]:
    """Each table with the nearest caption of a table above or below it; a caption names one table."""
    near = sorted(
        (distance, at, number)
        for at, grid in enumerate(grids)
        for number, (_, box) in enumerate(captions)
        if (distance := _distance(grid.box, box)) is not None
    )
    named: dict[int, int] = {}
    for _, at, number in near:
        if at not in named and number not in named.values():
            named[at] = number
    for at, grid in enumerate(grids):
        text, box = captions[named[at]] if at in named else ("", None)
        yield Table(grid=grid, caption=text, caption_box=box)


def _distance(box: Box, caption: Box) -> float | None:
    if min(box[2], caption[2]) <= max(box[0], caption[0]):
        return None
    gap = max(caption[1] - box[3], box[1] - caption[3], 0.0)
    return gap if gap <= _REACH_PT else None
