"""Whether the best words found answer a question at all: a chance in 0..1 from a few signs, fitted on labelled questions.

The signs: how near the meaning is, how much of the question's rare words stand in the words and around them, the rarest
word that stands nowhere near, whether a value of the wanted kind is there, and whether the question asks for what only
eyes can tell. Knows nothing of how the words were found.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import astuple, dataclass

from sourcehound.agent.models.builtin.question import Part, codes, names, quoted, terms
from sourcehound.agent.models.builtin.support import Ranker, Supported, coverage, stem, stems

_EYES = re.compile(
    r"\b(colou?rs?|colou?red|red|green|blue|yellow|orange|purple|grey|gray|pink|brown|italic|underlined|bold|logos?|icons?"
    r"|look like|looks like|background|foreground|wearing|facing|shape|shapes|arrow|arrows|left|right|top|bottom)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Signs:
    """What the gate looks at; all in 0..1."""

    meaning: float
    words: float
    around: float
    missing: float
    """Share of the question's rarity that its rarest word missing from the context has."""
    names_missing: float
    """Share of the question's names, numbers, codes and quotations that the context lacks."""
    value: float
    eyes: float


WEIGHTS = Signs(meaning=2.6, words=1.6, around=1.4, missing=-2.2, names_missing=-1.9, value=0.5, eyes=-0.8)
BIAS = -1.3


def signs_of(parts: Sequence[Part], best: Supported, ranker: Ranker) -> Signs:
    """The signs for the parts that ask, over the best words found for them."""
    asked = " ".join(part.text for part in parts)
    wanted = ranker.weights(terms(asked))
    total = sum(wanted.values()) or 1.0
    context = f"{best.candidate.context} {best.candidate.evidence.source.path or ''}"
    near = stems(context)
    lacking = [weight for term, weight in wanted.items() if stem(term) not in near]
    telling = {*names(asked), *codes(asked), *quoted(asked), *re.findall(r"(?<!\w)\d[\d,.]*\d|\b\d\b", asked)}
    low = context.casefold()
    absent = [name for name in telling if name.casefold() not in low]
    return Signs(
        meaning=best.meaning,
        words=coverage(wanted, best.candidate.text),
        around=coverage(wanted, context),
        missing=max(lacking, default=0.0) / total,
        names_missing=len(absent) / len(telling) if telling else 0.0,
        value=float(best.value is not None),
        eyes=float(bool(_EYES.search(asked))),
    )


def chance(signs: Signs) -> float:
    """The chance that the words answer, 0..1: logistic regression over the signs."""
    total = BIAS + sum(weight * sign for weight, sign in zip(astuple(WEIGHTS), astuple(signs), strict=True))
    return 1.0 / (1.0 + math.exp(-total))
