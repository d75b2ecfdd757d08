"""The check `name`: names and codes that the source does not have."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sourcehound.agent.verify.names import names
from tests.agent.verify.conftest import Shelf, result_of

OPENED = "The gauge at Needle Island was installed on 3 March 2021 by Ruth Calloway."
MAST = "The keeper said yesterday that the mast AS-417 is 15 m tall."


@pytest.mark.parametrize(
    "text",
    [
        "The gauge was put in by Ruth Calloway.",
        "Calloway’s gauge is on Needle Island.",
        "On the NI station the gauge is new.",
        "According to tide-notes.md the gauge is new.",
    ],
)
def test_names_of_the_source_its_file_and_their_initials_pass(shelf: Shelf, text: str) -> None:
    assert result_of(shelf.check(text, shelf.exact(OPENED)), "name").result != "failed"


@pytest.mark.parametrize(
    "text", ["The gauge was put in by Martin Finch.", "The gauge at Copper Bay is new.", "The mast is AS-471."]
)
def test_names_and_codes_that_are_not_there_fail(shelf: Shelf, text: str) -> None:
    checked = shelf.check(text, shelf.exact(OPENED))
    assert result_of(checked, "name").result == "failed"
    assert checked.verdict == "not_supported"


def test_a_name_in_the_place_of_another_is_contradicted(shelf: Shelf) -> None:
    swapped = "The gauge at Brightwater was installed on 3 March 2021 by Ruth Calloway."
    assert shelf.check(swapped, shelf.found(OPENED)).verdict == "contradicted"


@pytest.mark.parametrize("code", ["AS-417", "AS417", "AS 417"])
def test_a_code_is_one_code_however_it_is_set(shelf: Shelf, code: str) -> None:
    assert result_of(shelf.check(f"The mast is the {code} there.", shelf.exact(MAST)), "name").result != "failed"


def test_a_name_that_only_the_question_has_is_left_to_a_judge(asking: Callable[[str], Shelf]) -> None:
    shelf = asking("How tall is the mast of Cape Grey?")
    checked = shelf.check("The mast at Cape Grey is 15 m tall.", shelf.exact(MAST))
    assert result_of(checked, "name").result == "not_applicable"
    assert checked.verdict == "unchecked"


def test_the_first_word_of_a_sentence_is_no_name_by_its_capital() -> None:
    assert names("Water rose at Copper Bay. It fell. NASA and HMS Otter saw A-12.") == (
        "Copper", "Bay", "NASA", "HMS", "Otter", "A-12",
    )  # fmt: skip


def test_days_of_the_year_and_units_are_no_names() -> None:
    assert names("On 3 March 2021 it was 5 MB in the 20th century") == ()
