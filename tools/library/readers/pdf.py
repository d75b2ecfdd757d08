"""Reads PDF: the words of each page with the box of every line, labels, figures, and pictures of pages.

Boxes are in points of the page as displayed. Words that a person does not see are kept apart. Runs no scripts and opens
nothing that a file points at.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

from sourcehound.tools.errors import MediaError
from sourcehound.tools.evidence import Space
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers.held import Readable
from sourcehound.tools.library.readers.naming import one_line, title_from_name
from sourcehound.tools.library.readers.pdf_columns import in_reading_order
from sourcehound.tools.library.readers.pdf_document import (
    chapters_of,
    dates_of,
    labels_of,
    opened,
    opened_page,
    own_title,
)
from sourcehound.tools.library.readers.pdf_figures import figures_on
from sourcehound.tools.library.readers.pdf_lines import Line, PageText, TextLayer
from sourcehound.tools.library.readers.pdf_objects import drawn_on
from sourcehound.tools.library.readers.pdf_parts import PartsFound
from sourcehound.tools.library.readers.pdf_plane import Plane
from sourcehound.tools.library.readers.pdf_render import inkless, render
from sourcehound.tools.library.readers.reader import Place
from sourcehound.tools.library.readers.unseen import unseen_warnings
from sourcehound.tools.library.reading import Anchor, Reading, Section
from sourcehound.tools.library.wire import Picture

BLANK_BELOW = 20
"""A page with fewer characters than this is blank to a reader of text: its words, if any, are in its picture."""

_SCAN_LAYER_SHARE = 0.9
_MAX_TITLE_LINES = 4
_TITLE_LINES_LOOKED_AT = 60
_TITLE_OVER_BODY = 1.15
_SAME_SIZE = 0.05
_MIN_TITLE = 4
_COMPOUND = re.compile(r"[^\W\d_]+-[^\W\d_]+")
_LAST_WORD, _FIRST_WORD = re.compile(r"[^\W\d_]+-$"), re.compile(r"[^\W\d_]+")
_UNKNOWN_SPACE = Space(unit="pt", width=612.0, height=792.0)


def read(path: Readable, limits: Limits) -> Reading:
    """Read all pages' words, lines, labels and figures.

    Raises:
        MediaError: it is damaged beyond repair, or protected with a password.
    """
    import pypdfium2

    with opened(path) as document:
        n_pages = min(len(document), limits.max_pages)
        pages = _Pages(
            path=path,
            limits=limits,
            producer=f"pypdfium2 {pypdfium2.PYPDFIUM_INFO}",
            labels=labels_of(document, n_pages),
            chapters=chapters_of(document, n_pages),
        )
        for at in range(n_pages):
            with opened_page(document, at) as page:
                pages.read(page, at + 1)
            if pages.length > limits.max_text_chars:
                raise MediaError(f"holds more than {limits.max_text_chars:,} characters", path=str(path))
        tables, parts = pages.parts.placed(pages.length, pages.producer, pages.chapters)
        labels = pages.labels if _say_more(pages.labels) else pages.parts.labels(n_pages)
        told = (f"only the first {n_pages} of {len(document)} pages are read",) if n_pages < len(document) else ()
        return Reading(
            title=own_title(document) or pages.large or title_from_name(path),
            media_type="application/pdf",
            reader=pages.producer,
            sections=_labelled([*pages.sections, *tables], labels, limits.max_text_chars),
            figures=tuple(pages.parts.figures),
            parts=parts,
            n_pages=n_pages,
            page_spaces=tuple(pages.spaces),
            page_labels=labels,
            blank_pages=tuple(pages.blank),
            dates=dates_of(document),
            warnings=(*told, *_warnings(pages)),
        )


def picture(path: Path, place: Place, limits: Limits) -> Picture:
    """Render a page, or a box of it, at `place.scale` pixels for one point.

    Raises:
        MediaError: it cannot be opened, or has no such page or box.
    """
    number = 1 if place.page is None else place.page
    with opened(path) as document:
        if not 1 <= number <= len(document):
            raise MediaError(f"has no page {number}: it has {len(document)}", path=str(path))
        with opened_page(document, number - 1) as page:
            if not page:
                raise MediaError(f"page {number} is damaged", path=str(path))
            return render(page, place, path, max_pixels=min(place.max_pixels, limits.max_pixels))


@dataclass(slots=True, kw_only=True)
class _Pages:
    """Reads page by page and gathers what it found."""

    path: Readable
    limits: Limits
    producer: str
    labels: tuple[str, ...]
    chapters: list[tuple[str, ...]]
    sections: list[Section] = field(default_factory=list[Section])
    parts: PartsFound = field(default_factory=PartsFound)
    spaces: list[Space] = field(default_factory=list[Space])
    blank: list[int] = field(default_factory=list[int])
    damaged: list[int] = field(default_factory=list[int])
    hiding: list[int] = field(default_factory=list[int])
    over_scans: list[int] = field(default_factory=list[int])
    large: str = ""
    length: int = 0

    def read(self, page: Any, number: int) -> None:
        """Read an open page (a raw handle, None for a damaged one)."""
        if not page:
            self.damaged.append(number)
            self.blank.append(number)
            self.spaces.append(_UNKNOWN_SPACE)
            return
        plane = Plane.of(page)
        self.spaces.append(plane.space)
        drawn = drawn_on(page, plane, max_objects=self.limits.max_objects)
        is_layer = drawn.is_scan and len(drawn.invisible) >= _SCAN_LAYER_SHARE * max(1, drawn.n_texts)
        unseen = frozenset[int]()
        if not is_layer:
            # looking for ink costs a rendering, so only pages with doubtful words are looked at
            unseen = drawn.invisible | (inkless(page, drawn.doubtful, self.path) if drawn.doubtful else unseen)
        with _text_layer(page, plane, unseen) as layer:
            found = layer.read() if layer else PageText()
            lines = in_reading_order(found.lines, layer.split) if layer else ()
            if layer and number == 1:
                self.large = _largest(layer, lines)
            text, anchors = _joined(lines, plane)
            self.parts.figures.extend(figures_on(drawn, lines, page=number, space=plane.space))
            if layer:
                starts = [self.length + anchor.start for anchor in anchors]
                self.parts.look(layer, lines, starts, drawn, page=number, plane=plane)
        self._keep(number, plane, text, anchors, found.hidden, is_layer=is_layer)

    def _keep(
        self,
        number: int,
        plane: Plane,
        text: str,
        anchors: tuple[Anchor, ...],
        hidden: tuple[str, ...],
        *,
        is_layer: bool,
    ) -> None:
        if len(text) < BLANK_BELOW:
            self.blank.append(number)
        if hidden:
            self.hiding.append(number)
        if is_layer and text:
            self.over_scans.append(number)
        if not text and not hidden:
            return
        self.sections.append(
            Section(
                text=text,
                start=self.length,
                page=number,
                space=plane.space,
                anchors=anchors,
                headings=self.chapters[number - 1],
                producer=f"{self.producer}, text layer of a scan" if is_layer else self.producer,
                hidden="\n".join(hidden),
            )
        )
        self.length += len(text) + 1


def _say_more(labels: tuple[str, ...]) -> bool:
    """Whether pages are labelled by more than their own count."""
    return any(label != str(page) for page, label in enumerate(labels, start=1))


def _labelled(sections: list[Section], labels: tuple[str, ...], max_chars: int) -> tuple[Section, ...]:
    """Sections with their pages' labels; tables, which say again what stands on the pages, only as far as there is room."""
    room = max_chars
    kept: list[Section] = []
    for section in sections:
        room -= len(section.text)
        if room < 0:
            break
        label = labels[section.page - 1] if labels and section.page else ""
        kept.append(replace(section, page_label=label) if label else section)
    return tuple(kept)


