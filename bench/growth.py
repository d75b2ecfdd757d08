"""How searching by words and indexing grow: a library of made passages, ten times as large each time.

Words are bounded, so that a question takes about as long in a large library as in a small one; indexing takes the same time
for each unit. How large the library and the memory of who asks get is said too. Vectors grow in dense_growth.py.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from bench.ground import Ground
from bench.large_library import StoredRows, grow, open_large
from bench.made_units import MadeUnits
from bench.process import run_python
from bench.row import Bench, Row

DECADE = 10
WORDS_GOAL = 2.0
INDEXING_GOAL = 1.3
SIZE_GOAL = 1.2
MEMORY_GOAL = 1.5
_LEAST = 10_000
_MEGA = 1_000_000
_ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """What was measured at one size.

    Attributes:
        n_units: passages.
        words_ms: processor time of the median question to the words.
        find_ms: of `find`, without vectors.
        unit_ms: what indexing each of the latest passages took; None if they were there.
        disk_mb: of the library's files.
        memory_mb: of a process that has asked every question.
    """

    n_units: int
    words_ms: float
    find_ms: float
    unit_ms: float | None
    disk_mb: float
    memory_mb: float

    @property
    def kb_a_unit(self) -> float:
        """What a passage takes on disk."""
        return 1000 * self.disk_mb / self.n_units


def run(ground: Ground) -> tuple[Row, ...]:
    """Grow the library and ask it at each size, in a process of its own."""
    sizes: list[Size] = []
    for n_units in decades(ground.sizes.n_grown):
        sizes.append(measure(ground, n_units))
        said = sizes[-1]
        speed = "indexed before" if said.unit_ms is None else f"{1000 / said.unit_ms:,.0f} units indexed a second"
        ground.tell(
            f"  {n_units:,} units: words {said.words_ms:.1f} ms, find {said.find_ms:.1f} ms, {speed},"
            f" {said.disk_mb:,.0f} MB on disk, {said.memory_mb:,.0f} MB of memory"
        )
    return tuple(row for small, large in pairwise(sizes) for row in rows_of(small, large))


def decades(largest: int) -> list[int]:
    """The sizes up to a largest one, each a tenth of the next: two at least, and down to 10,000."""
    found = [largest]
    while found[0] > _LEAST or len(found) == 1:
        found.insert(0, found[0] // DECADE)
    return found


def measure(ground: Ground, n_units: int) -> Size:
    """Write passages until there are so many, and ask.

    Raises:
        BenchError: the process that asks fails.
    """
    home, made = ground.folder / "grown", MadeUnits()
    library = open_large(home, StoredRows(is_here=False), tell=ground.tell)
    begun = ground.clock()
    n_written = grow(library.catalogue, made, n_units, with_vectors=False)
    seconds = ground.clock() - begun
    library.close()
    asked: dict[str, Any] = json.loads(
        run_python(
            ["-m", "bench.growth_ask", str(home), str(n_units), str(ground.sizes.n_queries), str(ground.sizes.rounds)],
            folder=_ROOT,
        )
    )
    disk = sum(file.stat().st_size for file in home.rglob("*") if file.is_file())
    return Size(
        n_units=n_units,
        words_ms=asked["words_ms"],
        find_ms=asked["find_ms"],
        unit_ms=1000 * seconds / n_written if n_written > 0 else None,
        disk_mb=disk / _MEGA,
        memory_mb=asked["memory_mb"],
    )


def rows_of(small: Size, large: Size) -> tuple[Row, ...]:
    """One decade: what each of its figures has become."""
    against = f"{small.n_units:,} units, ours {large.n_units:,}"
    figures = [
        ("growth_words", large.words_ms, small.words_ms, WORDS_GOAL, "ms of processor a question"),
        ("growth_find", large.find_ms, small.find_ms, WORDS_GOAL, "ms of processor a question, words only"),
        ("growth_size", large.kb_a_unit, small.kb_a_unit, SIZE_GOAL, "KB a unit"),
        ("growth_memory", large.memory_mb, small.memory_mb, MEMORY_GOAL, "MB"),
    ]
    if large.unit_ms is not None and small.unit_ms is not None:
        figures.append(("growth_indexing", large.unit_ms, small.unit_ms, INDEXING_GOAL, "ms a unit"))
    return tuple(
        Row(name=f"{name}_{large.n_units}", ours=ours, against=against, other=other, goal=goal, unit=unit)
        for name, ours, other, goal, unit in figures
    )


BENCH = Bench(name="growth", about="words, find and indexing in libraries ten times as large", run=run)
