"""The check `number`: every number of a sentence, with its unit, stands in the cited words.

Numbers that say where (a page, a time of a film, a file's name) belong to other checks. Knows nothing of dates.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sourcehound.agent.verify.align import Frame, frame_of
from sourcehound.agent.verify.check import CheckResult, Claim, failed, not_applicable, passed
from sourcehound.agent.verify.clocks import media_times
from sourcehound.agent.verify.dates import date_spans
from sourcehound.agent.verify.masks import blanked, without_places
from sourcehound.agent.verify.numerals import Number, Reading, numbers, ordinals, pieces
from sourcehound.agent.verify.sources import Sources
from sourcehound.agent.verify.units import spellings
from sourcehound.agent.verify.words import flat, is_verbatim
from sourcehound.tools.evidence import Evidence

NAME: Final = "number"
_ABOUT: Final = re.compile(
    r"(?:\b(?:about|around|approximately|approx\.?|roughly|some|circa|ca\.?|c\.)|~|≈)\s*(?:us\$|[$€£¥₹])?$"
)
_ABOVE: Final = re.compile(r"\b(?:over|more than|at least|above|exceed\w*)\s*(?:us\$|[$€£¥₹])?$")
_BELOW: Final = re.compile(r"\b(?:under|nearly|almost|(?:less|fewer) than|at most|up to|below)\s*(?:us\$|[$€£¥₹])?$")
_FELL: Final = re.compile(
    r"\b(?:fell|fall|drop|declin|decreas|los[st]|lower|down|below|minus|negative|reduc|shrank|cut)"
)
_IN_SCALE: Final = re.compile(
    r"\b(?:in )?(?:us\$ ?|\$ ?)?(thousands|millions|billions)\b|\(?(?:000s?|[$€£]m|[$€£]bn)\)"
)
_SCALE: Final = {"thousands": 3, "millions": 6, "billions": 9, "000": 3, "m": 6, "bn": 9}
_MOST_ABOUT: Final = Decimal("0.1")
_YEAR: Final = re.compile(r"1[5-9]\d\d|20\d\d")
_OPENS: Final = re.compile(r"[$€£]?\(\s?[$€£]?$")


def check_numbers(claim: Claim, evidence: Sequence[Evidence], ctx: Sources) -> CheckResult:
    """Compare the claim's numbers with those of the cited words."""
    wanted = wanted_numbers(claim, evidence)
    words = ctx.all_words(evidence)
    frame = frame_of(claim.core, words)
    if frame is not None and (swapped := _swapped(claim.core, frame)):
        return failed(NAME, f"the source has other numbers there: {', '.join(swapped)}", means="contradicted")
    if not wanted:
        return not_applicable(NAME, "no number in it")
    if not words.strip():
        return not_applicable(NAME, "what is cited has no words")
    said = ", ".join(number.text for number, _ in wanted)
    if is_verbatim(claim.core, words):
        return passed(NAME, said)
    stock = _Stock(words, ctx.all_around(evidence))
    fell = _FELL.search(flat(claim.core)) is not None
    missing = [number.text for number, slack in wanted if not stock.has(number, slack, fell=fell)]
    if missing:
        return failed(NAME, f"not in the cited words: {', '.join(missing)}")
    return passed(NAME, said)


@dataclass(frozen=True, slots=True)
class Slack:
    """How far below and above a stated number the source's may be, as shares of it: the sentence says `about`, `over`."""

    below: Decimal = Decimal(0)
    above: Decimal = Decimal(0)


def wanted_numbers(claim: Claim, evidence: Sequence[Evidence]) -> list[tuple[Number, Slack]]:
    """The numbers that the cited words must hold, each with its slack."""
    line = flat(without_places(claim.core, evidence))
    spans = date_spans(line)
    if any(item.locator.start_s is not None for item in evidence):
        spans = [*spans, *((time.start, time.end) for time in media_times(line))]
    line = blanked(line, spans)
    found = [number for number in numbers(line) if not _is_pronoun(number)]
    return [(number, _slack(number, line)) for number in found]


