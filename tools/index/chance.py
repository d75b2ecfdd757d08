"""The chance that a hit is right, in 0..1: what scores of different kinds of unit are compared by.

A hit's strength (strength.py) goes through a curve of its kind; the chances of a kind are given out in the order of its
ranking, so that they never contradict it. Knows nothing of how strength or order came about.

Source:
    Platt's sigmoid ("Probabilistic Outputs for Support Vector Machines", 1999) over the log-odds of strength, fitted on
    the 66 labelled queries of the sample library (tools/sample/queries.py) by `python -m bench.calibration`, each kind
    drawn towards all kinds together.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from sourcehound.tools.evidence import UnitKind

CURVE: dict[UnitKind, tuple[float, float]] = {
    "passage": (-2.15, 1.02),
    "page": (-2.15, 1.14),
    "image": (-1.90, 1.16),
    "moment": (-1.73, 1.44),
    "speech": (-1.73, 1.22),
}
"""Offset and slope of each kind, and of all, (-2.03, 1.11). Expected calibration error on queries that the fit did not see:
HotpotQA .029, Natural Questions .015, MuSiQue .014."""

CUT: dict[UnitKind, float] = dict.fromkeys(CURVE, 0.045)
"""The least chance of a hit of each kind that is shown by default: fewer than one such hit in twenty is right."""

ESTIMATED_CUT = 0.0125
"""The same for every kind in which another encoder than the defaults took part: its chances are estimated (standing.py), not
fitted, and for weak models too low. MiniLM's states pooled by their maximum, right hits kept of 78 on MuSiQue: 66, by the
cut above 27; by the first token, of 79: 71 and 45; late interaction, of 84: 82 and 66."""

_EDGE = 0.005
"""Strengths are kept this far from 0 and 1, where log-odds run away."""


def chances(kind: UnitKind, strengths: Sequence[float], *, leaning: float = 0.0) -> list[float]:
    """The chance of each hit of one ranking.

    Args:
        kind: of the units.
        strengths: in 0..1, in the order of the ranking.
        leaning: log-odds by which the query favours the kind.

    Returns:
        In 0..1, falling, one for each.

    Example:
        >>> [round(chance, 2) for chance in chances("passage", [0.9, 0.97, 0.2])]
        [0.8, 0.52, 0.03]
    """
    offset, slope = CURVE[kind]
    return [_sigmoid(leaning + offset + slope * _log_odds(strength)) for strength in sorted(strengths, reverse=True)]


def _log_odds(strength: float) -> float:
    inside = min(max(strength, _EDGE), 1 - _EDGE)
    return math.log(inside / (1 - inside))


def _sigmoid(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds))
