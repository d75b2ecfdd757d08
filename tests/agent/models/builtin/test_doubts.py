"""What speaks against words that look like an answer."""

from __future__ import annotations

import pytest

from sourcehound.agent.models.builtin.doubts import doubts_about, untold
from sourcehound.agent.models.builtin.question import parts_of
from sourcehound.agent.models.builtin.support import Ranker, Supported, candidates_of
from sourcehound.tools.evidence import Evidence, Locator, Source

RANKER = Ranker(lambda _text, _others: None, lambda _word: 1.0)


def _found(question: str, quote: str, *, page: int | None = None) -> list[Supported]:
    source = Source(path="/a/log.txt", uri="file:///a/log.txt", sha256="0" * 64, media_type="text/plain", title="log")
    where = Locator(page=page)
    item = Evidence(id="E1", kind="text", unit_id="1", source=source, locator=where, quote=quote, producer="test")
    return RANKER.rank(parts_of(question)[0], (), candidates_of({"E1": item}))


@pytest.mark.parametrize(
    ("question", "quote", "doubted"),
    [
        ("How many blogs mention the storm?", "Blogs wrote of the storm in 2019.", True),
        ("How many blogs mention the storm?", "The storm was in 41 small blogs.", False),
        ("How many blogs mention the storm?", "Storm. Blogs: 41", False),
        ("How many percent of the boats came back?", "Most boats came back.", True),
        ("How many percent of the boats came back?", "Of the boats 40 % came back.", False),
        ("How much did the gauge cost?", "First full tide with the new gauge.", True),
        ("How much did the gauge cost?", "The gauge was bought for 300 crowns.", False),
        ("What is the telephone number of the pilot?", "Minutes of 2 April 2024", True),
        ("What is the telephone number of the pilot?", "Pilot: not on 2024-04-02, but 14.", True),
        ("What is the telephone number of the pilot?", "Pilot: (01632) 960-118", False),
        ("What is the e-mail address of the pilot?", "The pilot's address is 2 Quay Street.", True),
        ("What is the e-mail address of the pilot?", "Write to pilot@example.org.", False),
        ("What colour is the lift?", "The lift carries a worker.", True),
        ("What colour is the lift?", "The red lift carries a worker.", False),
        ("What does Figure 7 show of the tide?", "The tide is shown in Figure 2.", True),
        ("What does Figure 7 show of the tide?", "Fig. 7: the tide at noon.", False),
        ("Who serviced pump 15?", "Pump 14 was serviced by Ruth.", True),
        ("Who serviced pump 14?", "Pump 14 was serviced by Ruth.", False),
        ("Who built Halcyon-7?", "Halcyon-9 was built by Ruth.", True),
        ("Who built Halcyon-7?", "Halcyon 7 was built by Ruth.", False),
        ("Who built Halcyon-7?", "Halcyon-9 and Halcyon-7 were built by Ruth.", False),
        ("What did Captain Orlov see?", "Captain Barlow saw the lamp.", True),
        ("What did Captain Orlov see?", "Orlov saw Captain Barlow.", False),
        ("Which saw it, Captain Orlov or Captain Barlow?", "Captain Barlow saw the lamp.", False),
        ("What did Captain Orlov's mate see?", "The lamp was seen by Captain Orlov.", False),
        ("Who came in 1961?", "Ruth came in 1958.", False),
        ("Who wrote the log?", "Nobody knows who wrote the log.", False),
    ],
)
def test_words_without_what_is_asked_are_doubted(question: str, quote: str, doubted: bool):
    part, found = parts_of(question)[0], _found(question, quote)
    assert bool(doubts_about(part, found[0])) is doubted


def test_words_of_another_page_than_the_one_asked_for_are_doubted():
    question = "Which boat is named on page 3?"
    part = parts_of(question)[0]
    assert doubts_about(part, _found(question, "The boat Heron.", page=2)[0]) == ("it is not of page 3",)
    assert doubts_about(part, _found(question, "The boat Heron.", page=3)[0]) == ()


def test_a_name_that_nothing_found_speaks_of_is_untold():
    question = "What did Captain Orlov tell the harbour master about the Heron?"
    assert untold(parts_of(question), [_found(question, "The harbour master saw the Heron.")]) == ("Captain Orlov",)
    assert untold(parts_of(question), [_found(question, "Orlov told the harbour master of the Heron.")]) == ()


def test_a_code_is_told_only_as_itself():
    question = "Who built the sensor Halcyon-7?"
    assert untold(parts_of(question), [_found(question, "The sensor Halcyon-9 is ours.")]) == ("Halcyon-7",)
    assert untold(parts_of(question), [_found(question, "The sensor Halcyon 7 is ours.")]) == ()


def test_a_number_inside_another_is_not_told():
    question = "Who rowed 15 miles?"
    assert untold(parts_of(question), [_found(question, "Ruth rowed miles in 2015.")]) == ("15",)
    assert untold(parts_of(question), [_found(question, "Ruth rowed 1.15 miles.")]) == ("15",)
    assert untold(parts_of(question), [_found(question, "Ruth rowed 15mi.")]) == ()


def test_a_number_that_nothing_found_holds_is_untold():
    question = "When did the visitors of the Heron exceed 700,000?"
    assert untold(parts_of(question), [_found(question, "The Heron had 600,000 visitors by noon.")]) == ("700,000",)


def test_words_that_hold_what_is_quoted_are_the_right_place():
    question = 'In the sonnet by Shakespeare, what follows "From fairest creatures we desire increase"?'
    parts = parts_of(question)
    found = _found(question, "From fairest creatures we desire increase, that thereby beauty's rose might never die.")
    assert untold(parts, [found] * len(parts)) == ()
