"""The node `ask`: a question to the person, where there is one to ask (chat, Python's stream); the run waits for the reply."""

from __future__ import annotations

from sourcehound.agent.deps import Deps
from sourcehound.agent.state import SPOKEN, State, Update


def ask(deps: Deps, state: State) -> Update:
    """Interrupt the run; when it is resumed, the reply is kept and the planner judges anew."""
    del deps
    from langgraph.types import interrupt

    reply = interrupt({"question": state.ask_person})
    return Update(told=[*state.told, f"{state.ask_person}{SPOKEN}{reply}"], ask_person="")
