"""The graph for LangGraph Studio, named in langgraph.json: a question goes in, the machine runs, an answer comes out.

Studio keeps the checkpoints; evidence and answers go to the library's threads as ever. Knows nothing of Studio's own code.
"""

from __future__ import annotations

import os
import weakref
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypedDict

from sourcehound.agent.asking import default_request
from sourcehound.agent.graph import build_graph
from sourcehound.agent.hound import Sourcehound
from sourcehound.agent.state import State, Update

if TYPE_CHECKING:
    from langgraph.graph.state import CompiledStateGraph

LIBRARY = "SOURCEHOUND_LIBRARY"
"""Environment variable that names the library."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What Studio's form asks for."""

    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What comes out: the answer document."""

    answer: dict[str, Any] = field(default_factory=dict[str, Any])


class Begun(TypedDict):
    """What the first node sets."""

    request: dict[str, Any]
    thread: str


def studio() -> CompiledStateGraph[State, Any, Asked, Answered]:
    """Build the graph over the library that `SOURCEHOUND_HOME` and `SOURCEHOUND_LIBRARY` name.

    Raises:
        ConfigError: a setting is wrong.
    """
    hound = Sourcehound(library=os.environ.get(LIBRARY) or "default")
    graph = over(hound)
    # Studio makes a graph for each run and closes none: the library goes with its graph
    weakref.finalize(graph, hound.close)
    return graph


def over(hound: Sourcehound) -> CompiledStateGraph[State, Any, Asked, Answered]:
    """The same over an open library, which stays open."""
    from langgraph.graph import END, START, StateGraph

    builder = StateGraph(State, input_schema=Asked, output_schema=Answered)
    builder.add_node("question", partial(_begin, hound), input_schema=Asked)
    builder.add_node("machine", build_graph(hound.runner.deps))
    builder.add_node("keep", partial(_keep, hound), input_schema=State)
    builder.add_edge(START, "question")
    builder.add_edge("question", "machine")
    builder.add_edge("machine", "keep")
    builder.add_edge("keep", END)
    return builder.compile()


def _begin(hound: Sourcehound, state: Asked) -> Begun:
    """Write the question down, with the models and budgets of the settings."""
    runner = hound.runner
    request = default_request(state.question, runner.settings, interactive=True)
    return Begun(request=request.to_json(), thread=runner.threads.begin(request, runner.deps.clock.now()))


def _keep(hound: Sourcehound, state: State) -> Update:
    """Keep the answer, so that `show` and `threads` know it."""
    runner = hound.runner
    runner.threads.end(state.thread, "done", state.answer, runner.deps.clock.now())
    return Update()
