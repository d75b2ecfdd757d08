"""Reading order: what a person reads first comes first, whatever the scale, the place and the order of the boxes."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from sourcehound.tools.evidence import Box
from sourcehound.tools.senses.columns import reading_order

LINE = 10


def column(left: int, width: int, tops: range) -> list[Box]:
    return [(left, top, left + width, top + LINE) for top in tops]


def grid(lefts: list[int], width: int, tops: range) -> list[Box]:
    return [(left, top, left + width, top + LINE) for top in tops for left in lefts]


def assert_read_as_listed(boxes: list[Box]) -> None:
    shuffled = list(range(len(boxes)))
    random.Random(3).shuffle(shuffled)
    order = reading_order([boxes[i] for i in shuffled])
    assert [shuffled[i] for i in order] == list(range(len(boxes)))


@st.composite
def pages(draw: st.DrawFn) -> list[Box]:
    boxes: list[Box] = []
    for _ in range(draw(st.integers(0, 24))):
        left, top = draw(st.integers(0, 400)), draw(st.integers(0, 400))
        boxes.append((left, top, left + draw(st.integers(1, 300)), top + draw(st.integers(1, 40))))
    return boxes


@given(pages())
@settings(max_examples=60, deadline=None, derandomize=True)
def test_every_box_is_read_exactly_once(boxes: list[Box]):
    assert sorted(reading_order(boxes)) == list(range(len(boxes)))


@given(pages(), st.integers(-500, 500), st.integers(-500, 500), st.sampled_from([0.125, 0.5, 2, 16]))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_moving_and_scaling_a_page_does_not_change_its_order(boxes: list[Box], right: int, down: int, scale: float):
    moved = [
        (scale * (left + right), scale * (top + down), scale * (end + right), scale * (bottom + down))
        for left, top, end, bottom in boxes
    ]
    assert reading_order(moved) == reading_order(boxes)


@given(pages(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None, derandomize=True)
def test_the_order_in_which_boxes_are_given_does_not_matter(boxes: list[Box], source: random.Random):
    given_order = sorted(set(boxes))
    shuffled = list(given_order)
    source.shuffle(shuffled)
    assert [shuffled[i] for i in reading_order(shuffled)] == [given_order[i] for i in reading_order(given_order)]


def test_nothing_has_no_order():
    assert reading_order([]) == ()


def test_a_single_column_is_read_from_top_to_bottom():
    assert_read_as_listed(column(40, 500, range(0, 480, 12)))


def test_two_columns_come_after_the_title_that_spans_them():
    title = [(100, 0, 500, 24)]
    assert_read_as_listed(title + column(0, 280, range(40, 400, 12)) + column(300, 280, range(40, 400, 12)))


def test_columns_whose_lines_do_not_share_a_grid_are_columns_too():
    assert_read_as_listed(column(0, 280, range(0, 360, 12)) + column(300, 280, range(5, 360, 12)))


def test_three_columns_are_read_one_after_the_other():
    assert_read_as_listed([box for left in (0, 200, 400) for box in column(left, 180, range(0, 360, 12))])


def test_a_table_stays_row_by_row():
    assert_read_as_listed(grid([0, 150, 250, 350], 60, range(0, 240, 12)))


def test_a_table_with_long_labels_and_far_numbers_stays_row_by_row():
    labels = [220, 100, 180, 60, 200, 140]
    boxes: list[Box] = []
    for row, width in enumerate(labels):
        boxes += [(0, 20 * row, width, 20 * row + LINE), (400, 20 * row, 440, 20 * row + LINE)]
    assert_read_as_listed(boxes)


def test_a_figures_caption_across_both_columns_divides_them():
    upper = column(0, 280, range(0, 120, 12)) + column(300, 280, range(0, 120, 12))
    caption = [(0, 200, 580, 210), (0, 212, 400, 222)]
    lower = column(0, 280, range(240, 360, 12)) + column(300, 280, range(240, 360, 12))
    assert_read_as_listed(upper + caption + lower)


def test_a_page_number_below_the_gutter_does_not_hide_it():
    columns = column(0, 280, range(0, 360, 12)) + column(300, 280, range(0, 360, 12))
    assert_read_as_listed([*columns, (270, 380, 299, 390)])


def test_columns_below_a_table_with_the_same_gutter_are_still_columns():
    table: list[Box] = []
    for top in range(0, 150, 25):
        table += [(0, top, 150, top + LINE), (500, top, 560, top + LINE)]
    heading = [(0, 170, 120, 182)]
    prose = column(0, 280, range(195, 400, 12)) + column(300, 280, range(195, 400, 12))
    assert_read_as_listed(table + heading + prose)


def test_prose_below_a_table_in_each_column_is_read_column_by_column():
    left = grid([0, 110, 170, 230], 40, range(0, 144, 12)) + column(0, 280, range(150, 400, 12))
    right = grid([300, 410, 470, 530], 40, range(0, 144, 12)) + column(300, 280, range(150, 400, 12))
    assert_read_as_listed(left + right)


def test_numbers_before_the_items_of_a_list_stay_with_them():
    boxes: list[Box] = []
    for top in range(0, 240, 12):
        boxes += [(0, top, 12, top + LINE), (20, top, 300, top + LINE)]
    assert_read_as_listed(boxes)


def test_bubbles_of_a_chat_on_both_sides_are_read_by_time():
    boxes: list[Box] = []
    for n in range(8):
        left = 0 if n % 2 else 300
        boxes += [(left, 40 * n, left + 200, 40 * n + LINE), (left, 40 * n + 12, left + 150, 40 * n + 12 + LINE)]
    assert_read_as_listed(boxes)


def test_a_stamp_along_the_margin_comes_last():
    assert_read_as_listed([*column(0, 280, range(0, 240, 12)), (560, 0, 570, 240)])


def test_upright_columns_are_read_from_right_to_left():
    assert_read_as_listed([(left, 0, left + LINE, 300) for left in range(400, 0, -20)])


def test_thousands_of_boxes_are_ordered_without_trying_every_pair():
    table = grid(list(range(0, 2000, 100)), 60, range(0, 2000, 20))
    assert reading_order(table) == tuple(range(len(table)))
