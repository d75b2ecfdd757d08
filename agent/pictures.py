"""The pictures and clips that a notebook or an exported page shows, made when they are asked for.

A citation whose file cannot be shown any more has none: its words and link stand alone. Knows nothing of pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from sourcehound.agent.showing import LOST
from sourcehound.tools.errors import ToolError

if TYPE_CHECKING:
    from sourcehound.agent.doors.clip import Clip, Clips
    from sourcehound.agent.doors.embed import Pictures
    from sourcehound.agent.runner import Runner
    from sourcehound.tools.index.hit import Hit
    from sourcehound.tools.library.workshop import Pixels


def answer_pictures(runner: Runner, thread: str) -> Pictures:
    """PNG bytes of a citation of a thread's last answer, by its number."""

    def picture(n: int) -> bytes | None:
        try:
            return runner.show(f"{thread}:{n}", caption=False).png
        except ToolError:
            return None

    return picture


def answer_clips(runner: Runner, thread: str) -> Clips:
    """The film or sound of a citation of a thread's last answer, by its number."""

    def clip(n: int, most_bytes: int) -> Clip | None:
        from sourcehound.agent.doors.clip import clip_of

        evidence = runner.cited(f"{thread}:{n}").evidence
        held = runner.showing.held(evidence)
        if held.state in LOST:
            return None
        here = replace(evidence, source=replace(evidence.source, path=held.path))
        try:
            return clip_of(here, runner.library.readers, most_bytes)
        except ToolError:
            return None

    return clip


def hit_pictures(hits: Sequence[Hit], readers: Pixels) -> Pictures:
    """PNG bytes of a hit, by its rank."""

    def picture(rank: int) -> bytes | None:
        from sourcehound.tools.show.show import Context, show

        try:
            return show(hits[rank - 1].evidence, readers, Context(caption=False)).png
        except ToolError:
            return None

    return picture