def _joined(lines: tuple[Line, ...], plane: Plane) -> tuple[str, tuple[Anchor, ...]]:
    """The lines as one text, words that a hyphen cuts at a line's end put together again."""
    words: list[str] = []
    anchors: list[Anchor] = []
    start = 0
    is_cut = any(line.goes_on_at is not None for line in lines)
    compounds = _compounds(lines) if is_cut else frozenset[str]()
    for line, following in zip_longest(lines, lines[1:]):
        text, end = line.text, "\n"
        if line.goes_on_at is not None and following is not None and line.goes_on_at == following.first:
            end = ""
            before, after = _LAST_WORD.search(text), _FIRST_WORD.match(following.text)
            whole = (before.group() if before else "") + (after.group() if after else "")
            if whole.lower() not in compounds and after is not None and after.group().islower():
                text = text.removesuffix("-")
        anchors.append(Anchor(start=start, end=start + len(text), box=plane.cut(line.box)))
        words.append(text + end)
        start += len(text) + len(end)
    return "".join(words).removesuffix("\n"), tuple(anchors)


def _compounds(lines: tuple[Line, ...]) -> frozenset[str]:
    """Words that are written with a hyphen within a line, in small letters."""
    hyphened = [line.text for line in lines if "-" in line.text]
    return frozenset(word.lower() for text in hyphened for word in _COMPOUND.findall(text))


