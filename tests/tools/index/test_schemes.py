from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.index.schemes import SCHEMES, Scheme, pack, row_bytes, unpack

Cloud = Callable[..., FloatArray]


def back(rows: FloatArray, scheme: Scheme) -> FloatArray:
    return unpack(pack(rows, scheme).tobytes(), scheme, (rows.shape[0], rows.shape[1]))


def errors(rows: FloatArray, scheme: Scheme) -> FloatArray:
    """How far each row is from what comes back, as a length."""
    return np.linalg.norm(back(rows, scheme) - rows, axis=1)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_row_takes_as_many_bytes_as_is_said(scheme: Scheme, cloud: Cloud):
    rows = cloud(5, 20)

    assert pack(rows, scheme).shape == (5, row_bytes(scheme, 20))


def test_the_bytes_shrink_from_four_a_number_to_one_bit():
    assert [row_bytes(scheme, 128) for scheme in SCHEMES] == [512, 256, 128, 16]


def test_single_precision_comes_back_exactly(cloud: Cloud):
    assert not errors(cloud(50, 33), "float32").any()


def test_half_precision_comes_back_within_half_a_unit_of_its_eleventh_bit(cloud: Cloud):
    assert errors(cloud(50, 33), "float16").max() <= 2**-11


def test_one_byte_a_number_comes_back_within_the_bound_of_its_step(cloud: Cloud):
    rows = cloud(200, 96, per_cluster=10)

    # each number is off by half a step at most; to one long again can double that
    bound = 2 * np.abs(rows).max(axis=1) / 254 * np.sqrt(96)
    assert np.all(errors(rows, "int8") <= bound)
    assert np.linalg.norm(back(rows, "int8"), axis=1) == pytest.approx(np.ones(200))


def test_one_bit_a_number_keeps_the_signs_on_a_row_of_unit_length(cloud: Cloud):
    rows = cloud(200, 77)

    found = back(rows, "bit")

    assert np.array_equal(found >= 0, rows >= 0)
    assert np.linalg.norm(found, axis=1) == pytest.approx(np.ones(200))
    # the cosine with the row itself is the mean of its absolute numbers, times the root of how many there are
    assert np.vecdot(found, rows) == pytest.approx(np.abs(rows).mean(axis=1) * np.sqrt(77), abs=1e-5)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_what_came_back_comes_back_the_same(scheme: Scheme, cloud: Cloud):
    once = back(cloud(30, 40), scheme)

    assert back(once, scheme) == pytest.approx(once, abs=1e-6)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_first_bytes_are_the_first_rows(scheme: Scheme, cloud: Cloud):
    rows = cloud(6, 30)

    first = pack(rows, scheme).tobytes()[: 2 * row_bytes(scheme, 30)]

    assert np.array_equal(unpack(first, scheme, (2, 30)), back(rows, scheme)[:2])


def test_bytes_that_are_not_so_many_rows_are_refused(cloud: Cloud):
    blob = pack(cloud(2, 30), "int8").tobytes()

    with pytest.raises(ValueError, match="60 bytes are not 3 rows of 30"):
        unpack(blob, "int8", (3, 30))
    with pytest.raises(ValueError, match="no scheme is called 'zip'"):
        unpack(blob, "zip", (2, 30))
