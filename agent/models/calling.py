"""One call to a chat model: in bounded time, tried again after passing faults, its reply read into plain values.

Every fault ends as `ConfigError` (the person must change something) or `ModelError` (try again, exit 75); a model that is
down is never replaced by another. Knows nothing of prompts.
"""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass
from typing import Any, Protocol, cast

from sourcehound.agent.errors import ModelError
from sourcehound.agent.models.faults import Fault, fault_of
from sourcehound.agent.models.loose_json import pairs_in
from sourcehound.agent.models.planner import Usage
from sourcehound.agent.models.protocol import RawCall
from sourcehound.tools.errors import ConfigError

Turn = tuple[str, Any]
"""A message as LangChain takes it: `("system" | "human" | "ai", text or content blocks)`."""
_LISTENS_S = 0.2
"""Seconds between two looks whether the call should stop."""
CHARS_PER_TOKEN = 4
MOST_REPLY_CHARS = 60_000
MOST_CALLS = 32
"""Native calls of one reply that are read at all."""
WITHOUT_IT = "try again with --resume; --model built-in would go on without it"


class ChatModel(Protocol):
    """As much of LangChain's `BaseChatModel` as is used."""

    def invoke(self, input: Any, /) -> Any:  # noqa: A002  LangChain's own name
        """Answer some messages."""
        ...

    def bind_tools(self, tools: Sequence[dict[str, Any]], /) -> Any:
        """The same model with tools it may call; NotImplementedError if it has no such calls."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How long and how often a call is tried.

    Attributes:
        timeout_s: most seconds of one try.
        tries: most tries of one call.
        first_wait_s: wait before the second try; each further one doubles.
        most_wait_s: longest wait; a server that asks for more is taken as down.
    """

    timeout_s: float = 600.0
    tries: int = 3
    first_wait_s: float = 1.0
    most_wait_s: float = 30.0


ASIDE = Policy(timeout_s=300.0, tries=2)
"""For the seer and the judge, whose calls have no budget of seconds of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A model's reply.

    Attributes:
        is_estimated: the server told no token counts; they are characters divided by `CHARS_PER_TOKEN`.
    """

    text: str
    calls: tuple[RawCall, ...]
    usage: Usage
    is_estimated: bool


class ToolsRefused(ModelError):
    """The server takes no tools; the text protocol does without."""


class PicturesRefused(ConfigError):
    """The model takes no pictures."""


class ContextTooLong(ModelError):
    """The prompt is longer than the model's context."""


class OutOfTime(ModelError):
    """The model was given less time than it may take, and that is over: a budget, not a fault."""


