from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sourcehound.tools.index.engine import Scored
from sourcehound.tools.index.fusion import fuse_following, fuse_min_max, fuse_ranks, fuse_z


def ranked(**scores: float) -> list[Scored]:
    return [Scored(unit=int(name[1:]), score=score) for name, score in scores.items()]


def test_rank_fusion_gives_one_over_sixty_plus_rank():
    fused = fuse_ranks([ranked(u1=9, u2=8), ranked(u2=0.5, u3=0.4)])

    assert [scored.unit for scored in fused] == [2, 1, 3]
    assert fused[0].score == pytest.approx(1 / 62 + 1 / 61)
    assert fused[1].score == pytest.approx(1 / 61)
    assert fused[2].score == pytest.approx(1 / 62)


def test_rank_fusion_takes_weights_and_another_constant():
    fused = fuse_ranks([ranked(u1=1), ranked(u2=1)], weights=[1, 3], k=1)

    assert [(scored.unit, scored.score) for scored in fused] == [(2, 1.5), (1, 0.5)]


def test_min_max_fusion_stretches_each_list_and_gives_missing_units_nothing():
    fused = fuse_min_max([ranked(u1=30, u2=20, u3=10), ranked(u3=0.8, u4=0.6)])

    assert {scored.unit: scored.score for scored in fused} == pytest.approx({1: 0.5, 2: 0.25, 3: 0.5, 4: 0.0})
    assert [scored.unit for scored in fused] == [1, 3, 2, 4]


def test_min_max_fusion_gives_equal_scores_one():
    assert fuse_min_max([ranked(u1=5, u2=5)])[1].score == 1


@pytest.mark.parametrize("fuse", [fuse_ranks, fuse_min_max])
def test_nothing_fuses_to_nothing(fuse: Any):
    assert fuse([]) == ()
    assert fuse([[], []]) == ()


@given(
    st.lists(st.dictionaries(st.integers(1, 9), st.floats(-5, 5), max_size=6), max_size=4),
    st.sampled_from([fuse_ranks, fuse_min_max]),
)
def test_every_unit_comes_out_once_and_best_first(lists: Any, fuse: Any):
    given_lists = [
        [Scored(unit=unit, score=found[unit]) for unit in sorted(found, key=lambda unit: -found[unit])]
        for found in lists
    ]

    fused = fuse(given_lists)

    assert sorted(scored.unit for scored in fused) == sorted({unit for found in lists for unit in found})
    assert [scored.score for scored in fused] == sorted((scored.score for scored in fused), reverse=True)


def test_z_fusion_centres_each_list_and_gives_missing_units_its_least():
    fused = fuse_z([ranked(u1=3, u2=1), ranked(u2=0.9, u3=0.5)])

    assert {scored.unit: scored.score for scored in fused} == pytest.approx({1: 0.0, 2: 0.0, 3: -2.0})


def test_following_fusion_adds_bm25_over_the_logarithm_of_the_collection():
    fused = fuse_following(ranked(u1=0.5, u2=0.4), ranked(u2=9, u3=3), n_units=100, weight=0.1)

    a_word = 0.1 / math.log(100)
    assert {scored.unit: scored.score for scored in fused} == pytest.approx(
        {1: 0.5 + 3 * a_word, 2: 0.4 + 9 * a_word, 3: 0.4 + 3 * a_word}
    )
    assert [scored.unit for scored in fused] == [2, 1, 3]


def test_following_fusion_of_one_list_is_that_list():
    assert fuse_following(ranked(u1=0.5), [], n_units=10) == tuple(ranked(u1=0.5))
    assert fuse_following([], ranked(u1=7), n_units=10) == tuple(ranked(u1=7))
