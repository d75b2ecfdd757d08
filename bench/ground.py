"""Where benches run and how much they do: a folder to work in, the clock, and sizes that a test makes tiny.

Knows nothing of what is measured.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sourcehound.agent import Sourcehound
from sourcehound.tools.errors import SourcehoundError

LIBRARY = "sample"
"""Name of the library that the benches search."""

_BUSY_SHARE = 0.5


class BenchError(SourcehoundError):
    """What is to be measured did not run, or did something else than what is measured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much is measured; each >= 1.

    Attributes:
        rounds: how often both sides run, in turns.
        many_rounds: the same where turns differ much: processes, and runs that wait for the disk.
        n_steps: tool calls of one question to the agent.
        n_pages: pages of the PDF that is made.
        n_documents: real PDFs read, from all over the folder, if there are real data.
        n_passages: passages encoded in one round.
        n_pictures: pictures encoded in one round.
        n_queries: different queries found in process.
        n_vectors: made vectors that are searched exactly, the most of them.
        n_large: made passages of a large library, at least 200.
        n_grown: made passages that a library grows to, tenfold by tenfold.
        n_graph: made vectors that a graph is built of, which takes a minute for each hundred thousand at best.
    """

    rounds: int = 5
    many_rounds: int = 11
    n_steps: int = 50
    n_pages: int = 150
    n_documents: int = 5
    n_passages: int = 48
    n_pictures: int = 24
    n_queries: int = 17
    n_vectors: int = 100_000
    n_graph: int = 20_000
    n_large: int = 100_000
    n_grown: int = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a bench stands on.

    Attributes:
        folder: a folder of its own to write below.
        files: the files of the library that is searched.
        data: real data, None without.
        clock: seconds, rising.
        tell: takes lines about what takes long.
    """

    folder: Path
    files: Path
    data: Path | None
    clock: Callable[[], float]
    tell: Callable[[str], None]
    sizes: Sizes = Sizes()

    @property
    def home(self) -> Path:
        """A home of Sourcehound, for libraries and converted weights."""
        return self.folder / "home"

    def index(self) -> None:
        """Have the library `LIBRARY` indexed; costs nothing if it is.

        Raises:
            BenchError: files failed, so that what is searched is not the whole library.
        """
        with Sourcehound(home=self.home, library=LIBRARY) as hound:
            if hound.status()["files"]["found"] == 0:
                self.tell(f"indexing {self.files}: reading pictures and listening take about a minute")
            counts = hound.add(self.files).document["files"]
        if not counts["indexed"] or counts["pending"]:
            raise BenchError(f"{self.files} was not indexed: {counts}", remedy="see sourcehound status --failed")


def load() -> float:
    """Processes that ran or waited to run in the last minute, for each core; above 0.5 the machine is busy."""
    return os.getloadavg()[0] / (os.cpu_count() or 1)


def is_busy(load_share: float) -> bool:
    """Whether others used the machine so much that seconds are not to be trusted, only ratios."""
    return load_share > _BUSY_SHARE
