from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from sourcehound.tools.encoders.encoder import FloatArray, Vectors
from sourcehound.tools.errors import ConfigError, ToolInputError
from sourcehound.tools.index import late, vectors
from sourcehound.tools.index.chroma import ChromaEngine
from sourcehound.tools.index.compact import MANY_SCHEMES, Compact, Effort, ManyScheme
from sourcehound.tools.index.engine import Scored
from sourcehound.tools.index.exact import ExactEngine
from sourcehound.tools.index.late import compare, max_sim, search_late, searched_stamp, to_keep
from sourcehound.tools.index.probe import look_here

STAMP = "late@0123456789abcdef:16:1"
EXACT = Compact(vectors=0, scheme="float32")
Cloud = Callable[..., FloatArray]
Fill = Callable[..., list[int]]


@pytest.fixture
def engine(library: sqlite3.Connection, tmp_path: Path) -> ExactEngine:
    return ExactEngine(lambda: library, tmp_path / "vectors", warn=print)


@pytest.fixture
def chroma(library: sqlite3.Connection, tmp_path: Path, engine: ExactEngine) -> Iterator[ChromaEngine]:
    chroma = ChromaEngine(
        lambda: library, tmp_path / "vectors", exact=engine, warn=print, worth_rows=50, look=look_here
    )
    yield chroma
    chroma.close()


@pytest.fixture
def fill(library: sqlite3.Connection, add_unit: Callable[..., int]) -> Fill:
    """Adds a page for each item of some rows."""

    def run(items: list[FloatArray], compact: Compact = EXACT) -> list[int]:
        encoded = Vectors(rows=np.concatenate(items), owner=np.repeat(np.arange(len(items)), list(map(len, items))))
        units = [add_unit(kind="page") for _ in items]
        late.write(library, units, to_keep(STAMP, "multi", encoded, compact))
        return units

    return run


def made(n_items: int, *, seed: int = 0, dimension: int = 16) -> list[FloatArray]:
    """Items of 5 to 40 rows about a few subjects each, as pages are."""
    random = np.random.default_rng(seed)
    subjects = random.standard_normal((60, dimension))
    items: list[FloatArray] = []
    for _ in range(n_items):
        own = random.choice(60, 4, replace=False)
        rows = subjects[random.choice(own, random.integers(5, 41))]
        rows = rows + 0.6 * random.standard_normal(rows.shape)
        items.append((rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32))
    return items


def question(item: FloatArray, *, seed: int) -> FloatArray:
    """Some of an item's rows, as words that ask for it."""
    random = np.random.default_rng(seed)
    rows = item[random.choice(len(item), 4)] + 0.2 * random.standard_normal((4, item.shape[1])).astype(np.float32)
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def brute(query: FloatArray, items: list[FloatArray], units: list[int], k: int) -> list[Scored]:
    """The definition, in loops."""
    scores = [sum(max(float(q @ d) for d in item) for q in query) / len(query) for item in items]
    order = sorted(range(len(items)), key=lambda at: (-scores[at], units[at]))[:k]
    return [Scored(unit=units[at], score=scores[at]) for at in order]


def recall(expected: list[Scored], found: tuple[Scored, ...]) -> float:
    return len({s.unit for s in expected} & {s.unit for s in found}) / len(expected)


def test_the_second_stage_is_the_sum_of_best_products_over_the_querys_rows(
    library: sqlite3.Connection, engine: ExactEngine, fill: Fill
):
    items = made(50)
    units = fill(items)

    for seed in range(5):
        query = question(items[seed], seed=seed)
        found = search_late(library, engine, "page", STAMP, query, k=7, effort=Effort(candidates=50))
        expected = brute(query, items, units, 7)
        assert [s.unit for s in found] == [s.unit for s in expected]
        assert [s.score for s in found] == pytest.approx([s.score for s in expected], abs=1e-5)


