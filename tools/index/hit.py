"""A found unit. Knows nothing of how it was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sourcehound.tools.evidence import Evidence, UnitKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A found unit: the chance that it is right, in 0..1, and the parts it was made of (`words`, `dense`, `seen`, `like`)."""

    rank: int
    type: UnitKind
    score: float
    scores: Mapping[str, float]
    evidence: Evidence
    row: int

    def to_json(self) -> dict[str, Any]:
        """The hit as the contract has it."""
        return {
            "rank": self.rank,
            "type": self.type,
            "score": round(self.score, 4),
            "scores": {name: round(value, 4) for name, value in self.scores.items()},
            "evidence": self.evidence.to_json(),
        }
