"""How well words answer a part: coverage by rarity, wanted values, which evidence serves which kind."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sourcehound.agent.models.builtin.question import parts_of
from sourcehound.agent.models.builtin.support import Ranker, candidates_of, coverage, serves, stem, value_in
from sourcehound.tools.evidence import Evidence, Kind, Locator, Source


def _evidence(name: str, quote: str, kind: Kind = "text", media: str = "text/plain") -> Evidence:
    source = Source(path="/a/b.txt", uri="file:///a/b.txt", sha256="0" * 64, media_type=media, title="b")
    return Evidence(id=name, kind=kind, unit_id=name, source=source, locator=Locator(), quote=quote, producer="test")


RANKER = Ranker(lambda _text, _others: None, lambda _word: 1.0)


def test_the_sentence_with_the_words_and_the_value_ranks_first():
    evidence = {
        "E1": _evidence("E1", "The fog bell was rung for nine hours. Nobody slept."),
        "E2": _evidence("E2", "The fog bell of Lantern Rock was cast by Thomas Farrow."),
    }
    part = parts_of("Who cast the fog bell of Lantern Rock?")[0]
    best = RANKER.rank(part, (), candidates_of(evidence))[0]
    assert best.candidate.text == "The fog bell of Lantern Rock was cast by Thomas Farrow."
    assert best.value == "Thomas Farrow"


def test_a_rare_word_weighs_more_than_a_common_one():
    assert coverage({"juniper": 5.0, "map": 1.0}, "wreck of the Juniper") > coverage(
        {"juniper": 5.0, "map": 1.0}, "a map"
    )


@given(st.dictionaries(st.text("abcdef", min_size=1, max_size=6), st.floats(0.1, 9)), st.text(max_size=60))
def test_coverage_is_a_share(wanted: dict[str, float], text: str):
    assert 0.0 <= coverage(wanted, text) <= 1.0 + 1e-9


def test_forms_of_one_word_share_a_stem():
    assert stem("registrations") == stem("registration")
    assert stem("painted") == stem("painting")
    assert stem("boats") == "boat"


def test_british_and_american_spellings_share_a_stem():
    assert stem("metres") == stem("meters")
    assert stem("harbour") == stem("harbor")
    assert stem("four") == "four"


def test_a_value_that_the_question_names_is_no_answer():
    assert value_in("number", "Hut 7 has 12 wires", "How many wires has hut 7?") == "12"
    assert value_in("number", "Hut 7", "How many wires has hut 7?") is None
    assert value_in("date", "cast on 3 May 1887 in York", "When was it cast?") == "3 May 1887"


def test_speech_of_a_film_serves_a_part_that_names_the_film():
    speech = _evidence("E1", "It ties up.", "speech", "video/mp4")
    assert serves(speech, ("moment",))
    assert serves(speech, ("speech",))
    assert not serves(speech, ("image",))
    assert serves(speech, ())


def test_the_value_of_lettering_stands_beside_the_words_that_ask_for_it():
    board = _evidence(
        "E1", "BOATS TO NEEDLE ISLAND\nTuesday 07:40\nFriday 09:15\nevery day 08:30", "image", "image/png"
    )
    part = parts_of("At what time does the boat to Needle Island leave on Friday?")[0]
    assert RANKER.rank(part, (), candidates_of({"E1": board}))[0].value == "09:15"
    chart = _evidence(
        "E2", "Lantern Rock\n22\nWreck of the Juniper, 1923\n17 metres\nFalcon Landing\n11", "image", "image/png"
    )
    part = parts_of("How deep lies the wreck of the Juniper?")[0]
    assert RANKER.rank(part, (), candidates_of({"E2": chart}))[0].value == "17"


def test_a_value_of_lettering_never_runs_over_lines():
    plate = _evidence("E1", "PUMP 14\nMAX 8.5 bar", "image", "image/png")
    part = parts_of("Who serviced the pump whose label says MAX 8.5 bar?")[0]
    assert RANKER.rank(part, (), candidates_of({"E1": plate}))[0].value is None


def test_a_hint_finds_its_row_and_speaks_for_others_than_its_origin():
    table = _evidence("E1", "Registration Skipper Length\nAS-283 Peter Hale 9.6\nAS-417 Joan Barlow 11.2")
    photo = _evidence("E2", "SILVER HERON\nAS-417", "image", "image/png")
    part = parts_of("Who is the skipper?")[0]
    candidates = candidates_of({"E1": table, "E2": photo})
    assert RANKER.rank(part, ("AS-417",), candidates)[0].value == "Joan Barlow"
    (shown,) = [candidate for candidate in candidates if candidate.evidence.id == "E2"]
    scores = [
        next(s.score for s in RANKER.rank(part, ("AS-417",), candidates, origins) if s.candidate == shown)
        for origins in ((), (shown,))
    ]
    assert scores[0] > scores[1]
