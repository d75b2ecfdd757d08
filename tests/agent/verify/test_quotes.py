"""The check `quote`: words that do not stand where they are cited."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sourcehound.agent.verify.words import LEAST_BLOCK, flat, is_refound
from tests.agent.verify.conftest import Shelf, result_of

WORDS = "It measures the tide every 6 minutes."
PAGED = "Samuel Crane is the keeper."


def test_words_at_their_place_pass(shelf: Shelf) -> None:
    checked = shelf.check(WORDS, shelf.found(WORDS), quoted=WORDS)
    assert result_of(checked, "quote").result == "passed"
    assert checked.verdict == "supported"


def test_a_quote_that_the_source_does_not_hold_fails(shelf: Shelf) -> None:
    evidence = replace(shelf.exact(WORDS), quote="It measures the wind every 6 minutes, and the rain.")
    checked = shelf.check(WORDS, evidence)
    assert checked.verdict == "not_supported"
    assert result_of(checked, "quote").result == "failed"


def test_the_right_words_on_the_wrong_page_fail(shelf: Shelf) -> None:
    evidence = shelf.exact(PAGED)
    assert evidence.locator.page == 3
    wrong = replace(evidence, locator=replace(evidence.locator, page=4))
    assert shelf.check(PAGED, evidence).verdict == "supported"
    assert shelf.check(PAGED, wrong).verdict == "not_supported"


def test_shifted_characters_fail(shelf: Shelf) -> None:
    evidence = shelf.exact(WORDS)
    start, end = evidence.locator.chars or (0, 0)
    wrong = replace(evidence, locator=replace(evidence.locator, chars=(start + 20, end + 20)))
    assert shelf.check(WORDS, wrong).verdict == "not_supported"


def test_characters_beyond_the_text_fail(shelf: Shelf) -> None:
    evidence = shelf.exact(WORDS)
    wrong = replace(evidence, locator=replace(evidence.locator, chars=(10**6, 10**6 + 30)))
    assert shelf.check(WORDS, wrong).verdict == "not_supported"


def test_what_the_drafter_says_it_quotes_must_stand_there(shelf: Shelf) -> None:
    checked = shelf.check("The gauge measures the tide.", shelf.exact(WORDS), quoted="It measures the wind")
    assert result_of(checked, "quote").result == "failed"


@pytest.mark.parametrize("marks", ["“{}”", '"{}"', "«{}»", "„{}“"])
def test_what_stands_in_quotation_marks_must_stand_in_the_source(shelf: Shelf, marks: str) -> None:
    evidence = shelf.exact(WORDS)
    true = f"The station is said to measure {marks.format('the tide every 6 minutes')}."
    false = f"The station is said to measure {marks.format('the tide every morning')}."
    assert result_of(shelf.check(true, evidence), "quote").result == "passed"
    assert result_of(shelf.check(false, evidence), "quote").result == "failed"


def test_a_page_of_the_web_is_compared_with_its_snapshot(shelf: Shelf) -> None:
    from sourcehound.tools.evidence import Locator, Source
    from sourcehound.tools.web.fetch import Fetched
    from tests.agent.verify.conftest import cite

    body = b"Lighthouses\n\nThe lamp of Cape Grey was lit in 1874.\n"
    page = Fetched(
        url="https://lights.example/",
        final_url="https://lights.example/",
        status=200,
        media_type="text/plain",
        charset="utf-8",
        body=body,
        fetched_at="2026-01-01T00:00:00Z",
        redirects=(),
    )
    kept = shelf.pages.put(page)
    source = Source(path=None, uri=page.url, sha256=kept.sha256, media_type="text/plain", title="Lighthouses")
    words = "The lamp of Cape Grey was lit in 1874."
    evidence = cite(source, "web", Locator(chars=(13, 13 + len(words))), words)
    assert shelf.check(words, evidence).verdict == "supported"
    assert shelf.check(words.replace("1874", "1847"), evidence).verdict in {"not_supported", "contradicted"}
    lost = replace(evidence, source=replace(source, sha256="0" * 64))
    assert shelf.check(words, lost).verdict == "unreachable"


def test_spaces_dashes_marks_and_ligatures_are_compared_in_one_form() -> None:
    assert flat("The “ﬁrst”\u00a0\nlight\u00ad\u2011house — 1 %") == flat('the "first" light-house - 1 %')


def test_superscripts_are_no_digits() -> None:
    assert flat("10²") != flat("102")


@given(st.text("abc ", min_size=30, max_size=80), st.integers(0, 29), st.text("xyz", max_size=20))
def test_the_middle_finds_the_same_as_the_longest_common_block(quote: str, cut: int, noise: str) -> None:
    import difflib

    text = noise + quote[cut:] + noise
    a, b = flat(quote), flat(text)
    block = difflib.SequenceMatcher(None, a, b, autojunk=False).find_longest_match().size
    assert is_refound(quote, text) == (bool(a) and block >= len(a) - int(len(a) * (1 - LEAST_BLOCK) + 1e-9))
