"""The check `name`: names and codes of a sentence stand in the cited words, or in the title or file name of their source.

The sentences just before and after count too: "It rose to 5 m" is said of what the sentence before names. A name that only
the person's question has is left to a judge. Knows nothing of who or what the names mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from sourcehound.agent.verify.align import Change, frame_of
from sourcehound.agent.verify.almanac import MONTHS
from sourcehound.agent.verify.check import CheckResult, Claim, failed, not_applicable, passed
from sourcehound.agent.verify.masks import without_places
from sourcehound.agent.verify.sources import Sources
from sourcehound.agent.verify.units import UNITS
from sourcehound.agent.verify.words import flat, is_verbatim
from sourcehound.tools.evidence import Evidence

NAME: Final = "name"
_WORD: Final = re.compile(r"[^\W_]+(?:[-'’.&/][^\W_]+)*")
_CODE: Final = re.compile(r"(?=[^\W_-]*[\w-]*\d)(?=[\w-]*[^\W\d_])[^\W_]+(?:-[^\W_]+)*")
_ORDINARY: Final = re.compile(
    r"\d+(?:st|nd|rd|th|s|[a-zµ°]{1,3})|\d{1,2}[ap]m|(?:[^\W\d_]+|\d+)(?:-[a-z]+)+|(?:mid|early|late|pre|post)-\d+s?|\d+x\d*",
    re.IGNORECASE,
)
_SENTENCE_START: Final = re.compile(r"(?:^|[.!?:;•|“\"\n(\[])\s*[“\"'(\[]*$")
_LEAST_NAME: Final = 2
_LEAST_PREFIX: Final = 4
_OF_A_PLACE: Final = frozenset(("", "s", "'s", "n", "an", "ian", "ean", "ese", "ish", "i", "ic", "es", "er", "y", "a"))
_NO_NAMES: Final = frozenset(
    "i the a an this that these those there here it its he she they we you his her their our your my in on at by for from to"
    " of with and or but if when while where what which who how why as is are was were no not yes all some many most each one"
    " two three four five both after before during since until according however also mr mrs ms dr prof".split()
)


def check_names(claim: Claim, evidence: Sequence[Evidence], ctx: Sources) -> CheckResult:
    """Compare the claim's names and codes with the cited words, titles and file names."""
    wanted = names(without_places(claim.core, evidence))
    if not wanted:
        return not_applicable(NAME, "no name in it")
    words = ctx.all_words(evidence)
    if not words.strip():
        return not_applicable(NAME, "what is cited has no words")
    if is_verbatim(claim.core, words):
        return passed(NAME, ", ".join(wanted))
    return _compared(claim, wanted, words, evidence, ctx)


def _compared(
    claim: Claim, wanted: Sequence[str], words: str, evidence: Sequence[Evidence], ctx: Sources
) -> CheckResult:
    near = "\n".join(whole for item in evidence for whole in ctx.wholes(item, margin=1))
    stock = _Stock(f"{words}\n{near}\n{ctx.all_around(evidence)}")
    if missing := [name for name in wanted if not stock.has(name)]:
        asked = _Stock(ctx.question)
        if all(asked.has(name) for name in missing):
            return not_applicable(
                NAME, f"only the person names {', '.join(missing)}: code cannot tell what the source means"
            )
        return failed(NAME, f"not in the cited words, title or file name: {', '.join(missing)}")
    frame = frame_of(claim.core, words)
    if swapped := [name for name in wanted if frame is not None and _is_swapped(name, frame.changes)]:
        detail = f"stands elsewhere in the cited words, but not in this statement: {', '.join(swapped)}"
        return failed(NAME, detail, means="contradicted")
    return passed(NAME, ", ".join(wanted))


def names(text: str) -> tuple[str, ...]:
    """The words of a text that are names by their capitals, and its codes of letters and digits, in order, each once.

    The first word of a sentence is one only if it could be nothing else (it has digits, or two capitals).
    """
    return tuple(dict.fromkeys(_names(text)))


def _names(text: str) -> Iterator[str]:
    for match in _WORD.finditer(text):
        word = match[0]
        plain = flat(word).removesuffix("'s")
        if _CODE.fullmatch(word) and any(c.isdigit() for c in word):
            if not _ORDINARY.fullmatch(word):
                yield word
            continue
        if len(word) < _LEAST_NAME or not word[0].isupper() or plain in _NO_NAMES or plain in MONTHS or plain in UNITS:
            continue
        first = _SENTENCE_START.search(text[: match.start()]) is not None
        if not first or sum(c.isupper() for c in word) > 1:
            yield word


class _Stock:
    """The words in which names are looked for."""

    def __init__(self, words: str) -> None:
        self._line = flat(words)
        found = [flat(match[0]).removesuffix("'s") for match in _WORD.finditer(words)]
        self._words = frozenset((*found, *(part for word in found for part in re.split(r"[-'.&/]", word))))
        self._initials = _initials(words)

    def has(self, name: str) -> bool:
        """Whether a name stands here: as it is, as the people of a place, or as the initials of a longer name."""
        plain = flat(name).removesuffix("'s")
        if plain in self._words or plain.replace(".", "") in self._words:
            return True
        if re.search(rf"(?<!\w){re.escape(plain)}(?!\w)", self._line):
            return True
        if name.isupper() and plain.replace(".", "") in self._initials:
            return True
        if any(c.isdigit() for c in plain):
            # AS-417, AS 417 and AS417 are one code, and CO2 is also set as CO 2
            groups = re.findall(r"\d+|[^\W\d_]+", plain)
            return (
                re.search(r"(?<![^\W_])" + r"[\W_]{0,2}".join(map(re.escape, groups)) + r"(?![^\W_])", self._line)
                is not None
            )
        parts = [part for part in re.split(r"[-'.&/]", plain) if part]
        return all(self._has_kin(part) for part in parts)

    def _has_kin(self, word: str) -> bool:
        return any(
            word == other
            or (len(other) >= _LEAST_PREFIX and word.startswith(other) and word[len(other) :] in _OF_A_PLACE)
            or (len(word) >= _LEAST_PREFIX and other.startswith(word) and other[len(word) :] in _OF_A_PLACE)
            for other in self._words
        )


def _initials(words: str) -> frozenset[str]:
    """Initials of runs of capitalised words: `United Nations` gives `un`."""
    found: set[str] = set()
    run = ""
    for match in _WORD.finditer(words):
        if match[0][0].isupper():
            run += match[0][0].casefold()
            found.update(run[start:] for start in range(len(run) - 1))
        elif match[0] not in {"of", "and", "the", "for", "de"}:
            run = ""
    return frozenset(found)


def _is_swapped(name: str, changes: Sequence[Change]) -> bool:
    """Whether a claim has a name where the source has other words instead."""
    parts = set(re.findall(r"[^\W_]+", flat(name)))
    return any(change.source and parts & set(change.claim) and not parts & set(change.source) for change in changes)
