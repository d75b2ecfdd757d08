"""The check `interval`: a cited span lies in its film or recording, where the catalogue has the words, and is stated right.

A stated time must be the span's, inside it, its length, or among the words that are cited.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from sourcehound.agent.verify.check import CheckResult, Claim, failed, not_applicable, passed
from sourcehound.agent.verify.clocks import MediaTime, media_times
from sourcehound.agent.verify.masks import without_places
from sourcehound.agent.verify.sources import Sources
from sourcehound.agent.verify.words import flat
from sourcehound.tools.evidence import Evidence, Locator

NAME: Final = "interval"
SLACK_S: Final = 0.5
"""How far a stated time may be from the cited one; times are shown to a tenth of a second."""
_SPAN: Final = re.compile(r"^ ?(?:-|to|and|until|till) ?$")


def check_interval(claim: Claim, evidence: Sequence[Evidence], ctx: Sources) -> CheckResult:
    """Compare every cited span with its source, and the stated times with the spans."""
    timed = [item for item in evidence if item.locator.start_s is not None]
    for item in timed:
        if wrong := _wrong(item, ctx):
            return failed(NAME, f"{item.id}: {wrong}")
    if not timed:
        return not_applicable(NAME, "no time is cited")
    line = flat(without_places(claim.text, evidence))
    stated = media_times(line)
    if unlike := _unlike(stated, line, timed, ctx):
        return failed(NAME, f"the sentence says {unlike}, cited is {', '.join(_shown(item.locator) for item in timed)}")
    return passed(NAME, ", ".join(f"{item.id}: {_shown(item.locator)}" for item in timed))


def _wrong(item: Evidence, ctx: Sources) -> str:
    where = item.locator
    start_s, end_s = where.start_s or 0.0, where.end_s
    if end_s is None:
        return f"it begins at {start_s:g} s and has no end"
    is_instant = item.kind == "crop" and end_s == start_s
    if start_s < 0 or not (start_s < end_s or is_instant):
        return f"{start_s:g} s to {end_s:g} s is no span"
    duration_s = ctx.duration_s(item)
    if duration_s is not None and end_s > duration_s + SLACK_S:
        return f"it ends at {end_s:g} s, the source at {duration_s:g} s"
    if any(not start_s - SLACK_S <= frame_s <= end_s + SLACK_S for frame_s in where.frames_s):
        return "its frames lie outside its span"
    there = [place for place in ctx.places(item) if place.start_s is not None]
    if there and not any(_is_near(place.start_s, start_s) and _is_near(place.end_s, end_s) for place in there):
        return f"the cited words are at {_shown(there[0])}, not at {_shown(where)}"
    return ""


def _unlike(stated: Sequence[MediaTime], line: str, timed: Sequence[Evidence], ctx: Sources) -> str:
    """The first stated time or span that no cited span has and that the cited words do not say either."""
    heard = [time.value_s for time in media_times(ctx.all_words(timed))]
    spans = [(item.locator.start_s or 0.0, item.locator.end_s or 0.0) for item in timed]
    place = 0
    while place < len(stated):
        first = stated[place]
        second = stated[place + 1] if place + 1 < len(stated) else None
        if second is not None and _SPAN.match(line[first.end : second.start]):
            told = first.value_s in heard and second.value_s in heard
            if not told and not any(
                _is_near(first.value_s, start) and _is_near(second.value_s, end) for start, end in spans
            ):
                return f"{first.text} to {second.text}"
            place += 2
            continue
        inside = any(start - SLACK_S <= first.value_s <= end + SLACK_S for start, end in spans)
        lasts = any(_is_near(first.value_s, end - start) for start, end in spans)
        if not (inside or lasts or first.value_s in heard):
            return first.text
        place += 1
    return ""


def _is_near(one: float | None, other: float | None) -> bool:
    return one is not None and other is not None and abs(one - other) <= SLACK_S + 1e-9


def _shown(where: Locator) -> str:
    end = "?" if where.end_s is None else f"{where.end_s:.5g}"
    return f"{where.start_s or 0.0:.5g} s to {end} s"
