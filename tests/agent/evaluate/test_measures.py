"""Each measure against numbers worked by hand."""

from __future__ import annotations

import sys
from math import log2

import pytest

from sourcehound.agent.evaluate.collection import Question
from sourcehound.agent.evaluate.measures import check_installed, measured, scores
from sourcehound.tools.errors import ConfigError

QUESTION = Question(id="q", text="", relevant={"b": 1, "d": 1, "x": 1})
RUN = {"q": ["a", "b", "c", "d", "e"]}
"""Right items at ranks 2 and 4; a third one is not found."""


def asked(name: str, **relevant: int) -> Question:
    return Question(id=name, text="", relevant=relevant)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("RR", 1 / 2),
        ("AP", (1 / 2 + 2 / 4) / 3),
        ("P@5", 2 / 5),
        ("R@1", 0.0),
        ("R@2", 1 / 3),
        ("R@10", 2 / 3),
        ("Success@1", 0.0),
        ("Success@5", 1.0),
        ("nDCG@10", (1 / log2(3) + 1 / log2(5)) / (1 / log2(2) + 1 / log2(3) + 1 / log2(4))),
        ("nDCG@3", (1 / log2(3)) / (1 / log2(2) + 1 / log2(3) + 1 / log2(4))),
    ],
)
def test_a_measure_is_as_worked_by_hand(name: str, value: float):
    assert measured([name], [QUESTION], RUN)[name]["q"] == pytest.approx(value)


def test_grades_weigh_in_ndcg():
    found = measured(["nDCG@10"], [asked("q", a=1, b=3)], {"q": ["a", "b"]})["nDCG@10"]["q"]
    assert found == pytest.approx((1 + 3 / log2(3)) / (3 + 1 / log2(3)))


def test_a_question_that_found_nothing_counts_zero():
    values = measured(["RR", "R@10"], [asked("p", a=1), asked("q", a=1)], {"q": ["a"]})
    assert values == {"RR": {"p": 0.0, "q": 1.0}, "R@10": {"p": 0.0, "q": 1.0}}


def test_the_order_of_a_run_is_kept_though_its_names_sort_otherwise():
    items = [f"item {n:03d}" for n in range(900, 0, -1)]
    assert sorted(scores(items), key=scores(items).__getitem__, reverse=True) == items
    assert measured(["RR"], [asked("q", **{"item 100": 1})], {"q": items})["RR"]["q"] == pytest.approx(1 / 801)


def test_without_ir_measures_nothing_is_begun(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "ir_measures", None)
    with pytest.raises(ConfigError, match="ir-measures is not installed") as raised:
        check_installed()
    assert raised.value.remedy == 'pip install "sourcehound[eval]"'
