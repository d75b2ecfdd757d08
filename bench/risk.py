"""Risk and coverage: how often the answers given are wrong, against how many questions are answered at all.

Source:
    El-Yaniv and Wiener 2010, "On the Foundations of Noise-free Selective Classification", section 2 (risk, coverage);
    Geifman, Uziel and El-Yaniv 2019, arXiv:1805.08206, section 2 (area under the risk-coverage curve). Differs: a question
    that the system abstains from at every threshold is never covered, so the area is over the coverage that is reached.

Knows nothing of questions' words.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from bench.shares import share

THRESHOLDS = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one question.

    Attributes:
        confidence: 0..1; None where the system abstained.
        right: whether the answer is right; None where it cannot be judged. An answer to an unanswerable question is wrong.
    """

    answerable: bool
    confidence: float | None
    right: bool | None

    @property
    def is_answered(self) -> bool:
        """Whether the system answered, rightly or wrongly."""
        return self.confidence is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """Everything answered with at least `threshold`; shares are None where they would be shares of nothing."""

    threshold: float
    coverage: float | None
    abstained_unanswerable: float | None
    abstained_answerable: float | None
    accuracy: float | None
    """Right answers among the judged answers given, those to unanswerable questions counted as wrong."""

    def to_json(self) -> dict[str, float | None]:
        """The level's figures."""
        return {
            "threshold": self.threshold,
            "coverage": self.coverage,
            "abstained_unanswerable": self.abstained_unanswerable,
            "abstained_answerable": self.abstained_answerable,
            "accuracy": self.accuracy,
        }


def level(outcomes: Sequence[Outcome], threshold: float) -> Level:
    """What is answered, and how well, if less sure answers are held back."""
    given = [o.confidence is not None and o.confidence >= threshold for o in outcomes]
    kept = [outcome for outcome, is_given in zip(outcomes, given, strict=True) if is_given]
    return Level(
        threshold=threshold,
        coverage=share(given),
        abstained_unanswerable=share(
            [not is_given for o, is_given in zip(outcomes, given, strict=True) if not o.answerable]
        ),
        abstained_answerable=share([not is_given for o, is_given in zip(outcomes, given, strict=True) if o.answerable]),
        accuracy=share([o.right for o in kept if o.right is not None]),
    )


def aurc(outcomes: Sequence[Outcome]) -> float | None:
    """Area under the risk-coverage curve, 0..1, less is better; None if nothing that was answered can be judged.

    The mean, over the judged answers in falling order of confidence, of the share of wrong ones so far. Answers of one
    confidence are taken together, so that their order does not matter.
    """
    judged = [(o.confidence, o.right) for o in outcomes if o.confidence is not None and o.right is not None]
    if not judged:
        return None
    risks: list[float] = []
    for confidence, _ in judged:
        surer = [right for other, right in judged if other >= confidence]
        risks.append(1 - sum(surer) / len(surer))
    return statistics.fmean(risks)
