from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from sourcehound.agent.deps import Roles
from sourcehound.agent.graph import build_graph
from sourcehound.agent.hound import Sourcehound
from sourcehound.agent.models.planner import Draft, Fault, Move, ToolCall, View
from sourcehound.agent.state import PlanItem, Sentence

NOTES = {
    "lamp.txt": "The lamp on Needle Island was lit by Ruth Calloway in 1961. It burns oil.\n",
    "harbour.txt": "The harbour master is called Ann Sims. She keeps the ledger of boats.\n",
}


@dataclass
class Scripted:
    """A planner that searches for the question once and answers with what it found, unless a test gives it other steps.

    Attributes:
        before: is called at each step with its name; may raise.
        asks: a question to the person, asked once.
        calls: what it does first, instead of the search.
    """

    name: str = "scripted"
    before: Callable[[str, View], None] = lambda _step, _view: None
    asks: str = ""
    calls: tuple[ToolCall, ...] = ()
    views: list[View] = field(default_factory=list[View])

    def plan(self, view: View) -> Move:
        self.before("plan", view)
        self.views.append(view)
        item = PlanItem(question=view.request.question, kinds=("text",))
        if self.asks and not view.told:
            return Move(plan=(item,), question=self.asks)
        return Move(plan=(item,), calls=self._first(view))

    def assess(self, view: View) -> Move:
        self.before("assess", view)
        if not view.records:
            return Move(plan=view.plan, calls=self._first(view))
        ids = tuple(name for record in view.records for name in record.evidence)
        return Move(plan=tuple(replace(item, state="enough", evidence=ids) for item in view.plan))

    def draft(self, view: View) -> Draft:
        self.before("draft", view)
        ids = [name for record in view.records for name in record.evidence]
        words = [
            Sentence(text=(view.evidence[name].quote or "").split(". ")[0] + ".", cites=(name,)) for name in ids[:1]
        ]
        return Draft(sentences=tuple(words))

    def repair(self, view: View, draft: Draft, faults: Sequence[Fault]) -> Draft:
        del view, faults
        return replace(draft, sentences=())

    def _first(self, view: View) -> tuple[ToolCall, ...]:
        return self.calls or (ToolCall(tool="search_text", args={"query": view.request.question}),)


def use(hound: Sourcehound, planner: Scripted) -> None:
    """Let a planner drive this library's graph."""
    runner = hound.runner
    runner.deps = replace(runner.deps, roles=lambda _: Roles(planner=planner))
    runner.graph = build_graph(runner.deps, runner.saver)


@pytest.fixture(scope="module")
def hound(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sourcehound]:
    """A library of two notes, driven by `Scripted`."""
    folder = tmp_path_factory.mktemp("library")
    notes = folder / "notes"
    notes.mkdir()
    for name, words in NOTES.items():
        (notes / name).write_text(words, encoding="utf-8")
    with Sourcehound(home=folder / "home") as opened:
        opened.add(notes)
        use(opened, Scripted())
        yield opened


@pytest.fixture
def scripted(hound: Sourcehound) -> Iterator[Scripted]:
    """The planner that drives the library in this test."""
    planner = Scripted()
    use(hound, planner)
    yield planner
    use(hound, Scripted())


@pytest.fixture
def driven() -> Callable[[Sourcehound], Scripted]:
    """Lets a fresh planner drive another library."""

    def drive(hound: Sourcehound) -> Scripted:
        planner = Scripted()
        use(hound, planner)
        return planner

    return drive


@pytest.fixture
def notes_folder(tmp_path: Path) -> Path:
    """A folder with two notes."""
    folder = tmp_path / "notes"
    folder.mkdir()
    for name, words in NOTES.items():
        (folder / name).write_text(words, encoding="utf-8")
    return folder
