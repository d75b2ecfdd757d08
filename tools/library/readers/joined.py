"""Sections put together: where each begins in the source's whole text, and no more text than the limits allow.

Knows nothing of formats.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.reading import Section


def joined(sections: Iterable[Section], limits: Limits) -> tuple[tuple[Section, ...], tuple[str, ...]]:
    """Give sections their `start`, as if joined by one newline, and leave out those without words.

    Args:
        sections: in reading order; taken one by one, and not further than the limit.
        limits: most characters.

    Returns:
        The sections, and a warning if some text was left out.
    """
    placed: list[Section] = []
    at = 0
    for section in sections:
        if not section.text.strip() and not section.hidden:
            continue
        room = limits.max_text_chars - at
        if len(section.text) > room:
            cut = section.text[: max(0, room)]
            anchors = tuple(anchor for anchor in section.anchors if anchor.end <= len(cut))
            placed.append(replace(section, start=at, text=cut, anchors=anchors))
            return tuple(placed), (f"only the first {limits.max_text_chars} characters are read",)
        placed.append(replace(section, start=at))
        at += len(section.text) + 1
    return tuple(placed), ()
