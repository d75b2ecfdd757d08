"""The fixed words by which an answer introduces a source's own words: which file, and from when to when.

The one place where they are listed: a sentence of these forms claims nothing beside its quoted words and its place, and
the verification takes it apart by the same forms. Knows nothing of how the words were chosen or whether they are true.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Final

from sourcehound.tools.evidence import Evidence, Kind

FORMS: Final[dict[Kind, tuple[str, ...]]] = {
    "image": ("{name} reads: “{words}”.",),
    "crop": ("{name} reads: “{words}”.",),
    "moment": ("{name} shows “{words}” from {start} to {end}.",),
    "speech": ("{name} says from {start} to {end}: “{words}”",),
    "text": ("{words}",),
    "page": ("{words}",),
    "web": ("{words}",),
}
"""For each kind of evidence the forms in which its words may stand; the first is the one that `introduce` writes."""

TIME_SLACK_S: Final = 0.5
_MINUTE: Final = 600
"""Tenths of a second."""


def introduce(evidence: Evidence, words: str) -> str:
    """A sentence that repeats a source's words and says where they are; words alone get a full stop if they lack an end."""
    line = " ".join(words.split())
    form = FORMS[evidence.kind][0]
    if form == "{words}":
        return line if line[-1:] in ".!?…:" else f"{line}."
    where = evidence.locator
    return form.format(name=name_of(evidence), words=line, start=clock(where.start_s), end=clock(where.end_s))


def introduced(text: str, evidence: Evidence) -> Iterator[str]:
    """The words that a sentence repeats, for each form that fits it: the right file, and times within `TIME_SLACK_S`."""
    line = " ".join(text.split())
    for form in dict.fromkeys((*FORMS[evidence.kind], "{words}", "“{words}”", "“{words}”.")):
        match = re.fullmatch(_pattern(form, evidence), line, re.DOTALL)
        if match is not None and _are_times_right(match.groupdict(), evidence):
            yield match["words"]


def name_of(evidence: Evidence) -> str:
    """What a source is called in an answer: its file's name, or its address."""
    return os.path.basename(evidence.source.path or evidence.source.uri)


def clock(seconds: float | None) -> str:
    """Seconds as people write them: `7.5 s`, `1:02.0`, `1:02:03.5`."""
    if seconds is None:
        return "?"
    tenths = round(seconds * 10)
    if tenths < _MINUTE:
        return f"{tenths / 10:.1f} s"
    minutes, rest = divmod(tenths, _MINUTE)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest / 10:04.1f}" if hours else f"{minutes}:{rest / 10:04.1f}"


def _pattern(form: str, evidence: Evidence) -> str:
    """A form as a regular expression."""
    escaped = re.escape(form).replace(r"\{", "{").replace(r"\}", "}")
    time = r"(?P<{}>\?|[\d:.]+(?:\\ s| s)?)"
    return (
        escaped.replace("{name}", re.escape(name_of(evidence)))
        .replace("{words}", "(?P<words>.+)")
        .replace("{start}", time.format("start"))
        .replace("{end}", time.format("end"))
    )


def _are_times_right(parts: dict[str, str | None], evidence: Evidence) -> bool:
    where = {"start": evidence.locator.start_s, "end": evidence.locator.end_s}
    return all(parts.get(edge) is None or _is_right(parts[edge] or "", seconds) for edge, seconds in where.items())


def _is_right(stated: str, seconds: float | None) -> bool:
    if seconds is None or stated == "?":
        return seconds is None and stated == "?"
    value = 0.0
    for part in stated.removesuffix(" s").split(":"):
        value = 60 * value + float(part)
    return abs(value - seconds) <= TIME_SLACK_S
