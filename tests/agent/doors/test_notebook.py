"""Progress shows under a notebook's cell, and nowhere else."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import nbformat
import pytest

from sourcehound.agent.doors.notebook import CellLine, cell_line, in_notebook
from sourcehound.agent.events import Event


def event(type_: Any, **data: Any) -> Event:
    return Event(seq=0, t="", thread="t", type=type_, data=data)


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """A notebook's IPython as far as the line needs it; gives what was shown."""
    shown: list[Any] = []

    def display(content: Any, *, raw: bool, display_id: bool) -> SimpleNamespace:
        assert raw
        assert display_id
        return SimpleNamespace(update=lambda data, raw: shown.append(data["text/plain"]))

    ipython: Any = ModuleType("IPython")
    ipython.get_ipython = lambda: SimpleNamespace(kernel=object())
    module: Any = ModuleType("IPython.display")
    module.display = display
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setitem(sys.modules, "IPython.display", module)
    return shown


def test_a_plain_interpreter_is_no_notebook(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delitem(sys.modules, "IPython", raising=False)
    assert not in_notebook()
    with cell_line() as line:
        line.progress("reading", 1, 2, "a.txt")
        line.event(event("search", args={"query": "kite"}))


def test_ipython_in_a_terminal_is_no_notebook(monkeypatch: pytest.MonkeyPatch):
    ipython: Any = ModuleType("IPython")
    ipython.get_ipython = SimpleNamespace
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    assert not in_notebook()


def test_the_line_changes_and_is_gone_at_the_end(kernel: list[Any]):
    with cell_line() as line:
        line.event(event("search", args={"query": "kite"}))
    assert kernel == ["searching kite", ""]


def test_the_line_is_not_written_too_often_and_holds_no_control_characters():
    times = iter([0.0, 0.1, 0.3])
    shown: list[str] = []
    line = CellLine(update=shown.append, monotonic=lambda: next(times))
    for place in range(3):
        line.progress("reading", place, 3, "a\x1b[31m\n.txt")
    assert shown == ["reading: 0 of 3 a .txt", "reading: 2 of 3 a .txt"]


def test_events_that_do_nothing_say_nothing():
    shown: list[str] = []
    line = CellLine(update=shown.append)
    for type_ in ("start", "usage", "warning", "done"):
        line.event(event(type_))
    assert shown == []


@pytest.mark.parametrize(
    "path", sorted((Path(__file__).parents[3] / "notebooks").glob("*.ipynb")), ids=lambda p: p.name
)
def test_notebooks_are_kept_valid_and_without_outputs(path: Path):
    notebook: Any = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    assert notebook["nbformat"] == 4
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)
    assert not [cell["id"] for cell in notebook["cells"] if cell.get("outputs") or cell.get("execution_count")]
