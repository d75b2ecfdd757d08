"""The cut detector on grey pictures alone, and the grey pictures on frames of odd kinds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sourcehound.tools.library.readers.cuts import Seen, changed_share, difference, look, thumb_of

SHAPE = (36, 64)


def scene(seed: int) -> np.ndarray:
    """A wide grey scene of blocks, softened, so that moving it by a column changes little."""
    blocks = np.random.default_rng(seed).integers(30, 226, (9, 64)).astype(np.float64)
    wide = np.kron(blocks, np.ones((4, 8)))
    kernel = np.ones(9) / 9
    return np.apply_along_axis(lambda row: np.convolve(row, kernel, "same"), 1, wide)


def view(wide: np.ndarray, at: int = 0) -> np.ndarray:
    return wide[:, at : at + SHAPE[1]].astype(np.uint8)


def cuts(thumbs: list[np.ndarray]) -> list[int]:
    seen = list(look((n / 25, n, thumb) for n, thumb in enumerate(thumbs)))
    assert [entry.frame for entry in seen] == list(range(len(thumbs)))
    return [entry.frame for entry in seen if entry.is_cut]


def test_a_hard_cut_is_found_at_its_frame():
    assert cuts([view(scene(1))] * 10 + [view(scene(2))] * 10) == [10]


def test_a_cut_while_the_camera_moves_is_found():
    one, other = scene(1), scene(2)
    assert cuts([view(one, n) for n in range(20)] + [view(other, n) for n in range(20)]) == [20]


def test_a_moving_camera_is_no_cut():
    assert cuts([view(scene(1), 2 * n) for n in range(100)]) == []


def test_a_flash_is_no_cut():
    flash = np.full(SHAPE, 250, np.uint8)
    assert cuts([view(scene(1))] * 10 + [flash] + [view(scene(1))] * 10) == []


def test_a_dissolve_is_no_cut():
    one, other = scene(1)[:, :64], scene(2)[:, :64]
    mixed = [(one + (other - one) * n / 25).astype(np.uint8) for n in range(26)]
    assert cuts([view(scene(1))] * 5 + mixed + [view(scene(2))] * 5) == []


def test_light_switched_on_in_one_scene_is_no_cut():
    dark = (scene(1)[:, :64] * 0.4).astype(np.uint8)
    assert cuts([dark] * 10 + [view(scene(1))] * 10) == []


def test_a_caption_that_appears_is_no_cut():
    captioned = view(scene(1)).copy()
    captioned[28:34, 8:56] = 250
    assert cuts([view(scene(1))] * 10 + [captioned] * 10) == []


def test_a_scene_after_black_begins_a_shot_where_it_begins_to_show():
    black = np.full(SHAPE, 16, np.uint8)
    fade = [(16 + (scene(1)[:, :64] - 16) * n / 12).astype(np.uint8) for n in range(13)]
    found = cuts([*fade[::-1], *[black] * 10, *fade, *[view(scene(1))] * 5])
    assert len(found) == 1
    assert 23 <= found[0] <= 26


def test_black_before_the_first_picture_is_no_shot():
    assert cuts([np.full(SHAPE, 16, np.uint8)] * 10 + [view(scene(1))] * 10) in ([], [10])


def test_differences_are_those_worked_out_by_hand():
    one = np.array([[10, 20], [30, 40]], np.uint8)
    other = np.array([[10, 24], [18, 40]], np.uint8)
    assert difference(None, one) == 0.0
    assert difference(one, other) == 4.0
    assert changed_share(one, other, 4) == 0.25
    assert changed_share(one, other, 3) == 0.5


@given(st.lists(st.integers(0, 4), min_size=0, max_size=40))
@settings(max_examples=40, deadline=None)
def test_every_frame_comes_out_once_and_in_order(seeds: list[int]):
    scenes = [view(scene(seed)) for seed in range(5)]
    seen: list[Seen[int]] = list(look((float(n), n, scenes[seed]) for n, seed in enumerate(seeds)))
    assert [entry.frame for entry in seen] == list(range(len(seeds)))
    assert not seen or not seen[0].is_cut


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuvj444p", "nv12", "gray", "yuv420p10le", "rgb24"])
@pytest.mark.parametrize(("width", "height"), [(854, 480), (1920, 1080), (64, 36), (2, 2), (160, 120)])
def test_thumbs_show_the_picture_in_every_pixel_format(pixel_format: str, width: int, height: int):
    import av

    ramp = np.broadcast_to(np.linspace(0, 255, width).astype(np.uint8)[None, :, None], (height, width, 3))
    frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(ramp), format="rgb24").reformat(format=pixel_format)
    thumb = thumb_of(frame)
    assert (thumb.dtype, thumb.shape) == (np.uint8, SHAPE)
    row = thumb.mean(axis=0)
    assert (np.diff(row) >= -1).all()  # dithered
    assert row[-1] - row[0] > 150
