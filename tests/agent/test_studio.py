"""LangGraph Studio finds the graph by langgraph.json, and a question put in comes out as a kept answer."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from langgraph.graph.state import CompiledStateGraph

from sourcehound.agent.hound import Sourcehound
from sourcehound.agent.studio import LIBRARY, over

ROOT = Path(__file__).parents[2]


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """The function that langgraph.json names, found as Studio finds it: by its file."""
    monkeypatch.setenv("SOURCEHOUND_HOME", str(tmp_path))
    monkeypatch.setenv(LIBRARY, "papers")
    path, _, name = json.loads((ROOT / "langgraph.json").read_text("utf-8"))["graphs"]["sourcehound"].partition(":")
    spec = importlib.util.spec_from_file_location("studio_graph", ROOT / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "studio_graph", module)
    spec.loader.exec_module(module)
    return getattr(module, name)


def test_the_file_names_a_function_that_makes_a_graph_without_a_checkpointer(named: Any, tmp_path: Path):
    graph = named()
    assert isinstance(graph, CompiledStateGraph)
    assert graph.checkpointer is None
    assert (tmp_path / "libraries" / "papers").is_dir()
    assert set(graph.get_input_jsonschema()["properties"]) == {"question"}


def test_dependencies_of_the_file_are_this_project():
    data = json.loads((ROOT / "langgraph.json").read_text("utf-8"))
    assert data["dependencies"] == ["."]
    assert (ROOT / "pyproject.toml").is_file()


def test_the_drawn_graph_is_the_same_each_time(named: Any):
    drawn = [named().get_graph(xray=True).draw_mermaid() for _ in range(2)]
    assert drawn[0] == drawn[1]
    for node in ("question", "plan", "act", "assess", "ask", "draft", "verify", "answer", "keep"):
        assert node in drawn[0]


def test_a_question_comes_out_as_an_answer_that_the_library_keeps(hound: Sourcehound, scripted: Any):
    graph: Any = over(hound)
    out = graph.invoke({"question": "Who lit the lamp on Needle Island?"})
    answer = out["answer"]
    assert "Ruth Calloway" in answer["text"]
    kept = hound.runner.threads.get(answer["thread"])
    assert (kept.state, kept.answer) == ("done", json.loads(json.dumps(answer)))
    assert hound.show(f"{answer['thread']}:1").png.startswith(b"\x89PNG")
    del scripted
