"""How well words of a source answer a part of a question: meaning, telling words by their rarity, the wanted value.

Candidates are the sources' own words, with their place. Knows nothing of the graph.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sourcehound.agent.models.builtin.question import Part, Wanted, codes, names, quoted, terms
from sourcehound.tools.evidence import Evidence
from sourcehound.tools.library.passages import sentences

Similarity = Callable[[str, Sequence[str]], Sequence[float] | None]
"""Cosines in -1..1 of a text to others by the text encoder, None where its weights are missing."""
Rarity = Callable[[str], float]
"""Inverse document frequency of a word in the library, >= 0."""

W_MEANING, W_WORDS, W_AROUND, W_VALUE, W_KIND, W_FOCUS = 0.42, 0.25, 0.12, 0.09, 0.1, 0.08
W_QUOTED = 0.4
"""What it weighs that words hold what the question puts in quotation marks."""
_QUOTED_SHARE = 0.8
W_LED = 0.4
"""What the names that lead a part weigh, if all of them stand in the words."""
MOST_CANDIDATES = 300
MOST_CHARS = 420
"""A run of lettering longer than this is cut to runs of lines."""
_LINES, _STEP = 4, 3

_NUMBER = re.compile(
    r"(?<![\w.])[-+−]?\d[\d,.]*\d(?![\w])|(?<![\w.,])\d(?![\w.,]\d)"
    r"|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred)\b",
    re.IGNORECASE,
)
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
_DATE = re.compile(
    rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)?\s+)?(?:{_MONTH})(?:\s+\d{{1,2}}(?:st|nd|rd|th)?)?(?:,?\s+\d{{4}})?\b"
    r"|\b(?:1[5-9]|20)\d\d(?:-\d\d-\d\d)?\b|\b\d{1,2}:\d\d\b"
)
_OF_DAY = re.compile(r"\b(?:what|which) (?:time|hour)\b")
_HEADING = re.compile(r"\A(?:#{1,6} [^\n]*(?:\n|\Z)\s*)+")
"""Markdown headings at the beginning of a piece: they name what is there and answer nothing."""
_TRE, _OUR = re.compile(r"(?<=\w)tre(?=s?$)"), re.compile(r"(?<=\w\w)our(?=(?:s|ed|ing)?$)")
"""`metre` and `meter`, `colour` and `color`."""
_WORDS = re.compile(r"[^\W_]+(?:[-'’.&/][^\W_]+)*")
_CODED = re.compile(r"\b[\w-]*\d[\w-]*\b")
"""Words with digits, which stand beside the names of a table's row."""
_SIMPLE = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Words of a source that may answer.

    Attributes:
        text: the exact words.
        context: the words of the whole piece of evidence, with its title and caption.
    """

    evidence: Evidence
    text: str
    context: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Supported:
    """A candidate with its support for a part.

    Attributes:
        score: 0..1, what it is ranked by.
        meaning: cosine, 0..1.
        words: share of the part's telling words in it, weighted by rarity, 0..1.
        around: the same in its context.
        value: the bare value of the wanted kind in it.
    """

    candidate: Candidate
    score: float
    meaning: float
    words: float
    around: float
    value: str | None


def candidates_of(evidence: Mapping[str, Evidence]) -> tuple[Candidate, ...]:
    """The sentences and lines of all evidence that has words, the best found first."""
    found: list[Candidate] = []
    for item in sorted(evidence.values(), key=lambda e: -(e.score or 0.0)):
        quote = item.quote or ""
        context = f"{item.source.title} {item.detail.get('caption', '')} {quote}"
        found.extend(Candidate(evidence=item, text=piece, context=context) for piece in _pieces(item, quote))
    return tuple(found[:MOST_CANDIDATES])


@dataclass(frozen=True, slots=True)
class Ranker:
    """Ranks candidates for parts of a question."""

    similarity: Similarity
    rarity: Rarity

    def rank(
        self, part: Part, hints: Sequence[str], candidates: Sequence[Candidate], origins: Sequence[Candidate] = ()
    ) -> list[Supported]:
        """Candidates by how well they answer a part of the question, best first.

        Args:
            part: the part.
            hints: names that earlier hops brought; they count as words of the part.
            candidates: the sources' words.
            origins: those that brought the hints; holding them speaks for the others only.
        """
        if not candidates:
            return []
        wanted = self.weights(terms(part.sought))
        led = self.weights([term for hint in hints for term in terms(hint)])
        query = f"{part.sought} {' '.join(hints)}" if hints else part.sought
        meanings = self.similarity(query, [candidate.text for candidate in candidates])
        found: list[Supported] = []
        for place, candidate in enumerate(candidates):
            words, around = coverage(wanted, candidate.text), coverage(wanted, candidate.context)
            bonus = 0.0 if candidate in origins else W_LED * coverage(led, candidate.text)
            meaning = max(0.0, meanings[place]) if meanings is not None else words
            value = value_beside(part, hints, candidate)
            score = W_MEANING * meaning + W_WORDS * words + W_AROUND * around + bonus
            score += W_VALUE * (value is not None) + W_KIND * serves(candidate.evidence, part.kinds)
            score += W_FOCUS * in_focus(part, candidate.text) + W_QUOTED * holds_quotation(part, candidate.text)
            found.append(
                Supported(
                    candidate=candidate, score=min(1.0, score), meaning=meaning, words=words, around=around, value=value
                )
            )
        return sorted(found, key=lambda item: -item.score)

    def weights(self, wanted: Sequence[str]) -> dict[str, float]:
        """Words with their rarity."""
        return {term: 0.1 + self.rarity(term) for term in wanted}


def holds_quotation(part: Part, text: str) -> bool:
    """Whether a text holds the words that a part quotes, or nearly all of them (as OCR and speech recognition read them)."""
    here = stems(text)
    wanted = [{stem(word) for word in _SIMPLE.findall(words.casefold())} for words in quoted(part.text)]
    return any(words and len(words & here) >= _QUOTED_SHARE * len(words) for words in wanted)


def in_focus(part: Part, text: str) -> float:
    """Share of a part's first two telling words, which say what is asked for, that stand in a text."""
    focus = terms(part.text)[:2]
    here = stems(text)
    return sum(stem(term) in here for term in focus) / len(focus) if focus else 0.0


