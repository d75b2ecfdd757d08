"""What follows the words that a question quotes."""

from __future__ import annotations

from sourcehound.agent.models.builtin.question import parts_of
from sourcehound.agent.models.builtin.sequel import after_quotation
from sourcehound.agent.models.builtin.support import Ranker, Supported, candidates_of
from sourcehound.tools.evidence import Evidence, Locator, Source

RANKER = Ranker(lambda _text, _others: None, lambda _word: 1.0)
HEARD = "The gulls came back in may, the bored walk was mended, but the ferry never sailed. Nobody minded."


def _found(question: str, quote: str) -> list[Supported]:
    source = Source(
        path="/a/memo.mp3", uri="file:///a/memo.mp3", sha256="0" * 64, media_type="audio/mpeg", title="memo"
    )
    item = Evidence(
        id="E1",
        kind="speech",
        unit_id="1",
        source=source,
        locator=Locator(start_s=0.0, end_s=9.0),
        quote=quote,
        producer="t",
    )
    return RANKER.rank(parts_of(question)[0], (), candidates_of({"E1": item}))


def _after(question: str) -> str | None:
    found = after_quotation(parts_of(question)[0], _found(question, HEARD))
    return None if found is None else found.candidate.text


def test_the_clause_after_a_quotation_is_found_though_a_word_was_misheard():
    assert (
        _after('Which words follow "The gulls came back in May, the boardwalk was mended"?')
        == "but the ferry never sailed"
    )
    assert _after('What is said right after "The gulls came back in May"?') == "the bored walk was mended"


def test_at_the_end_of_a_sentence_the_next_one_follows():
    assert _after('What is said after "but the ferry never sailed"?') == "Nobody minded."


def test_a_question_that_asks_for_nothing_after_a_quotation_has_no_sequel():
    assert _after('Who says "The gulls came back in May"?') is None
    assert _after('What is said after "the lighthouse keeper slept soundly all winter"?') is None
