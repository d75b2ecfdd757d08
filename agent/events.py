"""The one event stream that every door speaks: `{"v", "seq", "t", "thread", "type", "data"}`.

Nodes emit type and data through LangGraph's stream; the runner numbers and stamps them. Knows nothing of doors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

EventType = Literal[
    "start",
    "plan",
    "search",
    "hits",
    "crop",
    "moment",
    "read",
    "look",
    "assess",
    "draft",
    "verify",
    "token",
    "usage",
    "warning",
    "interrupt",
    "error",
    "done",
]
EVENT_TYPES: tuple[EventType, ...] = get_args(EventType)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event.

    Attributes:
        seq: rises by one within a run, from 0.
        t: when, ISO 8601 in UTC.
    """

    seq: int
    t: str
    thread: str
    type: EventType
    data: dict[str, Any]
    v: int = 1

    def to_json(self) -> dict[str, Any]:
        """The event as the contract has it."""
        return {"v": self.v, "seq": self.seq, "t": self.t, "thread": self.thread, "type": self.type, "data": self.data}


def emit(type_: EventType, **data: Any) -> None:
    """Say something from inside a node. Outside a running graph it is said to nobody."""
    from langgraph.config import get_stream_writer

    try:
        write = get_stream_writer()
    except RuntimeError:  # LangGraph's way to say that no graph is running
        return
    write({"type": type_, "data": data})
