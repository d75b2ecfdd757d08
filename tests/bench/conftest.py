"""The benches are a folder beside the program, not installed with it: here their package is made importable by its name."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

FOLDER = Path(__file__).parents[2] / "bench"

if "bench" not in sys.modules:
    spec = importlib.util.spec_from_file_location(
        "bench", FOLDER / "__init__.py", submodule_search_locations=[str(FOLDER)]
    )
    assert spec is not None
    assert spec.loader is not None
    sys.modules["bench"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules["bench"])

if TYPE_CHECKING:
    from bench.ground import Ground


@pytest.fixture(scope="session")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """A tiny ground that all share: one round, and a library of one note."""
    from bench.ground import Ground, Sizes
    from bench.pdf_text import made_pdf

    folder = tmp_path_factory.mktemp("bench")
    files = folder / "files"
    files.mkdir()
    (files / "gauge.md").write_text(
        "# The gauge\n\nThe boat Silver Heron carried the new tide gauge to the island.\n", encoding="utf-8"
    )
    real = folder / "data" / "docs" / "some" / "pdf"
    real.mkdir(parents=True)
    (real / "one.pdf").write_bytes(made_pdf(1))
    sizes = Sizes(
        rounds=1,
        many_rounds=1,
        n_steps=4,
        n_pages=2,
        n_documents=1,
        n_passages=2,
        n_pictures=2,
        n_queries=1,
        n_vectors=5000,
        n_large=200,
        n_grown=200,
        n_graph=700,
    )
    return Ground(folder=folder, files=files, data=folder / "data", clock=_ticks(), tell=lambda _: None, sizes=sizes)


def _ticks() -> Callable[[], float]:
    """A clock that rises by one millisecond each time it is read."""
    now = iter(range(10_000_000))
    return lambda: next(now) / 1000