def coverage(wanted: Mapping[str, float], text: str) -> float:
    """Share of weighted words that stand in a text, by stem, 0..1."""
    total = sum(wanted.values())
    if not total:
        return 0.0
    here = stems(text)
    return min(1.0, sum(weight for term, weight in wanted.items() if stem(term) in here) / total)


def value_in(wanted: Wanted, text: str, question: str) -> str | None:
    """The bare value of the wanted kind in a text that is not in the question already; None if there is none."""
    known = question.casefold()
    if wanted == "number":
        found = [match[0].strip(".,") for match in _NUMBER.finditer(_DATE.sub(" ", text))]
    elif wanted == "date":
        found = [match[0] for match in _DATE.finditer(text)]
        if _OF_DAY.search(known):
            found = [value for value in found if ":" in value]
    elif wanted == "code":
        found = list(codes(text))
    elif wanted in {"person", "place"}:
        found = list(names(_CODED.sub(" ", text)))
    else:
        return None
    return next((value for value in found if value.casefold() not in known), None)


def value_beside(part: Part, hints: Sequence[str], candidate: Candidate) -> str | None:
    """The bare value that a part wants: beside the hints (a table's row), then beside its telling words, then anywhere.

    Lettering and rows stand for themselves line by line; the value may stand a line below what it is the value of.
    """
    known = f"{part.text} {' '.join(hints)}" if part.wanted in {"person", "place"} else part.text
    lines = candidate.text.splitlines()
    if len(lines) > 1 and (hints or candidate.evidence.kind in {"image", "crop", "moment"}):
        wanted = stems(" ".join((*terms(part.text), *hints)))
        shared = [0, *(len(wanted & stems(line)) for line in lines)]
        valued = [
            ((shared[place + 1], shared[place]), value)
            for place, line in enumerate(lines)
            if (value := value_in(part.wanted, line, known)) is not None
        ]
        best = max(valued, key=lambda scored: scored[0], default=None)
        if best is not None and any(best[0]):
            return best[1]
        if candidate.evidence.kind in {"image", "crop", "moment"}:
            return (
                best[1] if best is not None else None
            )  # a value does not run from one line of lettering into the next
    return value_in(part.wanted, candidate.text, known)


def serves(evidence: Evidence, kinds: Sequence[str]) -> bool:
    """Whether evidence is of a kind that a part names (any, if it names none)."""
    if not kinds:
        return True
    is_film = evidence.source.media_type.startswith("video/")
    own = {
        "text": {"text"},
        "web": {"text"},
        "page": {"page", "text"},
        "image": {"image"},
        "crop": {"image", "moment"} if is_film else {"image"},
        "moment": {"moment"},
        "speech": {"speech", "moment"} if is_film else {"speech"},
    }[evidence.kind]
    if evidence.kind == "text" and evidence.locator.page is not None:
        own = own | {"page"}
    return bool(own & set(kinds))


def stems(text: str) -> frozenset[str]:
    """The stems of a text's words, those of joined words also one by one."""
    low = text.casefold()
    return frozenset(stem(word) for word in (*_WORDS.findall(low), *_SIMPLE.findall(low)))


def stem(word: str) -> str:
    """A word without its ending, so that forms of one word agree; British and American spellings too."""
    word = _OUR.sub("or", _TRE.sub("ter", word))
    for ending in ("ations", "ation", "ings", "ing", "ies", "ied", "ers", "er", "ed", "es", "ly", "s"):
        if len(word) - len(ending) >= 4 and word.endswith(ending):
            return word[: -len(ending)]
    return word


def _pieces(evidence: Evidence, quote: str) -> list[str]:
    if not quote.strip():
        return []
    if evidence.kind in {"image", "crop", "moment"}:
        lines = [line.strip() for line in quote.splitlines() if line.strip()]
        if len(" ".join(lines)) <= MOST_CHARS:
            return [quote.strip()]
        return ["\n".join(lines[i : i + _LINES]) for i in range(0, len(lines), _STEP)]
    pieces = (_HEADING.sub("", quote[span.start : span.end]).strip() for span in sentences(quote))
    return [piece for piece in pieces if piece]
