"""Made passages are the same ones however many are asked for, and a decade compares each size with a tenth of it."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain

import numpy as np
import pytest

from bench.growth import Size, decades, rows_of
from bench.made_units import BLOCK, DIMENSION, MadeUnits

SMALL = Size(n_units=100, words_ms=2.0, find_ms=3.0, unit_ms=0.5, disk_mb=1.0, memory_mb=40.0)
LARGE = Size(n_units=1000, words_ms=3.0, find_ms=9.0, unit_ms=0.6, disk_mb=11.0, memory_mb=42.0)


def test_more_passages_begin_with_the_same_ones():
    few = next(MadeUnits().blocks(0, 3))
    texts, rows = zip(*MadeUnits().blocks(0, BLOCK + 2), strict=True)

    assert few[0] == texts[0][:3]
    assert np.array_equal(few[1], rows[0][:3])
    assert [len(part) for part in texts] == [BLOCK, 2]
    assert next(MadeUnits().blocks(BLOCK, BLOCK + 2))[0] == texts[1]


def test_another_seed_makes_other_passages():
    assert next(MadeUnits(seed=8).blocks(0, 1))[0] != next(MadeUnits().blocks(0, 1))[0]


def test_a_question_has_words_of_its_passage_in_order_and_is_nearest_to_it():
    made = MadeUnits()
    texts, rows = next(made.blocks(0, 200))

    for question in made.questions(200, 5, seed=2):
        words = iter(texts[question.passage].split())
        assert all(word in words for word in question.text.split())
        assert question.row.shape == (DIMENSION,)
        assert int(np.argmax(rows @ question.row)) == question.passage


def test_words_are_about_as_rare_as_the_law_says():
    made = MadeUnits()
    words = list(chain.from_iterable(text.split() for text in next(made.blocks(0, 1000))[0]))
    ratio = words.count(made.words[0]) / words.count(made.words[7])

    assert ratio == pytest.approx((8 + 2.7) / (1 + 2.7), rel=0.25)


@pytest.mark.parametrize(
    ("largest", "sizes"),
    [(200, [20, 200]), (100_000, [10_000, 100_000]), (1_000_000, [10_000, 100_000, 1_000_000])],
)
def test_a_library_grows_tenfold(largest: int, sizes: list[int]):
    assert decades(largest) == sizes


def test_a_decade_is_measured_against_the_smaller_library():
    ratios = {row.name: (row.ratio, row.is_met) for row in rows_of(SMALL, LARGE)}

    assert ratios["growth_words_1000"] == (pytest.approx(1.5), True)
    assert ratios["growth_find_1000"] == (pytest.approx(3.0), False)
    assert ratios["growth_size_1000"] == (pytest.approx(1.1), True)
    assert ratios["growth_indexing_1000"] == (pytest.approx(1.2), True)


def test_indexing_is_left_out_where_the_passages_were_there():
    assert "growth_indexing_1000" not in {row.name for row in rows_of(SMALL, replace(LARGE, unit_ms=None))}
