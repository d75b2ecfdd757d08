from __future__ import annotations

import sqlite3
from collections.abc import Callable

import numpy as np
import pytest

from sourcehound.tools.encoders.encoder import FloatArray, Vectors
from sourcehound.tools.errors import ConfigError, SourcehoundError
from sourcehound.tools.index import vectors

AddUnit = Callable[..., int]
Cloud = Callable[..., FloatArray]
STAMP = "minilm@0123456789abcdef:8:1"


def test_rows_come_back_as_they_were_within_half_precision(
    library: sqlite3.Connection, add_unit: AddUnit, cloud: Cloud
):
    rows = cloud(3, 8)
    unit = add_unit()

    vectors.put(library, unit, STAMP, rows)

    found = vectors.get(library, unit, STAMP)
    assert found is not None
    assert found.dtype == np.float32
    assert found == pytest.approx(rows, abs=1e-3)
    assert vectors.get(library, unit, "other") is None


def test_float32_is_kept_exactly(library: sqlite3.Connection, add_unit: AddUnit, cloud: Cloud):
    rows = cloud(2, 8)
    unit = add_unit()

    vectors.put(library, unit, STAMP, Vectors(rows=rows, owner=np.zeros(2, np.int64)), scheme="float32")

    assert vectors.get(library, unit, STAMP) == pytest.approx(rows, abs=0)


def test_load_takes_one_kind_and_stamp_in_order_of_unit(library: sqlite3.Connection, add_unit: AddUnit, cloud: Cloud):
    rows = cloud(6, 8)
    page, first, second = add_unit(kind="page"), add_unit(), add_unit()
    vectors.put(library, second, STAMP, rows[:2], scheme="float32")
    vectors.put(library, first, STAMP, rows[2:3])
    vectors.put(library, page, STAMP, rows[3:4])
    vectors.put(library, first, "other", rows[4:])

    matrix = vectors.load(library, "passage", STAMP)

    assert matrix.units.tolist() == [first, second, second]
    assert matrix.rows == pytest.approx(rows[[2, 0, 1]], abs=1e-3)
    assert vectors.load(library, "speech", STAMP).rows.shape == (0, 0)


def test_an_encoders_result_is_split_over_its_units(library: sqlite3.Connection, add_unit: AddUnit, cloud: Cloud):
    rows = cloud(4, 8)
    units = [add_unit(), add_unit(kind="image")]

    vectors.write_vectors(library, units, STAMP, Vectors(rows=rows, owner=np.array([0, 1, 1, 1])), scheme="float32")

    assert vectors.get(library, units[0], STAMP) == pytest.approx(rows[:1], abs=0)
    assert vectors.get(library, units[1], STAMP) == pytest.approx(rows[1:], abs=0)


def test_the_generation_rises_with_each_change_of_its_kind_and_no_other(
    library: sqlite3.Connection, add_unit: AddUnit, cloud: Cloud
):
    passage, page = add_unit(), add_unit(kind="page")
    seen = [vectors.generation(library, "passage", STAMP)]

    vectors.put(library, passage, STAMP, cloud(1, 8))
    seen.append(vectors.generation(library, "passage", STAMP))
    pages = vectors.generation(library, "page", STAMP)
    vectors.put(library, passage, STAMP, cloud(1, 8, seed=1))
    seen.append(vectors.generation(library, "passage", STAMP))
    vectors.remove(library, passage, stamp=STAMP)
    seen.append(vectors.generation(library, "passage", STAMP))
    vectors.put(library, page, STAMP, cloud(1, 8))

    assert seen[0] == pages == 0
    assert seen == sorted(set(seen))
    assert seen[-1] == vectors.generation(library, "passage", STAMP)


def test_a_unit_deleted_by_a_cascade_takes_its_vectors_and_raises_the_generation(
    library: sqlite3.Connection, add_unit: AddUnit, cloud: Cloud
):
    unit = add_unit("words")
    vectors.put(library, unit, STAMP, cloud(1, 8))
    before = vectors.generation(library, "passage", STAMP)

    library.execute("DELETE FROM sources WHERE id = 1")

    assert vectors.get(library, unit, STAMP) is None
    assert vectors.generation(library, "passage", STAMP) > before


def test_a_rolled_back_change_leaves_the_generation_as_it_was(
    library: sqlite3.Connection, add_unit: AddUnit, cloud: Cloud
):
    unit = add_unit()
    vectors.put(library, unit, STAMP, cloud(1, 8))
    before = vectors.generation(library, "passage", STAMP)

    library.execute("BEGIN")
    vectors.put(library, unit, STAMP, cloud(1, 8, seed=1))
    library.execute("ROLLBACK")

    assert vectors.generation(library, "passage", STAMP) == before


def test_only_what_changed_since_a_generation_is_read(library: sqlite3.Connection, add_unit: AddUnit, cloud: Cloud):
    old, new = add_unit(), add_unit()
    vectors.put(library, old, STAMP, cloud(1, 8))
    then = vectors.generation(library, "passage", STAMP)
    vectors.put(library, new, STAMP, cloud(2, 8))

    assert vectors.changed_since(library, "passage", STAMP, then).units.tolist() == [new, new]
    assert vectors.changed_since(library, "passage", STAMP, 0).units.tolist() == [old, new, new]


def test_some_units_are_read_and_strangers_left_out(library: sqlite3.Connection, add_unit: AddUnit, cloud: Cloud):
    first, second, page = add_unit(), add_unit(), add_unit(kind="page")
    for unit in (first, second, page):
        vectors.put(library, unit, STAMP, cloud(1, 8))

    found = vectors.load_units(library, "passage", STAMP, [second, first, page, 999])

    assert found.units.tolist() == [first, second]


@pytest.mark.parametrize(
    "rows",
    [np.full((1, 8), np.nan), np.zeros((1, 8)), np.full((1, 8), 3.0), np.zeros((0, 8)), np.zeros(8)],
    ids=["not finite", "zero", "too long", "no row", "no matrix"],
)
def test_vectors_of_a_broken_encoder_are_refused(library: sqlite3.Connection, add_unit: AddUnit, rows: FloatArray):
    unit = add_unit()

    with pytest.raises(ConfigError, match="minilm"):
        vectors.put(library, unit, STAMP, rows.astype(np.float32))


def test_vectors_of_an_unknown_unit_are_refused(library: sqlite3.Connection, cloud: Cloud):
    with pytest.raises(SourcehoundError, match="unit 7 is not in the catalogue"):
        vectors.put(library, 7, STAMP, cloud(1, 8))


@pytest.mark.parametrize("change", ["scheme = 'quantised'", "dimension = 7", "blob = x'00'"])
def test_a_table_that_does_not_fit_together_is_refused(
    library: sqlite3.Connection, add_unit: AddUnit, cloud: Cloud, change: str
):
    vectors.put(library, add_unit(), STAMP, cloud(1, 8))
    library.execute(f"UPDATE vectors SET {change}")  # noqa: S608  written above

    with pytest.raises(ConfigError, match="sourcehound add"):
        vectors.load(library, "passage", STAMP)


def test_two_dimensions_under_one_stamp_are_refused(library: sqlite3.Connection, add_unit: AddUnit, cloud: Cloud):
    vectors.put(library, add_unit(), STAMP, cloud(1, 8))
    vectors.put(library, add_unit(), STAMP, cloud(1, 9))

    with pytest.raises(ConfigError, match="do not fit together"):
        vectors.load(library, "passage", STAMP)