def test_a_score_does_not_grow_with_the_length_of_the_question(cloud: Cloud):
    rows, starts = cloud(9, 8), np.array([0, 4])
    query = cloud(3, 8, seed=1)

    once, twice = max_sim(query, rows, starts), max_sim(np.concatenate([query, query]), rows, starts)

    assert once == pytest.approx(twice, abs=1e-6)
    assert max_sim(rows[:4], rows, starts)[0] == pytest.approx(1)


def test_a_quarter_of_the_units_as_candidates_holds_nine_of_the_ten_best(
    library: sqlite3.Connection, engine: ExactEngine, fill: Fill
):
    items = made(400, dimension=32)
    units = fill(items)

    recalls = [
        recall(
            brute(query, items, units, 10),
            search_late(library, engine, "page", STAMP, query, k=10, effort=Effort(candidates=100)),
        )
        for query in (question(items[at], seed=at) for at in range(20))
    ]

    assert np.mean(recalls) >= 0.9


@pytest.mark.parametrize(("scheme", "least"), [("float16", 0.99), ("int8", 0.98), ("bit", 0.6)])
def test_small_schemes_find_what_the_full_rows_find(
    library: sqlite3.Connection, engine: ExactEngine, fill: Fill, scheme: ManyScheme, least: float
):
    items = made(100, dimension=64)
    units = fill(items, Compact(vectors=0, scheme=scheme))

    recalls = [
        recall(
            brute(query, items, units, 10),
            search_late(library, engine, "page", STAMP, query, k=10, effort=Effort(candidates=100)),
        )
        for query in (question(items[at], seed=at) for at in range(10))
    ]

    assert np.mean(recalls) >= least


def test_fewer_vectors_at_search_are_the_first_of_those_that_are_kept(
    library: sqlite3.Connection, engine: ExactEngine, fill: Fill
):
    items = made(30)
    units = fill(items, Compact(vectors=12, scheme="float32"))
    kept = [rows for unit in units if (rows := vectors.get(library, unit, STAMP)) is not None]
    query = question(items[3], seed=3)

    for budget in (1, 4, 12, 50):
        found = search_late(library, engine, "page", STAMP, query, k=5, effort=Effort(candidates=30, vectors=budget))
        expected = brute(query, [rows[:budget] for rows in kept], units, 5)
        assert [s.score for s in found] == pytest.approx([s.score for s in expected], abs=1e-5)


def test_a_larger_budget_is_nearer_to_all_vectors(library: sqlite3.Connection, engine: ExactEngine, fill: Fill):
    items = made(60, dimension=32)
    units = fill(items)
    queries = [question(items[at], seed=at) for at in range(20)]

    def agreement(budget: int) -> float:
        effort = Effort(candidates=60, vectors=budget)
        return float(
            np.mean(
                [
                    recall(
                        brute(query, items, units, 10),
                        search_late(library, engine, "page", STAMP, query, k=10, effort=effort),
                    )
                    for query in queries
                ]
            )
        )

    amounts = [agreement(budget) for budget in (1, 4, 16, 0)]
    assert amounts == sorted(amounts)
    assert amounts[-1] == 1


def test_both_engines_bring_the_same_candidates(
    library: sqlite3.Connection, engine: ExactEngine, chroma: ChromaEngine, fill: Fill
):
    items = made(120)
    fill(items)
    assert chroma.refresh("page", searched_stamp(STAMP, "multi")).rows == 120

    for seed in range(5):
        query = question(items[seed], seed=seed)
        assert search_late(library, chroma, "page", STAMP, query, k=10) == search_late(
            library, engine, "page", STAMP, query, k=10
        )


def test_only_allowed_units_come_back(library: sqlite3.Connection, engine: ExactEngine, fill: Fill):
    items = made(20)
    units = fill(items)

    found = search_late(library, engine, "page", STAMP, items[0], k=10, allowed=units[5:8])

    assert {scored.unit for scored in found} == set(units[5:8])


