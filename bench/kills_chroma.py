"""Kills a writer of the Chroma index at random moments and looks at what is left.

    python bench/kills_chroma.py --kills 30 --seed 0

Each round changes the library's table, starts a writer in a process of its own and kills it (SIGKILL) while it adds rows.
Then a reader must answer as the exact engine does at once, and again after the index was brought up to the table. Prints
one JSON line; exit 0 when every answer was right.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import select
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.index import vectors
from sourcehound.tools.index.chroma import ChromaEngine
from sourcehound.tools.index.exact import ExactEngine

STAMP = "random@0000000000000000:32:1"
DIMENSION = 32
BATCH = 500
GOAL = 0.99
LARGEST_FILE = 2**30
"""Bytes; the largest file here has about ten million."""


def main() -> int:
    """Run the rounds; the process started with `--write` is the one that is killed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    # a damaged index can ask for a file of terabytes; children inherit the limits
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST_FILE, LARGEST_FILE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if options.write:
        write(options.write)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        report = run(Path(folder), kills=options.kills, seed=options.seed)
    sys.stdout.write(json.dumps(report) + "\n")
    return 0 if report["worst_recall"] >= GOAL else 1


def run(folder: Path, *, kills: int, seed: int) -> dict[str, Any]:
    """Kill `kills` writers; returns what happened to their work and the worst recall@10 seen at any time."""
    chance = random.Random(seed)
    library = open_library(folder)
    warned: list[str] = []
    happened: Counter[str] = Counter()
    worst = 1.0
    for n_round in range(kills):
        change(library, chance, n_round)
        happened["killed" if kill_a_writer(folder, chance) else "finished"] += 1
        engine = make_engine(library, folder, warn=warned.append)
        worst = min(worst, recall(engine, library, folder, n_round))
        # most ruins are left for the next writer to find
        if n_round % 3 == 2:
            happened[engine.refresh("passage", STAMP).how] += 1
            worst = min(worst, recall(engine, library, folder, n_round + kills))
        engine.close()
    library.close()
    return {
        "kills": kills,
        "seed": seed,
        **happened,
        "thrown_away": len(warned),
        "worst_recall": worst,
        "warnings": warned,
    }


def write(folder: Path) -> None:
    """The writer: says on stdout before each batch how far it is."""
    library = open_library(folder)

    def tell(done: int, n_rows: int) -> None:
        sys.stdout.write(f"{done} {n_rows}\n")
        sys.stdout.flush()

    engine = make_engine(library, folder, warn=lambda _: None, progress=tell)
    engine.refresh("passage", STAMP)


def kill_a_writer(folder: Path, chance: random.Random) -> bool:
    """Start a writer and kill it in a batch drawn by chance; False if it was done before."""
    command = [sys.executable, __file__, "--write", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        if writer.stdout is None:
            raise RuntimeError("the writer has no output")
        for _ in range(chance.randint(1, 5)):
            if not writer.stdout.readline():
                return False
        # a moment within the batch, unless the next one is announced first
        select.select([writer.stdout], [], [], chance.uniform(0, 0.4))
        running = writer.poll() is None
        writer.kill()
    return running


def change(library: sqlite3.Connection, chance: random.Random, n_round: int) -> None:
    """Add one or two thousand units, change some, delete some: now few, now many."""
    rows = cloud(chance.randint(1000, 2000), seed=n_round)
    library.execute("BEGIN")
    for row in rows:
        cursor = library.execute("INSERT INTO units (kind, text, about) VALUES ('passage', '', '')")
        vectors.put(library, int(cursor.lastrowid or 0), STAMP, row[None])
    units = [unit for (unit,) in library.execute("SELECT id FROM units ORDER BY id")]
    for unit in chance.sample(units, 20):
        vectors.put(library, unit, STAMP, cloud(1, seed=unit))
    for unit in chance.sample(units, len(units) // 2 if chance.random() < 0.3 else len(units) // 20):
        library.execute("DELETE FROM units WHERE id = ?", (unit,))
    library.execute("COMMIT")


def recall(engine: ChromaEngine, library: sqlite3.Connection, folder: Path, seed: int) -> float:
    """Mean recall@10 over 20 queries against a matrix read anew from the table."""
    exact = ExactEngine(lambda: library, folder / "reference", warn=lambda _: None, worth_a_file=10**9)
    shares: list[float] = []
    for query in cloud(20, seed=10_000 + seed):
        expected = {scored.unit: scored.score for scored in exact.search("passage", STAMP, query, k=10)}
        found = engine.search("passage", STAMP, query, k=10)
        shares.append(sum(abs(expected.get(s.unit, 9.0) - s.score) < 1e-3 for s in found) / len(expected))
    return float(np.mean(shares))


def make_engine(
    library: sqlite3.Connection,
    folder: Path,
    *,
    warn: Callable[[str], None],
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> ChromaEngine:
    """An engine that makes a new generation for every change, in small batches."""
    exact = ExactEngine(lambda: library, folder / "vectors", warn=warn)
    return ChromaEngine(
        lambda: library, folder / "vectors", exact=exact, warn=warn, worth_rows=1, batch=BATCH, progress=progress
    )


def open_library(folder: Path) -> sqlite3.Connection:
    """The part of a library that the engines read."""
    library = sqlite3.connect(folder / "library.db", isolation_level=None)
    library.execute("PRAGMA journal_mode=WAL")
    if not library.execute("SELECT 1 FROM sqlite_schema WHERE name = 'units'").fetchone():
        library.execute(
            "CREATE TABLE units (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, text TEXT NOT NULL, about TEXT NOT NULL)"
        )
        vectors.create_tables(library)
    return library


def cloud(n: int, *, seed: int) -> FloatArray:
    """Random rows of unit length."""
    rows = np.random.default_rng(seed).standard_normal((n, DIMENSION))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


if __name__ == "__main__":
    raise SystemExit(main())
