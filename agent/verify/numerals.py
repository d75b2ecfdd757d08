"""Reading numbers: 1,000 and 1000 and "one thousand" are one value; scales, percent, currency and units stay with them.

Where a spelling can be read in two ways (5m: five million, five metres; 1.234: a decimal, or thousands), both are kept.
Knows nothing of claims or sources.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sourcehound.agent.verify.units import SCALES, SIGNS, UNITS
from sourcehound.agent.verify.words import flat

_ONES: Final[dict[str, int]] = dict(
    zip(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
        " eighteen nineteen".split(),
        range(20),
        strict=True,
    )
)
_TENS: Final[dict[str, int]] = dict(
    zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True)
)
_WORD_SCALES: Final[dict[str, int]] = {
    "hundred": 100,
    "thousand": 10**3,
    "million": 10**6,
    "billion": 10**9,
    "trillion": 10**12,
}
_ORDINALS: Final[dict[str, int]] = dict(
    zip(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(),
        range(1, 13),
        strict=True,
    )
)
_SMALL: Final = "|".join((*_ONES, *_TENS))
_WORDS: Final = re.compile(
    rf"\b(?:an? (?=(?:{'|'.join(_WORD_SCALES)}|dozen)\b))?(?:{_SMALL}|{'|'.join(_WORD_SCALES)}|dozen)"
    rf"(?:[ -](?:and )?(?:{_SMALL}|{'|'.join(_WORD_SCALES)}|dozen))*\b"
)
_ORDINAL: Final = re.compile(rf"\b(?:{'|'.join(_ORDINALS)})\b")
_SIGN: Final = "|".join(map(re.escape, SIGNS))
_UNIT: Final = "|".join(
    re.escape(word).replace(r"\-", "[ -]")
    for word in sorted({*UNITS, *SCALES} - {"$", "€", "£", "¥", "₹", "us$", "cent"}, key=len, reverse=True)
)
_PREFIXES: Final = "".join(rf"|(?<=\b{prefix}-)" for prefix in ("mid", "early", "late", "pre", "post"))
"""After these and a hyphen a number is no code: `mid-1970s`."""
_FRACTION: Final = re.compile(
    r"[ -](?:hal(?:f|ves)|thirds?|quarters?|fourths?|fifths?|sixths?|eighths?|ninths?|tenths?|hundredths?)\b"
)
_DIGITS: Final = re.compile(
    rf"(?<![\w.,])(?:(?<![^\W\d_]-){_PREFIXES})(?P<sign>(?:{_SIGN})\s?)?(?P<minus>(?<![\w)])[-±]\s?)?(?P<sign2>(?:{_SIGN})\s?)?"
    r"(?P<digits>\d{1,3}(?:[, ']\d{3})+(?![\d])(?:\.\d+)?|\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?|\d+[.,]\d+|\d+|\.\d+)"
    r"(?P<part>[½⅓⅔¼¾⅛])?(?P<suffix>(?:st|nd|rd|th|s)(?![a-z]))?"
    rf"(?P<tail>(?:[ -]?(?:{_UNIT}|[$€£¥₹])(?![^\W\d_]|-?\d))*)"
    r"(?![\w]|[.,:/]\d)"
)
_OPAQUE: Final = re.compile(r"(?<![\w.])\d+(?:[.:/-]\d+){2,}(?!\w)|(?<![\w.])\d+[:/]\d+(?!\w)")
_BARE_PART: Final = re.compile(r"(?<!\w)[½⅓⅔¼¾⅛](?!\w)")


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a number: its value with its scale, and its unit's one name (empty for none)."""

    value: Decimal
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number in a text.

    Attributes:
        text: how it is written, in the compared form.
        readings: every way to read it; none for a run of digits that is only compared as it is written (1.2.3, 3:1).
        start: its place in the compared form of the text.
        end: one after.
        spelled: written in words.
        grain: the worth of its last digit that is not 0, as a share of its value, 0..1.
    """

    text: str
    readings: frozenset[Reading]
    start: int
    end: int
    spelled: bool = False
    grain: Decimal = Decimal(0)


def numbers(text: str) -> tuple[Number, ...]:
    """The numbers of a text (in its compared form), in order; those inside codes such as `A320` are no numbers."""
    line = flat(text)
    taken: list[tuple[int, int]] = []
    found: list[Number] = []
    for number in (*_opaque(line), *_digits(line), *_spelled(line)):
        if all(number.end <= start or end <= number.start for start, end in taken):
            taken.append((number.start, number.end))
            found.append(number)
    return tuple(sorted(found, key=lambda number: number.start))


def pieces(number: Number) -> Iterator[Reading]:
    """The runs of digits inside a number that may be several: a date, a score, neighbouring cells of a table."""
    if not number.readings or " " in number.text:
        for match in re.finditer(r"\d+(?:[.,]\d+)?", number.text):
            yield from (Reading(value) for value in _values(match[0]))


def ordinals(text: str) -> frozenset[Decimal]:
    """The values of `first` to `twelfth` in a text."""
    return frozenset(Decimal(_ORDINALS[match[0]]) for match in _ORDINAL.finditer(flat(text)))


def _opaque(line: str) -> Iterator[Number]:
    for match in _OPAQUE.finditer(line):
        if not re.fullmatch(r"\d{1,3}(?:\.\d{3})+", match[0]):
            yield Number(text=match[0], readings=frozenset(), start=match.start(), end=match.end())


def _digits(line: str) -> Iterator[Number]:
    for match in _DIGITS.finditer(line):
        minus = -1 if (match["minus"] or "").startswith("-") else 1
        part = Decimal(str(unicodedata.numeric(match["part"]))) if match["part"] else Decimal(0)
        sign = UNITS.get((match["sign"] or match["sign2"] or "").strip(), "")
        tail = re.findall(rf"{_UNIT}|[$€£¥₹]", match["tail"])
        if match["suffix"] == "s" and len(match["digits"]) < len("1990"):
            tail = ["s", *tail]
        values = [minus * (value + part) for value in _values(match["digits"])]
        readings = frozenset(reading for value in values for reading in _with_tail(value, sign, tail))
        yield Number(
            text=match[0].strip(),
            readings=readings,
            start=match.start(),
            end=match.start() + len(match[0].rstrip()),
            grain=_grain(values[0]),
        )
    for match in _BARE_PART.finditer(line):
        value = Decimal(str(unicodedata.numeric(match[0])))
        yield Number(text=match[0], readings=frozenset({Reading(value)}), start=match.start(), end=match.end())


def _spelled(line: str) -> Iterator[Number]:
    for match in _WORDS.finditer(line):
        if _FRACTION.match(line, match.end()):
            continue
        value = Decimal(_value_of_words(match[0]))
        after = re.match(rf"[ -]?(?P<unit>{_UNIT})(?!\w)", line[match.end() :])
        tail = [after["unit"]] if after else []
        end = match.end() + (after.end() if after else 0)
        readings = frozenset(_with_tail(value, "", tail))
        yield Number(
            text=line[match.start() : end],
            readings=readings,
            start=match.start(),
            end=end,
            spelled=True,
            grain=_grain(value),
        )


def _values(digits: str) -> list[Decimal]:
    """1,234 is thousands first, 1.234 a decimal first; one group of three can be either."""
    if re.fullmatch(r"\d{1,3}(?:[, ']\d{3})+(?:\.\d+)?", digits):
        whole = Decimal(re.sub(r"[, ']", "", digits))
        return [whole, Decimal(digits.replace(",", "."))] if re.fullmatch(r"\d{1,3},\d{3}", digits) else [whole]
    if re.fullmatch(r"\d{1,3}(?:\.\d{3}){2,}(?:,\d+)?", digits):
        return [Decimal(digits.replace(".", "").replace(",", "."))]
    value = Decimal(digits.replace(",", "."))
    return [value, Decimal(digits.replace(".", ""))] if re.fullmatch(r"[1-9]\d{0,2}\.\d{3}", digits) else [value]


def _with_tail(value: Decimal, sign: str, tail: list[str]) -> Iterator[Reading]:
    """The readings of a value by what stands before and behind it: money, scales, units."""
    readings = [Reading(value, sign)]
    for word in tail:
        longer: list[Reading] = []
        for reading in readings:
            if word in SCALES:
                longer.append(Reading(reading.value * SCALES[word], reading.unit))
            unit = UNITS.get(re.sub(r"[ -]", "-", word)) or UNITS.get(word)
            if unit is not None and not reading.unit:
                longer.append(Reading(reading.value, unit))
            elif unit is not None and word not in SCALES:
                longer.append(reading)
        readings = longer
    yield from readings


def _grain(value: Decimal) -> Decimal:
    exponent = value.normalize().as_tuple().exponent
    return Decimal(1).scaleb(exponent) / abs(value) if value and isinstance(exponent, int) else Decimal(0)


def _value_of_words(words: str) -> int:
    total = part = 0
    for word in re.split(r"[ -]", words):
        if word in _ONES or word in _TENS:
            part += _ONES.get(word, 0) + _TENS.get(word, 0)
        elif word == "hundred":
            part = max(part, 1) * 100
        elif word == "dozen":
            part = max(part, 1) * 12
        elif word in _WORD_SCALES:
            total += max(part, 1) * _WORD_SCALES[word]
            part = 0
    return total + part
