"""Marks lie exactly where the boxes are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sourcehound.tools.evidence import Box, Space
from sourcehound.tools.show.canvas import ACCENT, HIGHLIGHT
from sourcehound.tools.show.lettering import Lettering
from sourcehound.tools.show.page import OUTLINE_PX, mark, numbered, to_pixels

PLANE = Space(unit="pt", width=300, height=200)
WHITE = (255, 255, 255)


def paper(width: int = 600, height: int = 400, colour: int = 255):
    return np.full((height, width, 3), colour, np.uint8)


def test_tint_fills_the_box_and_the_outline_stands_outside_it():
    image = mark(paper(), [(50, 60, 100, 70)], PLANE)  # pixels 100,120 to 200,140
    assert image.size == (600, 400)
    for x, y in ((100, 120), (199, 120), (100, 139), (199, 139), (150, 130)):
        assert image.getpixel((x, y)) == HIGHLIGHT
    for step in range(1, OUTLINE_PX + 1):
        assert image.getpixel((100 - step, 130)) == ACCENT
        assert image.getpixel((199 + step, 130)) == ACCENT
        assert image.getpixel((150, 120 - step)) == ACCENT
        assert image.getpixel((150, 139 + step)) == ACCENT
    for x, y in (
        (100 - OUTLINE_PX - 1, 130),
        (200 + OUTLINE_PX, 130),
        (150, 119 - OUTLINE_PX),
        (150, 140 + OUTLINE_PX),
    ):
        assert image.getpixel((x, y)) == WHITE


def test_black_letters_stay_black_under_the_tint():
    page = paper()
    page[125:135, 120:130] = 0
    assert mark(page, [(50, 60, 100, 70)], PLANE).getpixel((125, 130)) == (0, 0, 0)


def test_lines_of_one_passage_share_one_outline():
    image = mark(paper(), [(50, 60, 100, 70), (50, 73, 100, 83)], PLANE)
    gap = [image.getpixel((150, y)) for y in range(140, 146)]
    assert gap == [WHITE] * 6
    assert image.getpixel((98, 143)) == ACCENT


def test_boxes_far_apart_keep_outlines_of_their_own():
    image = mark(paper(), [(20, 20, 60, 30), (200, 150, 260, 160)], PLANE)
    assert image.getpixel((80, 62)) == ACCENT
    assert image.getpixel((460, 297)) == ACCENT


def test_a_region_keeps_its_colours():
    image = mark(paper(), [(10, 10, 280, 150)], PLANE)
    assert image.getpixel((200, 100)) == WHITE
    assert image.getpixel((18, 100)) == ACCENT


def test_photographs_are_outlined_only():
    image = mark(paper(colour=90), [(50, 60, 100, 70)], PLANE, tint=False)
    assert image.getpixel((150, 130)) == (90, 90, 90)
    assert image.getpixel((98, 130)) == ACCENT


def test_no_boxes_leave_the_picture_as_it_is():
    assert np.array_equal(np.asarray(mark(paper(colour=77), [], PLANE)), paper(colour=77))


def test_the_number_stands_in_a_gutter_that_hides_nothing():
    image = mark(paper(colour=50), [], PLANE)
    sheet = numbered(Lettering(), image, 120, 7)
    gutter = sheet.width - image.width
    assert gutter > 0
    assert np.array_equal(np.asarray(sheet)[:, gutter:], np.asarray(image))


@pytest.mark.parametrize("box", [(-50, -50, 9999, 9999), (299.9, 199.9, 300, 200), (40, 40, 40, 40), (90, 90, 20, 20)])
def test_odd_boxes_are_clipped_to_the_page(box: Box):
    left, top, right, bottom = to_pixels(box, PLANE, (600, 400))
    assert 0 <= left < right <= 600
    assert 0 <= top < bottom <= 400


@given(
    st.tuples(st.floats(0, 290), st.floats(0, 190)),
    st.tuples(st.floats(2, 300), st.floats(2, 200)),
    st.integers(200, 3000),
)
def test_boxes_are_placed_within_a_pixel(corner: tuple[float, float], size: tuple[float, float], width_px: int):
    box = (*corner, min(corner[0] + size[0], 300.0), min(corner[1] + size[1], 200.0))
    scale = width_px / 300
    placed = to_pixels(box, PLANE, (width_px, round(200 * scale)))
    assert all(abs(got - side * scale) <= 1.01 for got, side in zip(placed, box, strict=True))
