"""Puts a drafted sentence back into the sources' own words, where the sources say what it says.

A small model names the right fact and the right source, but in its own words, which code alone cannot check. Where all
that such a sentence adds to the question (names, numbers, codes) stands in whole sentences that were found, those
sentences take its place, cited where they stand. What no source says stays as it was drafted, for the checks to tell.
Knows nothing of models.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sourcehound.agent.models.builtin.question import STOP_WORDS, terms
from sourcehound.agent.models.builtin.support import Candidate, candidates_of, stem, stems
from sourcehound.agent.models.builtin.wording import sentence_of
from sourcehound.agent.models.planner import View
from sourcehound.agent.state import Sentence

MOST_PIECES = 3
"""Sentences of sources that one drafted sentence may become."""
LEAST_SHARE = 0.75
"""Of the new words of a sentence without names or numbers, as many must stand in the source."""
LEAST_ALIKE = 0.3
"""Of all telling words of a sentence, as many must stand in a source that it does not cite."""
MOST_PIECE_CHARS = 600

_WORD = re.compile(r"[^\W_]+(?:[-'’.&/][^\W_]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """What a drafted sentence says.

    Attributes:
        all: stems of its telling words.
        keys: of those that the question does not have, the names, numbers and codes.
        rest: the others that the question does not have.
    """

    all: frozenset[str]
    keys: frozenset[str]
    rest: frozenset[str]


def in_own_words(sentence: Sentence, view: View) -> tuple[Sentence, ...]:
    """The sentences of sources that say what a drafted sentence says; the sentence itself where none do.

    Args:
        sentence: as it was drafted. One that is whole sentences of a source already is kept as it is.
        view: what was found, and the question, whose words say nothing new.
    """
    if not sentence.text.strip() or _is_own(sentence):
        return (sentence,)
    said = _said(sentence.text, view.request.question)
    if not said.keys and not said.rest:
        return (sentence,)
    pieces = [piece for piece in candidates_of(view.evidence) if len(piece.text) <= MOST_PIECE_CHARS]
    cited = [piece for piece in pieces if piece.evidence.id in sentence.cites]
    others = [piece for piece in pieces if _share(said.all, piece) >= LEAST_ALIKE]
    chosen = _covering(said, cited) or _covering(said, others)
    return tuple(sentence_of(piece, view) for piece in chosen) or (sentence,)


def _is_own(sentence: Sentence) -> bool:
    return _flat(sentence.text) == _flat(sentence.quoted)


def _flat(words: str) -> str:
    return " ".join(words.casefold().split()).strip(" .\"“”'")


def _said(text: str, question: str) -> _Said:
    known = stems(question)
    new = {stem(term): term for term in terms(text) if stem(term) not in known}
    shown = {stem(match[0].casefold()): match[0] for match in _WORD.finditer(text)}
    first = next(_WORD.finditer(text), None)
    keys = {
        root
        for root in new
        if (word := shown.get(root, "")) and (any(map(str.isdigit, word)) or _is_name(word, text, first))
    }
    everything = frozenset(stem(term) for term in terms(text))
    return _Said(all=everything, keys=frozenset(keys), rest=frozenset(new) - keys)


def _is_name(word: str, text: str, first: re.Match[str] | None) -> bool:
    """Whether a word is written as a name; the first of a sentence is one only if the word after it is written so too."""
    if not word[:1].isupper() or word.casefold() in STOP_WORDS:
        return False
    if first is None or word != first[0]:
        return True
    return text[first.end() :].lstrip()[:1].isupper()


def _covering(said: _Said, pieces: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The fewest pieces, best first, in which all keys stand (or enough of the rest, without keys); none if they do not.

    A key may stand around a piece instead, as the date does in the heading over a sentence.
    """
    if not said.keys:
        best = max(pieces, key=lambda piece: _share(said.all, piece), default=None)
        return (best,) if best is not None and _share(said.rest, best) >= LEAST_SHARE else ()
    chosen: list[Candidate] = []
    missing = set(said.keys)
    while missing and len(chosen) < MOST_PIECES:
        best = max(pieces, key=lambda piece: (len(missing & stems(piece.text)), _share(said.all, piece)), default=None)
        held = missing & stems(best.text) if best is not None else set[str]()
        if best is None or not held:
            break
        chosen.append(best)
        missing -= held
    around = stems(" ".join(piece.context for piece in chosen))
    return tuple(chosen) if missing <= around else ()


def _share(wanted: frozenset[str], piece: Candidate) -> float:
    """Share of stems that stand in a piece, 0..1."""
    return len(wanted & stems(piece.text)) / len(wanted) if wanted else 0.0
