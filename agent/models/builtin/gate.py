"""Whether the best words found answer a question at all: a chance in 0..1 from a few signs, fitted on labelled questions.

The signs: how near the meaning is and by how much it beats the rest, how much of the question's rare words stand in
the words, around them or nowhere, and whether the question asks for what only eyes can tell. Knows nothing of how the words
were found.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Sequence
from dataclasses import astuple, dataclass

from sourcehound.agent.models.builtin.doubts import LEFT, doubts_about
from sourcehound.agent.models.builtin.question import Part, codes, names, quoted, terms
from sourcehound.agent.models.builtin.support import Ranker, Supported, coverage, holds_quotation, stem, stems

_EYES = re.compile(
    r"\b(colou?rs?|colou?red|red|green|blue|yellow|orange|purple|grey|gray|pink|brown|italic|underlined|bold|logos?|icons?"
    r"|look like|looks like|background|foreground|wearing|facing|shape|shapes|arrow|arrows|left|right|top|bottom)\b",
    re.IGNORECASE,
)


_NUMERAL = re.compile(r"(?<![\w.])\d[\d,.]*\d(?!\w)|\b\d\b")
_FIFTH = 4
_UNRELATED = 0.2
"""About what words that have nothing to do with a question score; stands for the fifth best where there are fewer."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What the gate looks at; all in 0..1.

    Attributes:
        meaning: cosine of the best words to the question.
        words: share of the question's rarity that stands in the best words.
        context: the same in the whole piece of evidence.
        nowhere: share that stands in nothing that was found.
        missing: share that the rarest word missing from the context has.
        names_missing: share of the question's names, numbers, codes and quotations that the context lacks.
        margin: by how much the best words beat the fifth best.
        eyes: whether the question asks for what only eyes can tell.
    """

    meaning: float
    words: float
    context: float
    nowhere: float
    missing: float
    names_missing: float
    margin: float
    eyes: float


WEIGHTS = Signs(
    meaning=4.5, words=-2.3, context=0.6, nowhere=-2.2, missing=-2.2, names_missing=-0.5, margin=3.6, eyes=-0.8
)  # fmt: skip
BIAS = -0.7
"""Fitted on 659 questions, each set and label of equal weight: three passage sets, once as they are and once with their right
passages taken away (five-fold AUC .82, .92, .76), a set of long documents with its unanswerable questions (.57: telling those
apart takes understanding), and the sample's own (.94). Signs that did not help were left out: words around the best words,
references to figures and pages, the presence of a value."""


def signs_of(part: Part, found: Sequence[Supported], ranker: Ranker) -> Signs:
    """The signs for a part over the words found for it.

    Args:
        part: the part.
        found: its support, best first, not empty.
        ranker: knows how rare words are.
    """
    best = found[0]
    wanted = ranker.weights(terms(part.sought))
    total = sum(wanted.values()) or 1.0
    context = f"{best.candidate.context} {os.path.basename(best.candidate.evidence.source.path or '')}"
    near = stems(context)
    anywhere = near.union(*(stems(support.candidate.text) for support in found))
    lacking = [weight for term, weight in wanted.items() if stem(term) not in near]
    telling = {*names(part.text), *codes(part.text), *quoted(part.text), *_NUMERAL.findall(part.text)}
    rest = found[_FIFTH].score if len(found) > _FIFTH else _UNRELATED
    return Signs(
        meaning=best.meaning,
        words=coverage(wanted, best.candidate.text),
        context=coverage(wanted, context),
        nowhere=sum(weight for term, weight in wanted.items() if stem(term) not in anywhere) / total,
        missing=max(lacking, default=0.0) / total,
        names_missing=sum(name.casefold() not in context.casefold() for name in telling) / max(1, len(telling)),
        margin=best.score - rest,
        eyes=float(bool(_EYES.search(part.text))),
    )


QUOTED_CHANCE = 0.8
"""Words that hold what the question quotes answer at least this likely: a person who quotes knows what is there."""


def chance_of(part: Part, found: Sequence[Supported], ranker: Ranker) -> float:
    """The chance that the best words found answer a part, 0..1, less for each doubt; 0 where nothing was found."""
    if not found:
        return 0.0
    fitted = chance(signs_of(part, found, ranker))
    if holds_quotation(part, found[0].candidate.text):
        fitted = max(fitted, QUOTED_CHANCE)
    return fitted * LEFT ** len(doubts_about(part, found[0]))


def chance(signs: Signs) -> float:
    """The chance that the words answer, 0..1: logistic regression over the signs."""
    total = BIAS + sum(weight * sign for weight, sign in zip(astuple(WEIGHTS), astuple(signs), strict=True))
    return 1.0 / (1.0 + math.exp(-total))
