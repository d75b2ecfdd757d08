"""What may go out to the web once private files have been read: a rule in code, which no prompt can talk round.

A query may then hold the words of the person's question, and short runs of words that stand together in public evidence
(so that one hop may lead to the next). It goes out in a plain form that code writes: no case, punctuation or odd
characters in which a planted instruction could hide a secret. A page is fetched only from an address that a search or
the person gave, byte for byte. What remains is the choice and order of permitted words, bounded by `MAX_WORDS` and
`MAX_RUNS`. Knows nothing of engines and fetching; whoever calls it sends `FlowVerdict.outgoing` and nothing else.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

MAX_WORDS: Final = 32
"""Words of a query after private files have been read."""
MAX_RUNS: Final = 3
"""Runs taken from public evidence in one query."""

_MIN_LONE: Final = 3  # letters of a word that may be taken from public evidence without its neighbours
_IDEOGRAPH: Final = r"\u2e80-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_LONE: Final = re.compile(f"[{_IDEOGRAPH}]")
_TOKEN: Final = re.compile(rf"[{_IDEOGRAPH}]|[^\W_{_IDEOGRAPH}]+")
_URL: Final = re.compile(r"https?://[^\s<>\"`]+", re.IGNORECASE)
_STOP: Final = re.compile(
    r"a|about|after|all|also|am|an|and|any|are|as|at|be|been|before|between|but|by|can|could|did|do|does|for|from"
    r"|had|has|have|he|her|his|how|i|if|in|into|is|it|its|me|my|no|not|of|on|or|our|she|should|so|some|than|that"
    r"|the|their|them|then|there|these|they|this|those|to|us|was|we|were|what|when|where|which|who|whom|whose|why"
    r"|will|with|would|you|your|find|search|show|tell"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowVerdict:
    """Whether something may go out.

    Attributes:
        offending_words: what must not go out, in order; empty where allowed.
        outgoing: the query in its plain form, or the address: the only thing to send. Empty where not allowed.
    """

    allowed: bool
    offending_words: tuple[str, ...] = ()
    outgoing: str = ""


def check_query(query: str, *, question: str, public_texts: Iterable[str], private_read: bool) -> FlowVerdict:
    """Judge a query to a search engine.

    Args:
        query: as the planner wrote it.
        question: the person's own words.
        public_texts: texts of web pages and snippets read in this thread; never of files.
        private_read: whether evidence from private files has been read.

    Returns:
        Allowed where every word is the question's, or in a run of public evidence, or a stop word. A stop word that is
        neither is left out of `outgoing`. A lone word of evidence has at least three letters and no digit, and a number
        goes with the words beside it, so that a page that lists letters and numbers does not become an alphabet.
    """
    if not private_read:
        plain = " ".join(query.split())
        return FlowVerdict(allowed=bool(plain), outgoing=plain)
    asked = words(query)
    own = {_stem(word): word for word in reversed(words(question))}
    left = Counter(_stem(word) for word in words(question))
    texts = [f" {' '.join(words(text))} " for text in public_texts]
    outgoing: list[str] = []
    offending: list[str] = []
    n_runs, at = 0, 0
    while at < len(asked):
        word, stem = asked[at], _stem(asked[at])
        run = () if left[stem] else _longest_run(asked[at:], texts)
        if left[stem]:
            left[stem] -= 1
            outgoing.append(own[stem])
        elif n_runs < MAX_RUNS and _is_quotable(run):
            n_runs += 1
            outgoing.extend(run)
            at += len(run) - 1
        elif not _STOP.fullmatch(word):
            offending.append(word)
        at += 1
    offending += outgoing[MAX_WORDS:]
    allowed = bool(outgoing) and not offending
    return FlowVerdict(allowed=allowed, offending_words=tuple(offending), outgoing=_plain(outgoing) if allowed else "")


def check_address(url: str, *, offered: Collection[str], question: str) -> FlowVerdict:
    """Judge an address to be fetched, whatever has been read before.

    Args:
        url: as the planner wrote it.
        offered: addresses that searches gave in this thread; never those found in files or pages.
        question: the person's own words, whose addresses count as given.

    Returns:
        Allowed where the address is one of these, byte for byte.
    """
    allowed = url in offered or url in given_addresses(question)
    return FlowVerdict(allowed=allowed, offending_words=() if allowed else (url,), outgoing=url if allowed else "")


def given_addresses(question: str) -> frozenset[str]:
    """The addresses that stand in a question, each also without the punctuation that ends a sentence."""
    given: set[str] = set()
    for url in _URL.findall(question):
        bare = url.rstrip(".,;:!?)]}'»”’")
        given.update(url[:end] for end in range(len(bare), len(url) + 1))
    return frozenset(given)


def words(text: str) -> tuple[str, ...]:
    """The words and numbers of a text, folded: compatibility forms, case, unseen characters; ideographs one by one."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return tuple(_TOKEN.findall("".join(c for c in folded if unicodedata.category(c) != "Cf")))


def _longest_run(asked: Sequence[str], texts: Sequence[str]) -> tuple[str, ...]:
    """The longest beginning of `asked` that stands in one of the texts, word by word."""
    best = 0
    for text in texts:
        while best < len(asked) and f" {' '.join(asked[: best + 1])} " in text:
            best += 1
    return tuple(asked[:best])


def _is_quotable(run: Sequence[str]) -> bool:
    substantial = any(len(word) >= _MIN_LONE and word.isalpha() and not _STOP.fullmatch(word) for word in run)
    return substantial or (len(run) > 1 and all(_LONE.fullmatch(word) for word in run))


def _plain(asked: Sequence[str]) -> str:
    spaced = ""
    for word in asked:
        close = not spaced or (_LONE.fullmatch(word) and _LONE.fullmatch(spaced[-1]))
        spaced += word if close else f" {word}"
    return spaced


def _stem(word: str) -> str:
    """A word without its plural, so that `kites` may be asked where the question says `kite`."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word
