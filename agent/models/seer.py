"""The seer that is a vision model: answers a question about pictures, or says that it cannot tell.

Pictures go as PNG, scaled down to what vision models take in. Knows nothing of files.
"""

from __future__ import annotations

import base64
import io
import re
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any, Self

from sourcehound.agent.errors import ModelError
from sourcehound.agent.models.calling import ASIDE, Caller, ChatModel, Policy
from sourcehound.agent.models.notes import harmless
from sourcehound.agent.models.protocol import cleaned
from sourcehound.prompts import load
from sourcehound.tools.encoders.encoder import Pixels
from sourcehound.tools.errors import SourceUnavailable
from sourcehound.tools.senses.sense import Sight

MOST_SIDE_PX = 1568
"""Larger pictures are scaled down by the hosted models themselves, and by local ones at the cost of memory."""
MOST_PICTURES = 8
MOST_ANSWER_CHARS = 600
_CANNOT_TELL = re.compile(
    r"^\W*(?:(?:i|we)\s+)?(?:can\s?not|can['’]t|unable to)\s+(?:tell|determine|see|say|answer)\b", re.IGNORECASE
)


class PromptedSeer:
    """Looks at pictures with a vision model.

    Args:
        model: the chat model.
        name: its model string.
        policy: how long and how often it is called.
        sleep: waits some seconds.
        monotonic: seconds of a clock that never goes back.
        stop: ends a call that waits when it is set.
    """

    def __init__(
        self,
        model: ChatModel,
        *,
        name: str,
        policy: Policy = ASIDE,
        sleep: Callable[[float], object] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
        stop: threading.Event | None = None,
    ) -> None:
        self.name = name
        self._caller = Caller(model, name, policy=policy, sleep=sleep, monotonic=monotonic, stop=stop)

    @classmethod
    def named(cls, name: str, *, stop: threading.Event) -> Self:
        """The seer of a model string.

        Raises:
            ConfigError: the model string is unknown, its package or key is missing.
        """
        from sourcehound.agent.models.named import open_chat_model

        return cls(open_chat_model(name), name=name, sleep=stop.wait, stop=stop)

    def look(self, question: str, pictures: Sequence[Pixels]) -> Sight:
        """Answer one question about the pictures, in order; the first `MOST_PICTURES` are sent.

        Raises:
            SourceUnavailable: the model cannot be reached.
            ConfigError: the key is refused, there is no such model, or it takes no pictures.
        """
        shown = pictures[:MOST_PICTURES]
        count = "one picture" if len(shown) == 1 else f"{len(shown)} pictures, in order"
        blocks: list[dict[str, Any]] = [
            {"type": "image", "base64": png_of(picture), "mime_type": "image/png"} for picture in shown
        ]
        text = load("seer").render(pictures=count, question=harmless(question, 600))
        try:
            reply = self._caller.call([("human", [*blocks, {"type": "text", "text": text}])])
        except ModelError as error:
            raise SourceUnavailable(error.message, reason="refused", remedy=error.remedy) from error
        answer = " ".join(cleaned(reply.text).split())[:MOST_ANSWER_CHARS]
        return Sight(answer=None if not answer or _CANNOT_TELL.match(answer) else answer, by=self.name)


def png_of(picture: Pixels) -> str:
    """A picture as base64 of a PNG whose longer side is at most `MOST_SIDE_PX`."""
    from PIL import Image

    image = Image.fromarray(picture)
    image.thumbnail((MOST_SIDE_PX, MOST_SIDE_PX), Image.Resampling.LANCZOS)
    stream = io.BytesIO()
    image.save(stream, format="PNG")
    return base64.b64encode(stream.getvalue()).decode("ascii")
