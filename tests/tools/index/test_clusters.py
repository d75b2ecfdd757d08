from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pytest

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.index.clusters import coverage, interleaved, mean_row, pooled

Cloud = Callable[..., FloatArray]


def covered(rows: FloatArray, few: FloatArray) -> float:
    """The sum over rows of the best cosine with one of a few."""
    return float((rows @ few.T).max(axis=1).sum())


def groups(sizes: tuple[int, ...], *, seed: int = 0) -> tuple[FloatArray, FloatArray]:
    """Rows around one axis for each group, shuffled, and the axes."""
    random = np.random.default_rng(seed)
    axes = np.eye(len(sizes), 16, dtype=np.float32)
    rows = np.repeat(axes, sizes, axis=0) + 0.05 * random.standard_normal((sum(sizes), 16)).astype(np.float32)
    rows = rows[random.permutation(len(rows))]
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32), axes


def test_like_rows_become_one_that_is_their_mean():
    rows, axes = groups((9, 3, 6))

    few = pooled(rows, 3)

    nearest = (axes @ few.T).argmax(axis=1)
    assert sorted(nearest.tolist()) == [0, 1, 2]
    for axis, place in enumerate(nearest):
        members = rows[(rows @ axes.T).argmax(axis=1) == axis]
        assert few[place] == pytest.approx(mean_row(members), abs=1e-5)


def test_the_clusters_are_those_that_lose_least():
    """Ward's first merge is the pair whose making one costs least, over all pairs."""
    rows = pooled(groups((2, 2, 2))[0], 0)

    few = pooled(rows, 5)

    costs = {(a, b): float(1 - rows[a] @ rows[b]) for a, b in combinations(range(6), 2)}
    a, b = min(costs, key=lambda pair: costs[pair])
    merged = mean_row(rows[[a, b]])
    assert np.abs(few - merged).max(axis=1).min() < 1e-5
    assert {place for place in range(6) if np.abs(few - rows[place]).max(axis=1).min() < 1e-6} == set(range(6)) - {a, b}


@pytest.mark.parametrize("most", [1, 2, 7, 40])
def test_at_most_so_many_rows_of_unit_length_are_left(most: int, cloud: Cloud):
    few = pooled(cloud(30, 12), most)

    assert len(few) == min(most, 30)
    assert np.linalg.norm(few, axis=1) == pytest.approx(np.ones(len(few)))


def test_pooling_is_deterministic_and_leaves_its_input_alone(cloud: Cloud):
    rows = cloud(90, 24, per_cluster=9)
    before = rows.copy()

    first, second = pooled(rows, 13), pooled(rows.copy(), 13)

    assert np.array_equal(first, second)
    assert np.array_equal(rows, before)


def test_equal_rows_are_pooled_without_end_or_fault():
    rows = np.repeat(np.eye(2, 8, dtype=np.float32), 20, axis=0)

    assert pooled(rows, 2).tolist() == np.eye(2, 8).tolist()
    assert len(pooled(rows, 5)) == 5


def test_all_rows_are_kept_where_none_are_asked_away_but_in_an_order_that_covers(cloud: Cloud):
    rows, _ = groups((20, 4, 4))

    kept = pooled(rows, 0)

    assert sorted(map(tuple, kept.tolist())) == sorted(map(tuple, rows.tolist()))
    assert len(set((kept[:3] @ np.eye(3, 16, dtype=np.float32).T).argmax(axis=1).tolist())) == 3


def test_nested_vectors_keep_their_own_order(cloud: Cloud):
    rows = cloud(10, 8)

    assert np.array_equal(pooled(rows, 4, how="first"), rows[:4])
    assert np.array_equal(pooled(rows, 0, how="first"), rows)


def test_each_next_row_of_the_order_adds_most(cloud: Cloud):
    rows, few = cloud(40, 10), cloud(8, 10, seed=3)

    order = coverage(rows, few)

    assert sorted(order) == list(range(8))
    for length in range(1, 8):
        taken = order[:length]
        best = max(set(range(8)) - set(order[: length - 1]), key=lambda at: covered(rows, few[[*taken[:-1], at]]))
        assert covered(rows, few[taken]) == pytest.approx(covered(rows, few[[*taken[:-1], best]]), abs=1e-4)


def test_more_rows_of_the_order_never_cover_less(cloud: Cloud):
    rows = cloud(120, 16, per_cluster=10)
    few = pooled(rows, 32)

    amounts = [covered(rows, few[:length]) for length in (1, 2, 4, 8, 16, 32)]

    assert amounts == sorted(amounts)
    # half of the rows in this order stand for the whole better than the other half
    assert amounts[4] > covered(rows, few[16:])


def test_thousands_of_rows_are_clustered_in_blocks(cloud: Cloud):
    rows, axes = groups((1500, 900, 500))

    few = pooled(rows, 3)

    assert np.sort((axes @ few.T).max(axis=1)) == pytest.approx(np.ones(3), abs=0.01)


def test_a_mean_of_rows_that_cancel_out_is_the_first_of_them():
    rows = np.array([[1, 0], [-1, 0]], np.float32)

    assert mean_row(rows).tolist() == [1, 0]
    assert mean_row(np.eye(2, dtype=np.float32)) == pytest.approx([0.5**0.5] * 2)


def test_rows_of_several_items_take_turns():
    parts = [np.full((n, 1), value, np.float32) for n, value in ((3, 1.0), (1, 2.0), (2, 3.0))]

    assert interleaved(parts).ravel().tolist() == [1, 2, 3, 1, 3, 1]
