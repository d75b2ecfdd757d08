"""A PDF as a document: opening it, its title, dates, labels and bookmarks. Knows nothing of what stands on a page."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sourcehound.tools.errors import MediaError
from sourcehound.tools.library.readers.held import Readable
from sourcehound.tools.library.readers.naming import one_line

_PASSWORD_NEEDED = 4
_MAX_BOOKMARKS = 2000
_MAX_DEPTH = 6
_NO_TITLE = re.compile(
    r"(untitled|unknown|none|title|(document|slide|presentation|layout)\s?\d*|microsoft \w+ - .*"
    r"|powerpoint presentation|\W*|[\d\W]*\w?[\d\W]*"
    r"|.*\.(docx?|pptx?|xlsx?|indd|dvi|tex|pdf|eps|ps|qxd|rtf|pmd|cdr|ai|fm|html?|pages|key))",
    re.IGNORECASE,
)
_DATE = re.compile(r"(?:D:)?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?")


@contextmanager
def opened(path: Readable) -> Generator[Any]:
    """An open document.

    Raises:
        MediaError: it is damaged beyond repair, or protected with a password.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path if isinstance(path, Path) else path.read_bytes())
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD_NEEDED:
            raise MediaError(
                "is protected with a password: save a copy without one to have it read", path=str(path)
            ) from error
        raise MediaError("is damaged: PDFium finds no document in it", path=str(path)) from error
    try:
        if len(document) <= 0:
            raise MediaError("is damaged: it has no pages", path=str(path))
        yield document
    finally:
        document.close()


@contextmanager
def opened_page(document: Any, at: int) -> Generator[Any]:
    """The raw handle of a page, `at` from 0; None if the page is damaged."""
    import pypdfium2.raw as pdfium

    page = pdfium.FPDF_LoadPage(document.raw, at)
    try:
        yield page
    finally:
        if page:
            pdfium.FPDF_ClosePage(page)


def own_title(document: Any) -> str:
    """The title that the file gives itself, empty if it is none: a program's default, or a file name."""
    named = one_line(document.get_metadata_value("Title"))
    return "" if _NO_TITLE.fullmatch(named) else named


def dates_of(document: Any) -> dict[str, str]:
    """When it was made and changed, ISO 8601 without a zone, under `created` and `modified`."""
    found = {
        "created": _date(document.get_metadata_value("CreationDate")),
        "modified": _date(document.get_metadata_value("ModDate")),
    }
    return {name: date for name, date in found.items() if date}


def labels_of(document: Any, n_pages: int) -> tuple[str, ...]:
    """The label printed on each page, as the file has it; empty if it has none at all."""
    labels = tuple(one_line(document.get_page_label(at) or "") for at in range(n_pages))
    return labels if any(labels) else ()


def chapters_of(document: Any, n_pages: int) -> list[tuple[str, ...]]:
    """The bookmarks that each page stands under, outermost first."""
    import pypdfium2

    marks: list[tuple[int, int, str]] = []
    try:
        for mark in islice(document.get_toc(max_depth=_MAX_DEPTH), _MAX_BOOKMARKS):
            target = mark.get_dest()
            page = target.get_index() if target is not None else None
            title = one_line(mark.get_title())
            if page is not None and title:
                marks.append((page, mark.level, title))
    except pypdfium2.PdfiumError:
        marks = []  # a damaged table of contents is as good as none
    marks.sort(key=lambda mark: mark[0])
    chapters: list[tuple[str, ...]] = []
    above: list[str] = []
    at = 0
    for page in range(n_pages):
        while at < len(marks) and marks[at][0] <= page:
            _, level, title = marks[at]
            above = [*above[:level], title]
            at += 1
        chapters.append(tuple(above))
    return chapters


def _date(value: str) -> str:
    found = _DATE.match(value)
    if found is None:
        return ""
    year, month, day, hour, minute, second = (int(part) if part else None for part in found.groups())
    try:
        return datetime(year or 0, month or 1, day or 1, hour or 0, minute or 0, second or 0).isoformat()  # noqa: DTZ001  the zone is often missing
    except ValueError:
        return ""
