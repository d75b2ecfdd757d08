"""The check `number`: swapped numbers and units, and the many ways to write one number."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sourcehound.agent.verify import sources
from sourcehound.agent.verify.numerals import Number, numbers
from sourcehound.tools.library.reading import Section
from tests.agent.verify.conftest import Shelf, result_of

SENT = "In 2022 the station sent 1,234 reports, and in 2023 it sent 987."
COST = "The repair cost £5 million, or 12.5% of the budget of Brightwater Works."
ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()


def in_words(value: int) -> str:
    """A whole number below a million in English."""
    if value < 20:
        return ONES[value]
    if value < 100:
        return TENS[value // 10 - 2] + (f"-{ONES[value % 10]}" if value % 10 else "")
    if value < 1000:
        return f"{ONES[value // 100]} hundred" + (f" and {in_words(value % 100)}" if value % 100 else "")
    return f"{in_words(value // 1000)} thousand" + (f" {in_words(value % 1000)}" if value % 1000 else "")


def values(text: str) -> set[float]:
    return {float(reading.value) for number in numbers(text) for reading in number.readings}


def only(text: str) -> Number:
    (number,) = numbers(text)
    return number


@given(st.integers(0, 999_999))
def test_a_whole_number_reads_alike_in_every_spelling(value: int) -> None:
    for text in (str(value), f"{value:,}", f"{value:,}".replace(",", " "), f"{value:,}".replace(",", "'")):
        assert value in values(f"It sent {text} reports.")
    assert values(f"It sent {in_words(value)} reports.") == {value}


@given(st.integers(0, 10**7), st.integers(1, 99))
def test_decimal_point_and_comma_read_alike(whole: int, cents: int) -> None:
    value = float(f"{whole}.{cents:02d}")
    assert value in values(f"{whole}.{cents:02d}")
    assert value in values(f"{whole},{cents:02d}")
    assert value in values(f"{whole:,}.{cents:02d}")


@given(st.integers(1, 999), st.sampled_from([("thousand", 10**3), ("million", 10**6), ("bn", 10**9)]))
def test_scales_multiply(value: int, scale: tuple[str, int]) -> None:
    assert value * scale[1] in values(f"{value} {scale[0]}")
    assert value * scale[1] in values(f"${value} {scale[0]}")


@given(st.text(max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    assert all(0 <= number.start < number.end for number in numbers(text))


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("5 kg", "kg"),
        ("5kg", "kg"),
        ("five kilograms", "kg"),
        ("12.5 %", "%"),
        ("12.5 per cent", "%"),
        ("US$ 3", "usd"),
        ("3 dollars", "usd"),
        ("€3", "eur"),
        ("-4 °C", "°c"),
        ("6.5-metre", "m"),
        ("3½ hours", "h"),
        ("7", ""),
    ],
)
def test_a_unit_stays_with_its_number(text: str, unit: str) -> None:
    assert {reading.unit for reading in only(text).readings} == {unit}


@pytest.mark.parametrize("text", ["A320", "AS-417", "COVID-19", "IMG_2034.jpg", "x2y", "two-thirds"])
def test_digits_inside_codes_and_fractions_in_words_are_no_numbers(text: str) -> None:
    assert numbers(text) == ()


def test_a_run_that_is_no_number_is_compared_as_it_is_written() -> None:
    assert [number.text for number in numbers("release 1.2.3 at 3:1")] == ["1.2.3", "3:1"]


@pytest.mark.parametrize(
    "text",
    [
        "In 2022 it sent 1234 reports.",
        "The station sent 1 234 reports in 2022.",
        "In 2022 one thousand two hundred and thirty-four reports were sent.",
        "About 1,230 reports were sent in 2022.",
        "More than 900 reports were sent in 2023.",
    ],
)
def test_a_number_in_another_spelling_passes(shelf: Shelf, text: str) -> None:
    assert result_of(shelf.check(text, shelf.exact(SENT)), "number").result == "passed"


@pytest.mark.parametrize(
    "text",
    [
        "In 2022 it sent 1243 reports.",
        "In 2021 it sent 1,234 reports.",
        "It sent 1.2 million reports.",
        "About 3,000 reports were sent in 2022.",
    ],
)
def test_a_number_that_is_not_there_fails(shelf: Shelf, text: str) -> None:
    checked = shelf.check(text, shelf.exact(SENT))
    assert result_of(checked, "number").result == "failed"
    assert checked.verdict in {"not_supported", "contradicted"}


def test_the_same_frame_with_another_number_is_contradicted(shelf: Shelf) -> None:
    swapped = SENT.replace("1,234", "1,432")
    assert shelf.check(swapped, shelf.found(SENT)).verdict == "contradicted"


def test_a_number_from_elsewhere_in_the_passage_is_contradicted(shelf: Shelf) -> None:
    swapped = SENT.replace("987", "2021")
    assert shelf.check(swapped, shelf.found(SENT)).verdict == "contradicted"


def test_numbers_in_another_order_are_no_swap(shelf: Shelf) -> None:
    checked = shelf.check("In 2023 the station sent 987 reports, and in 2022 it sent 1,234.", shelf.exact(SENT))
    assert result_of(checked, "number").result == "passed"
    assert checked.verdict == "unchecked"


@pytest.mark.parametrize(
    "text", ["The repair cost 5 million pounds.", "It was £5m.", "It took 12.5 percent of the budget."]
)
def test_currency_percent_and_scale_in_another_spelling_pass(shelf: Shelf, text: str) -> None:
    assert result_of(shelf.check(text, shelf.exact(COST)), "number").result == "passed"


@pytest.mark.parametrize(
    "text", ["The repair cost $5 million.", "The repair cost £5 billion.", "The repair took 12.5 days."]
)
def test_another_unit_fails(shelf: Shelf, text: str) -> None:
    assert result_of(shelf.check(text, shelf.exact(COST)), "number").result == "failed"


def test_the_cited_page_is_no_number_of_the_source_but_a_wrong_one_is(shelf: Shelf) -> None:
    evidence = shelf.exact("Samuel Crane is the keeper.")
    assert result_of(shelf.check("On page 3 the keeper is named.", evidence), "number").result == "not_applicable"
    assert result_of(shelf.check("On page 9 the keeper is named.", evidence), "number").result == "failed"


def test_the_numbers_of_other_lines_vouch_for_nothing_and_are_not_loaded(shelf: Shelf, monkeypatch: pytest.MonkeyPatch):
    records = [json.dumps({"note": f"The boat called Heron {n} lies at the old quay."}) for n in range(2100)]
    (shelf.folder / "boats.jsonl").write_text("\n".join(records), encoding="utf-8")
    shelf.add()
    cited = shelf.exact("The boat called Heron 7 lies at the old quay.")
    loaded: list[int] = []
    load = sources.load_sections

    def counting(*args: Any, **asked: Any) -> tuple[Section, ...]:
        found = load(*args, **asked)
        loaded.append(len(found))
        return found

    monkeypatch.setattr(sources, "load_sections", counting)
    right = shelf.check("The boat called Heron 7 lies at the old quay.", cited)
    assert result_of(right, "number").result == "passed"
    for wrong in ("The boat called Heron 7 lay at the old quay in 1999.", "Heron 7 lies on line 1850."):
        assert result_of(shelf.check(wrong, cited), "number").result == "failed"
    assert 0 < sum(loaded) < 20
