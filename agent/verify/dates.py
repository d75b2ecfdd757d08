"""The check `date`: every date of a sentence stands in the cited words, however it is written there.

Words such as "yesterday" say a date only to whoever knows when they were written: they are flagged where the source has
them, and cannot be checked where it has not.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Final

from sourcehound.agent.verify.almanac import Date, Day, dates, relative_words
from sourcehound.agent.verify.check import CheckResult, Claim, failed, not_applicable, passed, undecided
from sourcehound.agent.verify.clocks import DayTime, day_times
from sourcehound.agent.verify.masks import without_places
from sourcehound.agent.verify.sources import Sources
from sourcehound.agent.verify.words import flat, is_verbatim
from sourcehound.tools.evidence import Evidence

NAME: Final = "date"
_BARE_YEAR: Final = re.compile(r"(?<![\d.])(?:1\d|20)\d\d(?![\d.])")


def check_dates(claim: Claim, evidence: Sequence[Evidence], ctx: Sources) -> CheckResult:
    """Compare the claim's dates and times of day with those of the cited words."""
    said = without_places(claim.core, evidence)
    timed = any(item.locator.start_s is not None for item in evidence)
    wanted, clocks, relative = dates(said), () if timed else day_times(said), relative_words(said)
    if not (wanted or clocks or relative):
        return not_applicable(NAME, "no date in it")
    words = ctx.all_words(evidence)
    if not words.strip():
        return not_applicable(NAME, "what is cited has no words")
    near = flat(f"{words}\n{ctx.all_around(evidence)}")
    verbatim = is_verbatim(claim.core, words)
    missing = [] if verbatim else [*_missing_dates(wanted, near), *_missing_clocks(clocks, near)]
    if missing:
        return failed(NAME, f"not in the cited words: {', '.join(missing)}")
    foreign = [] if verbatim else [word for word in relative if word not in near]
    if foreign:
        return undecided(NAME, f"says a time only to who knows when it was written: {', '.join(foreign)}")
    flag = f" (as the source has it, said when that was written: {', '.join(relative)})" if relative else ""
    return passed(NAME, ", ".join(item.text for item in (*wanted, *clocks)) + flag)


def date_spans(line: str) -> list[tuple[int, int]]:
    """Where dates and times of day stand in a text in its compared form: the numbers in them are compared here."""
    return [(item.start, item.end) for item in (*dates(line), *day_times(line))]


def agrees(wanted: Day, there: Day, years: Collection[int]) -> bool:
    """Whether a date of the source says what a claim says: all that the claim says must be said there.

    Args:
        wanted: the claim's date.
        there: the source's.
        years: bare years near it, which complete a date without one ("3 March" below the heading "2021").
    """
    year = wanted.year is None or wanted.year == there.year or (there.year is None and wanted.year in years)
    month = wanted.month is None or wanted.month == there.month
    return year and month and (wanted.day is None or wanted.day == there.day)


def _missing_dates(wanted: Sequence[Date], near: str) -> list[str]:
    there = [day for date in dates(near) for day in date.days]
    years = {int(year) for year in _BARE_YEAR.findall(near)}
    return [
        date.text for date in wanted if not any(agrees(mine, theirs, years) for mine in date.days for theirs in there)
    ]


def _missing_clocks(wanted: Sequence[DayTime], near: str) -> list[str]:
    there = [minute for clock in day_times(near) for minute in clock.minutes]
    return [clock.text for clock in wanted if not clock.minutes & set(there) and clock.text not in near]
