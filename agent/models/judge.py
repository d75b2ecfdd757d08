"""The judge that is a language model: rules whether quoted words say what a sentence says.

Fail-closed: what cannot be read as a verdict is `unchecked`, never `supported`. Knows nothing of the checks made by code.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from typing import Self

from sourcehound.agent.deps import Ruling
from sourcehound.agent.models.calling import ASIDE, Caller, ChatModel, Policy
from sourcehound.agent.models.loose_json import first_object
from sourcehound.agent.models.notes import CLOSE, OPEN, harmless
from sourcehound.agent.models.protocol import cleaned
from sourcehound.prompts import load

VERDICTS = ("supported", "not_supported", "contradicted")
UNCHECKED = "unchecked"
MOST_QUOTES = 8
MOST_QUOTE_CHARS = 2400
MOST_WHY_CHARS = 300

_VERDICT = re.compile(r"^[\s*_`#>-]*VERDICT[*_`]*\s*:\s*[*_`\"']*([A-Za-z _-]*[A-Za-z])[*_`\"'.]*\s*$", re.MULTILINE)
_WHY = re.compile(r"^[\s*_`#>-]*WHY[*_`]*\s*:\s*(.+)$", re.MULTILINE | re.IGNORECASE)


class PromptedJudge:
    """Rules by a language model, which should differ from the one that drafted.

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
        """The judge of a model string.

        Raises:
            ConfigError: the model string is unknown, its package or key is missing.
        """
        from sourcehound.agent.models.named import open_chat_model

        return cls(open_chat_model(name), name=name, sleep=stop.wait, stop=stop)

    def rule(self, sentence: str, quotes: tuple[str, ...]) -> Ruling:
        """Rule on one sentence by the quotes alone; without quotes nothing is asked.

        Raises:
            ModelError: the model cannot be reached.
            ConfigError: the key is refused, or there is no such model.
        """
        words = [quote for quote in quotes if quote.strip()][:MOST_QUOTES]
        if not words:
            return Ruling(verdict=UNCHECKED, why="there are no quoted words to judge by")
        evidence = "\n".join(f"{OPEN} {harmless(quote, MOST_QUOTE_CHARS)} {CLOSE}" for quote in words)
        prompt = load("judge").render(evidence=evidence, sentence=harmless(sentence, MOST_QUOTE_CHARS))
        reply = self._caller.call([("human", prompt)])
        verdict, why = read_ruling(reply.text)
        return Ruling(verdict=verdict, why=why, usage=reply.usage)


def read_ruling(text: str) -> tuple[str, str]:
    """The verdict of a reply and its reason; `unchecked` unless it holds exactly one verdict of the three."""
    text = cleaned(text)
    said = [_plain(match[1]) for match in _VERDICT.finditer(text)]
    reasons = [match[1] for match in _WHY.finditer(text)]
    data = first_object(text) if not said else None
    if data is not None:
        low = {key.lower(): value for key, value in data.items()}
        said, reasons = [_plain(str(low.get("verdict", "")))], [str(low.get("why", low.get("reason", "")))]
    if not said and _plain(text) in VERDICTS:
        said = [_plain(text)]
    why = " ".join(reasons[0].split())[:MOST_WHY_CHARS] if reasons else ""
    if len(set(said)) == 1 and said[0] in VERDICTS:
        return said[0], why
    return UNCHECKED, f"the judge's reply could not be read: {harmless(text, 120) or 'it was empty'}"


def _plain(word: str) -> str:
    return word.strip(" .*_`\"'").lower().replace(" ", "_").replace("-", "_")
