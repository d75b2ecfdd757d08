"""Headings and tables of documents whose sections say themselves what they are: by their titles, and by anchors.

Knows nothing of formats, and nothing of pages: such documents have none of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from sourcehound.tools.library.readers.called import kind_called, label_in
from sourcehound.tools.library.reading import Anchor, Part, Section

_NUMBER = re.compile(r"(\d{1,3}(?:\.\d{1,3})*|[A-Z](?:\.\d{1,3})+|[A-Z]\.)\.?\s+\S")


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSpan:
    """A table inside a section.

    Attributes:
        start: first character of its rows, counted in the section's text.
        end: one after the last.
        heads: the words above each column.
        caption: the words that name it, empty if none do.
    """

    start: int
    end: int
    heads: tuple[str, ...] = ()
    caption: str = ""


def headings_of(sections: Sequence[Section], titles: Sequence[str]) -> Iterator[Part]:
    """A heading for each section that begins with its title.

    Args:
        sections: placed in the source's whole text.
        titles: the title of each, empty where it has none.
    """
    number = 0
    for section, title in zip(sections, titles, strict=True):
        if not title or not section.text.startswith(title):
            continue
        number += 1
        yield heading_part(
            number,
            title,
            start=section.start,
            length=len(title),
            level=1 + sum(above != title for above in section.headings),
        )


def heading_part(number: int, title: str, *, start: int, length: int, level: int) -> Part:
    """A heading.

    Args:
        number: its place among the headings.
        title: its words.
        start: where it begins in the source's whole text.
        length: how many characters it has there.
        level: how deep it stands, from 1.
    """
    numbered = _NUMBER.match(title)
    label = numbered[1].rstrip(".") if numbered else ""
    return Part(kind="heading", number=number, label=label, caption=title, chars=(start, start + length), level=level)


def tables_at(sections: Sequence[Section], spans: Sequence[Sequence[TableSpan]]) -> tuple[Part, ...]:
    """The tables of sections, numbered over all of them; those that a limit cut off are left out."""
    found: list[Part] = []
    for section, inside in zip(sections, spans, strict=True):
        for span in inside:
            if span.end > len(section.text):
                continue
            chars = (section.start + span.start, section.start + span.end)
            label = label_in(span.caption) if kind_called(span.caption) == "table" else ""
            part = Part(kind="table", number=0, label=label, caption=span.caption, chars=chars, heads=span.heads)
            found.append(replace(part, number=len(found) + 1))
    return tuple(found)


def spans_by_anchor(section: Section, heads: Mapping[str, tuple[str, ...]]) -> tuple[TableSpan, ...]:
    """The tables of a section whose rows have anchors named after them, as `table 3`.

    Args:
        section: the section.
        heads: the heads of each table by that name.
    """
    runs = [(name, list(run)) for name, run in groupby(section.anchors, key=lambda anchor: anchor.part or "")]
    found: list[TableSpan] = []
    for at, (name, run) in enumerate(runs):
        if name not in heads:
            continue
        beside = [
            section_words(section, runs[near][1][edge])
            for near, edge in ((at - 1, -1), (at + 1, 0))
            if _has(runs, near)
        ]
        caption = next((words for words in beside if label_in(words) and kind_called(words) == "table"), "")
        found.append(TableSpan(start=run[0].start, end=run[-1].end, heads=heads[name], caption=caption))
    return tuple(found)


def section_words(section: Section, anchor: Anchor) -> str:
    """The words of an anchor."""
    return section.text[anchor.start : anchor.end]


def _has(runs: Sequence[object], at: int) -> bool:
    return 0 <= at < len(runs)
