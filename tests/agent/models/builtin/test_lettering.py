"""Which lines of lettering are worth citing."""

from __future__ import annotations

from sourcehound.agent.models.builtin.lettering import telling_lines
from sourcehound.agent.models.builtin.question import parts_of
from sourcehound.agent.models.builtin.support import Ranker, candidates_of
from sourcehound.tools.evidence import Evidence, Kind, Locator, Source

RANKER = Ranker(lambda _text, _others: None, lambda _word: 1.0)
BOARD = "FALCON LANDING\nBOATS TO NEEDLE ISLAND\nTuesday 07:40\nFriday 09:15\nNo boat in fog.\nQUIZ\nLOST: telescope"
CHART = "Lantern Rock\n22\nWreck of the Juniper, 1923\n17 metres\nFalcon Landing\n11"


def _told(question: str, quote: str, kind: Kind = "image") -> str:
    source = Source(path="/a/b.png", uri="file:///a/b.png", sha256="0" * 64, media_type="image/png", title="b")
    item = Evidence(id="E1", kind=kind, unit_id="1", source=source, locator=Locator(), quote=quote, producer="test")
    part = parts_of(question)[0]
    return telling_lines(part, RANKER.rank(part, (), candidates_of({"E1": item}))[0]).candidate.text


def test_the_line_with_the_value_is_told():
    assert _told("At what time does the boat leave on Friday?", BOARD) == "Friday 09:15"


def test_a_value_below_its_words_is_told_with_them():
    assert _told("How deep lies the wreck of the Juniper?", CHART) == "Wreck of the Juniper, 1923\n17 metres"


def test_without_a_value_the_lines_that_share_words_are_told_with_their_neighbours():
    assert _told("What is said of boats in fog?", BOARD) == BOARD.removesuffix("\nLOST: telescope")
    assert _told("Which thing was lost?", BOARD) == "QUIZ\nLOST: telescope"


def test_a_few_lines_and_passages_are_told_whole():
    assert _told("What registration is painted there?", "SILVER HERON\nAS-417") == "SILVER HERON\nAS-417"
    passage = "One line\nof a passage\nthat was wrapped\nhas 12 words and\nmore lines\nthan few\nand many."
    assert _told("How many words has it?", passage, "text") == passage


def test_of_a_scene_only_the_line_is_told_whose_time_is_asked_for():
    captions = "The gate opens at dawn\nRuth signs the receipt\nA forklift breaks down"
    assert _told("When in the film does Ruth sign the receipt?", captions, "moment") == "Ruth signs the receipt"
    assert _told("Which forklift breaks down in the film?", captions, "moment") == captions


def test_of_a_scene_only_the_line_with_the_value_is_told():
    captions = "Kettle on the stove\nBread code BR-771 leaves the oven\nCoffee"
    assert (
        _told("What is the code of the bread in the film?", captions, "moment") == "Bread code BR-771 leaves the oven"
    )
