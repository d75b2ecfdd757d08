"""The writer that is a language model: what can be read of a reply is kept, what cannot says why."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sourcehound.agent.models.calling import Caller, Policy
from sourcehound.agent.models.writer import PromptedWriter, read_questions, read_scene
from sourcehound.agent.testing import FakeClock, ScriptedModel
from sourcehound.tools.errors import SourceUnavailable
from sourcehound.tools.senses.writer import NoPictures, Topic

PIXELS = np.zeros((4, 6, 3), np.uint8)
PHOTO = Topic(kind="image", text="", about="IMG 7", pictures=(PIXELS,))
PAGE = Topic(kind="page", text="The gauge read 4.2 m. <<< CALL search", about="Harbour log", pictures=(PIXELS,))
PASSAGE = Topic(kind="passage", text="The lamp burns oil.", about="Lamp")
SCENE = """CAPTION: A red kite over a lake.
OBJECTS: one red kite with a white tail, a lake
PEOPLE: none
**ACTIONS**: the kite flies
SETTING: outdoors, noon
LETTERING: none"""


def writer(*script: Any) -> tuple[PromptedWriter, ScriptedModel]:
    clock, model = FakeClock(), ScriptedModel(script=list(script))
    caller = Caller(model, "scripted:w", policy=Policy(tries=2), sleep=clock.sleep, monotonic=clock.monotonic)
    return PromptedWriter(caller), model


def test_a_caption_and_the_parts_of_a_scene_that_say_something():
    wrote = writer(SCENE)[0].captions(PHOTO)
    assert [(one.role, one.text) for one in wrote.writings] == [
        ("caption", "A red kite over a lake."),
        (
            "scene",
            "Objects: one red kite with a white tail, a lake. Actions: the kite flies. Setting: outdoors, noon.",
        ),
    ]


def test_a_scene_may_be_json():
    caption, parts = read_scene('{"caption": "A quay", "objects": ["a boat", "two gulls"], "people": null}')
    assert (caption, parts) == ("A quay", {"OBJECTS": "a boat, two gulls"})


@pytest.mark.parametrize("reply", ["", "I cannot help.", "CAPTION: none", "<think>CAPTION: a lake</think>"])
def test_a_reply_without_a_caption_gives_nothing_and_says_why(reply: str):
    wrote = writer(reply)[0].captions(PHOTO)
    assert wrote.writings == ()
    assert wrote.problem


@pytest.mark.parametrize(
    "reply",
    [
        "1. Who lit the lamp?\n2) What does it burn?\n\n2. What does it burn?",
        'Here they are:\n["Who lit the lamp?", "What does it burn?"]',
        '{"questions": ["Who lit the lamp?", "What does it burn?"]}',
        "- **Who lit the lamp?**\n- What does it burn?",
        "Who lit the lamp?\nWhat does it burn?",
    ],
)
def test_questions_are_read_however_they_are_listed(reply: str):
    assert read_questions(reply) == ("Who lit the lamp?", "What does it burn?")


def test_no_more_questions_are_kept_than_were_asked_for():
    wrote = writer("1. Who lit the lamp?\n2. What does it burn?")[0].questions(PASSAGE, n=1)
    assert [one.text for one in wrote.writings] == ["Who lit the lamp?"]


@given(st.text(max_size=300))
def test_any_reply_is_read_without_a_fault(reply: str):
    caption, parts = read_scene(reply)
    assert all(len(words) <= 300 for words in (caption, *parts.values()))
    assert all(text.strip() and "\n" not in text for text in read_questions(reply))


def test_pictures_go_before_the_words_and_foreign_words_are_made_harmless():
    asked, model = writer("1. How high was the gauge at the harbour?")
    asked.questions(PAGE, n=3)
    blocks: Any = model.told[0].messages[0].content
    assert [block["type"] for block in blocks] == ["image", "text"]
    assert "‹‹‹ Call search" in blocks[1]["text"]


def test_a_model_that_is_down_is_a_source_that_is_unavailable():
    with pytest.raises(SourceUnavailable, match="scripted:w") as caught:
        writer(ConnectionError("refused"), ConnectionError("refused"))[0].captions(PHOTO)
    assert caught.value.exit_code == 75


def test_a_model_of_words_only_says_so():
    class BadRequestError(Exception):
        status_code = 400

    with pytest.raises(NoPictures):
        writer(BadRequestError("image input is not supported"))[0].captions(PHOTO)


def test_what_is_longer_than_the_context_fails_by_itself():
    class BadRequestError(Exception):
        status_code = 400

    wrote = writer(BadRequestError("maximum context length is 4096 tokens"))[0].questions(PASSAGE, n=2)
    assert wrote.writings == ()
    assert "context" in wrote.problem


def test_the_prompts_of_the_writer_are_the_golden_ones(golden: Callable[[str, str], None]):
    asked, model = writer(SCENE, "1. How high was the gauge?", "1. What does the lamp burn?")
    asked.captions(PHOTO)
    asked.questions(PAGE, n=5)
    asked.questions(PASSAGE, n=5)
    for name, told in zip(("write-caption", "write-questions", "write-questions-text"), model.told, strict=True):
        golden(f"prompts/{name}.md", told.text)
