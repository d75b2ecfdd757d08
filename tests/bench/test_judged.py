from __future__ import annotations

import pytest

from bench.judged import Gain, Goal, Judged, lines_of


def judged(ours: list[float], goal: Goal, plain: dict[str, list[float]], bar: float | None = None) -> Judged:
    return Judged(
        name="some/set",
        measure="nDCG@10",
        ours={str(n): value for n, value in enumerate(ours)},
        plain={part: {str(n): value for n, value in enumerate(values)} for part, values in plain.items()},
        goal=goal,
        bar=bar,
    )


@pytest.mark.parametrize(
    ("ours", "goal", "holds"),
    [
        ([0.6] * 20, "above", True),
        ([0.5] * 20, "above", False),
        ([0.5] * 20, "not below", True),
        ([0.4] * 20, "not below", False),
        ([0.0, 0.9] * 10, "not below", True),  # a little worse, but the queries vary much
    ],
)
def test_ours_is_held_against_the_best_plain_part_query_by_query(ours: list[float], goal: Goal, holds: bool):
    row = judged(ours, goal, {"words": [0.3] * 20, "dense": [0.5] * 20})
    assert row.best == "dense"
    assert row.holds is holds


def test_a_bar_is_reached_by_the_mean():
    assert judged([0.1, 0.3], "at least", {"tags": [0.0, 0.0]}, 0.2).holds
    assert not judged([0.1, 0.2], "at least", {"tags": [0.0, 0.0]}, 0.2).holds


def test_the_gain_is_over_the_best_single_fusion_by_the_mean_of_the_sets():
    first = judged([0.9], "not below", {"dense": [1.0], "rrf": [0.8], "min-max": [0.9]})
    second = judged([0.7], "not below", {"dense": [0.9], "rrf": [0.8], "min-max": [0.6]})
    gain = Gain(rows=(first, second))
    assert gain.best == "rrf"
    assert gain.to_json()["gain"] == pytest.approx(0.0)
    assert not gain.holds
    better = judged([0.721], "not below", {"dense": [0.9], "rrf": [0.8], "min-max": [0.6]})
    assert Gain(rows=(first, better)).holds


def test_the_table_says_which_goals_are_missed():
    rows = [judged([0.6] * 9, "above", {"words": [0.5] * 9}, 0.7), judged([0.1] * 9, "above", {"words": [0.5] * 9})]
    head, met, missed = lines_of(rows, [])
    assert head.split()[:2] == ["set", "measure"]
    assert met.startswith("ok")
    assert met.endswith("aim 0.7")
    assert missed.startswith("MISS")
