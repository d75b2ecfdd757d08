"""`find` in a large library, warm, by words and meaning: against the sum of its parts, and against txtai's hybrid search.

Passages, vectors and questions are made; encoding is not counted on either side. txtai is measured where it is: in this
Python, or in the one that `SOURCEHOUND_TXTAI` names.
"""

from __future__ import annotations

import importlib.util
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.ground import BenchError, Ground
from bench.large_library import StoredRows, grow, open_large
from bench.made_units import MadeUnits, Question
from bench.row import Bench, Row
from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.index.find import find
from sourcehound.tools.index.lists import Found, gather, query_vectors
from sourcehound.tools.index.query import Query
from sourcehound.tools.index.ranking import fuse
from sourcehound.tools.index.words import search_words
from sourcehound.tools.library.library import Library
from sourcehound.tools.library.units import load_units, to_evidence, units_written

PARTS_GOAL = 1.3
TXTAI_GOAL = 0.7
TXTAI_PYTHON = "SOURCEHOUND_TXTAI"
_PEER = Path(__file__).with_name("peer_txtai.py")
_SEED = 1


def run(ground: Ground) -> tuple[Row, ...]:
    """Measure, each question by each side in every round.

    Raises:
        BenchError: `find` does not find what was asked for, or txtai fails.
    """
    made = MadeUnits()
    n_units = ground.sizes.n_large
    questions = made.questions(n_units, ground.sizes.n_queries, seed=_SEED)
    library = open_large(ground.folder / "large", StoredRows(questions), tell=ground.tell)
    ground.tell(f"  writing {n_units:,} made passages, unless they are there")
    grow(library.catalogue, made, n_units, with_vectors=True)
    stamp = str(library.text_encoder.stamp)
    library.engine.refresh("passage", stamp)
    _check(library, questions)
    with _txtai(ground, made, questions, n_units) as ask_txtai:
        ours, parts, other = _in_turns(ground, library, questions, ask_txtai)
    library.close()
    said = ", ".join(f"{name} {1000 * _typical(taken):.1f}" for name, taken in parts.items())
    ground.tell(f"  parts in ms: {said}")
    summed = [sum(each) for each in zip(*parts.values(), strict=True)]
    rows = [_row("find_large_parts", ours, f"the sum of its parts: {', '.join(parts)}", summed, PARTS_GOAL)]
    if other:
        rows.append(_row("find_large_txtai", ours, "txtai, hybrid=True, content=True", other, TXTAI_GOAL))
    return tuple(rows)


def _row(name: str, ours: Sequence[float], against: str, other: Sequence[float], goal: float) -> Row:
    unit = "ms a question"
    return Row(
        name=name, ours=1000 * _typical(ours), against=against, other=1000 * _typical(other), goal=goal, unit=unit
    )


def _typical(seconds: Sequence[float]) -> float:
    return statistics.median(seconds)


def _check(library: Library, questions: Sequence[Question]) -> None:
    """What is measured has to be a search: each question's own passage comes first."""
    for question in questions:
        hits = find(library, Query(text=question.text))
        if not hits or hits[0].row != question.passage + 1:
            raise BenchError(f"passage {question.passage} is not the first hit of its own question")


def _in_turns(
    ground: Ground, library: Library, questions: Sequence[Question], ask_txtai: Callable[[], list[float]] | None
) -> tuple[list[float], dict[str, list[float]], list[float]]:
    """Seconds of every question in every round: of `find`, of each part, and of txtai.

    Each side goes through all questions before the next one does, so that none finds what another left in caches.
    """
    sides: dict[str, Callable[[_Asked], object]] = {"find": lambda one: find(library, one.query), **_parts(library)}
    taken: dict[str, list[float]] = {name: [] for name in sides}
    other: list[float] = []
    asked = [_asked_for(library, question) for question in questions]
    for _ in range(ground.sizes.rounds):
        for name, work in sides.items():
            for one in asked:
                begun = ground.clock()
                work(one)
                taken[name].append(ground.clock() - begun)
        if ask_txtai is not None:
            other += ask_txtai()
    return taken.pop("find"), taken, other


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A question with what its later parts are given: the lists to fuse, and the rows to load."""

    query: Query
    row: FloatArray
    found: Found
    rows: tuple[int, ...]


def _asked_for(library: Library, question: Question) -> _Asked:
    query = Query(text=question.text)
    return _Asked(
        query=query,
        row=question.row,
        found=gather(library, query, "passage", query_vectors(library, query), None),
        rows=tuple(hit.row for hit in find(library, query)),
    )


def _parts(library: Library) -> dict[str, Callable[[_Asked], object]]:
    """What `find` cannot do without: each by itself, for the one kind of unit that the library has."""
    connection, recipe = library.catalogue.connection, library.options.recipe
    stamp, n_units = str(library.text_encoder.stamp), units_written(connection)
    return {
        "words": lambda asked: search_words(connection, asked.query.text, k=recipe.depth, kinds=("passage",)),
        "meaning": lambda asked: library.engine.search("passage", stamp, asked.row, k=recipe.depth),
        "fusion": lambda asked: fuse(
            "passage", asked.found.lists, asked.found.coverage, n_units=n_units, recipe=recipe
        ),
        "loading": lambda asked: [
            to_evidence(connection, unit) for unit in load_units(connection, asked.rows).values()
        ],
    }


@contextmanager
def _txtai(
    ground: Ground, made: MadeUnits, questions: Sequence[Question], n_units: int
) -> Generator[Callable[[], list[float]] | None]:
    """Start txtai over the same passages; gives what asks it every question, None where there is no txtai."""
    python = os.environ.get(TXTAI_PYTHON) or (sys.executable if importlib.util.find_spec("txtai") else "")
    if not python:
        ground.tell(f"  skipped: no txtai in this Python, and {TXTAI_PYTHON} names no other one that has it")
        yield None
        return
    folder = ground.folder / "txtai"
    folder.mkdir(exist_ok=True)
    _write(folder, made, questions, n_units)
    ground.tell("  txtai indexes the same")
    with subprocess.Popen(
        [python, str(_PEER), str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as peer:
        try:
            _answer(peer)
            yield lambda: _asked(peer)
        finally:
            peer.kill()


def _write(folder: Path, made: MadeUnits, questions: Sequence[Question], n_units: int) -> None:
    blocks = list(made.blocks(0, n_units))
    texts = [text for block, _ in blocks for text in block]
    (folder / "texts.txt").write_text("\n".join(texts), encoding="utf-8")
    (folder / "questions.txt").write_text("\n".join(question.text for question in questions), encoding="utf-8")
    np.save(folder / "rows.npy", np.concatenate([rows for _, rows in blocks]))
    np.save(folder / "question_rows.npy", np.stack([question.row for question in questions]))


def _asked(peer: subprocess.Popen[str]) -> list[float]:
    if peer.stdin is None:
        raise BenchError("txtai's process has no stdin")
    peer.stdin.write("\n")
    peer.stdin.flush()
    return json.loads(_answer(peer))


def _answer(peer: subprocess.Popen[str]) -> str:
    line = peer.stdout.readline() if peer.stdout else ""
    if not line:
        raise BenchError(f"txtai ended with {peer.wait()}")
    return line


BENCH = Bench(name="find_large", about="find among 100,000 units, against its parts and txtai", run=run)
