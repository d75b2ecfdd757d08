"""Test doubles of the models, public so that people's own tests can use them: no key, no network, no chance.

`ScriptedModel` is a LangChain chat model that says what it is told to; `ScriptedPlanner`, `ScriptedSeer` and `ScriptedJudge`
stand for whole roles; `FakeClock` is time that passes only when it is slept; `FakeOpenAI` is a server on this machine with
all the faults of real ones. Imports langchain-core: import this module in tests only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import Field, PrivateAttr

from sourcehound.agent.deps import Ruling
from sourcehound.agent.models.planner import Draft, Fault, Move, View
from sourcehound.agent.testing_server import FakeOpenAI, Served
from sourcehound.tools.encoders.encoder import Pixels
from sourcehound.tools.senses.sense import Sight

__all__ = [
    "FakeClock",
    "FakeOpenAI",
    "ScriptedJudge",
    "ScriptedModel",
    "ScriptedPlanner",
    "ScriptedSeer",
    "Served",
    "Told",
    "calling",
]

Said = str | AIMessage | Exception


def calling(*calls: tuple[str, dict[str, Any]], text: str = "") -> AIMessage:
    """A message with native tool calls.

    Example:
        >>> calling(("search_text", {"query": "gauge"})).tool_calls[0]["name"]
        'search_text'
    """
    return AIMessage(
        content=text,
        tool_calls=[
            {"name": name, "args": args, "id": f"call-{n}", "type": "tool_call"} for n, (name, args) in enumerate(calls)
        ],
    )


@dataclass(frozen=True, slots=True)
class Told:
    """What a scripted model was told in one call: the messages, and the names of the tools bound to it."""

    messages: tuple[BaseMessage, ...]
    tools: tuple[str, ...]

    @property
    def text(self) -> str:
        """All words of the messages."""
        return "\n\n".join(str(message.text) for message in self.messages)


class ScriptedModel(BaseChatModel):
    """A chat model that says what a script tells it to; an exception in the script is raised.

    Attributes:
        script: replies in order, or a function of the messages.
        takes_tools: whether `bind_tools` works.
        counts_tokens: whether replies tell their usage: one token for four characters.

    Example:
        >>> ScriptedModel(script=["hello"]).invoke("hi").text
        'hello'
    """

    script: Sequence[Any] | Callable[[list[BaseMessage]], Any] = Field(default=())
    takes_tools: bool = True
    counts_tokens: bool = True
    _told: list[Told] = PrivateAttr(default_factory=list[Told])

    @property
    def told(self) -> list[Told]:
        """What it was told in each call so far."""
        return self._told

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Sequence[Any], *, tool_choice: str | None = None, **kwargs: Any) -> Any:
        """The same model, which notes the tools it was given."""
        if not self.takes_tools:
            raise NotImplementedError
        return self.bind(tools=list(tools), **({"tool_choice": tool_choice} if tool_choice else {}), **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        del stop, run_manager
        names = tuple(_name_of(tool) for tool in kwargs.get("tools", ()))
        said = self._next(messages)
        self._told.append(Told(tuple(messages), names))
        if isinstance(said, Exception):
            raise said
        message = AIMessage(content=said) if isinstance(said, str) else said
        if self.counts_tokens:
            n_in = sum(len(str(m.text)) for m in messages) // 4
            n_out = (len(str(message.text)) + sum(len(str(call["args"])) for call in message.tool_calls)) // 4
            counted = {"input_tokens": n_in, "output_tokens": n_out, "total_tokens": n_in + n_out}
            message = message.model_copy(update={"usage_metadata": counted})
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _next(self, messages: list[BaseMessage]) -> Said:
        if callable(self.script):
            return self.script(messages)
        if len(self._told) >= len(self.script):
            message = f"the script has {len(self.script)} replies, and another was asked for"
            raise RuntimeError(message)
        return cast("Said", self.script[len(self._told)])


@dataclass(slots=True, kw_only=True)
class ScriptedPlanner:
    """A planner whose moves and drafts are given; it keeps the views it was shown."""

    moves: Sequence[Move | Exception]
    drafts: Sequence[Draft | Exception]
    name: str = "scripted"
    views: list[View] = field(default_factory=list[View])
    _left: tuple[Iterator[Any], Iterator[Any]] | None = None

    def plan(self, view: View) -> Move:
        """The next move."""
        return self._next(0, view)

    def assess(self, view: View) -> Move:
        """The next move."""
        return self._next(0, view)

    def draft(self, view: View) -> Draft:
        """The next draft."""
        return self._next(1, view)

    def repair(self, view: View, draft: Draft, faults: Sequence[Fault]) -> Draft:
        """The next draft."""
        del draft, faults
        return self._next(1, view)

    def _next(self, which: int, view: View) -> Any:
        self.views.append(view)
        if self._left is None:
            self._left = iter(self.moves), iter(self.drafts)
        given = next(self._left[which])
        if isinstance(given, Exception):
            raise given
        return given


@dataclass(slots=True, kw_only=True)
class ScriptedSeer:
    """A seer with given answers, None where it cannot tell; it keeps the questions and the sizes of the pictures."""

    answers: Sequence[str | Exception | None]
    name: str = "scripted-seer"
    asked: list[tuple[str, tuple[tuple[int, ...], ...]]] = field(
        default_factory=list[tuple[str, tuple[tuple[int, ...], ...]]]
    )

    def look(self, question: str, pictures: Sequence[Pixels]) -> Sight:
        """The next answer."""
        answer = self.answers[len(self.asked)]
        self.asked.append((question, tuple(picture.shape for picture in pictures)))
        if isinstance(answer, Exception):
            raise answer
        return Sight(answer=answer, by=self.name)


@dataclass(slots=True, kw_only=True)
class ScriptedJudge:
    """A judge with given rulings; it keeps the sentences and quotes it ruled on."""

    rulings: Sequence[Ruling | Exception]
    name: str = "scripted-judge"
    ruled: list[tuple[str, tuple[str, ...]]] = field(default_factory=list[tuple[str, tuple[str, ...]]])

    def rule(self, sentence: str, quotes: tuple[str, ...]) -> Ruling:
        """The next ruling."""
        ruling = self.rulings[len(self.ruled)]
        self.ruled.append((sentence, quotes))
        if isinstance(ruling, Exception):
            raise ruling
        return ruling


@dataclass(slots=True)
class FakeClock:
    """Time that passes only when it is slept.

    Attributes:
        seconds: since 2026-01-01T00:00:00Z.
        slept: every sleep, in order.
    """

    seconds: float = 0.0
    slept: list[float] = field(default_factory=list[float])

    def now(self) -> str:
        """ISO 8601 in UTC."""
        return (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=self.seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def monotonic(self) -> float:
        """Seconds of a clock that never goes back."""
        return self.seconds

    def sleep(self, seconds: float) -> None:
        """Let some seconds pass."""
        self.slept.append(seconds)
        self.seconds += seconds


def _name_of(tool: Any) -> str:
    if isinstance(tool, dict):
        return str(cast("dict[str, Any]", tool).get("function", tool).get("name", ""))
    return str(getattr(tool, "name", tool))
