"""Long sound is cut without loss, and where it is quiet."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sourcehound.tools.senses.stretches import RATE, stretches


def noise(seconds: float) -> np.ndarray:
    return np.random.default_rng(7).uniform(-1, 1, int(RATE * seconds)).astype(np.float32)


def test_short_sound_is_one_stretch():
    sound = noise(2)
    (only,) = stretches([sound])
    assert only.start == 0
    assert np.array_equal(only.samples, sound)


def test_no_sound_has_no_stretch():
    assert list(stretches([])) == []
    assert list(stretches([np.zeros(0, np.float32)])) == []


@given(st.lists(st.integers(0, 400), max_size=6))
@settings(max_examples=12, deadline=None, derandomize=True)
def test_every_sample_is_kept_once_and_no_stretch_is_long(lengths_s: list[int]):
    whole = np.arange(sum(lengths_s) * RATE, dtype=np.float32)
    pieces = np.split(whole, np.cumsum(lengths_s)[:-1] * RATE) if lengths_s else []
    parts = list(stretches(pieces))
    assert [part.start for part in parts] == list(np.cumsum([0, *(len(part.samples) for part in parts)])[: len(parts)])
    assert all(len(part.samples) <= 330 * RATE for part in parts)
    assert np.array_equal(np.concatenate([np.zeros(0, np.float32), *(part.samples for part in parts)]), whole)


def test_the_cut_lies_in_the_pause():
    sound = noise(320)
    sound[287 * RATE : 288 * RATE] = 0
    first, _ = stretches([sound])
    assert 287 * RATE < len(first.samples) < 288 * RATE


def test_a_stretch_does_not_keep_the_sound_before_it_alive():
    _, last = stretches([noise(310)])
    assert last.samples.base is None or last.samples.base.nbytes == last.samples.nbytes
