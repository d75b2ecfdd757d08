"""Regions: their boxes lie in the picture and cover it, small things are proposed, rows stay rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sourcehound.tools.encoders.encoder import Pixels
from sourcehound.tools.library.regions import LEAST_TILE_PX, PixelBox, Regions, cut, overlap, proposals, tiles

sides = st.integers(1, 3000)


def _scene(*, side: int = 24, at: tuple[int, int] = (150, 40)) -> tuple[Pixels, PixelBox]:
    """Grey noise with one red square in it, and the square's box."""
    pixels = np.random.default_rng(5).integers(118, 130, (160, 240, 3), dtype=np.uint8)
    left, top = at
    pixels[top : top + side, left : left + side] = (200, 20, 20)
    return pixels, (left, top, left + side, top + side)


@given(sides, sides, st.integers(0, 20))
@settings(deadline=None, max_examples=150)
def test_tiles_cover_the_picture_and_lie_in_it(width: int, height: int, most: int):
    found = tiles(width, height, most=most)
    assert len(found) <= most
    if not found:
        return
    assert len(set(found)) == len(found) > 1
    across = np.zeros(width, bool)
    down = np.zeros(height, bool)
    for left, top, right, bottom in found:
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height
        assert min(right - left, bottom - top) >= LEAST_TILE_PX
        across[left:right] = True
        down[top:bottom] = True
    assert across.all()
    assert down.all()
    spans = {(box[0], box[2]) for box in found}, {(box[1], box[3]) for box in found}
    # a full grid of spans that cover both sides covers the plane
    assert len(found) == len(spans[0]) * len(spans[1])


def test_a_thing_of_half_a_tile_lies_whole_in_some_tile():
    found = tiles(600, 400, most=9)
    for left in range(0, 600 - 75, 25):
        for top in range(0, 400 - 50, 25):
            assert any(b[0] <= left and b[1] <= top and left + 75 <= b[2] and top + 50 <= b[3] for b in found)


@pytest.mark.parametrize(("width", "height", "most"), [(60, 60, 9), (90, 70, 9), (600, 400, 1), (600, 400, 0)])
def test_a_picture_too_small_for_two_tiles_gets_none(width: int, height: int, most: int):
    assert tiles(width, height, most=most) == ()


@pytest.mark.parametrize("at", [(150, 40), (0, 0), (216, 136), (20, 100)])
def test_what_stands_out_is_proposed(at: tuple[int, int]):
    pixels, square = _scene(at=at)
    best = proposals(pixels, most=3)[0]
    assert best[0] <= square[0]
    assert best[1] <= square[1]
    assert best[2] >= square[2]
    assert best[3] >= square[3]
    assert overlap(best, square) > 0.3


@given(st.integers(0, 2**32 - 1), st.integers(1, 300), st.integers(1, 300), st.integers(0, 6))
@settings(deadline=None, max_examples=40)
def test_proposals_lie_in_the_picture(seed: int, width: int, height: int, most: int):
    rng = np.random.default_rng(seed)
    pixels = np.kron(
        rng.integers(0, 256, (height // 9 + 1, width // 9 + 1, 3), dtype=np.uint8), np.ones((9, 9, 1), "u1")
    )
    pixels = np.ascontiguousarray(pixels[:height, :width])
    found = proposals(pixels, most=most)
    assert len(found) <= most
    assert found == proposals(pixels.copy(), most=most)
    for left, top, right, bottom in found:
        assert 0 <= left < right <= width
        assert 0 <= top < bottom <= height


def test_a_plain_picture_proposes_nothing():
    assert proposals(np.full((200, 300, 3), 90, np.uint8), most=6) == ()


def test_the_whole_picture_comes_first_and_no_region_is_there_twice():
    pixels, _ = _scene()
    found = Regions(tiles=9, proposals=6).boxes(pixels)
    assert found[0] == (0, 0, 240, 160)
    assert len(set(found)) == len(found) > 5
    assert cut(pixels, found[0]).shape == pixels.shape


def test_without_tiles_and_proposals_there_is_the_whole_alone():
    assert Regions(tiles=0, proposals=0).boxes(_scene()[0]) == ((0, 0, 240, 160),)


def test_rows_of_regions_are_of_unit_length_and_lean_to_the_whole():
    rows = np.random.default_rng(1).normal(size=(7, 16)).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    rows[6] = -rows[0]
    mixed = Regions(share=0.5).mixed(rows)
    assert mixed.dtype == np.float32
    assert np.allclose(np.linalg.norm(mixed, axis=1), 1, atol=1e-5)
    assert np.array_equal(mixed[0], rows[0])
    assert np.all(mixed[1:6] @ rows[0] > rows[1:6] @ rows[0])
    assert np.allclose(Regions(share=1.0).mixed(rows), rows, atol=1e-6)


@pytest.mark.parametrize(
    ("a", "b", "share"),
    [((0, 0, 2, 2), (0, 0, 2, 2), 1.0), ((0, 0, 2, 2), (2, 0, 4, 2), 0.0), ((0, 0, 2, 2), (1, 0, 3, 2), 1 / 3)],
)
def test_overlap_is_intersection_over_union(a: PixelBox, b: PixelBox, share: float):
    assert overlap(a, b) == pytest.approx(share)
