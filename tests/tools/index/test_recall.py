from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.index.recall import WIDTHS, width_for
from sourcehound.tools.index.vectors import Matrix

Cloud = Callable[..., FloatArray]


class Index:
    """An index that finds the nearest rows, but for those it skips."""

    def __init__(self, rows: FloatArray, *, per_unit: int = 1, skips_below: int = 0) -> None:
        self.rows = rows
        self.units = np.arange(len(rows)) // per_unit
        self.per_unit = per_unit
        self.skips_below = skips_below
        self.asked: list[int] = []

    def pieces(self) -> list[Matrix]:
        whole = range(0, len(self.rows), 30 * self.per_unit)
        edges = [*whole, len(self.rows)]
        return [Matrix(rows=self.rows[a:b], units=self.units[a:b], generation=1) for a, b in pairwise(edges)]

    def ask(self, query: FloatArray, width: int) -> set[tuple[int, int]]:
        self.asked.append(width)
        order = np.argsort(-(self.rows @ query))
        missed = order[:10:2] if width < self.skips_below else []
        return {(int(i) // self.per_unit, int(i) % self.per_unit) for i in order[:width] if i not in missed}

    def width(self) -> int | None:
        return width_for(self.pieces, len(self.rows), self.ask)


def test_the_least_width_that_finds_the_nearest_is_taken(cloud: Cloud):
    rows = cloud(500, 16)
    assert Index(rows).width() == WIDTHS[0]
    assert Index(rows, per_unit=3).width() == WIDTHS[0]
    assert Index(rows, skips_below=1000).width() == 1000
    hopeless = Index(rows, skips_below=10**6)
    assert hopeless.width() is None
    assert set(hopeless.asked) == set(WIDTHS)


def test_a_handful_of_rows_is_enough(cloud: Cloud):
    assert Index(cloud(3, 16)).width() == WIDTHS[0]
    assert Index(cloud(1, 16)).width() == WIDTHS[0]
