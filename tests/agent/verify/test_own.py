"""Which sentences are the sources' own words, which the person's, and which neither: derived from the text alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sourcehound.agent.models.builtin.support import Candidate
from sourcehound.agent.models.builtin.wording import sentence_of
from sourcehound.agent.models.planner import View
from sourcehound.agent.state import Request
from sourcehound.agent.verify.leadins import FORMS, clock, introduce, introduced
from sourcehound.agent.verify.own import is_clause, is_given, is_whole
from sourcehound.tools.evidence import KIND_OF_UNIT, Evidence, Kind, Locator, Source
from tests.agent.verify.conftest import Shelf, cite

FERRY = "If the lamp fails, the ferry is cancelled."
SOURCE = Source(path="/a/b/film.mp4", uri="file:///a/b/film.mp4", sha256="0" * 64, media_type="video/mp4", title="film")


def test_whole_sentences_are_own_words(shelf: Shelf) -> None:
    assert shelf.check(FERRY, shelf.exact(FERRY)).verdict == "supported"


def test_a_part_of_a_sentence_is_not_what_the_sentence_says(shelf: Shelf) -> None:
    part = "the ferry is cancelled"
    assert shelf.check("The ferry is cancelled.", shelf.found(FERRY), quoted=part).verdict == "unchecked"
    assert shelf.check("The ferry is cancelled.", shelf.exact(part), quoted=part).verdict == "unchecked"


def test_the_drafters_flag_supports_nothing(shelf: Shelf) -> None:
    checked = shelf.check("Brightwater Works paid for all of it.", shelf.found(FERRY), quoted=FERRY)
    assert checked.verdict == "unchecked"


def test_own_words_with_a_word_added_are_a_paraphrase(shelf: Shelf) -> None:
    assert shelf.check("Luckily " + FERRY.lower(), shelf.exact(FERRY)).verdict == "unchecked"


def test_a_bare_value_read_from_the_source_is_supported(shelf: Shelf) -> None:
    evidence = shelf.found("the station sent")
    assert shelf.check("1,234 reports", evidence).verdict == "supported"
    assert shelf.check("Ruth Calloway", evidence).verdict == "supported"
    assert shelf.check("234 reports", evidence).verdict != "supported"


@pytest.mark.parametrize("kind", ["image", "crop", "moment", "speech", "text", "page", "web"])
def test_what_introduce_writes_is_read_back(kind: Kind) -> None:
    evidence = cite(SOURCE, kind, Locator(start_s=62.04, end_s=3725.96), "x")
    words = "He said “no” at 5:00 to all: “Stop”."
    assert words in set(introduced(introduce(evidence, words), evidence))


@pytest.mark.parametrize("kind", sorted(set(FORMS) - {"web", "page"}))
def test_what_the_built_in_planner_writes_is_read_back(kind: Kind) -> None:
    evidence = cite(SOURCE, kind, Locator(start_s=62.04, end_s=65.96), "Stop here")
    view = View(request=Request(question="?"), plan=(), records=(), evidence={"E1": evidence}, tools=(), left={})
    sentence = sentence_of(Candidate(evidence=evidence, text="Stop here", context=""), view)
    cores = {core.rstrip(".") for core in introduced(sentence.text, evidence)}
    assert "Stop here" in cores


@pytest.mark.parametrize(
    "text",
    [
        "other.mp4 shows “Stop here” from 5.0 s to 11.5 s.",
        "film.mp4 shows “Stop here” from 7.0 s to 11.5 s.",
        "film.mp4 proudly shows “Stop here” from 5.0 s to 11.5 s.",
        "film.mp4 shows “Stop here” from 5.0 s to 11.5 s, and Ann lied.",
    ],
)
def test_a_lead_in_with_the_wrong_file_the_wrong_time_or_more_words_is_none(text: str) -> None:
    evidence = cite(SOURCE, "moment", Locator(start_s=5.0, end_s=11.5), "Stop here")
    assert "Stop here" not in set(introduced(text, evidence))


@pytest.mark.parametrize(
    ("seconds", "shown"), [(7.46, "7.5 s"), (59.96, "1:00.0"), (62.04, "1:02.0"), (3723.5, "1:02:03.5"), (None, "?")]
)
def test_clock_rounds_before_it_splits(seconds: float | None, shown: str) -> None:
    assert clock(seconds) == shown


def test_a_spoken_clause_is_own_words_unless_the_rest_denies_it_or_sets_a_condition() -> None:
    spoken = ["From fairest creatures we desire increase, that beauty's rose might never die, but as the riper fades."]
    assert is_clause("that beauty's rose might never die", spoken)
    assert not is_clause("beauty's rose might never die", spoken)
    assert not is_clause("the match is cancelled", ["If it rains, the match is cancelled."])
    assert not is_clause("that the tide will turn", ["Nobody believes, that the tide will turn."])


def test_lines_of_lettering_are_wholes() -> None:
    assert is_whole("NO ENTRY", ["NO ENTRY", "Pier 4"])
    assert is_whole("NO ENTRY Pier 4", ["NO ENTRY", "Pier 4"])
    assert not is_whole("keys are kept", ["No keys are kept here", "Pier 4"])


GIVEN = Request(
    question="I have a 2019 Volvo V70, and my mechanic is called Ann. What oil does it need?",
    history=(("We keep three boats in Copper Bay.", "They are Ann's."),),
)


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("You have a 2019 Volvo V70, and your mechanic is called Ann.", True),
        ("You keep three boats in Copper Bay.", True),
        ("They are Ann's.", False),
        ("It needs oil.", False),
        ("You have a 2018 Volvo V70, and your mechanic is called Ann.", False),
    ],
)
def test_only_what_the_person_stated_is_given(text: str, given: bool) -> None:
    assert is_given(text, GIVEN, ()) is given


@pytest.mark.parametrize(
    "question", ["Is it true that Paris is in Germany?", "Paris is in Germany?", "Say whether Paris is in Germany."]
)
def test_what_the_person_asks_is_not_given(question: str) -> None:
    assert not is_given("Paris is in Germany.", Request(question=question), ())


def test_a_sentence_that_cites_nothing_is_unchecked_whatever_its_flag_says(shelf: Shelf) -> None:
    from sourcehound.agent.state import Sentence
    from sourcehound.agent.verify.verify import check_sentence

    sentence = Sentence(text="The harbour freezes in May.", given=True)
    assert check_sentence(sentence, {}, shelf.sources(), request=shelf.asked).verdict == "unchecked"


def test_an_id_that_the_thread_does_not_hold_is_unreachable(shelf: Shelf) -> None:
    evidence = shelf.exact(FERRY)
    assert shelf.check(FERRY, replace(evidence, id="E1")).verdict == "supported"
    from sourcehound.agent.state import Sentence
    from sourcehound.agent.verify.verify import check_sentence

    sentence = Sentence(text=FERRY, cites=("E9",))
    assert check_sentence(sentence, {"E1": evidence}, shelf.sources(), request=shelf.asked).verdict == "unreachable"


def test_what_was_only_seen_is_unchecked(shelf: Shelf) -> None:
    connection = shelf.library.catalogue.connection
    (row,) = connection.execute("SELECT id FROM units WHERE kind = 'image' AND page IS NOT NULL LIMIT 1").fetchone()
    from sourcehound.tools.library.units import load_units, to_evidence

    seen = to_evidence(connection, load_units(connection, [row])[row])
    assert isinstance(seen, Evidence)
    assert seen.kind in KIND_OF_UNIT.values()
    shown = replace(seen, id="E1", quote=None, detail={"seen": "a red boat", "seen_by": "a model"})
    assert shelf.check("A red boat is seen.", shown).verdict in {"unchecked", "not_supported"}
    assert shelf.check("A red boat is seen.", shown).verdict != "supported"
