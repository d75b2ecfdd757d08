"""The check `negation`: what denies against what affirms."""

from __future__ import annotations

import pytest

from sourcehound.agent.verify.negation import denials
from tests.agent.verify.conftest import Shelf, result_of

BRIDGE = "The harbour bridge is not open to lorries."
GAUGE = "The gauge at Needle Island was installed on 3 March 2021 by Ruth Calloway."


def test_a_denial_that_the_source_has_passes(shelf: Shelf) -> None:
    checked = shelf.check(BRIDGE, shelf.found(BRIDGE))
    assert checked.verdict == "supported"
    assert result_of(checked, "negation").result == "passed"


@pytest.mark.parametrize(
    "text",
    [
        "The harbour bridge is open to lorries.",
        "The gauge at Needle Island was not installed on 3 March 2021 by Ruth Calloway.",
    ],
)
def test_the_same_frame_with_the_denial_turned_is_contradicted(shelf: Shelf, text: str) -> None:
    assert shelf.check(text, shelf.found(BRIDGE)).verdict == "contradicted"


def test_a_denial_cut_off_in_front_of_the_quoted_words_is_found(shelf: Shelf) -> None:
    checked = shelf.check("open to lorries", shelf.exact("open to lorries"), quoted="open to lorries")
    assert checked.verdict == "contradicted"


def test_a_denial_on_the_same_terms_that_the_source_lacks_fails(shelf: Shelf) -> None:
    checked = shelf.check("No gauge was ever installed on the island by Calloway.", shelf.exact(GAUGE))
    assert result_of(checked, "negation").result == "failed"


def test_an_affirmation_on_terms_that_the_source_denies_fails(shelf: Shelf) -> None:
    checked = shelf.check("Lorries find an open harbour bridge.", shelf.exact(BRIDGE))
    assert result_of(checked, "negation").result == "failed"


def test_a_denial_of_something_else_is_no_concern(shelf: Shelf) -> None:
    checked = shelf.check("The tide is measured every 6 minutes.", shelf.found(BRIDGE))
    assert result_of(checked, "negation").result == "not_applicable"


@pytest.mark.parametrize("text", ["No. 5 is here", "not only the lamp", "whether or not it rains", "no less than 5"])
def test_words_that_only_seem_to_deny_are_no_denials(text: str) -> None:
    assert denials(text) == ()


@pytest.mark.parametrize(
    "text", ["It isn't so", "it is not so", "no one came", "nobody came", "without a lamp", "es ist nicht so"]
)
def test_words_that_deny_are_denials(text: str) -> None:
    assert len(denials(text)) == 1
