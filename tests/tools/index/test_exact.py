from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.errors import ConfigError, ToolInputError
from sourcehound.tools.index import vectors
from sourcehound.tools.index.engine import best
from sourcehound.tools.index.exact import ExactEngine
from sourcehound.tools.index.nearest import Rows, nearest
from sourcehound.tools.index.vectors import Matrix

AddUnit = Callable[..., int]
Cloud = Callable[..., FloatArray]
STAMP = "minilm@0123456789abcdef:16:1"


@pytest.fixture
def warnings():
    return []


@pytest.fixture
def engine(library: sqlite3.Connection, tmp_path: Path, warnings: list[str]):
    return ExactEngine(lambda: library, tmp_path / "vectors", warn=warnings.append, worth_a_file=10)


@pytest.fixture
def units(library: sqlite3.Connection, add_unit: AddUnit, cloud: Cloud):
    """Thirty passages of one to three rows."""
    rows = cloud(90, 16)
    found = {add_unit(): rows[3 * i : 3 * i + 1 + i % 3] for i in range(30)}
    for unit, its in found.items():
        vectors.put(library, unit, STAMP, its, scheme="float32")
    return found


def reference(units: dict[int, FloatArray], query: FloatArray, k: int, allowed: Any = None):
    scores = {unit: float(np.max(rows @ query)) for unit, rows in units.items() if allowed is None or unit in allowed}
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:k]


def test_a_unit_scores_as_its_best_row(engine: ExactEngine, units: dict[int, FloatArray], cloud: Cloud):
    query = cloud(1, 16, seed=5)[0]

    found = engine.search("passage", STAMP, 3 * query, k=7)

    expected = reference(units, query, 7)
    assert [scored.unit for scored in found] == [unit for unit, _ in expected]
    assert [scored.score for scored in found] == pytest.approx([score for _, score in expected], abs=1e-6)


@pytest.mark.parametrize("n_allowed", [1, 4, 25])
def test_only_allowed_units_are_found(engine: ExactEngine, units: dict[int, FloatArray], cloud: Cloud, n_allowed: int):
    query = cloud(1, 16, seed=5)[0]
    allowed = set(list(units)[:n_allowed])

    found = engine.search("passage", STAMP, query, k=10, allowed=allowed | {9999})

    assert [scored.unit for scored in found] == [unit for unit, _ in reference(units, query, 10, allowed)]


def test_nothing_is_found_where_nothing_is(engine: ExactEngine, units: dict[int, FloatArray], cloud: Cloud):
    query = cloud(1, 16)[0]

    assert engine.search("speech", STAMP, query, k=3) == ()
    assert engine.search("passage", "other", query, k=3) == ()
    assert engine.search("passage", STAMP, query, k=3, allowed=[]) == ()


def test_a_change_is_seen_by_the_next_search(
    engine: ExactEngine,
    units: dict[int, FloatArray],
    library: sqlite3.Connection,
    add_unit: AddUnit,
    cloud: Cloud,
):
    query = cloud(1, 16, seed=8)[0]
    engine.search("passage", STAMP, query, k=1)

    new = add_unit()
    vectors.put(library, new, STAMP, query[None], scheme="float32")
    assert engine.search("passage", STAMP, query, k=1)[0].unit == new

    library.execute("DELETE FROM units WHERE id = ?", (new,))
    assert engine.search("passage", STAMP, query, k=1)[0].unit != new


def test_a_new_process_maps_the_file_and_does_not_read_the_table(
    library: sqlite3.Connection,
    tmp_path: Path,
    units: dict[int, FloatArray],
    cloud: Cloud,
    warnings: list[str],
    engine: ExactEngine,
):
    query = cloud(1, 16, seed=5)[0]
    expected = engine.search("passage", STAMP, query, k=5)
    [_] = (tmp_path / "vectors").iterdir()
    statements: list[str] = []
    library.set_trace_callback(statements.append)

    again = ExactEngine(lambda: library, tmp_path / "vectors", warn=warnings.append, worth_a_file=10)

    assert again.search("passage", STAMP, query, k=5) == expected
    assert not any("blob" in statement for statement in statements)
    assert again.refresh("passage", STAMP).how == "kept"


def test_a_small_library_needs_no_file(
    library: sqlite3.Connection,
    tmp_path: Path,
    units: dict[int, FloatArray],
    cloud: Cloud,
    warnings: list[str],
):
    engine = ExactEngine(lambda: library, tmp_path / "vectors", warn=warnings.append)

    assert engine.search("passage", STAMP, cloud(1, 16)[0], k=3)
    assert not (tmp_path / "vectors").exists()


