"""Codes of one byte a number never rule out what a full comparison would find."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.index.codes import guess, quantise, why_not

Cloud = Callable[..., FloatArray]


@pytest.mark.parametrize("kind", ["random", "clustered", "spiked"])
def test_a_guess_is_never_further_off_than_it_says(cloud: Cloud, kind: Literal["random", "clustered", "spiked"]):
    rows = cloud(500, 96, per_cluster=25 if kind == "clustered" else 0)
    if kind == "spiked":  # one number much larger than all others makes the steps coarse
        rows[:, 3] += 3
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    coded = quantise(rows)
    for query in np.concatenate([cloud(20, 96, seed=5), rows[:20]]):
        found = guess(coded, query)
        off = np.abs(found.scores - rows.astype(np.float64) @ query)
        assert np.all(off <= found.slack)
        assert np.max(found.slack) < 0.2


@given(
    st.lists(st.floats(-1, 1, width=16), min_size=3, max_size=40).filter(lambda row: any(abs(n) > 1e-3 for n in row))
)
@settings(max_examples=60, deadline=None)
def test_codes_of_any_row_are_within_their_error(row: list[float]):
    rows = np.array([row], np.float32)
    coded = quantise(rows)
    off = np.linalg.norm(
        rows.astype(np.float64) - coded.rows.astype(np.float64) * coded.steps[:, None].astype(np.float64)
    )
    assert off <= coded.errors[0]
    assert np.abs(coded.rows).max() == 127


def test_the_kernels_are_checked_before_they_are_trusted():
    assert why_not() == ""
    code = (
        "import sys, types\n"
        "from sourcehound.tools.index.codes import why_not\n"
        "broken = types.ModuleType('simsimd')\n"
        "def cdist(a, b, metric, out): out[...] = 1\n"
        "broken.cdist = cdist\n"
        "sys.modules['simsimd'] = broken\n"
        "print(why_not())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "its products are wrong"
