"""From runs of words with their boxes to a table: its rows, its columns, and the heads of its columns.

Knows boxes and words only: nothing of PDF, pixels or pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from sourcehound.tools.library.readers.table_cells import Grid, Row, Rules, Run, hull, middle
from sourcehound.tools.library.readers.table_columns import bands_of, cut_at, gutters_of, with_signs
from sourcehound.tools.library.readers.table_heads import count_heads, heads_of, is_value
from sourcehound.tools.library.readers.table_rows import in_strips, joined, row_of, with_labels, without_sign_columns

_LABELLED = 0.7
_ALIGNED, _ALIGNED_PT = 0.6, 10.0
"""Share of a column's cells that must begin, end or be centred at one place where no rules part the columns."""
_MOST_CELL_WORDS = 40
_MANY_NUMBERS = 0.4
_LEAST_FILLED = 0.4


def grid_of(runs: Sequence[Run], rules: Rules) -> Grid | None:
    """Make a table of what stands in one place; None where it is none.

    Args:
        runs: all words there, in any order.
        rules: the lines drawn there.
    """
    bands = [with_signs(band) for band in bands_of(runs)]
    gutters = gutters_of(bands, rules)
    if not gutters:
        return None
    edges = [min(run.box[0] for run in runs) - 1, *gutters, max(run.box[2] for run in runs) + 1]
    is_gridded = any(edges[0] < x < edges[-1] for x in rules.down)
    is_ruled = is_gridded or len(rules.across) > 2
    rows = [row_of([part for run in band for part in cut_at(run, edges)], edges) for band in bands]
    rows = with_labels(without_sign_columns(rows))
    n_heads = count_heads(rows, rules, is_ruled=is_ruled)
    heads = heads_of(rows[:n_heads])
    body = joined(in_strips(rows[n_heads:], rules))
    if not _is_table(heads, body, is_ruled=is_ruled, is_gridded=is_gridded):
        return None
    boxes = [cell.box for row in rows for cell in row.cells if cell.box is not None]
    return Grid(heads=heads, rows=tuple(row.cells for row in body), box=hull(boxes), is_ruled=is_ruled)


def _is_table(heads: Sequence[str], rows: Sequence[Row], *, is_ruled: bool, is_gridded: bool) -> bool:
    """Whether rows are a table rather than prose in columns, a list of contents, or an equation with its number."""
    several = [row for row in rows if len(row.filled) > 1]
    if len(several) < (1 if is_ruled and heads else 2) or 2 * len(several) < len(rows) or _is_contents(rows):
        return False
    cells = [row.cells[at].text for row in several for at in row.filled[1:]]
    if len(cells) + len(several) < _LEAST_FILLED * len(several) * len(rows[0].cells):
        return False
    n_words = median(len(text.split()) for text in cells)
    if is_gridded:
        return n_words <= _MOST_CELL_WORDS
    if not all(_is_aligned(rows, at) for at in range(1, len(rows[0].cells))):
        return False
    if is_ruled:
        return n_words <= _MOST_CELL_WORDS
    numbers = sum(map(is_value, cells)) / len(cells)
    return _are_values(several, heads) if numbers >= _MANY_NUMBERS else _are_words(rows, several, n_words)


def _are_values(several: Sequence[Row], heads: Sequence[str]) -> bool:
    return len(several) > 2 or bool(heads)


def _are_words(rows: Sequence[Row], several: Sequence[Row], n_words: float) -> bool:
    """Whether cells of words without rules between them are a table: short ones, in three columns or more, with labels."""
    labels = [row.cells[0].text for row in rows if row.cells[0].text]
    are_labels = sum(not text[0].islower() for text in labels) >= _LABELLED * len(rows)
    return len(several) > 3 and n_words <= 4 and len(rows[0].cells) > 2 and are_labels


def _is_aligned(rows: Sequence[Row], at: int) -> bool:
    """Whether most cells of a column begin, end or are centred at one place."""
    boxes = [box for row in rows if (box := row.cells[at].box) is not None]
    places = ([box[0] for box in boxes], [box[2] for box in boxes], [middle(box) for box in boxes])
    return any(sum(abs(x - median(xs)) <= _ALIGNED_PT for x in xs) >= _ALIGNED * len(xs) for xs in places if xs)


def _is_contents(rows: Sequence[Row]) -> bool:
    """Whether it lists what stands on which page: leaders of dots, or a last column of whole numbers that only rise."""
    lines = [" ".join(cell.text for cell in row.cells) for row in rows]
    if sum(". . ." in line or "...." in line for line in lines) * 2 > len(lines):
        return True
    last = [row.cells[-1].text for row in rows if row.cells[-1].text]
    if len(rows[0].cells) > (3 if len(last) > 4 else 2) or len(last) < 3 or not all(text.isdecimal() for text in last):
        return False
    return all(int(one) <= int(other) for one, other in pairwise(last)) and len({*last}) * 2 > len(last)
