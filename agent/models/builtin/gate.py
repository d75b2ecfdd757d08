"""Whether the best words found answer a question at all: a chance in 0..1 from a few signs, fitted on labelled questions.

The signs: how near the meaning is, how much of the question's rare words stand in the words and around them, the rarest
word that stands nowhere near, whether a value of the wanted kind is there, and whether the question asks for what only
eyes can tell. Knows nothing of how the words were found.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import astuple, dataclass

from sourcehound.agent.models.builtin.question import Part, codes, names, quoted, terms
from sourcehound.agent.models.builtin.support import Ranker, Supported, coverage, stem, stems, value_in

_EYES = re.compile(
    r"\b(colou?rs?|colou?red|red|green|blue|yellow|orange|purple|grey|gray|pink|brown|italic|underlined|bold|logos?|icons?"
    r"|look like|looks like|background|foreground|wearing|facing|shape|shapes|arrow|arrows|left|right|top|bottom)\b",
    re.IGNORECASE,
)


_REFERENCE = re.compile(
    r"\b(fig(?:ure)?|table|chart|section|chapter|appendix|slide|page|step|example|equation|question)s?\.?\s+(\d+(?:[.-]\d+)*|[A-Z])\b",
    re.IGNORECASE,
)
_NUMERAL = re.compile(r"(?<![\w.])\d[\d,.]*\d(?!\w)|\b\d\b")
_WINDOW_CHARS = 220


@dataclass(frozen=True, slots=True)
class Signs:
    """What the gate looks at; all in 0..1.

    Attributes:
        meaning: cosine of the best words to the question.
        words: share of the question's rarity that stands in the best words.
        window: the same in the words and a little around them.
        context: the same in the whole piece of evidence.
        focus_missing: share of the first two telling words, which say what is asked for, that the window lacks.
        nowhere: share of the question's rarity that stands in nothing that was found.
        missing: share that the rarest word missing from the context has.
        names_missing: share of the question's names, numbers, codes and quotations that the context lacks.
        references_missing: share of "Figure 7", "Table 2", "page 9" that no evidence mentions.
        no_value: whether a value of the wanted kind is lacking in the window.
        margin: by how much the best words beat the fifth best.
        eyes: whether the question asks for what only eyes can tell.
    """

    meaning: float
    words: float
    window: float
    context: float
    focus_missing: float
    nowhere: float
    missing: float
    names_missing: float
    references_missing: float
    no_value: float
    margin: float
    eyes: float


WEIGHTS = Signs(
    meaning=6.5, words=-1.1, window=-0.7, context=2.0, focus_missing=-0.5, nowhere=-1.0, missing=-0.2, names_missing=-0.6, references_missing=0.0,
    no_value=-0.1, margin=3.1, eyes=-0.3,
)  # fmt: skip
BIAS = -3.7
"""Fitted on 624 questions, half of three passage sets with their right passages taken away and the answerable and
unanswerable ones of a set of long documents, each set and label of equal weight; five-fold AUC .77, .93, .77 and .60."""


def signs_of(part: Part, found: Sequence[Supported], ranker: Ranker) -> Signs:
    """The signs for a part over the words found for it.

    Args:
        part: the part.
        found: its support, best first, not empty.
        ranker: knows how rare words are.
    """
    best = found[0]
    wanted = ranker.weights(terms(part.text))
    total = sum(wanted.values()) or 1.0
    context = f"{best.candidate.context} {os.path.basename(best.candidate.evidence.source.path or '')}"
    near = stems(context)
    lacking = [weight for term, weight in wanted.items() if stem(term) not in near]
    window = _window(best)
    anywhere = frozenset[str]().union(*(stems(support.candidate.text) for support in found)) | near
    asked = part.text
    telling = {*names(asked), *codes(asked), *quoted(asked), *_NUMERAL.findall(asked)}
    low = context.casefold()
    references = {_plain(match[0]) for match in _REFERENCE.finditer(asked)}
    mentioned = {_plain(match[0]) for support in found for match in _REFERENCE.finditer(support.candidate.text)}
    pages = {f"page {s.candidate.evidence.locator.page}" for s in found if s.candidate.evidence.locator.page}
    needs_value = part.wanted in {"number", "date", "code", "person", "place"}
    rest = found[min(4, len(found) - 1)].score
    return Signs(
        meaning=best.meaning,
        words=coverage(wanted, best.candidate.text),
        window=coverage(wanted, window),
        context=coverage(wanted, context),
        focus_missing=_share(terms(asked)[:2], lambda term: stem(term) not in stems(window)),
        nowhere=sum(weight for term, weight in wanted.items() if stem(term) not in anywhere) / total,
        missing=max(lacking, default=0.0) / total,
        names_missing=_share(telling, lambda name: name.casefold() not in low),
        references_missing=_share(references, lambda name: name not in mentioned | pages),
        no_value=float(needs_value and value_in(part.wanted, window, asked) is None),
        margin=best.score - rest,
        eyes=float(bool(_EYES.search(asked))),
    )


def chance(signs: Signs) -> float:
    """The chance that the words answer, 0..1: logistic regression over the signs."""
    total = BIAS + sum(weight * sign for weight, sign in zip(astuple(WEIGHTS), astuple(signs), strict=True))
    return 1.0 / (1.0 + math.exp(-total))


def _window(best: Supported) -> str:
    """The best words with a little of what stands around them."""
    quote = best.candidate.evidence.quote or ""
    start = quote.find(best.candidate.text)
    if start < 0:
        return best.candidate.text
    return quote[max(0, start - _WINDOW_CHARS) : start + len(best.candidate.text) + _WINDOW_CHARS]


def _share(names_: Collection[str], lacks: Callable[[str], bool]) -> float:
    return sum(map(lacks, names_)) / len(names_) if names_ else 0.0


def _plain(reference: str) -> str:
    word, _, number = re.sub(r"\s+", " ", reference.casefold().replace(".", " ", 1)).rpartition(" ")
    return f"{word.strip().rstrip('s').removesuffix('ure') if word.startswith('fig') else word.strip().rstrip('s')} {number}"
