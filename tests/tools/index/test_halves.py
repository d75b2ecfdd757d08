from __future__ import annotations

import numpy as np
import pytest

from sourcehound.tools.index.halves import widen


def test_every_finite_half_becomes_the_same_number():
    every = np.arange(2**16, dtype=np.uint16).view(np.float16)
    finite = every[np.isfinite(every)]
    assert np.array_equal(widen(finite).view(np.uint32), finite.astype(np.float32).view(np.uint32))


@pytest.mark.parametrize("shape", [(0, 4), (3, 5), (700, 64)])
def test_the_shape_stays(shape: tuple[int, int]):
    halves = np.random.default_rng(0).standard_normal(shape).astype(np.float16)
    assert np.array_equal(widen(halves), halves.astype(np.float32))
    assert np.array_equal(widen(halves[::2]), halves[::2].astype(np.float32))
