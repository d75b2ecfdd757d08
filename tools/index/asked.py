"""What a person's words ask for: content words, exact phrases, codes, and runs of scripts written without spaces.

Pure text work: nothing the person typed ever reaches a query language unquoted. Knows nothing of SQLite beyond how it
quotes a string.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from sourcehound.tools.index.folding import fold, split_words, straighten

MOST_TERMS = 64
"""Distinct terms that are searched; a pasted page keeps its first ones."""

STOP_WORDS = frozenset(
    "a about all also am an and any are as at be because been being both but by can could did do does doing for from"
    " had has have having he her here him his how i if in into is it its me my no nor not of on or our out s shall she"
    " should so some such t than that the their them then there these they this those through to too us was we were"
    " what when where which while who whom whose why will with would you your".split()
)
"""English words that say how a sentence is built rather than what it is about; s and t are left by apostrophes."""

TermKind = Literal["word", "phrase", "code", "unspaced"]
SEPARATORS = " \t\n\r\u00a0-_./·‐‑–—"
"""Characters that people put into codes or leave out: KX-204, KX 204, kx204."""

_QUOTED = re.compile(r"[\"“”„«»]([^\"“”„«»]+)[\"“”„«»]")
_CODE = re.compile(r"[^\W_]+(?:[-_./·‐‑–—][^\W_]+)*")
_SHORTEST_CODE = 3
# Han, kana, Hangul, Bopomofo; Thai, Lao, Myanmar, Khmer: a run of these is several words, or one with its particles
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1100-\u11ff\u3005-\u3007\u3040-\u30ff\u3100-\u31bf\u3400-\u4dbf"
    "\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff]+"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One thing asked for.

    Attributes:
        text: as it was typed, a word in one spelling (`fold`), for a phrase its words joined by spaces, for an unspaced
            run two neighbouring characters.
        kind: `word` any form of a word, `phrase` these very words in this order, `code` letters and digits with or
            without separators, `unspaced` characters that stand together.
    """

    text: str
    kind: TermKind

    @property
    def quoted(self) -> str:
        """The term as a string of FTS5's query syntax, in which no character of it has a meaning."""
        return '"' + self.text.replace('"', '""') + '"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The terms of a question, each once, in order of appearance."""

    terms: tuple[Term, ...]

    @property
    def phrases(self) -> tuple[Term, ...]:
        """The exact phrases among them."""
        return tuple(term for term in self.terms if term.kind == "phrase")


def parse(query: str) -> Asked:
    """Take a query apart.

    What stands in double quotes is a phrase. Function words are dropped, unless there is nothing else. Words are folded
    to one spelling.

    Example:
        >>> [(term.kind, term.text) for term in parse('where is the "red kite" near KX-204?').terms]
        [('phrase', 'red kite'), ('word', 'near'), ('code', 'KX-204')]
    """
    text = unicodedata.normalize("NFC", "".join(" " if _is_unusable(c) else c for c in query))
    phrases = [Term(text=" ".join(split_words(found)), kind="phrase") for found in _QUOTED.findall(text)]
    rest = [term for chunk in _QUOTED.sub(" ", text).split() for term in _terms(chunk)]
    if any(term.kind != "word" or term.text.casefold() not in STOP_WORDS for term in rest):
        rest = [term for term in rest if term.kind != "word" or term.text.casefold() not in STOP_WORDS]
    elif phrases:
        rest = []
    distinct = {term.text.casefold(): term for term in [*phrases, *rest] if term.text}
    return Asked(terms=tuple(distinct.values())[:MOST_TERMS])


def has_unspaced(text: str) -> bool:
    """Whether it holds characters of a script that is written without spaces between words."""
    return _UNSPACED.search(text) is not None


def squeeze(text: str) -> str:
    """The text without separators."""
    return text.translate(dict.fromkeys(map(ord, SEPARATORS)))


def _terms(chunk: str) -> list[Term]:
    chunk = straighten(chunk)
    code = _CODE.search(chunk)
    if code is not None and _is_code(code[0]) and not has_unspaced(code[0]):
        edges = chunk[: code.start()] + " " + chunk[code.end() :]
        return [Term(text=code[0], kind="code"), *(term for piece in edges.split() for term in _terms(piece))]
    terms: list[Term] = []
    for word in split_words(chunk):
        runs = [run for run in _UNSPACED.findall(word) if run]
        terms += [Term(text=pair, kind="unspaced") for run in runs for pair in _pairs(run)]
        terms += [Term(text=fold(spaced), kind="word") for spaced in _UNSPACED.sub(" ", word).split()]
    return terms


def pairs_of(text: str) -> list[str]:
    """The neighbouring characters of every run of a script that is written without spaces, as `parse` asks for them."""
    return [pair for run in _UNSPACED.findall(text) for pair in _pairs(run)]


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(max(1, len(run) - 1))]


def _is_code(text: str) -> bool:
    squeezed = squeeze(text)
    mixed = any(c.isalpha() for c in squeezed) or len(squeezed) < len(text)
    return mixed and len(squeezed) >= _SHORTEST_CODE and any(c.isdigit() for c in squeezed)


def _is_unusable(character: str) -> bool:
    """Lone surrogates cannot be written as UTF-8, and SQLite ends a string at NUL."""
    return character == "\0" or "\ud800" <= character <= "\udfff"
