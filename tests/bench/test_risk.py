from __future__ import annotations

import pytest

from bench.risk import Outcome, aurc, level
from bench.shares import percent, share


def _answered(confidence: float, right: bool | None, *, answerable: bool = True) -> Outcome:
    return Outcome(answerable=answerable, confidence=confidence, right=right)


SILENT = Outcome(answerable=False, confidence=None, right=None)
OUTCOMES = (
    _answered(0.9, right=True),
    _answered(0.8, right=False),
    _answered(0.6, right=True),
    _answered(0.4, right=False, answerable=False),
    _answered(0.7, right=None),
    SILENT,
)


def test_a_level_counts_what_is_held_back_by_hand():
    found = level(OUTCOMES, 0.5)
    assert found.coverage == 4 / 6
    assert found.abstained_unanswerable == 1.0
    assert found.abstained_answerable == 0.0
    assert found.accuracy == 2 / 3


def test_without_a_threshold_an_answer_to_an_unanswerable_question_counts_as_wrong():
    found = level(OUTCOMES, 0.0)
    assert found.coverage == 5 / 6
    assert found.abstained_unanswerable == 0.5
    assert found.accuracy == 0.5


def test_the_area_is_the_mean_of_the_risks_at_each_answer_by_hand():
    # risks at the judged answers in falling order of confidence: 0/1, 1/2, 1/3, 2/4
    assert aurc(OUTCOMES) == pytest.approx((0 + 1 / 2 + 1 / 3 + 1 / 2) / 4)


def test_answers_of_one_confidence_have_one_risk_in_any_order():
    tied = (_answered(0.5, right=True), _answered(0.5, right=False))
    assert aurc(tied) == aurc(tied[::-1]) == 0.5


def test_shares_of_nothing_are_none():
    assert aurc([SILENT]) is None
    assert level([SILENT], 0.5).accuracy is None
    assert level([], 0.5).coverage is None
    assert percent(share([])) == "–"
    assert percent(share([True, False])) == "50 %"
