from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sourcehound.tools.evidence import UNIT_KINDS, UnitKind
from sourcehound.tools.index.chance import CURVE, CUT, chances


@pytest.mark.parametrize("kind", UNIT_KINDS)
def test_every_kind_has_a_curve_that_rises_and_a_cut(kind: UnitKind):
    offset, slope = CURVE[kind]
    assert slope > 0 > offset
    assert 0 < CUT[kind] < 0.1


@given(st.sampled_from(UNIT_KINDS), st.lists(st.floats(0, 1), max_size=20))
def test_chances_fall_along_a_ranking_and_stay_between_nought_and_one(kind: UnitKind, strengths: list[float]):
    found = chances(kind, strengths)
    assert found == sorted(found, reverse=True)
    assert len(found) == len(strengths)
    assert all(0 < chance < 1 for chance in found)


def test_a_hit_ranked_first_for_another_reason_than_its_strength_has_the_best_chance():
    assert chances("page", [0.2, 0.9]) == chances("page", [0.9, 0.2])


def test_even_odds_of_strength_are_the_offset_alone():
    assert chances("passage", [0.5]) == [pytest.approx(0.1043, abs=1e-4)]  # 1 / (1 + e^2.15)
