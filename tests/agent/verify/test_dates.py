"""The check `date`: one date in many forms, wrong dates, and words that date nothing."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sourcehound.agent.verify.almanac import Day, dates
from sourcehound.agent.verify.clocks import day_times, media_times
from tests.agent.verify.conftest import Shelf, result_of

OPENED = "The gauge at Needle Island was installed on 3 March 2021 by Ruth Calloway."
SAID = "The keeper said yesterday that the mast AS-417 is 15 m tall."


@given(st.dates(dt.date(1600, 1, 1), dt.date(2099, 12, 31)))
def test_a_date_reads_alike_in_every_form(date: dt.date) -> None:
    wanted = Day(date.year, date.month, date.day)
    month = date.strftime("%B")
    forms = (
        date.isoformat(),
        f"{date.day} {month} {date.year}",
        f"{month} {date.day}, {date.year}",
        f"{date.day}th of {month} {date.year}",
        f"{date.day}/{date.month}/{date.year}",
        f"{date.month}/{date.day}/{date.year}",
        f"{date.day}.{date.month}.{date.year}",
    )
    for form in forms:
        (found,) = dates(f"It was on {form}.")
        assert wanted in found.days, form


@given(st.text(max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    assert all(found.start < found.end for found in (*dates(text), *day_times(text), *media_times(text)))


@pytest.mark.parametrize(
    "text",
    [
        "It was installed on 2021-03-03.",
        "It dates from March 3rd, 2021.",
        "It dates from March 2021.",
        "It was 3/3/21.",
    ],
)
def test_the_date_in_another_form_passes(shelf: Shelf, text: str) -> None:
    assert result_of(shelf.check(text, shelf.exact(OPENED)), "date").result == "passed"


@pytest.mark.parametrize(
    "text", ["It was on 4 March 2021.", "It was on 3 May 2021.", "It dates from March 2012.", "It was at 14:30."]
)
def test_another_date_fails(shelf: Shelf, text: str) -> None:
    checked = shelf.check(text, shelf.exact(OPENED))
    assert result_of(checked, "date").result == "failed"
    assert checked.verdict in {"not_supported", "contradicted"}


def test_a_claim_may_say_less_than_the_source_but_not_more(shelf: Shelf) -> None:
    note = shelf.exact("Written by Samuel Crane, keeper, and Ruth Calloway, hydrographer. 22 April 2024.")
    assert result_of(shelf.check("It was written in April 2024.", note), "date").result == "passed"
    year = shelf.exact("Report for the year to 31 March 2024")
    assert result_of(shelf.check("It covers the year to 30 March 2024.", year), "date").result == "failed"


def test_a_relative_word_of_the_source_is_flagged(shelf: Shelf) -> None:
    result = result_of(shelf.check(SAID, shelf.exact(SAID)), "date")
    assert result.result == "passed"
    assert "yesterday" in result.detail


def test_a_relative_word_that_the_source_has_not_cannot_be_checked(shelf: Shelf) -> None:
    checked = shelf.check("The gauge was installed last year.", shelf.exact(OPENED))
    assert result_of(checked, "date").result == "error"
    assert checked.verdict == "unchecked"


@pytest.mark.parametrize(
    ("text", "minutes"), [("2:30 pm", {870}), ("14:30", {870}), ("7.15 a.m.", {435}), ("12 am", {0})]
)
def test_times_of_day_are_minutes_since_midnight(text: str, minutes: set[int]) -> None:
    (found,) = day_times(f"It opens at {text}")
    assert found.minutes == minutes


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("7.5 s", 7.5), ("1:02", 62.0), ("1:02:03.5", 3723.5), ("2 min 5 s", 125.0), ("90 seconds", 90.0)],
)
def test_media_times_are_seconds(text: str, seconds: float) -> None:
    (found,) = media_times(f"It is seen at {text}, and then gone")
    assert found.value_s == seconds
