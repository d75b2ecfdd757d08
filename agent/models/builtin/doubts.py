"""What speaks against words that look like an answer: what the question asks for or takes for granted is not there.

Rules, each with how much of the chance it leaves. They know what the built-in planner cannot do: count what is drawn, tell
colours, or believe in a figure, page or name that nothing found speaks of. Knows nothing of how the words were found.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence

from sourcehound.agent.models.builtin.question import STOP_WORDS, Part, codes, names
from sourcehound.agent.models.builtin.support import Candidate, Supported, holds_quotation, stem, stems

LEFT = 0.5
"""Share of the chance that a doubt about the best words leaves."""
LEFT_UNTOLD = 0.6
"""Share left where a name or number that the question takes for granted stands in nothing found.

Both chosen on the sets that the gate was fitted on: of 256 questions without an answer 81 % are then held back, of 241 with
one 23 % (without doubts 69 and 18 %), and of 30 that ask long documents for what is not in them 27 (without: 17)."""

_HOW_MANY = re.compile(
    r"\bhow many ((?:[\w'’-]+ ){0,3}?[\w'’-]+?)(?= (?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|in|of|on"
    r"|at|from|for|to|with|that|which|who|there|by|the|a|an)\b|[?.,]|$)",
    re.IGNORECASE,
)
_NUMBER_WORDS = "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand|no"
_COUNT = re.compile(rf"\d[\d.,]*|{_NUMBER_WORDS}")
_A_NUMBER = re.compile(rf"\d|\b(?:{_NUMBER_WORDS})\b", re.IGNORECASE)
_TOKEN = re.compile(r"\d[\d.,]*|\w+")
_BEFORE, _AFTER = 4, 2
"""Words between a number and what it counts: `18 gold-coated mirror segments`; `Segments: 18`."""
_REFERENCE = re.compile(
    r"\b(figures?|fig\.?|tables?|charts?|pages?|slides?|sections?|chapters?|equations?)\s*(\d[\d.\-]*\d|\d)",
    re.IGNORECASE,
)
_KIND_CHARS = 3
"""`fig` stands for `figure`, `tab` for `table`."""
_ASKS_COLOUR = re.compile(r"\bwh(?:at|ich) colou?rs?\b|\bcolou?rs? of\b", re.IGNORECASE)
_COLOUR = re.compile(
    r"\b(red|green|blue|yellow|orange|purple|gr[ea]y|pink|brown|black|white|gold|golden|silver|beige|cyan|magenta|violet)\b",
    re.IGNORECASE,
)
_NUMERAL = re.compile(r"(?<![\w.,-])\d[\d,.]*\d(?!\w)")
_SHAPES = (
    (
        re.compile(r"\b(?:(?:tele)?phone|fax|mobile) numbers?\b", re.IGNORECASE),
        re.compile(r"(?:\d[\s()/.-]{0,2}){5}\d"),
    ),
    (re.compile(r"\be-?mail address(?:es)?\b", re.IGNORECASE), re.compile(r"\w@\w")),
)
"""What is asked for, and the shape that it has wherever it stands."""
_DATE = re.compile(r"\b\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b")
_NUMBERED = re.compile(r"(?<!\w)([^\W\d_]{2,})[ -](\d{1,5})(?![\w]|[.,]\d)")
"""One of several of a kind, told by its number: `pump 15`, `Halcyon-7`, `KX-4471`."""
_POSSESSIVE = re.compile(r"['’]s$")
_LEAST_NAME = 2
_RUN = re.compile(r"[^\W\d_]+|\d+|[^\w\s-]")
_ROOT_CHARS = 5
"""Names agree if so many of their first letters do: `Germany` and `Germans`."""


def doubts_about(part: Part, best: Supported) -> tuple[str, ...]:
    """What speaks against the best words found for a part, worded for people; empty if nothing does."""
    return tuple(reason for doubt in _DOUBTS if (reason := doubt(part, best.candidate)) is not None)


def untold(parts: Sequence[Part], ranked: Sequence[Sequence[Supported]]) -> tuple[str, ...]:
    """The names, codes and numbers that a question takes for granted and that nothing found holds.

    Args:
        parts: the question's.
        ranked: the support of each part, best first. Where it holds what the question quotes, the place is the right one,
            and nothing is missed.
    """
    together = list(zip(parts, ranked, strict=True))
    if any(found and holds_quotation(part, found[0].candidate.text) for part, found in together):
        return ()
    return tuple(dict.fromkeys(name for part, found in together if found for name in _untold(part, found)))


def _untold(part: Part, found: Sequence[Supported]) -> list[str]:
    told = " ".join(_around(support.candidate) for support in found).casefold()
    here = stems(told)
    missing = [name for name in (*names(part.text), *codes(part.text)) if not _is_told(name, told, here)]
    return missing + [number for number in _NUMERAL.findall(part.text) if not _stands(number, told)]


def _is_told(name: str, told: str, here: frozenset[str]) -> bool:
    """Whether any telling word of a name stands there: people shorten names, but not codes."""
    if name in codes(name):
        return _stands(name, told)
    words = [word for word in re.findall(r"[^\W_]{2,}", name.casefold()) if word not in STOP_WORDS]
    return not words or any(
        stem(word) in here or (len(word) >= _ROOT_CHARS and word[:_ROOT_CHARS] in told) for word in words
    )


def _stands(designation: str, told: str) -> bool:
    """Whether a code or number stands in a text, not as a piece of another one; `F16`, `F-16` and `F 16` count alike."""
    pattern = r"[\s-]?".join(map(re.escape, _RUN.findall(designation.casefold())))
    before, after = (r"(?<!\d)(?<!\d[.,])", r"(?!\d|[.,]\d)") if designation[0].isdigit() else (r"(?<!\w)", r"(?!\w)")
    return re.search(before + pattern + after, told.casefold()) is not None


def _around(candidate: Candidate) -> str:
    return f"{candidate.context} {os.path.basename(candidate.evidence.source.path or '')}"


def _nothing_counted(part: Part, best: Candidate) -> str | None:
    asked = _HOW_MANY.search(part.text)
    if asked is None:
        return None
    counted = [word for word in re.findall(r"\w+", asked[1].casefold()) if word not in STOP_WORDS]
    if not counted:
        return None
    if counted[-1].startswith("percent"):
        return None if "%" in best.text or "percent" in best.text.casefold() else "no percentage stands there"
    tokens = _TOKEN.findall(best.text.casefold())
    wanted = {stem(word) for word in counted}
    are = [place for place, token in enumerate(tokens) if stem(token) in wanted]
    near = any(
        any(_COUNT.fullmatch(token) for token in tokens[max(0, at - _BEFORE) : at])
        or any(token[0].isdigit() for token in tokens[at + 1 : at + 1 + _AFTER])
        for at in are
    )
    return None if near else f"no number of “{asked[1]}” stands there"


def _no_number(part: Part, best: Candidate) -> str | None:
    if part.wanted != "number" or _HOW_MANY.search(part.text) or _A_NUMBER.search(best.text):
        return None
    return "no number stands there"


def _no_such_shape(part: Part, best: Candidate) -> str | None:
    text = _DATE.sub(" ", best.text)
    for asks, shape in _SHAPES:
        asked = asks.search(part.text)
        if asked is not None and not shape.search(text):
            return f"no {asked[0].casefold()} stands there"
    return None


def _other_reference(part: Part, best: Candidate) -> str | None:
    for kind, number in _REFERENCE.findall(part.text):
        where = best.evidence.locator
        if kind.casefold().rstrip("s") in {"page", "slide"}:
            is_there = number in {str(where.page), where.page_label}
        else:
            is_there = re.search(rf"\b{kind[:_KIND_CHARS]}\w*\.?\s*{re.escape(number)}\b", best.context, re.IGNORECASE)
        if not is_there:
            return f"it is not of {kind.casefold()} {number}"
    return None


def _namesake(part: Part, best: Candidate) -> str | None:
    """Another of the same kind by its name: `Captain Barlow` for `Captain Orlov`."""
    here = f"{best.context} {os.path.basename(best.evidence.source.path or '')}".casefold()
    for name in names(part.text):
        words = [_POSSESSIVE.sub("", word) for word in name.split()]
        if len(words) < _LEAST_NAME or words[-1].casefold() in here:
            continue
        other = re.search(rf"\b{re.escape(words[0])}\s+[A-Z]\w+", best.text)
        if other is not None and words[1].casefold() not in here and other[0] not in part.text:
            return f"it is of {other[0]}, not of {' '.join(words)}"
    return None


def _no_colour(part: Part, best: Candidate) -> str | None:
    if _ASKS_COLOUR.search(part.text) and not _COLOUR.search(best.text):
        return "no colour stands there, and without a model nobody looks"
    return None


def _sibling(part: Part, best: Candidate) -> str | None:
    """Another of the same kind than the one asked for: `Pump 14` for `pump 15`, `Halcyon-9` for `Halcyon-7`."""
    here = f"{best.context} {os.path.basename(best.evidence.source.path or '')}"
    for head, number in _NUMBERED.findall(part.text):
        named = f"{head} {number}"
        if head.casefold() in STOP_WORDS or _REFERENCE.fullmatch(named) or _stands(named, here):
            continue
        other = re.search(rf"(?<!\w){re.escape(head)}[\s-]?(\d+)(?![\w]|[.,]\d)", best.text, re.IGNORECASE)
        if other is not None:
            return f"it is of {other[0]}, not of {named}"
    return None


_DOUBTS: tuple[Callable[[Part, Candidate], str | None], ...] = (
    _nothing_counted,
    _no_number,
    _no_such_shape,
    _other_reference,
    _sibling,
    _namesake,
    _no_colour,
)
