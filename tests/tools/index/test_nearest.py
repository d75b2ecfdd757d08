"""With codes or without, over half or single precision: the nearest units are those of a full comparison."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.index import nearest as module
from sourcehound.tools.index.codes import quantise
from sourcehound.tools.index.nearest import Rows, kth_largest, nearest, starts_of

Cloud = Callable[..., FloatArray]


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes the long way begins with few rows here."""
    monkeypatch.setattr(module, "FEW", 20)


def rows_of(rows: FloatArray, *, per_unit: int = 1, coded: bool = True) -> Rows:
    units = np.arange(len(rows)) // per_unit
    return Rows(rows=rows, units=units, starts=starts_of(units), codes=quantise(rows) if coded else None)


def reference(rows: Rows, query: FloatArray, k: int, allowed: Any = None) -> list[int]:
    """Units by the score of their best row in double precision, ties by unit."""
    scores: dict[int, float] = {}
    for unit, score in zip(rows.units.tolist(), (rows.rows.astype(np.float64) @ query).tolist(), strict=True):
        if allowed is None or unit in allowed:
            scores[unit] = max(score, scores.get(unit, -2.0))
    return sorted(scores, key=lambda unit: (-scores[unit], unit))[:k]


@pytest.mark.parametrize("coded", [True, False])
@pytest.mark.parametrize("dtype", [np.float16, np.float32])
@pytest.mark.parametrize(("per_unit", "per_cluster"), [(1, 0), (3, 0), (1, 30), (4, 30)])
def test_the_nearest_are_those_of_a_full_comparison(
    cloud: Cloud, dtype: Any, coded: bool, per_unit: int, per_cluster: int
):
    rows = rows_of(cloud(1200, 32, per_cluster=per_cluster).astype(dtype), per_unit=per_unit, coded=coded)
    for n, query in enumerate(cloud(12, 32, seed=7, per_cluster=per_cluster)):
        k = (1, 10, 150, 5000)[n % 4]
        found = nearest(rows, query, k=k)
        assert [scored.unit for scored in found] == reference(rows, query, k)
        assert found[0].score == pytest.approx(float((rows.rows.astype(np.float64) @ query).max()), abs=1e-6)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.1, 0.9])
def test_only_allowed_units_are_compared(cloud: Cloud, share: float):
    rows = rows_of(cloud(1200, 32), per_unit=2)
    allowed = np.flatnonzero(np.random.default_rng(1).random(600) < share)
    query = cloud(1, 32, seed=7)[0]
    expected = reference(rows, query, 10, set(allowed.tolist()))
    for given_as in (allowed, allowed.tolist(), {*allowed.tolist(), 10**9}):
        assert [scored.unit for scored in nearest(rows, query, k=10, allowed=given_as)] == expected


@pytest.mark.parametrize("coded", [True, False])
def test_equal_rows_have_equal_scores_wherever_they_stand_and_are_cut_by_unit(cloud: Cloud, coded: bool):
    some = cloud(400, 32)
    some[::7] = some[0]
    rows = rows_of(some, coded=coded)
    found = nearest(rows, some[0], k=20)
    assert [scored.unit for scored in found] == list(range(0, 140, 7))
    assert len({scored.score for scored in found}) == 1
    alone = nearest(replace(rows_of(some[133:134]), units=np.array([133])), some[0], k=1)
    assert alone == found[19:20]


@given(st.lists(st.integers(0, 9), min_size=1, max_size=400), st.integers(1, 400))
def test_the_kth_largest_is_that_of_a_sort(values: list[int], k: int):
    k = min(k, len(values))
    assert kth_largest(np.array(values, np.float32), k) == sorted(values, reverse=True)[k - 1]
