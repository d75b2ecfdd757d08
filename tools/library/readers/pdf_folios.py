"""The numbers printed on pages, where a file does not carry them as labels: those at the edge that rise page by page.

Pure counting: knows lines' words and heights only.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from sourcehound.tools.evidence import Space
from sourcehound.tools.library.readers.pdf_lines import Line

_EDGE = 0.14
"""Share of the page's height, at its top and its bottom, in which its number stands."""
_NEAR_PT = 8.0
"""The first and the last line of a page, and what stands this near to them, are at its edge too."""
_LEAST_PAGES = 3
_LEAST_SHARE = 0.3
_ARABIC = re.compile(
    r"(?:.*[^\w.,])?(?:page\s*|p\.\s*)?[(\[–—-]*\s*(\d{1,4})\s*[)\]–—-]*(?:\s*(?:of|/)\s*\d+)?", re.IGNORECASE
)
_FIRST = re.compile(r"(\d{1,4})\s*[|•·–—]?\s+\D+")
_ROMAN = re.compile(r"(?:page\s*)?[–—-]?\s*([ivxlc]{1,7})\s*[–—-]?", re.IGNORECASE)
_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
Folio = tuple[str, int]
"""How a number is written, `arabic` or `roman`, and its value."""


def folios_on(lines: Sequence[Line], space: Space) -> tuple[Folio, ...]:
    """The numbers that may be the page's own: those in lines at its edges."""
    if not lines:
        return ()
    low = max(_EDGE * space.height, min(line.box[3] for line in lines) + _NEAR_PT)
    high = min((1 - _EDGE) * space.height, max(line.box[1] for line in lines) - _NEAR_PT)
    found: list[Folio] = []
    for line in lines:
        if (line.box[3] > low and line.box[1] < high) or len(line.text) > 120:
            continue
        arabic = (pattern.fullmatch(line.text) for pattern in (_ARABIC, _FIRST))
        found.extend(("arabic", int(match[1])) for match in arabic if match)
        if match := _ROMAN.fullmatch(line.text):
            found.append(("roman", _value(match[1].lower())))
    return tuple(dict.fromkeys(found))


def labels_from(folios: Sequence[Sequence[Folio]]) -> tuple[str, ...]:
    """The label of each page, by what its numbers have in common with their neighbours'; empty if that is nothing new.

    Args:
        folios: of each page, in order.

    Returns:
        A label for each page, empty strings before and after the numbered run; an empty tuple if no run is found, or if
        every number is the page's own count.
    """
    labels = [""] * len(folios)
    for style in ("roman", "arabic"):
        shifts = Counter(
            value - at for at, found in enumerate(folios, start=1) for kind, value in found if kind == style
        )
        for shift, count in shifts.most_common(1):
            pages = [at for at, found in enumerate(folios, start=1) if (style, at + shift) in found]
            if count < _LEAST_PAGES or count < _LEAST_SHARE * (pages[-1] - pages[0] + 1):
                continue
            if style == "arabic" and count < _LEAST_SHARE * len(folios):
                continue
            # the first page of a run, a title's or a chapter's, is often counted and not numbered
            is_opening = pages[0] > 1 and pages[0] + shift > 1 and not labels[pages[0] - 2]
            for at in range(pages[0] - is_opening, pages[-1] + 1):
                labels[at - 1] = str(at + shift) if style == "arabic" else _roman(at + shift)
    is_new = any(label and label != str(at) for at, label in enumerate(labels, start=1))
    return tuple(labels) if is_new else ()


def _value(roman: str) -> int:
    """The value of a Roman numeral, 0 if it is none."""
    total = 0
    for letter, after in zip(roman, [*roman[1:], ""], strict=True):
        value = _VALUES[letter]
        total += -value if value < _VALUES.get(after, 0) else value
    return total if _roman(total) == roman else 0


def _roman(value: int) -> str:
    """A number up to 399 as a Roman numeral in small letters."""
    written = ""
    for letters, worth in (
        ("c", 100),
        ("xc", 90),
        ("l", 50),
        ("xl", 40),
        ("x", 10),
        ("ix", 9),
        ("v", 5),
        ("iv", 4),
        ("i", 1),
    ):
        while value >= worth:
            written += letters
            value -= worth
    return written
