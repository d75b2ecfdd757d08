"""Paraphrases put back into the sources' own words: only where the sources say all that is new in them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sourcehound.agent.models.drafts_own_words import in_own_words
from sourcehound.agent.models.planner import View
from sourcehound.agent.state import Sentence

WHOLE = "The new tide gauge was carried to Needle Island by the Silver Heron."


@pytest.mark.parametrize(
    ("text", "cites"),
    [
        ("The Silver Heron carried it.", ("E1",)),
        ("It was the Silver Heron that took the gauge there.", ("E1",)),
        ("The Silver Heron carried it.", ("E2",)),
        ("The Silver Heron carried it.", ()),
        ("Silver Heron.", ("E1",)),
    ],
)
def test_a_paraphrase_becomes_the_sentence_that_says_it_even_where_it_cites_another(
    view: View, text: str, cites: tuple[str, ...]
):
    said = in_own_words(Sentence(text=text, cites=cites), view)
    assert [(s.text, s.cites, s.quoted) for s in said] == [(WHOLE, ("E1",), WHOLE)]


def test_facts_of_several_sources_become_a_sentence_each(view: View):
    request = replace(view.request, question="What do you know?")
    alike = replace(view, request=request)
    said = in_own_words(Sentence(text="It holds the battery, and A5-417 is on the bow.", cites=("E2", "E4")), alike)
    assert [s.text for s in said] == ["quay.jpg reads: “A5-417”."]


def test_without_names_or_numbers_most_of_the_new_words_must_stand_in_the_source(view: View):
    near = Sentence(text="The hut holds a battery.", cites=("E2",))
    far = Sentence(text="The hut was painted red by volunteers.", cites=("E2",))
    assert [s.text for s in in_own_words(near, view)] == ["The hut holds the battery."]
    assert in_own_words(far, view) == (far,)


@pytest.mark.parametrize(
    "text",
    [
        "The Grey Otter carried it.",
        "The Silver Heron carried it on 4 May.",
        "The boat carried the new tide gauge to Needle Island.",
        "",
    ],
)
def test_what_no_source_says_stays_as_it_was_drafted(view: View, text: str):
    sentence = Sentence(text=text, cites=("E1",))
    assert in_own_words(sentence, view) == (sentence,)


def test_a_date_from_the_heading_over_a_sentence_does_not_keep_the_sentence_from_being_cited(view: View):
    note = replace(view.evidence["E1"], quote=f"## Thursday, 14 March 2024\n\n{WHOLE}")
    dated = replace(view, evidence={**view.evidence, "E1": note})
    said = in_own_words(Sentence(text="The Silver Heron took it on 14 March 2024.", cites=("E1",)), dated)
    assert [s.text for s in said] == [WHOLE]


def test_a_copied_sentence_is_kept_as_it_is(view: View):
    sentence = Sentence(text=WHOLE, cites=("E1",), quoted=WHOLE)
    assert in_own_words(sentence, view) == (sentence,)


def test_more_pieces_than_a_sentence_may_become_leave_it_alone(view: View):
    sentence = Sentence(text="Silver Heron, A5-417, Kestrel Point and 99 crates.", cites=("E1", "E3"))
    assert in_own_words(sentence, view) == (sentence,)
