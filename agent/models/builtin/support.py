"""How well a sentence of a source answers a part of a question: meaning, telling words, and the value that is wanted.

Candidates are the sources' own words, with their place. Knows nothing of the graph.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sourcehound.agent.models.builtin.question import Part, Wanted, codes, names, terms
from sourcehound.tools.evidence import Evidence
from sourcehound.tools.library.passages import sentences

Similarity = Callable[[str, Sequence[str]], Sequence[float] | None]
"""Cosines in -1..1 of a text to others by the text encoder, None where its weights are missing."""

W_MEANING, W_WORDS, W_VALUE, W_KIND = 0.5, 0.4, 0.06, 0.08
MOST_CANDIDATES = 240
MOST_CHARS = 420
"""A run of lettering or speech longer than this is cut to its best lines."""

_NUMBER = re.compile(
    r"(?<![\w.])[-+−]?\d[\d,.]*\d|\b\d\b|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred)\b",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"\b(?:\d{1,2}(?:st|nd|rd|th)?\s+)?(?:January|February|March|April|May|June|July|August|September|October|November|December)"
    r"(?:\s+\d{1,2}(?:st|nd|rd|th)?)?(?:,?\s+\d{4})?\b|\b(?:1[5-9]|20)\d\d(?:-\d\d-\d\d)?\b|\b\d{1,2}:\d\d\b"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Words of a source that may answer.

    Attributes:
        text: the exact words.
        context: the words of the whole piece of evidence, with its title.
    """

    evidence: Evidence
    text: str
    context: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Supported:
    """A candidate with its support for a part, 0..1, and what it is made of."""

    candidate: Candidate
    score: float
    meaning: float
    words: float


def candidates_of(evidence: Mapping[str, Evidence]) -> tuple[Candidate, ...]:
    """The sentences and lines of all evidence that has words, the best found first."""
    found: list[Candidate] = []
    for item in sorted(evidence.values(), key=lambda e: -(e.score or 0.0)):
        quote = item.quote or ""
        context = f"{item.source.title} {item.detail.get('caption', '')} {quote}"
        pieces = _pieces(item, quote)
        found.extend(Candidate(evidence=item, text=piece, context=context) for piece in pieces)
    return tuple(found[:MOST_CANDIDATES])


def rank(part: Part, hints: Sequence[str], candidates: Sequence[Candidate], similarity: Similarity) -> list[Supported]:
    """Candidates by how well they answer a part of the question, best first.

    Args:
        part: the part.
        hints: names that earlier hops brought; they count as words of the part.
        candidates: the sources' words.
        similarity: the text encoder's.
    """
    if not candidates:
        return []
    wanted_terms = terms(part.text)
    hint_terms = [term for hint in hints for term in terms(hint)]
    query = part.text if not hints else f"{part.text} {' '.join(hints)}"
    meanings = similarity(query, [candidate.text for candidate in candidates])
    found: list[Supported] = []
    for place, candidate in enumerate(candidates):
        words = coverage(wanted_terms, candidate.text, candidate.context)
        if hint_terms:
            words = min(1.0, words + 0.15 * coverage(hint_terms, candidate.text, candidate.text))
        meaning = max(0.0, meanings[place]) if meanings is not None else words
        score = W_MEANING * meaning + W_WORDS * words
        score += W_VALUE * (value_in(part.wanted, candidate.text, part.text) is not None)
        score += W_KIND * (not part.kinds or _kind_of(candidate.evidence) in part.kinds)
        found.append(Supported(candidate=candidate, score=min(1.0, score), meaning=meaning, words=words))
    return sorted(found, key=lambda item: -item.score)


def coverage(wanted: Sequence[str], text: str, context: str) -> float:
    """Share of telling words that stand in a text, those only in its context counting half; longer words weigh more."""
    if not wanted:
        return 0.0
    here, around = _stems(text), _stems(context)
    weights = [min(len(term), 9) + (4 if any(c.isdigit() for c in term) else 0) for term in wanted]
    got = sum(
        weight * (1.0 if _stem(term) in here else 0.5 if _stem(term) in around else 0.0)
        for term, weight in zip(wanted, weights, strict=True)
    )
    return got / sum(weights)


def value_in(wanted: Wanted, text: str, question: str) -> str | None:
    """The bare value of the wanted kind in a text that is not in the question already; None if there is none."""
    known = question.casefold()
    if wanted == "number":
        found = [match[0].strip(".,") for match in _NUMBER.finditer(text)]
    elif wanted == "date":
        found = [match[0] for match in _DATE.finditer(text)]
    elif wanted == "code":
        found = list(codes(text))
    elif wanted in {"person", "place"}:
        found = list(names(text))
    else:
        return None
    return next((value for value in found if value.casefold() not in known), None)


def _kind_of(evidence: Evidence) -> str:
    return "image" if evidence.kind == "crop" else evidence.kind


def _pieces(evidence: Evidence, quote: str) -> list[str]:
    if not quote.strip():
        return []
    if evidence.kind in {"image", "crop", "moment"}:
        lines = [line.strip() for line in quote.splitlines() if line.strip()]
        whole = " ".join(lines)
        if len(whole) <= MOST_CHARS:
            return [quote.strip()]
        return ["\n".join(lines[i : i + 4]) for i in range(0, len(lines), 3)]
    return [quote[span.start : span.end] for span in sentences(quote)]


def _stems(text: str) -> frozenset[str]:
    return frozenset(_stem(word) for word in re.findall(r"[^\W_]+(?:[-'’.&/][^\W_]+)*", text.casefold())) | frozenset(
        _stem(word) for word in re.findall(r"[^\W_]+", text.casefold())
    )


def _stem(word: str) -> str:
    for ending in ("ations", "ation", "ings", "ing", "ies", "ied", "ers", "er", "ed", "es", "ly", "s"):
        if len(word) - len(ending) >= 4 and word.endswith(ending):
            return word[: -len(ending)]
    return word
