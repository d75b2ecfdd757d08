"""Rows as lines, and which first rows are heads."""

from __future__ import annotations

import pytest

from sourcehound.tools.library.readers.rows import has_head, is_number, line_of, lines_of

QUARTERS = [["Region", "Q1", "Q2"], ["North", "12", "15"], ["South", "9", "11"]]


def test_each_row_carries_its_columns_heads():
    assert lines_of(QUARTERS, marked_head=False) == [
        "Region | Q1 | Q2",
        "Region: North | Q1: 12 | Q2: 15",
        "Region: South | Q1: 9 | Q2: 11",
    ]


def test_names_with_values_have_no_head():
    pairs = [["Name", "Ann Lee"], ["City", "Malmö"]]
    assert lines_of(pairs, marked_head=False) == ["Name | Ann Lee", "City | Malmö"]
    assert lines_of(pairs, marked_head=True)[1] == "Name: City | Ann Lee: Malmö"


def test_words_above_numbers_are_a_head_even_of_two_columns():
    assert has_head(["City", "People"], [["Malmö", "357 377"]], expected=False)
    assert not has_head(["Malmö", "357 377"], [["Lund", "94 703"]], expected=True)


@pytest.mark.parametrize("first", [["Title", "", ""], ["a", "a", "b"], ["2021", "2022", "2023"], ["x" * 99, "y", "z"]])
def test_titles_repeats_and_numbers_are_no_head(first: list[str]):
    assert not has_head(first, [["1", "2", "3"]], expected=True)


def test_a_row_alone_is_no_head():
    assert not has_head(["Region", "Q1", "Q2"], [], expected=True)


def test_empty_cells_and_line_ends_are_left_out():
    assert line_of(["A", "B\nb", ""], ["", "two\nlines", "three", "four"]) == "B b: two lines | three | four"


@pytest.mark.parametrize(
    "cell",
    ["12", "-3.5", "1 234,56", "(12)", "12%", "€ 5", "$1,000.00", "5 kg", "2024-05-01", "01/05/24", "12:30", "1e-9"],
)
def test_amounts_dates_and_times_are_numbers(cell: str):
    assert is_number(cell)


@pytest.mark.parametrize("cell", ["Q1", "North", "12 monkeys", "A 12", "", "n/a"])
def test_words_are_no_numbers(cell: str):
    assert not is_number(cell)
