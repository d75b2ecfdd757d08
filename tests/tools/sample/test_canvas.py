"""Boxes of lettering hold their ink."""

from __future__ import annotations

import numpy as np
import pytest

from sourcehound.tools.sample.canvas import Canvas, mix, union


@pytest.mark.parametrize("bold", [False, True])
def test_the_box_of_words_is_the_box_of_their_ink(*, bold: bool) -> None:
    canvas = Canvas(300, 120)
    left, top, right, bottom = canvas.words((150, 60), "AS-417 gauge", 30, (0, 0, 0), anchor="mm", bold=bold)
    dark = np.asarray(canvas.finish().convert("L")) < 200
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    assert (left, top) == pytest.approx((columns[0], rows[0]), abs=2)
    assert (right, bottom) == pytest.approx((columns[-1] + 1, rows[-1] + 1), abs=2)


def test_equal_seeds_give_equal_grain() -> None:
    pictures = [Canvas(20, 10, (90, 90, 90)).finish(grain=np.random.default_rng(seed)) for seed in (5, 5, 6)]
    assert pictures[0].tobytes() == pictures[1].tobytes() != pictures[2].tobytes()


def test_colours_mix_by_share() -> None:
    assert mix((0, 100, 200), (100, 0, 200), 0.25) == (25, 75, 200)


def test_union_is_the_smallest_box_around_all() -> None:
    assert union([(5, 9, 10, 12), (7, 2, 8, 20)]) == (5, 2, 10, 20)
