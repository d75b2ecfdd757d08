"""One contract over all tools: a valid schema, bad input answered in words, an empty result legal, the same twice."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from sourcehound.agent.act import execute
from sourcehound.tools.crop import ground
from sourcehound.tools.evidence import Evidence
from sourcehound.tools.library.library import Library
from sourcehound.tools.search_images import SearchImages, SearchImagesArguments
from sourcehound.tools.search_text import SearchText, SearchTextArguments
from sourcehound.tools.senses.sense import ReadLine
from sourcehound.tools.tool import Desk, Tool
from sourcehound.tools.toolbox import TOOLS

NOW = "2026-01-02T03:04:05Z"
IDS = [tool.name for tool in TOOLS]


@pytest.fixture
def desk(library: Library) -> Desk:
    held: dict[str, Evidence] = {}

    def hold(found: tuple[Evidence, ...]) -> None:
        for evidence in found:
            held.setdefault(f"E{len(held) + 1}", replace(evidence, id=f"E{len(held) + 1}"))

    made = Desk(
        library=library,
        question="Which boat carried the gauge?",
        recall=held.get,
        known=lambda: tuple(held.values()),
        now=lambda: NOW,
    )
    hold(SearchText().run(SearchTextArguments(query="who carried the tide gauge"), made).evidence)
    hold(SearchImages().run(SearchImagesArguments(query="Silver Heron AS-417"), made).evidence)
    return made


GOOD = {
    "search_text": {"query": "skipper of the boat"},
    "search_pages": {"query": "gauge"},
    "search_images": {"query": "Silver Heron"},
    "search_moments": {"query": "the boat ties up"},
    "read": {"evidence": "E1"},
    "list_parts": {"kind": "heading"},
    "crop": {"evidence": "PICTURE", "phrase": "AS-417"},
    "look": {"evidence": ["PICTURE"], "question": "what stands on it?"},
}


@pytest.mark.parametrize("tool", TOOLS, ids=IDS)
def test_every_tool_has_a_schema_and_says_what_it_is_for(tool: Tool):
    schema = tool.Args.model_json_schema()
    json.dumps(schema)
    assert schema["additionalProperties"] is False
    assert tool.purpose
    assert all("description" in field or "anyOf" in field for field in schema["properties"].values())


@pytest.mark.parametrize("tool", TOOLS, ids=IDS)
def test_bad_arguments_are_answered_in_words(tool: Tool, desk: Desk):
    outcome, error = execute(tool, tool.name, {"no_such_argument": 1}, desk)
    assert outcome.evidence == ()
    assert error.startswith(f"wrong arguments for {tool.name}")


@pytest.mark.parametrize("name", ["read", "crop", "look", "frames"])
def test_an_unknown_evidence_id_is_answered_in_words(name: str, desk: Desk):
    tool = next(tool for tool in TOOLS if tool.name == name)
    arguments = {
        "read": {"evidence": "E99"},
        "crop": {"evidence": "E99", "phrase": "x"},
        "look": {"evidence": ["E99"], "question": "what is it?"},
        "frames": {"evidence": "E99"},
    }[name]
    outcome, error = execute(tool, name, arguments, desk)
    assert outcome.evidence == ()
    assert "E99" in error


@pytest.mark.parametrize("name", GOOD)
def test_a_tool_finds_the_same_twice(name: str, desk: Desk):
    tool = next(tool for tool in TOOLS if tool.name == name)
    picture = next(evidence.id for evidence in desk.known() if evidence.kind == "image")
    arguments = json.loads(json.dumps(GOOD[name]).replace("PICTURE", picture))
    first, error = execute(tool, name, arguments, desk)
    assert error == ""
    assert execute(tool, name, arguments, desk)[0] == first


def test_nothing_found_is_an_outcome_and_not_an_error(desk: Desk):
    outcome, error = execute(SearchText(), "search_text", {"query": "quarterly pharmaceutical revenue forecast"}, desk)
    assert (outcome.evidence, error) == ((), "")
    assert outcome.note


def test_the_web_tools_say_that_the_web_is_off(desk: Desk):
    for name, arguments in (("web_search", {"query": "gauge"}), ("read_page", {"url": "https://example.org/"})):
        tool = next(tool for tool in TOOLS if tool.name == name)
        assert "off" in execute(tool, name, arguments, desk)[1]


def test_a_crop_by_phrase_is_read_at_its_place_and_keeps_its_chain(desk: Desk):
    crop = next(tool for tool in TOOLS if tool.name == "crop")
    picture = next(evidence for evidence in desk.known() if evidence.kind == "image")
    outcome, error = execute(crop, "crop", {"evidence": picture.id, "phrase": "AS-417"}, desk)
    assert error == ""
    (evidence,) = outcome.evidence
    assert evidence.parent == picture.id
    assert "AS-417" in (evidence.quote or "")
    left, top, right, bottom = evidence.locator.boxes[0]
    assert 350 < left < right < 900
    assert 60 < top < bottom < 230


def test_a_phrase_is_grounded_to_the_line_that_has_it_and_to_nothing_else():
    lines = [
        ReadLine(text="FALCON LANDING", box=(0, 0, 100, 20), score=0.9),
        ReadLine(text="Friday 09:15", box=(0, 40, 80, 60), score=0.9),
    ]
    box = ground("friday 09:15", lines)
    assert box is not None
    assert box[1] > 20
    assert ground("Thursday", lines) is None
