"""A hit's strength is one fixed scale for every kind, each sign raising it and none needed."""

from __future__ import annotations

import pytest

from sourcehound.tools.index.strength import score


def test_signs_combine_as_a_noisy_or():
    assert score({}) == 0.0
    assert score({"words": 1.0}) == pytest.approx(0.9)
    assert score({"dense": 0.45}) == pytest.approx(0.5)
    assert score({"dense": 0.45, "words": 1.0}) == pytest.approx(0.95)


def test_a_rough_look_alone_stays_below_every_other_sign_at_its_best():
    assert 0.3 < score({"seen": 1.0}) < 0.6
    assert score({"words": 1.0}) > score({"seen": 1.0})
    assert score({"dense": 1.0}) > score({"seen": 1.0})


def test_what_another_encoder_saw_counts_as_meaning_does():
    assert score({"shown": 0.45}) == score({"alike": 0.45}) == score({"dense": 0.45})
    assert score({"shown": 0.45, "alike": 0.45}) == pytest.approx(0.75)


def test_a_stronger_sign_never_lowers_the_strength():
    for name in ("dense", "words", "seen", "like", "shown", "alike"):
        values = [score({name: step / 10, "dense" if name != "dense" else "words": 0.3}) for step in range(11)]
        assert values == sorted(values)
