"""The writer that is a language model: captions, descriptions of scenes, and questions that a page or picture answers.

Fail-closed: a reply that cannot be read gives nothing and says why. Knows nothing of files or of where its words are kept.

Source:
    Questions asked before anybody asks: PREMIR, "Zero-shot Multimodal Document Retrieval via Cross-modal Question
    Generation". Scenes by their parts, for search by words instead of pixels: LexiCLIP, "Vision-Free Retrieval"; with what
    tells a thing from others of its sort, UniFGVC.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any, Self

from sourcehound.agent.errors import ModelError
from sourcehound.agent.models.calling import ASIDE, Caller, ContextTooLong, PicturesRefused
from sourcehound.agent.models.loose_json import first_object, found_in
from sourcehound.agent.models.notes import harmless
from sourcehound.agent.models.protocol import cleaned
from sourcehound.agent.models.seer import png_of
from sourcehound.prompts import load
from sourcehound.tools.errors import SourceUnavailable
from sourcehound.tools.senses.writer import NoPictures, Topic, Writing, Wrote
from sourcehound.tools.show.printable import one_line

MOST_WORDS_CHARS = 4000
MOST_ABOUT_CHARS = 600
MOST_CAPTION_CHARS = 300
MOST_PART_CHARS = 300
MOST_QUESTION_CHARS = 240
LEAST_QUESTION_CHARS = 8
_PARTS = ("OBJECTS", "PEOPLE", "ACTIONS", "SETTING", "LETTERING")
_LINE = re.compile(
    rf"^[\s*_`#>-]*(CAPTION|{'|'.join(_PARTS)})[*_`]*\s*:[*_`]*[ \t]*(.*)$", re.MULTILINE | re.IGNORECASE
)
_NOTHING = re.compile(r"\W*(?:none|no(?:thing| one| people| text)?|n/?a|unknown|not visible)\W*", re.IGNORECASE)
_NUMBERED = re.compile(r"^[\s*_`>]*(?:Q?\d{1,2}\s*[.):]|[-*•])[\s*_`]*(.+?)[\s*_`]*$", re.MULTILINE)
_ASKS = re.compile(r"^.*[?？؟]\W*$", re.MULTILINE)
_NAMES = {"image": "picture", "moment": "moment of a film", "page": "page", "passage": "passage", "speech": "recording"}


class PromptedWriter:
    """Writes with a chat model.

    Args:
        caller: calls the model.
    """

    def __init__(self, caller: Caller) -> None:
        self.name = caller.name
        self._caller = caller

    @classmethod
    def named(
        cls,
        name: str,
        *,
        sleep: Callable[[float], object] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> Self:
        """The writer of a model string.

        Raises:
            ConfigError: the model string is unknown, its package or key is missing.
        """
        from sourcehound.agent.models.named import open_chat_model

        return cls(Caller(open_chat_model(name), name, policy=ASIDE, sleep=sleep, monotonic=monotonic))

    def captions(self, topic: Topic) -> Wrote:
        """See `Writer.captions`."""
        prompt = load("write_caption").render(pictures=_shown(topic), about=_about(topic), words=_words(topic))
        reply, problem = self._ask(prompt, topic)
        caption, parts = read_scene(reply)
        if not caption:
            return Wrote(problem=problem or _unread("no caption", reply))
        scene = " ".join(f"{name.capitalize()}: {words}." for name, words in parts.items())
        found = [Writing(role="caption", text=caption)]
        return Wrote(writings=(*found, *([Writing(role="scene", text=scene)] if scene else [])))

    def questions(self, topic: Topic, *, n: int) -> Wrote:
        """See `Writer.questions`."""
        place = _shown(topic) if topic.pictures else f"the text of a {_NAMES[topic.kind]}"
        prompt = load("write_questions").render(place=place, n=str(n), about=_about(topic), words=_words(topic))
        reply, problem = self._ask(prompt, topic)
        asked = read_questions(reply)[:n]
        if not asked:
            return Wrote(problem=problem or _unread("no questions", reply))
        return Wrote(writings=tuple(Writing(role="question", text=text) for text in asked))

    def _ask(self, prompt: str, topic: Topic) -> tuple[str, str]:
        """The reply, or why this item has none."""
        blocks: list[dict[str, Any]] = [
            {"type": "image", "base64": png_of(picture), "mime_type": "image/png"} for picture in topic.pictures
        ]
        content: Any = [*blocks, {"type": "text", "text": prompt}] if blocks else prompt
        try:
            return cleaned(self._caller.call([("human", content)]).text), ""
        except PicturesRefused as error:
            raise NoPictures(error.message, remedy="name a vision model with --model") from error
        except ContextTooLong:
            return "", "it is longer than the model's context"
        except ModelError as error:
            remedy = "the same command goes on where it was"
            raise SourceUnavailable(error.message, reason="refused", remedy=remedy) from error


def read_scene(reply: str) -> tuple[str, dict[str, str]]:
    """The caption of a reply, empty if it holds none, and the parts of the scene that say something, by name."""
    said = {match[1].upper(): match[2] for match in reversed(list(_LINE.finditer(reply)))}
    data = first_object(reply) if "CAPTION" not in said else None
    if data is not None:
        said = {str(key).upper(): _as_words(value) for key, value in data.items()}
    parts = {name: _bounded(said.get(name, ""), MOST_PART_CHARS).rstrip(".") for name in _PARTS}
    caption = _bounded(said.get("CAPTION", ""), MOST_CAPTION_CHARS)
    return caption, {name: words for name, words in parts.items() if words}


def read_questions(reply: str) -> tuple[str, ...]:
    """The questions of a reply, in order, each once: numbered lines, a JSON list, or lines that end in a question mark."""
    listed = next((found.value for found in found_in(reply) if isinstance(found.value, list | dict)), None)
    if isinstance(listed, dict):
        listed = next((value for value in listed.values() if isinstance(value, list)), None)
    lines = [_as_words(value) for value in listed] if isinstance(listed, list) else _NUMBERED.findall(reply)
    if not lines:
        lines = _ASKS.findall(reply)
    asked = {
        text.casefold(): text for line in lines if len(text := _bounded(line, MOST_QUESTION_CHARS)) >= _least(line)
    }
    return tuple(asked.values())


def _least(line: str) -> int:
    return LEAST_QUESTION_CHARS if line.isascii() else LEAST_QUESTION_CHARS // 2


def _as_words(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(_as_words(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(_as_words(one) for one in value.values())
    return "" if value is None else str(value)


def _bounded(words: str, limit: int) -> str:
    line = one_line(words).strip(' *_`"“”')
    return "" if _NOTHING.fullmatch(line) else line[:limit].rstrip()


def _shown(topic: Topic) -> str:
    if topic.kind == "moment":
        return (
            f"{len(topic.pictures)} frames of a moment of a film, in order," if len(topic.pictures) > 1 else "a frame"
        )
    return f"a {_NAMES[topic.kind]}"


def _about(topic: Topic) -> str:
    return harmless(topic.about, MOST_ABOUT_CHARS) or "(nothing)"


def _words(topic: Topic) -> str:
    return harmless(topic.text, MOST_WORDS_CHARS) or "(no words)"


def _unread(what: str, reply: str) -> str:
    return f"the reply holds {what}" if reply else "the reply was empty"
