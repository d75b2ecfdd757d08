"""Drafts: sentences with the ids they cite, in every form that models write them; quotes found in the source's letters."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sourcehound.agent.models.drafts import MOST_SENTENCES, parse_draft, quoted_by
from sourcehound.tools.evidence import Evidence

WHOLE = "The new tide gauge was carried to Needle Island by the Silver Heron."


def test_a_draft_in_the_asked_for_lines_is_read(evidence: dict[str, Evidence]):
    said = parse_draft(f"{WHOLE} [E1]\nIts number is A5-417. [E3][E4]\nSHORT: Silver Heron", evidence)
    assert [(s.text, s.cites, s.quoted) for s in said.sentences] == [
        (WHOLE, ("E1",), WHOLE),
        ("Its number is A5-417.", ("E3", "E4"), ""),
    ]
    assert said.short == "Silver Heron"


@pytest.mark.parametrize(
    ("line", "text", "cites"),
    [
        ("It sailed at noon [E1].", "It sailed at noon.", ("E1",)),
        ("It sailed at noon. [E1]", "It sailed at noon.", ("E1",)),
        ("- It sailed at noon [E1, E2].", "It sailed at noon.", ("E1", "E2")),
        ("2. **It sailed at noon** [E1]; [E2]", "It sailed at noon.", ("E1", "E2")),
        ("-5 °C was measured [E1]", "-5 °C was measured.", ("E1",)),
        ("It sailed at noon (E1)", "It sailed at noon.", ("E1",)),
        ("It sailed at noon【E1】.", "It sailed at noon.", ("E1",)),
        ("It sailed at noon (see E1 and E2).", "It sailed at noon.", ("E1", "E2")),
        ("It sailed at noon. E1", "It sailed at noon.", ("E1",)),
        ("It sailed at noon [e01]", "It sailed at noon.", ("E1",)),
        ("E1: It sailed at noon", "It sailed at noon.", ("E1",)),
        ("[E1] It sailed at noon.", "It sailed at noon.", ("E1",)),
        ("E1 - It sailed at noon. [E2]", "It sailed at noon.", ("E2", "E1")),
        ("E3 image, plate.jpg: SERIAL No. 7 [E3]", "SERIAL No. 7.", ("E3",)),
        ("E4 moment, film.mp4, 11.5-24 s: HERON", "HERON.", ("E4",)),
        ("E1 sailed at noon", "E1 sailed at noon.", ("E1",)),
        ("It sailed at noon, as said in E6 text, log.md.", "It sailed at noon, as said in E6 text, log.md.", ("E6",)),
        ("ANSWER: It sailed at noon [E1]", "It sailed at noon.", ("E1",)),
        ("It sailed at noon [3].", "It sailed at noon [3].", ()),
    ],
)
def test_marks_are_read_in_every_form_and_taken_out_of_the_text(line: str, text: str, cites: tuple[str, ...]):
    sentence = parse_draft(line, {}).sentences[0]
    assert (sentence.text, sentence.cites) == (text, cites)


def test_in_a_paragraph_each_mark_belongs_to_the_sentence_before_it_alone():
    said = parse_draft("One thing. Two things [E1]. Three things. [E2] And four.", {})
    assert [(s.text, s.cites) for s in said.sentences] == [
        ("One thing.", ()),
        ("Two things.", ("E1",)),
        ("Three things.", ("E2",)),
        ("And four.", ()),
    ]


def test_a_draft_as_json_is_read(evidence: dict[str, Evidence]):
    text = json.dumps({"sentences": [{"text": WHOLE, "cites": ["E1"]}], "short": "Silver Heron"})
    said = parse_draft(f"```json\n{text}\n```", evidence)
    assert [(s.text, s.cites) for s in said.sentences] == [(WHOLE, ("E1",))]
    assert said.short == "Silver Heron"


def test_a_draft_as_json_may_list_plain_sentences_and_refuse():
    said = parse_draft('{"answer": ["It sailed. [E1]", "It sank. [E2]"]}', {})
    assert [s.cites for s in said.sentences] == [("E1",), ("E2",)]
    assert parse_draft('{"cannot": "nothing names it"}', {}).why_not == "nothing names it"


def test_a_refusal_gives_its_reason_and_no_sentences():
    said = parse_draft("CANNOT: no result names the boat", {})
    assert (said.sentences, said.why_not, said.short) == ((), "no result names the boat", None)


@pytest.mark.parametrize("text", ["CANNOT:", "CANNOT: and the reason", "CANNOT: why"])
def test_a_refusal_that_only_repeats_the_task_gets_a_plain_reason(text: str):
    assert parse_draft(text, {}).why_not == "the results do not answer it"


def test_a_refusal_beside_a_cited_sentence_leaves_the_sentence():
    said = parse_draft("The boat sailed at noon. [E1]\nCANNOT: the price is not there", {})
    assert [s.text for s in said.sentences] == ["The boat sailed at noon."]


@pytest.mark.parametrize("value", ["none", "N/A", "-", "", "unknown"])
def test_a_short_answer_that_says_nothing_is_none(value: str):
    assert parse_draft(f"It sailed. [E1]\nSHORT: {value}", {}).short is None


def test_thoughts_are_no_part_of_a_draft():
    assert [s.text for s in parse_draft("<think>It sank. [E1]</think>It sailed. [E1]", {}).sentences] == ["It sailed."]


def test_a_flood_of_sentences_is_cut():
    assert len(parse_draft("It sailed. [E1]\n" * 500, {}).sentences) == MOST_SENTENCES


@pytest.mark.parametrize(
    ("text", "cites", "quoted"),
    [
        ("the new tide  gauge was carried to needle island by the silver heron.", ("E1",), WHOLE),
        ("The minutes say “carried to Needle Island by the Silver Heron”.", ("E1",), WHOLE[23:-1]),
        ('It reads "silver heron a5-417".', ("E3",), "SILVER HERON\nA5-417"),
        ("The Grey Otter carried it.", ("E1",), ""),
        (WHOLE, ("E2",), ""),
        (WHOLE, (), ""),
        (WHOLE, ("E99",), ""),
        ("It is “He”.", ("E1",), ""),
    ],
)
def test_repeated_words_are_returned_as_the_source_has_them(
    evidence: dict[str, Evidence], text: str, cites: tuple[str, ...], quoted: str
):
    assert quoted_by(text, cites, evidence) == quoted


@given(st.text(max_size=300))
def test_any_text_is_read_without_raising(text: str):
    said = parse_draft(text, {})
    assert all(sentence.text.strip() for sentence in said.sentences)


def test_fences_and_the_question_repeated_are_no_words_of_an_answer():
    draft = parse_draft("And when are they seen?\n<<< Seals rest on the sand. [E1] >>>", {})
    assert [(sentence.text, sentence.cites) for sentence in draft.sentences] == [("Seals rest on the sand.", ("E1",))]
