"""`python -m bench [NAME …] [--json]`: measures, and prints a row for each comparison.

Both sides of a row are measured in this run, in turns. Ratio and goal are such that smaller is better. A missed goal is
shown and is no error: exit 0 when everything asked for was measured, 3 when something could not be.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bench.ground import Ground
    from bench.row import Bench, Row

IN_PART = 3
_SWITCHES = {"OMP_WAIT_POLICY": "PASSIVE", "OPENBLAS_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
"""As the command line sets them before any import: worker threads that do not spin."""


def benches() -> tuple[Bench, ...]:
    """Every bench, quick ones first."""
    from bench import (
        agent_step,
        dense,
        dense_growth,
        encoder,
        find_cold,
        find_large,
        find_warm,
        growth,
        help_screen,
        late,
        pdf_text,
        picture_encoder,
    )

    return (
        help_screen.BENCH,
        agent_step.BENCH,
        pdf_text.BENCH,
        encoder.BENCH,
        picture_encoder.BENCH,
        find_cold.BENCH,
        find_warm.BENCH,
        late.BENCH,
        dense.BENCH,
        dense_growth.BENCH,
        find_large.BENCH,
        growth.BENCH,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what is asked for and print it."""
    os.environ.update(_SWITCHES)
    from bench.row import table

    options = _parse(arguments)
    with tempfile.TemporaryDirectory(prefix="sourcehound-bench-") as temporary:
        folder = Path(options.work or temporary).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        ground = ground_of(folder, rounds=options.rounds, n_vectors=options.vectors, n_units=options.units)
        rows, missing, load = measure(options.names, ground)
    if options.json:
        machine = {"cores": os.cpu_count(), "load": load}
        document: dict[str, Any] = {"rows": [row.to_json() for row in rows], "missing": missing, "machine": machine}
        print(json.dumps(document))
    else:
        print(table(rows))
        print(_about_machine(load))
    for name, why in missing.items():
        _tell(f"{name} was not measured: {why}")
    return IN_PART if missing else 0


def measure(names: Sequence[str], ground: Ground) -> tuple[list[Row], dict[str, str], float]:
    """Run benches.

    Args:
        names: which; all of them if empty.
        ground: what they stand on.

    Returns:
        The rows; why a bench was not measured, by its name; the highest load on the way, processes for each core.
    """
    from bench.ground import load
    from sourcehound.tools.errors import SourcehoundError

    rows: list[Row] = []
    missing: dict[str, str] = {}
    highest = load()
    for bench in benches():
        if names and bench.name not in names:
            continue
        ground.tell(f"{bench.name}: {bench.about}")
        try:
            measured = bench.run(ground)
        except SourcehoundError as error:
            missing[bench.name] = str(error)
            continue
        rows.extend(measured)
        for row in measured:
            ground.tell(f"  {row.name}: ratio {row.ratio:.2f}, goal {row.goal:.2f}")
        highest = max(highest, load())
    return rows, missing, round(highest, 2)


def ground_of(folder: Path, *, rounds: int, n_vectors: int = 0, n_units: int = 0) -> Ground:
    """The ground of a real run: the sample library, real data if `SOURCEHOUND_DATA` names some, and the clock.

    Args:
        folder: to work in.
        rounds: turns of each side.
        n_vectors: made vectors, for the exact search and for the graph; 0 for what takes a few minutes.
        n_units: made passages that a library grows to; 0 for what takes a few minutes.
    """
    from bench.ground import Ground, Sizes
    from sourcehound.tools.sample.library import sample_folder

    data = os.environ.get("SOURCEHOUND_DATA")
    many = {"n_vectors": n_vectors, "n_graph": n_vectors} if n_vectors else {}
    many |= {"n_grown": n_units} if n_units else {}
    return Ground(
        folder=folder,
        files=sample_folder(),
        data=Path(data) if data else None,
        clock=time.perf_counter,
        tell=_tell,
        sizes=Sizes(rounds=rounds, many_rounds=2 * rounds + 1, **many),
    )


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    known = [bench.name for bench in benches()]
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure what Sourcehound costs.")
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"what to measure, all if left out: {', '.join(known)}"
    )
    parser.add_argument("--json", action="store_true", help="one JSON document on stdout")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each side")
    parser.add_argument("--work", metavar="DIR", help="work in this folder and keep it: a second run indexes nothing")
    parser.add_argument("--vectors", type=int, default=0, help="made vectors; a million take about an hour to build")
    parser.add_argument("--units", type=int, default=0, help="made passages to grow to; a million take half an hour")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.names if name not in known]
    if unknown:
        parser.error(f"no bench is named {unknown[0]}: there are {', '.join(known)}")
    if options.rounds < 1:
        parser.error("--rounds must be 1 or more")
    if options.units < 0 or options.units % 10:
        parser.error("--units must be a multiple of 10")
    if options.vectors < 0:
        parser.error("--vectors must be 0 or more")
    return options


def _about_machine(load: float) -> str:
    from bench.ground import is_busy

    if is_busy(load):
        return f"The machine was busy (load {load:g} a core): trust the ratios, not the seconds."
    return f"Load {load:g} a core."


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
