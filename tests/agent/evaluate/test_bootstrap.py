from __future__ import annotations

import pytest

from sourcehound.agent.evaluate.bootstrap import Bootstrap


def test_the_interval_of_few_values_is_that_of_all_their_draws():
    # two values drawn twice: means 0, 1/2, 1/2, 1 with a quarter of the draws each
    interval = Bootstrap(draws=4000).interval([0.0, 1.0])
    assert (interval.mean, interval.low, interval.high) == (0.5, 0.0, 1.0)


def test_the_interval_of_many_values_is_about_that_of_the_normal_distribution():
    values = [0.0, 1.0] * 200
    interval = Bootstrap().interval(values)
    spread = 1.96 * 0.5 / 400**0.5
    assert interval.mean == 0.5
    assert interval.low == pytest.approx(0.5 - spread, abs=0.006)
    assert interval.high == pytest.approx(0.5 + spread, abs=0.006)


def test_the_same_seed_gives_the_same_interval_and_another_one_another():
    values = [0.1, 0.4, 0.45, 0.7, 0.9, 1.0, 0.0]
    assert Bootstrap(seed=3).interval(values) == Bootstrap(seed=3).interval(values)
    assert Bootstrap(seed=3).interval(values) != Bootstrap(seed=4).interval(values)


def test_questions_of_one_cluster_are_drawn_together():
    # five captions of each of two pictures: as two draws, not as ten
    values = [0.0] * 5 + [1.0] * 5
    together = Bootstrap().interval(values, ["a"] * 5 + ["b"] * 5)
    alone = Bootstrap().interval(values)
    assert (together.low, together.high) == (0.0, 1.0)
    assert alone.low > 0.0
    assert alone.high < 1.0


def test_a_difference_that_is_the_same_for_every_question_is_above_zero():
    interval = Bootstrap().interval([0.01] * 30)
    assert interval.is_above_zero
    assert not interval.is_below_zero
    assert Bootstrap().interval([-0.2, -0.1, -0.3] * 9).is_below_zero
