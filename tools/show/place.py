"""Places and times in words, the same in pictures, pages and terminals."""

from __future__ import annotations

from sourcehound.tools.evidence import Box, Locator
from sourcehound.tools.show.printable import one_line


def clock(seconds: float) -> str:
    """Media time as `m:ss.cc`, with hours as `h:mm:ss.cc` where there are any.

    Example:
        >>> clock(12.5), clock(3725.04)
        ('0:12.50', '1:02:05.04')
    """
    hundredths = round(max(0.0, seconds) * 100)
    minutes, rest = divmod(hundredths, 6000)
    tail = f"{rest // 100:02d}.{rest % 100:02d}"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{tail}" if hours else f"{minutes}:{tail}"


def span(start_s: float, end_s: float | None) -> str:
    """A stretch of media time as `0:12.50–0:18.00`."""
    return clock(start_s) if end_s is None else f"{clock(start_s)}–{clock(end_s)}"


def page_name(page: int, label: str | None) -> str:
    """A page by its printed label, with its physical number where the two differ.

    Example:
        >>> page_name(3, "iii"), page_name(7, "7")
        ('page iii, 3rd of the file', 'page 7')
    """
    label = one_line(label, 20)
    return f"page {page}" if label in {"", str(page)} else f"page {label}, {_ordinal(page)} of the file"


def place(locator: Locator, *, box: bool = True) -> str:
    """Where inside its source something stands, in words; empty where the whole source is meant.

    Args:
        locator: the place.
        box: whether to name the box of a picture's part (never that of lines on a page: they are shown, not read).
    """
    parts: list[str] = []
    if locator.page is not None:
        parts.append(page_name(locator.page, locator.page_label))
    if locator.part:
        parts.append(one_line(locator.part, 60))
    if locator.start_s is not None:
        parts.append(span(locator.start_s, locator.end_s))
    if len(locator.frames_s) == 1:
        parts.append(f"frame at {clock(locator.frames_s[0])}")
    if box and len(locator.boxes) == 1 and locator.space is not None and locator.space.unit == "px":
        parts.append(f"{extent(locator.boxes[0])} px at {locator.boxes[0][0]:.0f}, {locator.boxes[0][1]:.0f}")
    if not parts and locator.chars is not None:
        parts.append(f"characters {locator.chars[0]:,}–{locator.chars[1]:,}")
    return ", ".join(parts)


def extent(box: Box) -> str:
    """Width and height of a box in words, in whole units."""
    left, top, right, bottom = (round(side) for side in box)
    return f"{right - left} × {bottom - top}"


def _ordinal(number: int) -> str:
    teen = 11 <= number % 100 <= 13
    return f"{number}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"
