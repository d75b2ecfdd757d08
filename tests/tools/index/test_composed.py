from __future__ import annotations

import numpy as np
import pytest

from sourcehound.tools.errors import InputError
from sourcehound.tools.index.composed import Weighted, compose, parse_weighted

EAST, NORTH = np.array([1, 0], np.float32), np.array([0, 1], np.float32)


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("red kite", Weighted("red kite", 1.0)),
        ("red kite:0.5", Weighted("red kite", 0.5)),
        ("re: your letter", Weighted("re: your letter", 1.0)),
    ],
)
def test_a_weight_stands_after_the_last_colon(given: str, read: Weighted):
    assert parse_weighted(given, option="--more") == read


@pytest.mark.parametrize("given", ["", " :2", "kite:0", "kite:-1", "kite:nan", "kite:inf", "kite:11"])
def test_a_part_without_words_or_with_a_wild_weight_is_refused_by_its_option(given: str):
    with pytest.raises(InputError, match="--less"):
        parse_weighted(given, option="--less")


def test_parts_pull_and_push_by_their_weights():
    assert compose([EAST, NORTH], [1, 1]) == pytest.approx([0.7071, 0.7071], abs=1e-4)
    assert compose([EAST, NORTH], [3, -4]) == pytest.approx([0.6, -0.8])


def test_parts_that_cancel_out_are_refused():
    with pytest.raises(InputError, match="cancel"):
        compose([EAST, EAST], [1, -1])
