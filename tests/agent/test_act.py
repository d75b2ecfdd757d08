"""The tool executor: faults become words for the planner, a wrong setting stops the run for the person."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import pytest

from sourcehound.agent.act import execute
from sourcehound.agent.graph import build_graph
from sourcehound.agent.hound import Sourcehound
from sourcehound.agent.models.planner import ToolCall
from sourcehound.tools.encoders.weights import MissingWeightsError, known
from sourcehound.tools.errors import ConfigError, MediaError, SourceUnavailable
from sourcehound.tools.tool import Arguments, Desk, Event, Outcome

LAMP = "Who lit the lamp on Needle Island?"


@dataclass
class Broken:
    """A tool that ends with an error."""

    name: ClassVar[str] = "search_text"
    purpose: ClassVar[str] = "fail"
    event: ClassVar[Event] = "search"
    Args: ClassVar[type[Arguments]] = Arguments
    fault: Exception

    def run(self, args: Any, desk: Desk) -> Outcome:
        del args, desk
        raise self.fault


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (MediaError("is cut off", path="/a.png"), "search_text failed: is cut off"),
        (SourceUnavailable("no network", reason="offline"), "no network"),
        (ZeroDivisionError("x"), "search_text failed: a fault of ours (ZeroDivisionError)"),
        (MissingWeightsError(known("rapidocr"), []), "search_text failed: "),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_fault_of_a_tool_is_told_to_the_planner(fault: Exception, said: str, desk: Desk):
    outcome, error = execute(Broken(fault), "search_text", {}, desk)
    assert outcome == Outcome()
    assert error.startswith(said)


@pytest.fixture
def desk(hound: Sourcehound) -> Desk:
    return Desk(library=hound.library, question=LAMP, recall=lambda _: None, known=tuple, now=lambda: "now")


def test_a_wrong_setting_stops_the_question_which_can_be_resumed(hound: Sourcehound, scripted: Any):
    runner, before = hound.runner, hound.runner.deps
    wrong = Broken(ConfigError("the server refuses the key", remedy="set it"))
    scripted.calls = (ToolCall(tool="search_text", args={}),)
    runner.deps = replace(before, tools={"search_text": wrong})
    runner.graph = build_graph(runner.deps, runner.saver)
    with pytest.raises(ConfigError, match="refuses the key"):
        hound.ask(LAMP, thread="wrong")
    runner.deps = before
    runner.graph = build_graph(before, runner.saver)
    scripted.calls = ()
    assert runner.threads.get("wrong").state == "stopped"
    assert hound.ask("", resume=True, thread="wrong").status == "abstained"  # its one call stands: without words