def flip_a_bit(path: Path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def cut(path: Path):
    os.truncate(path, path.stat().st_size // 2)


def empty(path: Path):
    os.truncate(path, 0)


def zero_a_page(path: Path):
    data = bytearray(path.read_bytes())
    data[512:1024] = bytes(512)
    path.write_bytes(data)


@pytest.mark.parametrize("spoil", [flip_a_bit, cut, empty, zero_a_page])
def test_a_spoilt_file_is_thrown_away_and_built_again(
    library: sqlite3.Connection,
    tmp_path: Path,
    units: dict[int, FloatArray],
    cloud: Cloud,
    warnings: list[str],
    engine: ExactEngine,
    spoil: Callable[[Path], None],
):
    query = cloud(1, 16, seed=5)[0]
    expected = engine.search("passage", STAMP, query, k=5)
    engine.close()
    [path] = (tmp_path / "vectors").iterdir()
    spoil(path)

    assert engine.search("passage", STAMP, query, k=5) == expected

    [whole] = (tmp_path / "vectors").iterdir()
    assert whole.name == path.name
    assert (
        ExactEngine(lambda: library, tmp_path / "vectors", warn=warnings.append).search("passage", STAMP, query, k=5)
        == expected
    )


def test_old_generations_are_removed(
    engine: ExactEngine,
    units: dict[int, FloatArray],
    library: sqlite3.Connection,
    add_unit: AddUnit,
    cloud: Cloud,
    tmp_path: Path,
):
    engine.refresh("passage", STAMP)
    [first] = (tmp_path / "vectors").iterdir()
    vectors.put(library, add_unit(), STAMP, cloud(1, 16))

    assert engine.refresh("passage", STAMP).how == "built"

    [second] = (tmp_path / "vectors").iterdir()
    assert first.name != second.name


def test_a_folder_that_cannot_be_written_is_said_and_the_search_goes_on(
    library: sqlite3.Connection,
    tmp_path: Path,
    units: dict[int, FloatArray],
    cloud: Cloud,
    warnings: list[str],
):
    (tmp_path / "occupied").write_text("a file where the folder should be", encoding="utf-8")
    engine = ExactEngine(lambda: library, tmp_path / "occupied", warn=warnings.append, worth_a_file=10)

    assert engine.search("passage", STAMP, cloud(1, 16)[0], k=3)
    assert "no cache of passage vectors could be written" in warnings[0]


def test_a_query_of_another_encoder_is_refused_by_name(engine: ExactEngine, units: dict[int, FloatArray], cloud: Cloud):
    with pytest.raises(ConfigError, match="the query has 8 dimensions, the index 16"):
        engine.search("passage", STAMP, cloud(1, 8)[0], k=3)


@pytest.mark.parametrize("query", [np.zeros(16), np.full(16, np.nan), np.ones((2, 16))], ids=["zero", "nan", "two"])
def test_a_query_that_is_no_direction_is_refused(engine: ExactEngine, units: dict[int, FloatArray], query: FloatArray):
    with pytest.raises(ToolInputError):
        engine.search("passage", STAMP, query.astype(np.float32), k=3)


def test_k_below_one_is_refused(engine: ExactEngine, units: dict[int, FloatArray], cloud: Cloud):
    with pytest.raises(ToolInputError, match="at least 1"):
        engine.search("passage", STAMP, cloud(1, 16)[0], k=0)


def test_an_empty_index_is_nothing_to_refresh(engine: ExactEngine):
    assert engine.refresh("passage", STAMP).how == "nothing"


@given(st.lists(st.integers(0, 5), min_size=1, max_size=30), st.integers(1, 35))
def test_ties_at_the_edge_are_cut_by_unit(scores: list[int], k: int):
    found = best(np.arange(len(scores)), np.array(scores, np.float32), k)

    expected = sorted(range(len(scores)), key=lambda unit: (-scores[unit], unit))[:k]
    assert [scored.unit for scored in found] == expected


def test_an_empty_matrix_finds_nothing(cloud: Cloud):
    nothing = Matrix(rows=np.zeros((0, 0), np.float32), units=np.zeros(0, np.int64), generation=0)

    assert nearest(Rows.of(nothing), cloud(1, 4)[0], k=1) == ()
