"""`python -m bench.growth_ask HOME N_UNITS N_QUERIES ROUNDS`: asks a large library and prints what that took, as JSON.

A process of its own, so that its memory is that of asking. Knows nothing of what is compared.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench.large_library import StoredRows, open_large
from bench.made_units import MadeUnits
from sourcehound.tools.index.find import find
from sourcehound.tools.index.query import Query
from sourcehound.tools.index.words import search_words
from sourcehound.tools.library.library import Library

K = 200
"""Units that words bring to the fusion."""
_SEED = 2


def main(home: Path, n_units: int, n_queries: int, rounds: int) -> None:
    """Ask every question in every round."""
    texts = [question.text for question in MadeUnits().questions(n_units, n_queries, seed=_SEED)]
    library = open_large(home, StoredRows(is_here=False), tell=lambda line: print(line, file=sys.stderr))
    words = [_least(lambda text=text: _words(library, text), rounds) for text in texts]
    whole = [_least(lambda text=text: find(library, Query(text=text)), rounds) for text in texts]
    document = {
        "words_ms": 1000 * statistics.median(words),
        "find_ms": 1000 * statistics.median(whole),
        "memory_mb": memory_mb(),
    }
    library.close()
    print(json.dumps(document))


def memory_mb() -> float:
    """Memory that this process holds now."""
    import psutil

    return psutil.Process().memory_info().rss / 1e6


def _words(library: Library, text: str) -> object:
    return search_words(library.catalogue.connection, text, k=K, kinds=("passage",))


def _least(work: Callable[[], object], rounds: int) -> float:
    """Processor seconds of the quickest round: sizes are measured minutes apart, so other programs must not count."""
    taken: list[float] = []
    work()
    for _ in range(rounds):
        begun = time.process_time()
        work()
        taken.append(time.process_time() - begun)
    return min(taken)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *(int(argument) for argument in sys.argv[2:5]))
