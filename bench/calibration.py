"""`python -m bench.calibration`: fits and checks the curves that turn a hit's strength into the chance that it is right.

Fits on the labelled queries of the sample library and prints the curves beside those of tools/index/chance.py that are in
use, and how far the chances are from what came true.

Source:
    Expected calibration error over ten bins of equal width (Naeini et al., AAAI 2015).
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sourcehound.agent import Sourcehound
from sourcehound.tools.evidence import UNIT_KINDS, UnitKind
from sourcehound.tools.index import chance, strength
from sourcehound.tools.index.find import find
from sourcehound.tools.index.query import Query
from sourcehound.tools.library.units import load_units
from sourcehound.tools.sample.library import sample_folder
from sourcehound.tools.sample.queries import LABELLED, Labelled

Floats = NDArray[np.float64]
_DEPTH = 20
_RIDGE = 5.0
"""How strongly a kind is drawn towards all kinds together: as by five hits."""
_BINS = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """Hits of one kind for one query: strengths as they are given out along the ranking, and which were right."""

    kind: UnitKind
    strengths: tuple[float, ...]
    right: tuple[bool, ...]


def judged_sample(hound: Sourcehound) -> Iterator[Judged]:
    """Ask every labelled query of every kind."""
    for labelled in LABELLED:
        for kind in UNIT_KINDS:
            hits = find(hound.library, Query(text=labelled.query, kinds=(kind,), n=_DEPTH, min_score=0))
            units = load_units(hound.library.catalogue.connection, [hit.row for hit in hits])
            right = tuple(
                _is_right(
                    labelled,
                    kind,
                    os.path.basename(hit.evidence.source.path or ""),
                    f"{units[hit.row].text} {units[hit.row].about}",
                )
                for hit in hits
            )
            strengths = sorted((strength.score(hit.scores) for hit in hits), reverse=True)
            yield Judged(kind, tuple(strengths), right)


def _is_right(labelled: Labelled, kind: UnitKind, file: str, words: str) -> bool:
    said = " ".join(words.split()).casefold()
    return any(
        kind in target.kinds and target.file == file and target.words.casefold() in said for target in labelled.targets
    )


def fit(judged: Sequence[Judged], *, towards: Floats | None = None) -> Floats:
    """Offset and slope of the logistic curve over log-odds of strength, by Newton's method; a ridge draws `towards`."""
    log_odds, right = _flat(judged)
    rows = np.stack([np.ones_like(log_odds), log_odds], axis=1)
    centre = np.zeros(2) if towards is None else towards
    ridge = np.eye(2) * (1e-6 if towards is None else _RIDGE)
    curve = centre.copy()
    for _ in range(50):
        chances = 1 / (1 + np.exp(-rows @ curve))
        gradient = rows.T @ (chances - right) + ridge @ (curve - centre)
        curve = curve - np.linalg.solve((rows.T * (chances * (1 - chances))) @ rows + ridge, gradient)
    return curve


def calibration_error(judged: Sequence[Judged]) -> float:
    """Expected calibration error of the chances that the program gives, 0..1."""
    found = np.concatenate([chance.chances(item.kind, item.strengths) for item in judged if item.strengths])
    right = np.concatenate([np.array(item.right, dtype=np.float64) for item in judged if item.strengths])
    bins = np.minimum((found * _BINS).astype(np.int64), _BINS - 1)
    inside = [bins == place for place in range(_BINS) if (bins == place).any()]
    return float(sum(abs(found[member].mean() - right[member].mean()) * member.mean() for member in inside))


def _flat(judged: Sequence[Judged]) -> tuple[Floats, Floats]:
    strengths = np.clip(np.array([s for item in judged for s in item.strengths]), 0.005, 0.995)
    right = np.array([r for item in judged for r in item.right], dtype=np.float64)
    return np.log(strengths / (1 - strengths)), right


def main() -> int:
    """Print the curves and the errors."""
    with tempfile.TemporaryDirectory() as home, Sourcehound(home=Path(home), library="calibration") as hound:
        hound.add(sample_folder())
        judged = list(judged_sample(hound))
    every = fit(judged)
    sys.stdout.write(f"all kinds: {every[0]:.2f}, {every[1]:.2f}\n")
    for kind in UNIT_KINDS:
        own = fit([item for item in judged if item.kind == kind], towards=every)
        kept = chance.CURVE[kind]
        sys.stdout.write(f"{kind}: {own[0]:.2f}, {own[1]:.2f} (in use: {kept[0]:.2f}, {kept[1]:.2f})\n")
    sys.stdout.write(f"expected calibration error on the sample: {calibration_error(judged):.3f}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
