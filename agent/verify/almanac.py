"""Reading dates: ISO, numeric, and with the names of months in English, German, French and Spanish.

Where a spelling can be read in two ways (3/4/2021), both are kept. Knows nothing of claims or sources.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sourcehound.agent.verify.words import flat

_NAMES: Final = (
    "january jan januar janvier enero",
    "february feb februar février febrero",
    "march mar märz mars marzo",
    "april apr avril abril",
    "may mai mayo",
    "june jun juni juin junio",
    "july jul juli juillet julio",
    "august aug août agosto",
    "september sept sep septembre septiembre",
    "october oct oktober octobre octubre",
    "november nov novembre noviembre",
    "december dec dezember décembre diciembre",
)
MONTHS: Final[dict[str, int]] = {name: month for month, names in enumerate(_NAMES, 1) for name in names.split()}
_MONTH: Final = "|".join(sorted(MONTHS, key=len, reverse=True))
_YEAR: Final = r"(?:1\d|20)\d\d"
_ORDER: Final = r"(?:st|nd|rd|th)"
_IN_YEAR: Final = rf"(?:(?:,? (?:of |de |del )?|-)(?P<year>{_YEAR}))"
_BEFORE: Final = "|".join(rf"(?<=\b{word} )" for word in "in of by since until early late during last every".split())
_FORMS: Final = tuple(
    re.compile(rf"(?<![\w.]){form}(?!\w)")
    for form in (
        rf"(?P<year>{_YEAR})[-/.](?P<month>0?[1-9]|1[0-2])[-/.](?P<day>[0-2]?\d|3[01])(?:t\d\d[\d:.]*z?)?",
        r"(?P<one>[0-3]?\d)(?P<sep>[./-])(?P<two>[0-3]?\d)(?P=sep)(?P<short>\d\d(?:\d\d)?)",
        rf"(?P<day>[0-3]?\d)(?:{_ORDER}|\.)?(?: of| de|-)? ?(?P<name>{_MONTH})\b\.?{_IN_YEAR}?",
        rf"(?P<name>{_MONTH})\b\.? (?P<day>[0-3]?\d){_ORDER}?(?:,? (?P<year>{_YEAR}))?(?! ?[:%]|[.,]?\d)",
        rf"(?P<name>{_MONTH})\b\.?,? (?:of |de )?(?P<year>{_YEAR})",
        rf"(?:{_BEFORE})(?P<name>{_MONTH})",
    )
)
_SPAN: Final = (
    "night|week|weekend|month|year|quarter|decade|century|spring|summer|autumn|fall|winter"
    "|monday|tuesday|wednesday|thursday|friday|saturday|sunday"
)
_SOME: Final = r"\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten|several|some|many"
_RELATIVE: Final = re.compile(
    rf"\b(?:yesterday|today|tomorrow|tonight|(?:last|this|next|previous|coming) (?:{_SPAN})"
    rf"|(?:{_SOME}) (?:days?|weeks?|months?|years?|decades?|hours?) ago)\b"
)
_LAST_DAY: Final = 31
_LAST_MONTH: Final = 12


@dataclass(frozen=True, slots=True)
class Day:
    """A date, or as much of one as is said."""

    year: int | None = None
    month: int | None = None
    day: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Date:
    """A date in a text: every way to read it, and its place in the compared form of the text."""

    text: str
    days: frozenset[Day]
    start: int
    end: int


def dates(text: str) -> tuple[Date, ...]:
    """The dates of a text, in order; a bare year is a number, not a date."""
    line = flat(text)
    found: list[Date] = []
    for form in _FORMS:
        for match in form.finditer(line):
            days = frozenset(_days(match.groupdict()))
            if days and all(match.end() <= other.start or other.end <= match.start() for other in found):
                found.append(Date(text=match[0], days=days, start=match.start(), end=match.end()))
    return tuple(sorted(found, key=lambda date: date.start))


def relative_words(text: str) -> tuple[str, ...]:
    """Words that name a time only for who knows when they were written: yesterday, last year, two weeks ago."""
    return tuple(match[0] for match in _RELATIVE.finditer(flat(text)))


def _days(parts: dict[str, str | None]) -> Iterator[Day]:
    if parts.get("short"):
        yield from _numeric(int(parts["one"] or 0), int(parts["two"] or 0), parts["short"] or "")
        return
    name, day, year = parts.get("name"), parts.get("day"), parts.get("year")
    month = MONTHS[name] if name else int(parts.get("month") or 0)
    if month and (day is None or 1 <= int(day) <= _LAST_DAY):
        yield Day(int(year) if year else None, month, int(day) if day else None)


def _numeric(one: int, two: int, year: str) -> Iterator[Day]:
    """Day and month in either order, a short year in either century."""
    years = [int(year)] if len(year) > len("21") else [1900 + int(year), 2000 + int(year)]
    for day, month in {(one, two), (two, one)}:
        if 1 <= day <= _LAST_DAY and 1 <= month <= _LAST_MONTH:
            yield from (Day(full, month, day) for full in years)
