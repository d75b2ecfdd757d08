"""txtai's hybrid search over given texts and vectors, in a process of its own; it needs no package of ours.

    python bench/peer_txtai.py FOLDER

FOLDER holds `texts.txt` (one a line), `rows.npy`, `questions.txt` and `question_rows.npy`. Says `ready` when everything is
indexed, as its own guide recommends: `Embeddings(hybrid=True, content=True)`. Then for each line read it asks every question
and writes the seconds of each as one JSON list.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

_BATCH = 1000
"""Filled in thousands, txtai keeps its flat index, which was measured the quicker one."""
_K = 10


def main(folder: Path) -> None:
    """Index, then answer until stdin ends."""
    # as the command line of ours sets it: worker threads that do not spin
    os.environ.update(OMP_WAIT_POLICY="PASSIVE", TOKENIZERS_PARALLELISM="false", HF_HUB_OFFLINE="1")
    np = import_module("numpy")
    texts = (folder / "texts.txt").read_text(encoding="utf-8").splitlines()
    questions = (folder / "questions.txt").read_text(encoding="utf-8").splitlines()
    rows = np.concatenate([np.load(folder / "rows.npy"), np.load(folder / "question_rows.npy")])
    index = _index(texts, _lookup([*texts, *questions], rows))
    index.search(questions[0], _K)
    print("ready", flush=True)
    for _ in sys.stdin:
        print(json.dumps([_seconds(index, question) for question in questions]), flush=True)


def _lookup(texts: Sequence[str], rows: Any) -> Callable[[Sequence[str]], Any]:
    places = {text: place for place, text in enumerate(texts)}
    return lambda asked: rows[[places[text] for text in asked]]


def _index(texts: Sequence[str], transform: Callable[[Sequence[str]], Any]) -> Any:
    embeddings = import_module("txtai").Embeddings
    index = embeddings({"hybrid": True, "content": True, "method": "external", "transform": transform})
    for start in range(0, len(texts), _BATCH):
        batch = list(enumerate(texts[start : start + _BATCH], start))
        if start:
            index.upsert(batch)
        else:
            index.index(batch)
    return index


def _seconds(index: Any, question: str) -> float:
    begun = time.perf_counter()
    index.search(question, _K)
    return time.perf_counter() - begun


if __name__ == "__main__":
    main(Path(sys.argv[1]))
