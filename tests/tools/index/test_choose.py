from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Collection
from pathlib import Path

import pytest

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.errors import ConfigError
from sourcehound.tools.evidence import UnitKind
from sourcehound.tools.index import vectors
from sourcehound.tools.index.choose import AUTO_ABOVE, ChosenEngine, EngineSetting, choose, open_engine
from sourcehound.tools.index.engine import DenseEngine, Refreshed, Scored
from sourcehound.tools.index.exact import ExactEngine

STAMP = "minilm@0123456789abcdef:8:1"


@pytest.mark.parametrize(
    ("setting", "n_units", "server", "expected"),
    [
        ("auto", AUTO_ABOVE, "", "exact"),
        ("auto", AUTO_ABOVE + 1, "", "chroma"),
        ("auto", 3, "http://127.0.0.1:8000", "chroma"),
        ("exact", AUTO_ABOVE + 1, "http://127.0.0.1:8000", "exact"),
        ("chroma", 3, "", "chroma"),
    ],
)
def test_auto_takes_chroma_for_many_units_or_a_server(setting: EngineSetting, n_units: int, server: str, expected: str):
    assert choose(setting, n_units=n_units, server=server) == expected


def test_a_small_library_is_searched_exactly_by_itself(
    library: sqlite3.Connection,
    tmp_path: Path,
    add_unit: Callable[..., int],
    cloud: Callable[..., FloatArray],
):
    unit = add_unit()
    vectors.put(library, unit, STAMP, cloud(1, 8))
    warnings: list[str] = []

    engine = open_engine(lambda: library, tmp_path / "vectors", warn=warnings.append)

    assert engine.refresh("passage", STAMP).how == "built"
    assert [scored.unit for scored in engine.search("passage", STAMP, cloud(1, 8)[0], k=3)] == [unit]
    assert not (tmp_path / "vectors").exists()
    assert warnings == []
    engine.close()


def test_the_other_engine_is_opened_once_when_it_is_first_chosen_and_closed_with_the_rest(
    library: sqlite3.Connection, tmp_path: Path, cloud: Callable[..., FloatArray]
):
    opened: list[Noted] = []
    exact = ExactEngine(lambda: library, tmp_path / "vectors", warn=print)

    def open_chroma() -> DenseEngine:
        opened.append(Noted(exact))
        return opened[-1]

    engine = ChosenEngine("chroma", lambda: library, exact=exact, open_chroma=open_chroma)
    assert opened == []
    for _ in range(2):
        assert engine.search("passage", STAMP, cloud(1, 8)[0], k=3) == ()
    engine.refresh("passage", STAMP)
    assert [noted.done for noted in opened] == [["search", "search", "refresh"]]
    engine.close()
    assert opened[0].done[-1] == "close"
    never = ChosenEngine("exact", lambda: library, exact=exact, open_chroma=open_chroma)
    never.refresh("passage", STAMP)
    never.close()
    assert len(opened) == 1


def test_a_library_that_grows_is_searched_by_the_other_engine_from_then_on(
    library: sqlite3.Connection,
    tmp_path: Path,
    add_unit: Callable[..., int],
    cloud: Callable[..., FloatArray],
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr("sourcehound.tools.index.choose.AUTO_ABOVE", 2)
    exact, graph = (Noted(ExactEngine(lambda: library, tmp_path / "vectors", warn=print)) for _ in range(2))
    engine = ChosenEngine("auto", lambda: library, exact=exact, open_chroma=lambda: graph)
    for n in range(4):
        vectors.put(library, add_unit(), STAMP, cloud(1, 8, seed=n))
        found = [engine.search("passage", STAMP, cloud(1, 8)[0], k=9) for _ in range(2)]
        assert [len(hits) for hits in found] == [n + 1, n + 1]
    assert (len(exact.done), len(graph.done)) == (4, 4)


class Noted:
    """An engine that notes what it is asked for."""

    def __init__(self, behind: DenseEngine) -> None:
        self.behind = behind
        self.done: list[str] = []

    def search(
        self, kind: UnitKind, stamp: str, query: FloatArray, *, k: int, allowed: Collection[int] | None = None
    ) -> tuple[Scored, ...]:
        self.done.append("search")
        return self.behind.search(kind, stamp, query, k=k, allowed=allowed)

    def refresh(self, kind: UnitKind, stamp: str, *, anew: bool = False) -> Refreshed:
        self.done.append("refresh")
        return self.behind.refresh(kind, stamp, anew=anew)

    def close(self) -> None:
        self.done.append("close")


def test_an_address_that_is_none_is_refused_at_once(library: sqlite3.Connection, tmp_path: Path):
    for server in ("localhost:8000", "ftp://host", "http://", "http://host/path", "http://me:secret@host"):
        with pytest.raises(ConfigError, match="no address of a Chroma server"):
            open_engine(lambda: library, tmp_path, warn=print, server=server)


def test_opening_an_engine_imports_nothing_heavy():
    code = (
        "import sys, sourcehound.tools.index.choose, sourcehound.tools.index.words, sourcehound.tools.index.fusion\n"
        "heavy = {'chromadb', 'torch', 'httpx', 'onnxruntime', 'sourcehound.tools.index.chroma'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
