"""A text set of four documents, and a home in which the text encoder works."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from sourcehound.tools.encoders.named import Encoders

DOCUMENTS = {
    "a1": ("Red kite", "The red kite is a bird of prey with a forked tail."),
    "b2": ("Lighthouse", "The lamp of the lighthouse was lit by Ruth Calloway in 1961."),
    "c3": ("Tides", "The tide turns twice a day; boats leave the harbour with the ebb."),
    "d4": ("Bread", "Bread is baked of flour, water, salt and yeast."),
}
QUESTIONS = {
    "q0": ("who lit the lamp of the lighthouse", "b2"),
    "q1": ("how is bread baked", "d4"),
    "q2": ("bird of prey with a forked tail", "a1"),
    "q3": ("what was served on the moon", ""),
}


def write_lines(path: Path, rows: Sequence[Any]) -> None:
    """Write JSON Lines."""
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")


@pytest.fixture(scope="module")
def texts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The set's folder."""
    folder = tmp_path_factory.mktemp("birds and boats")
    write_lines(folder / "corpus.jsonl", [{"_id": i, "title": t, "text": x} for i, (t, x) in DOCUMENTS.items()])
    write_lines(folder / "queries.jsonl", [{"_id": i, "text": x} for i, (x, _) in QUESTIONS.items()])
    qrels = "".join(f"{name}\t{item}\t1\n" for name, (_, item) in QUESTIONS.items() if item)
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n" + qrels)
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder."""
    home = tmp_path_factory.mktemp("home")
    if not Encoders(weights_path=None, cache_dir=home / "cache").minilm.is_here():
        pytest.skip("the text encoder's weights are not installed")
    return home
