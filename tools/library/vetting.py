"""Whether a reading that came back from a reader process makes sense. Knows nothing of formats.

A reader that was taken over may send any well-formed values: offsets outside the text, boxes outside all bounds, pages
that do not exist. What relies on them later must not have to ask again.
"""

from __future__ import annotations

from itertools import pairwise

from sourcehound.tools.evidence import Box, Space
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.reading import Part, Reading, Section
from sourcehound.tools.library.wire import WireError

_FARTHEST = 1e7
"""No page or picture is larger than this in any direction, in points or pixels."""


def vet(reading: Reading, limits: Limits) -> None:
    """Check a reading.

    Raises:
        WireError: something in it cannot be.
    """
    if sum(len(section.text) for section in reading.sections) > limits.max_text_chars:
        raise WireError("more text than asked for")
    if not 0 <= reading.n_pages <= limits.max_pages or len(reading.page_spaces) not in {0, reading.n_pages}:
        raise WireError("pages that do not add up")
    for section in reading.sections:
        _vet_section(section, reading.n_pages)
    for figure in reading.figures:
        _vet_page(figure.page, reading.n_pages)
        _vet_box(figure.box)
        _vet_space(figure.space)
    for part in reading.parts:
        _vet_part(part, reading.n_pages)
    for page in reading.blank_pages:
        _vet_page(page, reading.n_pages)
    for space in reading.page_spaces:
        _vet_space(space)
    if reading.visual is not None and not (reading.visual.width > 0 and reading.visual.height > 0):
        raise WireError("a picture without a size")
    if reading.media is not None and not reading.media.duration_s >= 0:
        raise WireError("a length below zero")


def _vet_section(section: Section, n_pages: int) -> None:
    if section.start < 0:
        raise WireError("a section before the text's beginning")
    if section.page is not None and n_pages:
        _vet_page(section.page, n_pages)
    if section.space is not None:
        _vet_space(section.space)
    for anchor in section.anchors:
        if not 0 <= anchor.start <= anchor.end <= len(section.text):
            raise WireError("an anchor outside its text")
        if anchor.box is not None:
            _vet_box(anchor.box)
    if any(first.start > second.start for first, second in pairwise(section.anchors)):
        raise WireError("anchors out of order")


def _vet_part(part: Part, n_pages: int) -> None:
    if part.number < 1 or part.level < 0:
        raise WireError("a part without a number")
    if part.page is not None and n_pages:
        _vet_page(part.page, n_pages)
    if part.box is not None:
        _vet_box(part.box)
    if part.chars is not None and not 0 <= part.chars[0] <= part.chars[1]:
        raise WireError("a part outside its text")


def _vet_page(page: int, n_pages: int) -> None:
    if not 1 <= page <= n_pages:
        raise WireError("a page that does not exist")


def _vet_box(box: Box) -> None:
    left, top, right, bottom = box
    if not (-_FARTHEST <= left <= right <= _FARTHEST and -_FARTHEST <= top <= bottom <= _FARTHEST):
        raise WireError("a box that cannot be")


def _vet_space(space: Space) -> None:
    if not (0 < space.width <= _FARTHEST and 0 < space.height <= _FARTHEST):
        raise WireError("a plane that cannot be")
