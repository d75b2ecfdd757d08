"""LangGraph's own agent, `create_react_agent`, with a scripted model, the same tool text and a checkpoint in SQLite a step.

Knows nothing of Sourcehound.
"""

from __future__ import annotations

import sqlite3
import warnings
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

RECURSION_LIMIT = 1000


def run_peer(path: Path, *, passage: str, n_steps: int, stamp: Callable[[], None]) -> None:
    """Run the agent over `n_steps` tool calls.

    Args:
        path: the SQLite file for its checkpoints.
        passage: what its tool returns.
        n_steps: tool calls before it ends.
        stamp: called when its tool is run.
    """
    from langchain_core.tools import tool
    from langgraph.checkpoint.sqlite import SqliteSaver

    @tool
    def search_text(query: str) -> str:
        """Search the library."""
        del query
        stamp()
        return passage

    connection = sqlite3.connect(path, check_same_thread=False)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # it moved to another package; its speed is asked here
        create: Any = import_module("langgraph.prebuilt").create_react_agent
        agent = create(_scripted_model(n_steps), [search_text], checkpointer=SqliteSaver(connection))
    config = {"configurable": {"thread_id": "bench"}, "recursion_limit": RECURSION_LIMIT}
    agent.invoke({"messages": [("user", "go")]}, config, durability="sync")
    connection.close()


def _scripted_model(n_steps: int) -> Any:
    from langchain_core.language_models.chat_models import BaseChatModel
    from langchain_core.messages import AIMessage, BaseMessage, ToolMessage
    from langchain_core.outputs import ChatGeneration, ChatResult

    class Scripted(BaseChatModel):
        """Calls the tool once a step, then says that it is done."""

        @property
        def _llm_type(self) -> str:
            return "scripted"

        def bind_tools(self, tools: Any, **options: Any) -> Any:
            del tools, options
            return self

        def _generate(self, messages: list[BaseMessage], *_: Any, **options: Any) -> ChatResult:
            del options
            n_done = sum(isinstance(message, ToolMessage) for message in messages)
            call = {"name": "search_text", "args": {"query": str(n_done)}, "id": f"call-{n_done}", "type": "tool_call"}
            said = AIMessage(content="", tool_calls=[call]) if n_done < n_steps else AIMessage(content="done")
            return ChatResult(generations=[ChatGeneration(message=said)])

    return Scripted()