class _Stock:
    """The numbers of some words, ready to be asked for.

    Args:
        words: the words.
        around: words near them (headings, title), which may hold a year, a unit or a scale but no other number.
    """

    def __init__(self, words: str, around: str) -> None:
        self._line = flat(words)
        self._near = f"{self._line} {flat(around)}"
        self._readings: set[Reading] = set()
        for number in numbers(words):
            self._readings |= number.readings | set(pieces(number))
            if (
                _OPENS.search(self._line[: number.start])
                and self._line[number.end : number.end + 2].lstrip()[:1] == ")"
            ):
                self._readings |= {Reading(-reading.value, reading.unit) for reading in number.readings}
        self._readings |= {Reading(value) for value in ordinals(words)}
        self._years = set(_YEAR.findall(flat(around)))
        exponents = {_SCALE[re.sub(r"[^\w]|000s", "", m[1] or m[0]) or "000"] for m in _IN_SCALE.finditer(self._near)}
        self._readings |= {
            Reading(r.value.scaleb(exponent), r.unit) for r in tuple(self._readings) for exponent in exponents
        }

    def has(self, number: Number, slack: Slack, *, fell: bool) -> bool:
        """Whether a number stands here.

        Args:
            number: the number.
            slack: how far the source's number may be from it.
            fell: a fall is told in words, so that a sign may be missing.
        """
        if not number.readings:
            return re.search(rf"(?<![\d.:]){re.escape(number.text)}(?!\d|:\d)", self._line) is not None
        if number.text in self._years:
            return True
        return any(
            self._agrees(mine, theirs, slack, fell=fell) for mine in number.readings for theirs in self._readings
        )

    def _agrees(self, mine: Reading, theirs: Reading, slack: Slack, *, fell: bool) -> bool:
        same = _is_within(mine.value, theirs.value, slack) or (fell and _is_within(mine.value, -theirs.value, slack))
        if not same:
            return False
        if not mine.unit or mine.unit == theirs.unit or {mine.unit, theirs.unit} in ({"pound", "gbp"}, {"pound", "lb"}):
            return True
        return not theirs.unit and any(self._spells(word) for word in spellings(mine.unit))

    def _spells(self, word: str) -> bool:
        if not word[0].isalpha():
            return word in self._near
        return re.search(rf"(?<![^\W\d_]){re.escape(word)}(?![^\W_])", self._near) is not None


def _is_pronoun(number: Number) -> bool:
    """`one of them` counts nothing; `one kilogram` does."""
    return number.spelled and number.text == "one"


def _swapped(claim: str, frame: Frame) -> list[str]:
    """Numbers that a claim has where the sentence that it follows has others, said more often than the sentence says them.

    A sentence's own numbers in another order are no swap.
    """
    line = flat(claim)
    said, there = numbers(line), numbers(frame.sentence)
    slack = {number.text: _slack(number, line) for number in said}
    swapped: list[str] = []
    for change in frame.changes:
        mine, theirs = numbers(" ".join(change.claim)), numbers(" ".join(change.source))
        for number in mine if theirs else ():
            known = any(_is_one(number, other, slack.get(number.text, Slack())) for other in theirs)
            if not known and _count(number, said) > _count(number, there):
                swapped.append(f"{number.text} for {theirs[0].text}")
    return swapped


def _slack(number: Number, line: str) -> Slack:
    """What the words before a number allow: `about` half its last digit, a tenth of it at most; `over` its last digit more."""
    before = line[: number.start]
    if _ABOUT.search(before):
        half = min(number.grain / 2, _MOST_ABOUT)
        return Slack(half, half)
    if _ABOVE.search(before):
        return Slack(above=number.grain)
    return Slack(below=number.grain) if _BELOW.search(before) else Slack()


def _is_within(mine: Decimal, theirs: Decimal, slack: Slack) -> bool:
    size = abs(mine)
    return mine - slack.below * size <= theirs <= mine + slack.above * size


def _count(number: Number, others: Sequence[Number]) -> int:
    return sum(_is_one(number, other) for other in others)


def _is_one(one: Number, other: Number, slack: Slack = Slack()) -> bool:
    """Whether two numbers can be read as one value, their units apart: a sentence is cut between them and their units."""
    mine, theirs = ([abs(reading.value) for reading in number.readings] for number in (one, other))
    return one.text == other.text or any(_is_within(a, b, slack) for a in mine for b in theirs)
