"""The machine: nodes and edges only, so that it reads as the picture.

question -> plan -> act <-> assess -> draft -> verify -> answer
             |               |  ^       |  ^      |
             +---- ask ------+  +- gap -+  +repair+
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from sourcehound.agent import routing
from sourcehound.agent.act import act
from sourcehound.agent.answer import answer
from sourcehound.agent.ask import ask
from sourcehound.agent.assess import assess
from sourcehound.agent.deps import Deps
from sourcehound.agent.draft import draft
from sourcehound.agent.plan import plan
from sourcehound.agent.state import State, Update
from sourcehound.agent.verify.verify import verify

if TYPE_CHECKING:
    from langgraph.checkpoint.base import BaseCheckpointSaver
    from langgraph.graph.state import CompiledStateGraph

Node = Callable[[Deps, State], Update]

NODES: dict[str, Node] = {
    "plan": plan,
    "act": act,
    "assess": assess,
    "ask": ask,
    "draft": draft,
    "verify": verify,
    "answer": answer,
}


def build_graph(
    deps: Deps, checkpointer: BaseCheckpointSaver[Any] | None = None
) -> CompiledStateGraph[State, Any, State, State]:
    """Compile the machine.

    Args:
        deps: what the nodes work with.
        checkpointer: keeps a checkpoint after every step, so that a killed run goes on.
    """
    from langgraph.graph import END, START, StateGraph

    builder = StateGraph(State)
    for name, node in NODES.items():
        builder.add_node(name, partial(_timed, node, deps), input_schema=State)
    builder.add_edge(START, "plan")
    builder.add_conditional_edges("plan", routing.after_plan, ["act", "ask", "draft"])
    builder.add_edge("act", "assess")
    builder.add_edge("ask", "assess")
    builder.add_conditional_edges("assess", routing.after_plan, ["act", "ask", "draft"])
    builder.add_conditional_edges("draft", routing.after_draft, ["verify", "assess"])
    builder.add_conditional_edges("verify", routing.after_verify, ["draft", "answer"])
    builder.add_edge("answer", END)
    return builder.compile(checkpointer=checkpointer)


def _timed(node: Node, deps: Deps, state: State) -> Update:
    """Run a node and add its seconds to what was spent, so that time between a kill and a resume does not count."""
    begun = deps.clock.monotonic()
    update = node(deps, state)
    seconds = deps.clock.monotonic() - begun
    update["spent"] = {**update.get("spent", {}), "seconds": seconds}
    return update
