"""A query moves towards its guide, and only as far as it should."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.errors import ToolInputError
from sourcehound.tools.index.gqr import GUIDE_TEMPERATURE, TEMPERATURE, refine


def unit(rows: NDArray[np.float64]) -> FloatArray:
    return np.asarray(rows / np.linalg.norm(rows, axis=-1, keepdims=True), dtype=np.float32)


def chances(scores: FloatArray) -> FloatArray:
    risen: FloatArray = np.exp(scores - scores.max())
    return risen / risen.sum()


def divergence(target: FloatArray, found: FloatArray) -> float:
    return float((target * np.log(target / found)).sum())


def test_the_scores_come_nearer_to_the_mean_of_both_retrievers():
    random = np.random.default_rng(7)
    query, rows = unit(random.normal(size=(1, 8))), unit(random.normal(size=(12, 8)))
    guide = random.uniform(0, 9, 12).astype(np.float32)
    both = chances(rows @ query[0] / TEMPERATURE) + chances(guide / GUIDE_TEMPERATURE)
    target: FloatArray = np.asarray(both / 2, dtype=np.float32)
    moved = refine(query, rows, np.arange(12), guide, share=0.5)
    before, after = chances(rows @ query[0] / TEMPERATURE), chances(rows @ moved[0] / TEMPERATURE)
    assert divergence(target, after) < 0.7 * divergence(target, before)
    assert np.linalg.norm(moved, axis=1) == pytest.approx(1, abs=1e-5)


def test_without_a_share_or_steps_the_query_stays():
    random = np.random.default_rng(1)
    query, rows = unit(random.normal(size=(2, 8))), unit(random.normal(size=(6, 8)))
    owner, guide = np.array([0, 0, 1, 1, 2, 2]), np.array([9, 0, 0], np.float32)
    assert np.allclose(refine(query, rows, owner, guide, share=0), query, atol=1e-5)
    assert np.array_equal(refine(query, rows, owner, guide, steps=0), query)


def test_only_the_query_row_nearest_to_a_favoured_item_gains_by_late_interaction():
    query = unit(np.array([[1.0, 0.1, 0.0], [0.0, 0.1, 1.0]]))
    rows = unit(np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]]))
    moved = refine(query, rows, np.array([0, 0, 1]), np.array([0, 20], np.float32), share=0.9)
    assert (moved[:, 1] > query[:, 1]).all()


def test_nothing_to_choose_from_leaves_the_query():
    query = np.ones((1, 1), np.float32)
    assert refine(query, np.zeros((0, 1), np.float32), np.zeros(0, np.int64), np.zeros(0, np.float32)) is query


def test_scores_that_do_not_belong_to_the_rows_are_refused():
    with pytest.raises(ToolInputError, match="3 guiding scores do not fit"):
        refine(np.ones((1, 2), np.float32), np.eye(2, dtype=np.float32), np.arange(2), np.zeros(3, np.float32))
