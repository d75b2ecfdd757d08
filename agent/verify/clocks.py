"""Reading times: media times (`7.5 s`, `1:02`, `2 min 5 s`) in seconds, and times of day in minutes.

Knows nothing of dates, claims or sources.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from sourcehound.agent.verify.words import flat

_CLOCK: Final = r"(?:(?P<hours>\d{1,2}):)?(?P<minutes>\d{1,3}):(?P<seconds>\d{2}(?:\.\d+)?)"
_SPOKEN: Final = (
    r"(?P<min>\d+(?:\.\d+)?) ?(?:minutes?|mins?|m(?=\d))(?: and| )? ?"
    r"(?:(?P<sec>\d+(?:\.\d+)?) ?(?:seconds?|secs?|s)\b)?"
)
_BARE: Final = r"(?P<bare>\d+(?:\.\d+)?)[ -]?(?:seconds?|secs?|s)(?![^\W_])"
_MEDIA: Final = re.compile(rf"(?<![\d:.\w])(?:{_CLOCK}(?![\d:])|{_SPOKEN}|{_BARE})")
_DAY: Final = re.compile(
    r"(?<![\d:.\w])(?P<hour>[01]?\d|2[0-4])(?:[:.h](?P<minute>[0-5]\d))?(?::[0-5]\d)?"
    r"(?: ?(?P<half>[ap])\.?m\b\.?|(?<=[:h]\d\d)(?![\d:.]\d|\d))"
)
_HALF_DAY: Final = 720


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaTime:
    """A time in a film or recording that a text states: seconds, and its place in the compared form of the text."""

    value_s: float
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayTime:
    """A time of day: the minutes since midnight that it can mean, and its place in the compared form of the text."""

    minutes: frozenset[int]
    start: int
    end: int
    text: str


def media_times(text: str) -> tuple[MediaTime, ...]:
    """The media times of a text, in order."""
    return tuple(
        MediaTime(
            value_s=_seconds(match),
            start=match.start(),
            end=match.start() + len(match[0].rstrip()),
            text=match[0].strip(),
        )
        for match in _MEDIA.finditer(flat(text))
    )


def day_times(text: str) -> tuple[DayTime, ...]:
    """The times of day of a text, in order; one without am or pm may mean either half of the day."""
    found: list[DayTime] = []
    for match in _DAY.finditer(flat(text)):
        hour, minute = int(match["hour"]), int(match["minute"] or 0)
        at = (hour * 60 + minute) % (2 * _HALF_DAY)
        if match["half"]:
            at = at % _HALF_DAY + (_HALF_DAY if match["half"] == "p" else 0)
            meant = {at}
        else:
            meant = {at, at + _HALF_DAY} if at < _HALF_DAY else {at}
        found.append(DayTime(minutes=frozenset(meant), start=match.start(), end=match.end(), text=match[0]))
    return tuple(found)


def _seconds(match: re.Match[str]) -> float:
    if match["bare"]:
        return float(match["bare"])
    if match["min"]:
        return 60 * float(match["min"]) + float(match["sec"] or 0)
    return 3600 * int(match["hours"] or 0) + 60 * int(match["minutes"]) + float(match["seconds"])