class Caller:
    """Calls one chat model. Safe to use from several threads.

    Args:
        model: the chat model.
        name: its model string, for messages.
        policy: how long and how often.
        sleep: waits some seconds.
        monotonic: seconds of a clock that never goes back.
        stop: ends a call that waits when it is set.
    """

    def __init__(
        self,
        model: ChatModel,
        name: str,
        *,
        policy: Policy,
        sleep: Callable[[float], object],
        monotonic: Callable[[], float],
        stop: threading.Event | None = None,
    ) -> None:
        self._model = model
        self.name = name
        self._policy = policy
        self._sleep = sleep
        self._monotonic = monotonic
        self._stop = stop or threading.Event()

    def call(self, turns: Sequence[Turn], *, tools: Sequence[dict[str, Any]] = (), within_s: float = 1e9) -> Reply:
        """Put messages to the model.

        Args:
            turns: the messages.
            tools: JSON schemas of tools it may call natively.
            within_s: seconds that all tries together may take.

        Raises:
            ConfigError: the key is refused, there is no such model, or it takes no pictures.
            ToolsRefused: it takes no tools.
            ContextTooLong: the messages are longer than its context.
            OutOfTime: the time given to the call is over.
            ModelError: it is down, too slow, or its replies are no replies.
            KeyboardInterrupt: `stop` was set.
        """
        model = self._with_tools(tools)
        begun_s = self._monotonic()
        n_tries = 0
        while True:
            left_s = within_s - (self._monotonic() - begun_s)
            limit_s = min(self._policy.timeout_s, max(0.0, left_s))
            message, error = in_time(lambda: model.invoke(list(turns)), limit_s, self._stop)
            if error is None:
                return _reply(message, turns)
            n_tries += 1
            fault = fault_of(error)
            pause_s = self._pause_s(fault, n_tries)
            left_s = within_s - (self._monotonic() - begun_s)
            if fault.kind == "timeout" and left_s <= pause_s:
                raise OutOfTime(
                    f"{self.name} did not answer within what is left of the time",
                    remedy="raise --timeout, or try again with --resume",
                )
            if n_tries == self._policy.tries or not fault.is_transient or not pause_s <= self._policy.most_wait_s:
                raise self._raised(fault, had_tools=bool(tools)) from error
            self._sleep(min(pause_s, max(0.0, left_s)))

    def _pause_s(self, fault: Fault, n_tries: int) -> float:
        """Seconds to wait before the next try: what the server asks for, or twice as long each time."""
        if fault.retry_after_s is not None:
            return fault.retry_after_s
        return min(self._policy.first_wait_s * 2 ** (n_tries - 1), self._policy.most_wait_s)

    def _with_tools(self, tools: Sequence[dict[str, Any]]) -> Any:
        if not tools:
            return self._model
        try:
            return self._model.bind_tools(tools)
        except (NotImplementedError, AttributeError) as error:
            raise ToolsRefused(f"{self.name} has no tool calls") from error

    def _raised(self, fault: Fault, *, had_tools: bool) -> ConfigError | ModelError:
        said = f": {fault.said}" if fault.said else ""
        if fault.kind == "key":
            return ConfigError(f"{self.name}: the server refuses the key", remedy="set the provider's key, see doctor")
        if fault.kind == "missing":
            return ConfigError(f"{self.name}: the server knows no such model{said}", remedy="check name and address")
        if fault.kind == "pictures":
            return PicturesRefused(f"{self.name} takes no pictures{said}", remedy="name a vision model with --seer")
        if fault.kind == "tools" and had_tools:
            return ToolsRefused(f"{self.name} takes no tools{said}")
        if fault.kind == "context":
            return ContextTooLong(
                f"{self.name}: the prompt is longer than its context{said}", remedy="name a model with a longer context"
            )
        what = {
            "down": "cannot be reached",
            "busy": "is busy",
            "timeout": "did not answer in time",
            "garbled": "sent no reply that can be read",
        }.get(fault.kind, "refused the call")
        return ModelError(f"{self.name} {what}{said}", remedy=WITHOUT_IT)


def in_time(work: Callable[[], Any], limit_s: float, stop: threading.Event) -> tuple[Any, BaseException | None]:
    """Do work within a time limit; returns its result, or the error it ended with.

    Work that is late goes on in a daemon thread, which ends with the process at the latest: a server that sends a byte
    now and then never trips the time-outs of the libraries below.

    Raises:
        KeyboardInterrupt: `stop` was set meanwhile.
    """
    done: Future[Any] = Future()
    context = contextvars.copy_context()

    def run() -> None:
        try:
            done.set_result(context.run(work))
        except BaseException as error:  # noqa: BLE001  handed to the waiting thread, which tells what it means
            done.set_exception(error)

    threading.Thread(target=run, name="model-call", daemon=True).start()
    while not wait([done], timeout=min(limit_s, _LISTENS_S)).done:
        if stop.is_set():
            raise KeyboardInterrupt
        limit_s -= _LISTENS_S
        if limit_s <= 0:
            return None, TimeoutError()
    error = done.exception()
    if error is not None and not isinstance(error, Exception):
        raise error
    return (None, error) if error is not None else (done.result(), None)


def _reply(message: Any, turns: Sequence[Turn]) -> Reply:
    text = str(getattr(message, "text", "") or "")[:MOST_REPLY_CHARS]
    sound = getattr(message, "tool_calls", None) or []
    calls = [RawCall(tool=str(call["name"]), args=call["args"]) for call in sound[:MOST_CALLS]]
    for broken in (getattr(message, "invalid_tool_calls", None) or [])[:MOST_CALLS]:
        args = pairs_in(str(broken.get("args") or ""))
        calls.append(RawCall(tool=str(broken.get("name") or ""), args=args))
    counted = getattr(message, "usage_metadata", None)
    if counted:
        usage = Usage(model_calls=1, tokens_in=counted["input_tokens"], tokens_out=counted["output_tokens"])
    else:
        n_out = len(text) + sum(len(call.tool) + len(str(call.args)) for call in calls)
        n_in = sum(_n_chars(content) for _, content in turns)
        usage = Usage(model_calls=1, tokens_in=n_in // CHARS_PER_TOKEN, tokens_out=n_out // CHARS_PER_TOKEN)
    return Reply(text=text, calls=tuple(calls), usage=usage, is_estimated=not counted)


def _n_chars(content: Any) -> int:
    if isinstance(content, str):
        return len(content)
    blocks = cast("list[dict[str, Any]]", content)
    return sum(len(block.get("text", "")) for block in blocks)
