"""Reading a question: parts, kinds, the wanted value, names and codes."""

from __future__ import annotations

import pytest

from sourcehound.agent.models.builtin.question import codes, names, parts_of, quoted, terms

DEMO = (
    "Which boat carried the new tide gauge to Needle Island, what registration is painted on its bow,"
    " and when in the film does it tie up at Falcon Landing?"
)


def test_a_question_of_three_hops_has_three_parts_with_their_kinds():
    parts = parts_of(DEMO)
    assert [part.text.split()[0] for part in parts] == ["Which", "what", "when"]
    assert [part.kinds for part in parts] == [(), ("image",), ("moment",)]
    assert [part.wanted for part in parts] == ["thing", "code", "time"]
    assert all(part.asks for part in parts)


def test_a_sentence_that_only_tells_is_a_part_that_does_not_ask():
    first, second = parts_of("A narrated clip shows a clean room. In which town is it?")
    assert not first.asks
    assert first.kinds == ("moment", "speech")
    assert second.asks
    assert second.wanted == "place"


def test_quoted_words_are_never_cut():
    (part,) = parts_of('Which line follows "When forty winters, and when summers, besiege thy brow"?')
    assert quoted(part.text) == ("When forty winters, and when summers, besiege thy brow",)


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("How many seals rest on the sand?", "number"),
        ("In what year was the bell cast?", "date"),
        ("Who is the skipper?", "person"),
        ("Where is the lamp?", "place"),
        ("At what second does the boat leave?", "time"),
        ("What is the serial number of the plate?", "code"),
        ("What is the telephone number of the pilot?", "number"),
        ("What is the insured value of the bell?", "number"),
        ("Is the tower open?", "yes_no"),
        ("Describe the boat", "thing"),
    ],
)
def test_the_wanted_value_follows_from_the_words(question: str, wanted: str):
    assert parts_of(question)[0].wanted == wanted


def test_terms_leave_out_words_that_tell_nothing():
    assert terms("What is the serial number of the KX-204 plate?") == ("serial", "number", "kx-204", "plate")


def test_names_and_codes_are_found_where_they_stand():
    text = "The Silver Heron (AS-417) left Copper Bay. Ruth Calloway saw it."
    assert codes(text) == ("AS-417",)
    assert "Silver Heron" in names(text)
    assert "Copper Bay" in names(text)
    assert "Ruth Calloway" in names(text)


def test_a_title_belongs_to_the_name_that_follows():
    assert names("It was built by Dr. Ingrid Szabo in Trondheim.") == ("Dr. Ingrid Szabo", "Trondheim")


def test_words_in_capitals_are_quoted_unless_all_are():
    assert quoted("What is on the crate marked THIS SIDE UP?") == ("THIS SIDE UP",)
    assert quoted("WHAT IS ON THE CRATE?") == ()
    assert quoted("Did NASA say so?") == ()


def test_an_empty_question_is_one_part():
    assert len(parts_of("gauge")) == 1


def test_how_to_write_the_answer_is_not_sought():
    (part,) = parts_of("How many blogs mention the storm? Please write the answer in integer format.")
    assert part.text == "How many blogs mention the storm?"
    assert [part.text for part in parts_of("Give the value in metres.")] == ["Give the value in metres."]


def test_a_measure_is_its_number_and_its_unit():
    assert terms("a 6.5-metre mirror beside AS-417") == ("6.5", "metre", "mirror", "beside", "as-417")


def test_the_source_that_is_named_first_is_no_part_of_its_own():
    parts = parts_of("According to the minutes, how high did the water rise, and at what time?")
    assert [part.text for part in parts] == ["According to the minutes, how high did the water rise", "at what time?"]
    assert [part.wanted for part in parts] == ["number", "date"]


def test_what_a_source_says_is_no_relative_clause():
    (part,) = parts_of("How deep does the map say that the wreck of the Juniper lies?")
    assert part.wanted == "number"