@contextmanager
def _text_layer(page: Any, plane: Plane, unseen: frozenset[int]) -> Generator[TextLayer | None]:
    import pypdfium2.raw as pdfium

    handle = pdfium.FPDFText_LoadPage(page)
    if not handle:
        yield None
        return
    try:
        yield TextLayer(handle, plane=plane, unseen=unseen)
    finally:
        pdfium.FPDFText_ClosePage(handle)


def _largest(layer: TextLayer, lines: tuple[Line, ...]) -> str:
    """The words in the largest letters of a page, empty if none stand out."""
    sizes = [layer.size_pt(line.first) for line in lines[:_TITLE_LINES_LOOKED_AT]]
    if not sizes:
        return ""
    body = sorted(sizes)[len(sizes) // 2]
    wordy = [at for at, line in enumerate(lines[: len(sizes)]) if _may_be_title(line)]
    best = max((sizes[at] for at in wordy), default=0.0)
    if not best > _TITLE_OVER_BODY * body and len(lines) > _MAX_TITLE_LINES:
        return ""
    first = next((at for at in wordy if sizes[at] == best), None)
    if first is None:
        return ""
    title: list[str] = []
    for at in range(first, min(first + _MAX_TITLE_LINES, len(sizes))):
        if abs(sizes[at] - best) > _SAME_SIZE * best:
            break
        title.append(lines[at].text)
    return one_line(" ".join(title))


def _may_be_title(line: Line) -> bool:
    left, top, right, bottom = line.box  # words that run up the margin are stamps
    return sum(character.isalpha() for character in line.text) >= _MIN_TITLE and right - left > bottom - top


def _warnings(pages: _Pages) -> Iterator[str]:
    if pages.damaged:
        yield f"damaged and left out: {_named(pages.damaged)}"
    if pages.hiding:
        yield f"words that are not shown are left out on {_named(pages.hiding)}"
    if pages.over_scans:
        yield f"the words of {_named(pages.over_scans)} are an invisible layer over a scan"
    counts: dict[str, None] = {}
    for section in pages.sections:
        for line in unseen_warnings(section.text):
            counts[f"page {section.page} {line}"] = None
    yield from list(counts)[:20]


def _named(numbers: list[int]) -> str:
    shown = ", ".join(map(str, numbers[:10]))
    more = f" and {len(numbers) - 10} more" if len(numbers) > 10 else ""
    return f"page{'s' if len(numbers) > 1 else ''} {shown}{more}"
