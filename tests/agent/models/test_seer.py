"""The seer: pictures go as bounded PNG; an answer is bounded, and not being able to tell is no answer."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from sourcehound.agent.models.calling import Policy
from sourcehound.agent.models.seer import MOST_ANSWER_CHARS, PromptedSeer, png_of
from sourcehound.agent.testing import FakeClock, ScriptedModel
from sourcehound.tools.errors import ConfigError, SourceUnavailable

RED = np.full((40, 60, 3), (255, 0, 0), dtype=np.uint8)


def seer(*script: Any) -> tuple[PromptedSeer, ScriptedModel]:
    clock = FakeClock()
    model = ScriptedModel(script=list(script))
    policy = Policy(tries=2)
    return PromptedSeer(model, name="scripted:v", policy=policy, sleep=clock.sleep, monotonic=clock.monotonic), model


def test_pictures_go_in_order_as_png_before_the_question():
    asked, model = seer("A red field.")
    sight = asked.look("Which colour?", [RED, RED[:, ::-1]])
    assert (sight.answer, sight.by) == ("A red field.", "scripted:v")
    blocks: Any = model.told[0].messages[0].content
    assert [block["type"] for block in blocks] == ["image", "image", "text"]
    assert blocks[0]["mime_type"] == "image/png"
    sent = np.asarray(Image.open(io.BytesIO(base64.b64decode(blocks[0]["base64"]))))
    assert (sent == RED).all()
    assert "QUESTION: Which colour?" in blocks[2]["text"]


@pytest.mark.parametrize(
    ("shape", "sent"), [((3136, 100), (1568, 50)), ((100, 4000), (39, 1568)), ((1568, 9), (1568, 9))]
)
def test_large_pictures_are_scaled_to_a_side_of_1568_pixels(shape: tuple[int, int], sent: tuple[int, int]):
    picture = np.zeros((*shape, 3), dtype=np.uint8)
    image = Image.open(io.BytesIO(base64.b64decode(png_of(picture))))
    assert (image.height, image.width) == sent


@pytest.mark.parametrize(
    "reply", ["CANNOT TELL", "cannot tell.", "I can't determine the colour.", "", "<think>hm</think>"]
)
def test_not_being_able_to_tell_is_no_answer(reply: str):
    assert seer(reply)[0].look("Which colour?", [RED]).answer is None


def test_an_answer_is_bounded():
    assert len(seer("red " * 5000)[0].look("Which colour?", [RED]).answer or "") <= MOST_ANSWER_CHARS


def test_a_seer_that_is_down_is_a_source_that_is_unavailable():
    with pytest.raises(SourceUnavailable, match="cannot be reached"):
        seer(ConnectionRefusedError("x"), ConnectionRefusedError("x"))[0].look("Which colour?", [RED])


def test_a_model_that_takes_no_pictures_is_a_matter_of_configuration():
    refusal = ConnectionError("image input is not supported")
    refusal.status_code = 400  # type: ignore[attr-defined]  as providers' errors carry it
    with pytest.raises(ConfigError, match="takes no pictures"):
        seer(refusal)[0].look("Which colour?", [RED])


def test_the_prompt_of_the_seer_is_the_golden_one(golden: Any):
    asked, model = seer("x")
    asked.look("Which boat lies at the quay?", [RED, RED])
    golden("prompts/seer.md", model.told[0].text)
