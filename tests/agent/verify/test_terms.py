"""The check `terms`: absurd claims on real sources."""

from __future__ import annotations

import pytest

from tests.agent.verify.conftest import Shelf, result_of

GAUGE = "The gauge at Needle Island was installed on 3 March 2021 by Ruth Calloway."


@pytest.mark.parametrize(
    "text",
    [
        "The moon is made of green cheese and butter.",
        "Bananas are the main ingredient of modern concrete.",
        "Drinking vinegar cures all known kinds of baldness.",
    ],
)
def test_an_absurd_claim_on_a_real_source_is_not_supported(shelf: Shelf, text: str) -> None:
    checked = shelf.check(text, shelf.found(GAUGE))
    assert checked.verdict == "not_supported"
    assert result_of(checked, "terms").result == "failed"


def test_a_claim_in_another_language_is_not_compared_by_words(shelf: Shelf) -> None:
    checked = shelf.check("Der Pegel wurde vor einigen Jahren eingebaut.", shelf.found(GAUGE))
    assert result_of(checked, "terms").result == "not_applicable"


@pytest.mark.parametrize(
    "text",
    [
        "A gauge has stood on Needle Island since March 2021.",
        "Ruth Calloway installed the gauge.",
        "Every six minutes the tide is measured there.",
        "Lorries may not use the harbour bridge.",
        "The station's reports fell from 1,234 in 2022 to 987 in 2023.",
        "Repairs took 12.5 percent of Brightwater's budget.",
        "Repairing it cost about 5 million pounds.",
        "Eleven seals were counted on the sand bank.",
        "The mast named AS-417 has a height of 15 metres.",
        "If the lamp is out, the ferry does not sail.",
    ],
)
def test_a_true_paraphrase_is_left_open_and_never_rejected(shelf: Shelf, text: str) -> None:
    checked = shelf.check(text, shelf.found("It measures the tide"), shelf.found("Grey seals rest", name="E2"))
    assert checked.verdict == "unchecked", [r for r in checked.results if r.result == "failed"]
