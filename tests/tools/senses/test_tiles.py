"""Tiles cover the picture, and pieces of one line found in several of them become one line."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from sourcehound.tools.senses.tiles import MAX_SIDE, Piece, Tile, hull, join, plan


@given(st.integers(1, 7000), st.integers(1, 7000), st.booleans())
@settings(max_examples=80, deadline=None, derandomize=True)
def test_tiles_cover_every_pixel_and_nothing_else(width: int, height: int, fine: bool):
    tiles = [tile for tile in plan(width, height, fine=fine) if tile.min_height == 0]
    for edge, size in (("left", width), ("top", height)):
        other = {"left": "right", "top": "bottom"}[edge]
        spans = sorted({(getattr(tile, edge), getattr(tile, other)) for tile in tiles})
        assert spans[0][0] == 0
        assert spans[-1][1] == size
        assert all(nxt[0] < here[1] for here, nxt in pairwise(spans))


@given(st.integers(1, 7000), st.integers(1, 7000), st.booleans())
@settings(max_examples=80, deadline=None, derandomize=True)
def test_what_a_detector_is_shown_stays_bounded(width: int, height: int, fine: bool):
    for tile in plan(width, height, fine=fine):
        assert max(tile.right - tile.left, tile.bottom - tile.top) * tile.scale <= MAX_SIDE + 1e-6


def test_a_page_is_one_tile_at_its_own_size():
    assert plan(1275, 1651, fine=False) == (Tile(0, 0, 1275, 1651, 1.0),)


def test_a_large_picture_is_shrunk_whole():
    assert plan(4000, 3000, fine=False) == (Tile(0, 0, 4000, 3000, 0.5),)


def test_a_long_receipt_is_cut_across_at_full_size():
    tiles = plan(600, 6000, fine=False)
    assert len(tiles) > 2
    assert all(tile.right - tile.left == 600 and tile.scale >= 1 for tile in tiles)


def test_fine_keeps_full_size_and_adds_the_whole_for_large_lettering():
    *small, whole = plan(4000, 3000, fine=True)
    assert all(tile.scale == 1 and tile.min_height == 0 for tile in small)
    assert (whole.right, whole.bottom, whole.scale) == (4000, 3000, 0.5)
    assert whole.min_height > 0


TILES = (Tile(0, 0, 1000, 1000, 1.0), Tile(800, 0, 1800, 1000, 1.0))


def test_the_same_box_seen_by_two_tiles_is_one():
    assert join([Piece((850, 10, 950, 30), 0), Piece((851, 9, 951, 30), 1)], TILES) == [[0, 1]]


def test_a_line_that_a_tile_cuts_is_put_together():
    pieces = [Piece((500, 10, 998, 30), 0), Piece((803, 11, 1300, 31), 1)]
    assert join(pieces, TILES) == [[0, 1]]
    assert hull([piece.box for piece in pieces]) == (500, 10, 1300, 31)


def test_lines_below_each_other_stay_apart():
    assert join([Piece((850, 10, 998, 30), 0), Piece((803, 28, 1300, 48), 1)], TILES) == [[0], [1]]


def test_words_beside_each_other_that_no_edge_cuts_stay_apart():
    assert join([Piece((820, 10, 900, 30), 0), Piece((890, 10, 980, 30), 1)], TILES) == [[0], [1]]


def test_boxes_of_one_tile_are_never_joined():
    assert join([Piece((10, 10, 100, 30), 0), Piece((12, 11, 90, 29), 0)], TILES) == [[0], [1]]