def test_a_removed_unit_is_gone_with_all_its_rows(library: sqlite3.Connection, engine: ExactEngine, fill: Fill):
    items = made(6)
    units = fill(items)

    library.execute("DELETE FROM units WHERE id = ?", (units[0],))
    vectors.remove(library, units[1], stamp=STAMP)

    assert library.execute("SELECT DISTINCT unit FROM vectors ORDER BY 1").fetchall() == [(u,) for u in units[2:]]
    found = search_late(library, engine, "page", STAMP, items[0], k=6)
    assert {scored.unit for scored in found} == set(units[2:])


def test_a_candidate_whose_vectors_wait_is_left_out(library: sqlite3.Connection, engine: ExactEngine, fill: Fill):
    items = made(3)
    units = fill(items)
    library.execute("DELETE FROM vectors WHERE unit = ? AND stamp = ?", (units[0], STAMP))

    assert {s.unit for s in search_late(library, engine, "page", STAMP, items[0], k=3)} == set(units[1:])


@pytest.mark.parametrize("scheme", MANY_SCHEMES)
def test_the_budget_bounds_what_is_kept(
    library: sqlite3.Connection, engine: ExactEngine, fill: Fill, scheme: ManyScheme
):
    items = made(4)
    units = fill(items, Compact(vectors=6, scheme=scheme))

    rows = [vectors.get(library, unit, STAMP) for unit in units]

    assert [0 if row is None else len(row) for row in rows] == [min(6, len(item)) for item in items]
    assert library.execute("SELECT DISTINCT scheme FROM vectors WHERE stamp = ?", (STAMP,)).fetchall() == [(scheme,)]


def test_one_vector_an_item_is_kept_as_it_is_under_its_own_stamp(cloud: Cloud):
    encoded = Vectors(rows=cloud(3, 8), owner=np.arange(3))

    [kept] = to_keep(STAMP, "single", encoded, Compact())

    assert (kept.stamp, kept.scheme, searched_stamp(STAMP, "single")) == (STAMP, "float16", STAMP)
    assert kept.vectors is encoded


def test_an_item_without_vectors_is_an_encoder_that_is_broken(
    library: sqlite3.Connection, add_unit: Callable[..., int], cloud: Cloud
):
    encoded = Vectors(rows=cloud(4, 8), owner=np.array([0, 0, 2, 2]))

    with pytest.raises(ConfigError, match="gave no vector for unit"):
        late.write(library, [add_unit() for _ in range(3)], to_keep(STAMP, "multi", encoded, Compact()))


def test_nothing_is_found_where_nothing_is_kept(library: sqlite3.Connection, engine: ExactEngine, cloud: Cloud):
    assert search_late(library, engine, "page", STAMP, cloud(2, 16), k=3) == ()


def test_a_query_that_is_no_matrix_of_directions_is_refused(
    library: sqlite3.Connection, engine: ExactEngine, fill: Fill, cloud: Cloud
):
    fill(made(2))

    for query in (cloud(2, 16)[0], np.zeros((0, 16), np.float32), np.zeros((2, 16), np.float32)):
        with pytest.raises(ToolInputError):
            search_late(library, engine, "page", STAMP, query, k=3)
    with pytest.raises(ConfigError, match="dimensions"):
        search_late(library, engine, "page", STAMP, cloud(2, 8), k=3)


def test_comparing_some_units_reads_no_other_units_and_no_more_of_their_rows(library: sqlite3.Connection, fill: Fill):
    items = made(80)
    units = fill(items)
    query = question(items[7], seed=7)
    odd = [unit for unit in units if unit % 2]
    few = [rows[:5] for unit in odd if (rows := vectors.get(library, unit, STAMP)) is not None]
    library.execute("UPDATE vectors SET blob = x'00' WHERE unit % 2 = 0")  # cannot be read

    found, scores = compare(library, "page", STAMP, query, [*odd, 10_000], first=5)

    assert found.tolist() == odd
    assert scores.tolist() == pytest.approx([float((rows @ query.T).max(axis=0).mean()) for rows in few])
    with pytest.raises(ConfigError):
        compare(library, "page", STAMP, query, units, first=5)
    assert compare(library, "page", STAMP, query, [])[0].shape == (0,)
