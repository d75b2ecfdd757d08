"""Scores of another encoder than the default ones are carried over by what is usual for the query."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sourcehound.tools.evidence import UNIT_KINDS
from sourcehound.tools.index import strength
from sourcehound.tools.index.chance import CUT, ESTIMATED_CUT, chances
from sourcehound.tools.index.lists import Found, Sought, is_estimated, standings
from sourcehound.tools.index.standing import LEAST, SPREAD, USUAL, Background, is_fitted
from tests.tools.index.test_late import STAMP, made

SCORES = st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=80)


def test_what_is_usual_becomes_what_is_usual_by_the_default_encoder():
    usual = Background.of([0.8 + 0.01 * (n % 11 - 5) for n in range(220)])

    assert usual.standing(usual.middle) == pytest.approx(USUAL)
    assert usual.standing(usual.middle + 5 * usual.spread) == pytest.approx(USUAL + 5 * SPREAD)


@given(SCORES, st.floats(0.1, 5), st.floats(-3, 3))
def test_the_encoders_own_scale_does_not_matter(scores: list[float], factor: float, shift: float):
    scores = [*scores, *(n / 100 for n in range(LEAST))]
    plain = Background.of(scores)
    other = Background.of([factor * score + shift for score in scores])

    assert [other.standing(factor * score + shift) for score in scores] == pytest.approx(
        [plain.standing(score) for score in scores], abs=1e-6
    )


@given(SCORES)
def test_the_order_of_a_list_stays(scores: list[float]):
    usual = Background.of(scores)
    found = standings(dict(enumerate(scores)), usual)

    rising = sorted(found, key=lambda unit: scores[unit])
    assert all(found[lower] <= found[higher] for lower, higher in pairwise(rising))


def test_some_right_units_in_the_cohort_do_not_move_what_is_usual():
    wrong = [0.7 + 0.002 * (n % 21 - 10) for n in range(180)]
    alone, together = Background.of(wrong), Background.of([*wrong, *[0.95] * 20])

    assert together.middle == pytest.approx(alone.middle, abs=0.005)
    assert together.standing(0.95) > 0.6


def test_scores_that_are_all_the_same_tell_nothing():
    assert Background.of([0.9] * 100).standing(0.9) == USUAL
    assert Background.of([]).standing(0.9) == pytest.approx(USUAL + SPREAD * 0.9 / 0.05)


@pytest.mark.parametrize("kind", UNIT_KINDS)
@pytest.mark.parametrize("part", ["dense", "seen", "like"])
def test_among_few_units_no_cut_takes_one_and_none_passes_for_good(kind: str, part: str):
    scores = dict(enumerate([0.91, 0.9, 0.2, -0.4]))
    usual = Background.of(list(scores.values()))
    found = Found(lists={part: standings(scores, usual)}, coverage={}, own={part: scores}, usual={part: usual})

    by_unit = chances(kind, [strength.score(found.signs(unit)) for unit in scores])  # pyright: ignore[reportArgumentType]

    assert usual.is_unsure
    assert min(by_unit) >= CUT[kind]  # pyright: ignore[reportArgumentType]
    assert max(by_unit) < 0.3
    assert [found.parts(unit)[part] for unit in scores] == list(scores.values())


def test_nothing_changes_for_the_default_encoders():
    found = Found(lists={"dense": {1: 0.5}, "seen": {1: 0.4}, "words": {1: 7.0}}, coverage={1: 0.8})

    assert found.signs(1) == found.parts(1) == {"dense": 0.5, "seen": 0.4, "words": 0.8}
    for part, name in (("dense", "minilm"), ("seen", "conse"), ("like", "effnet-features")):
        assert is_fitted(part, f"{name}@0123456789abcdef:384:1")
        assert not is_fitted(part, f"hf:/models/{name}@0123456789abcdef:384:1")
    assert not is_fitted("dense", "minilm-late@0123456789abcdef:384:1")


def test_a_kind_is_estimated_where_any_of_its_encoders_is_another():
    rows = made(1)[0][:1]
    default = Sought(stamp="minilm@0123456789abcdef:16:1", gives="single", rows=rows)
    other = Sought(stamp=STAMP, gives="multi", rows=rows)

    assert not is_estimated("page", {"dense": [default]})
    assert is_estimated("page", {"dense": [default], "page": [other]})
    assert not is_estimated("passage", {"dense": [default], "page": [other]})
    assert min(CUT.values()) > ESTIMATED_CUT
