"""Each measure of this project's own against numbers worked by hand."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as some

from sourcehound.agent.evaluate import layouts, spans
from sourcehound.agent.evaluate.collection import Question
from sourcehound.agent.evaluate.measures import measured
from sourcehound.agent.evaluate.spans import Span
from sourcehound.tools.evidence import Locator, Space


def measure(name: str, items: Sequence[str], question: Question) -> float:
    return measured([name], [question], {"q": items})[name]["q"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mAP@1", 0.0),
        ("mAP@2", (1 / 2) / 2),  # two of three right ones could be among two
        ("mAP@5", (1 / 2 + 2 / 4) / 3),
        ("mAP@50", (1 / 2 + 2 / 4) / 3),
    ],
)
def test_truncated_average_precision_is_over_the_right_items_that_fit(name: str, value: float):
    question = Question(id="q", text="", relevant={"b": 1, "d": 1, "x": 1})
    assert measure(name, ["a", "b", "c", "d"], question) == pytest.approx(value)


def test_the_subset_is_ranked_by_itself():
    question = Question(id="q", text="", relevant={"t": 1}, subset=frozenset({"t", "s"}))
    found = ["a", "s", "b", "t"]
    assert [measure(f"Rsubset@{k}", found, question) for k in (1, 2)] == [0.0, 1.0]
    assert measure("Rsubset@3", ["a", "s"], question) == 0.0


PAGE = "pdf/report.pdf#page=3"


def layout(*boxes: tuple[float, float, float, float], page: str = PAGE) -> str:
    return layouts.item(page, boxes)


@pytest.mark.parametrize(
    ("found", "share"),
    [
        ([layout((0, 0, 10, 10))], 1.0),
        ([layout((0, 0, 5, 10))], 0.5),
        ([layout((0, 0, 5, 10)), layout((3, 0, 8, 10))], 0.8),  # what both cover counts once
        ([layout((20, 20, 30, 30))], 0.0),
        ([layout((0, 0, 10, 10), page="pdf/report.pdf#page=4")], 0.0),
        ([layout((-5, -5, 50, 50))], 1.0),
        ([], 0.0),
    ],
)
def test_a_labelled_box_is_found_by_as_much_of_it_as_is_covered(found: list[str], share: float):
    question = Question(id="q", text="", relevant={}, layouts=(layout((0, 0, 10, 10)),))
    assert measure("LayoutR@5", found, question) == pytest.approx(share)


def test_only_the_first_hits_count_for_boxes():
    question = Question(id="q", text="", relevant={}, layouts=(layout((0, 0, 10, 10)), layout((0, 20, 10, 30))))
    found = [layout((0, 0, 10, 10)), layout((0, 20, 10, 30))]
    assert [measure(f"LayoutR@{k}", found, question) for k in (1, 2)] == [0.5, 1.0]


BOXES = some.lists(
    some.tuples(some.integers(0, 6), some.integers(0, 6), some.integers(1, 4), some.integers(1, 4)), max_size=5
)


@given(BOXES)
def test_the_area_of_a_union_is_the_number_of_its_unit_squares(corners: list[tuple[int, int, int, int]]):
    squares = {
        (x, y) for left, top, wide, high in corners for x in range(left, left + wide) for y in range(top, top + high)
    }
    boxes = [(float(left), float(top), float(left + wide), float(top + high)) for left, top, wide, high in corners]
    assert layouts.area(boxes) == len(squares)


def test_a_hit_of_a_whole_page_has_the_page_for_its_box():
    whole = Locator(page=3, space=Space(unit="pt", width=612, height=792))
    assert layouts.boxes_of(whole) == ((0.0, 0.0, 612, 792),)


def moment(start_s: float, end_s: float, film: str = "0") -> str:
    return spans.item(film, start_s, end_s)


@pytest.mark.parametrize(
    ("one", "other", "value"),
    [((0, 4), (2, 6), 2 / 6), ((0, 4), (4, 6), 0.0), ((1, 3), (0, 4), 0.5), ((5, 9), (5, 9), 1.0)],
)
def test_overlap_is_intersection_over_union(one: tuple[float, float], other: tuple[float, float], value: float):
    assert spans.overlap(Span("a", *one), Span("a", *other)) == pytest.approx(value)
    assert spans.overlap(Span("a", *other), Span("a", *one)) == pytest.approx(value)
    assert spans.overlap(Span("a", *one), Span("b", *other)) == 0.0


@pytest.mark.parametrize(
    ("name", "value"), [("IoU-R1@0.3", 1.0), ("IoU-R1@0.5", 1.0), ("IoU-R1@0.7", 0.0), ("mIoU", 0.6)]
)
def test_the_first_moment_is_held_against_the_right_one_it_overlaps_most(name: str, value: float):
    question = Question(id="q", text="", relevant={moment(0, 10): 1, moment(50, 60): 1})
    assert measure(name, [moment(50, 56), moment(0, 10)], question) == pytest.approx(value)


def test_nothing_found_overlaps_nothing():
    question = Question(id="q", text="", relevant={moment(0, 10): 1})
    assert [measure(name, [], question) for name in ("IoU-R1@0.3", "mIoU", "IoU-mAP")] == [0.0, 0.0, 0.0]


def test_each_right_moment_is_found_once():
    question = Question(id="q", text="", relevant={moment(0, 10): 1, moment(50, 60): 1})
    # right, the same again, wrong, right: recall 1/2 with precision 1, then 1 with precision 2/4
    found = [moment(0, 10), moment(0, 9), moment(20, 30), moment(50, 59)]
    assert measure("IoU-mAP@0.5", found, question) == pytest.approx(0.5 * 1 + 0.5 * 2 / 4)


def test_precision_at_a_recall_is_the_best_at_it_or_beyond():
    question = Question(id="q", text="", relevant={moment(0, 10): 1, moment(50, 60): 1})
    # wrong, right, right: precisions 0, 1/2, 2/3, so that both steps of recall count 2/3
    found = [moment(20, 30), moment(0, 10), moment(50, 60)]
    assert measure("IoU-mAP@0.5", found, question) == pytest.approx(2 / 3)


def test_without_a_threshold_ten_are_averaged():
    question = Question(id="q", text="", relevant={moment(0, 10): 1})
    # an overlap of 0.8 is enough for 0.5, 0.55 … 0.8: seven of ten
    assert measure("IoU-mAP", [moment(0, 8)], question) == pytest.approx(7 / 10)


def test_precision_looks_at_ten_moments():
    question = Question(id="q", text="", relevant={moment(0, 10): 1})
    wrong = [moment(100 + n, 101 + n) for n in range(10)]
    assert measure("IoU-mAP@0.5", [*wrong, moment(0, 10)], question) == 0.0
    assert measure("IoU-mAP@0.5", [*wrong[:9], moment(0, 10)], question) == pytest.approx(1 / 10)
