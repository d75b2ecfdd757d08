"""Reads spreadsheets: Excel workbooks, one section for each sheet, and tables in text files.

Values are shown as the file stores them: formulas by their last result, dates as ISO, shares as per cent. Knows nothing
of charts, pictures and colours; nothing outside the file is opened.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import mimetypes
import re
import warnings as python_warnings
from collections.abc import Iterator
from statistics import mode
from typing import Any

from sourcehound.tools.errors import MediaError
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers.archive import check_archive
from sourcehound.tools.library.readers.grid import Row, grid_text
from sourcehound.tools.library.readers.held import Readable
from sourcehound.tools.library.readers.joined import joined
from sourcehound.tools.library.readers.naming import title_from_name
from sourcehound.tools.library.readers.office import faults_told, stated_dates, stated_title
from sourcehound.tools.library.readers.text import load
from sourcehound.tools.library.readers.unseen import unseen_warnings
from sourcehound.tools.library.readers.written_parts import TableSpan, tables_at
from sourcehound.tools.library.reading import Reading, Section

READER = "sheet 1"
_MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_ZIP = b"PK\x03\x04"
_MAX_CELLS = 1_000_000
"""Cells looked at in a workbook: more would take longer than a reader may."""
_MAX_COLUMNS = 1_000
_DELIMITERS = ",;\t|"
_SAMPLE_CHARS, _SAMPLE_ROWS = 1 << 16, 200
_STATED_DELIMITER = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)
_DECIMALS = re.compile(r"\.([0#]+)[^.]*%")


def read(path: Readable, limits: Limits) -> Reading:
    """Read a workbook, or a table of values between commas, semicolons, tabs or bars.

    Raises:
        MediaError: it is damaged, locked by a password, a decompression bomb, or no text.
    """
    with path.open("rb") as file:
        is_workbook = file.read(len(_ZIP)) == _ZIP
    return _read_workbook(path, limits) if is_workbook else _read_values(path, limits)


def _read_workbook(path: Readable, limits: Limits) -> Reading:
    _know_types()
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    members = check_archive(path, limits)
    warnings: list[str] = []
    with faults_told(path, InvalidFileException), path.open("rb") as file, python_warnings.catch_warnings():
        python_warnings.simplefilter("ignore")  # of extensions that are not read
        workbook = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        try:
            tables: dict[str, tuple[TableSpan, ...]] = {}
            sections, cut = joined(_sheets(workbook, limits, warnings, tables), limits)
            core: Any = workbook.properties if "docProps/core.xml" in members else None
        finally:
            workbook.close()
    return Reading(
        title=stated_title(core.title if core else "") or title_from_name(path),
        media_type=_MEDIA_TYPE,
        reader=READER,
        sections=sections,
        parts=tables_at(sections, [tables.get(section.part or "", ()) for section in sections]),
        dates=stated_dates(core.created, core.modified) if core else {},
        warnings=(*warnings, *cut, *unseen_warnings("".join(section.text for section in sections))),
    )


def _know_types() -> None:
    """Set up the media types that openpyxl asks for, without the system's lists: a confined reader may not open those."""
    if not mimetypes.inited:
        known = list(mimetypes.knownfiles)
        mimetypes.knownfiles.clear()
        try:
            mimetypes.init()
        finally:
            mimetypes.knownfiles.extend(known)


def _sheets(
    workbook: Any, limits: Limits, warnings: list[str], tables: dict[str, tuple[TableSpan, ...]]
) -> Iterator[Section]:
    room, n_cells = limits.max_text_chars, _MAX_CELLS
    for sheet in workbook.worksheets:
        cells = _Cells(sheet, n_cells)
        found = grid_text(cells.rows(), name=sheet.title, max_chars=room)
        n_cells -= cells.n_seen
        if found.is_cut or cells.is_cut:
            warnings.append(f"sheet {sheet.title} is read to row {found.last_row} only")
        if sheet.sheet_state != "visible":
            warnings.append(f"sheet {sheet.title} is hidden")
            yield Section(text="", part=sheet.title, producer=READER, hidden=found.text)
            continue
        room -= len(found.text) + 1
        tables[sheet.title] = found.tables
        yield Section(text=found.text, part=sheet.title, anchors=found.anchors, producer=READER)


class _Cells:
    """Rows of a sheet as shown, not more of them than allowed."""

    def __init__(self, sheet: Any, most: int) -> None:
        self._sheet = sheet
        self._most = most
        self.n_seen = 0
        self.is_cut = False

    def rows(self) -> Iterator[Row]:
        # sheets state their size, often wrongly
        self._sheet.reset_dimensions()
        for number, row in enumerate(self._sheet.iter_rows(), start=1):
            self.n_seen += len(row) + 1
            if self.n_seen > self._most:
                self.is_cut = True
                return
            yield number, [shown(cell.value, cell) for cell in row[:_MAX_COLUMNS]]


def shown(value: Any, cell: Any = None) -> str:
    """A cell's value in words, as its sheet shows it but for rounding and the order of dates.

    Example:
        >>> shown(12.0), shown(True), shown(dt.datetime(2024, 5, 1)), shown(None)
        ('12', 'TRUE', '2024-05-01', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return _number(value, getattr(cell, "number_format", "") or "")
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time()
        return value.date().isoformat() if midnight else value.isoformat(sep=" ", timespec="seconds")
    return " ".join(str(value).split())


def _number(value: float, number_format: str) -> str:
    if "%" in number_format:
        decimals = _DECIMALS.search(number_format)
        return f"{value:.{len(decimals[1]) if decimals else 0}%}"
    return f"{value:.15g}"


def _read_values(path: Readable, limits: Limits) -> Reading:
    decoded = load(path, limits)
    stated = _STATED_DELIMITER.match(decoded.text)
    text = (decoded.text[stated.end() :] if stated else decoded.text).replace("\0", "")
    is_tsv = path.suffix.lower() in {".tsv", ".tab"}
    delimiter = stated[1] if stated else _delimiter(text[:_SAMPLE_CHARS], "\t" if is_tsv else ",")
    usual_limit = csv.field_size_limit(limits.max_text_chars)
    try:
        found = grid_text(_records(text, delimiter), name=path.stem, max_chars=limits.max_text_chars)
    except csv.Error as error:
        raise MediaError(f"a table that cannot be taken apart: {error}", path=str(path)) from error
    finally:
        csv.field_size_limit(usual_limit)
    cut = (f"only the first {limits.max_text_chars} characters are read",) if found.is_cut else ()
    section = Section(text=found.text, anchors=found.anchors, producer=READER)
    return Reading(
        title=title_from_name(path),
        media_type="text/tab-separated-values" if is_tsv else "text/csv",
        reader=READER,
        sections=(section,) if found.text else (),
        parts=tables_at([section], [found.tables]) if found.text else (),
        warnings=(*decoded.warnings, *cut),
    )


def _records(text: str, delimiter: str) -> Iterator[Row]:
    quoting = csv.QUOTE_NONE if _runs_away(text, delimiter) else csv.QUOTE_MINIMAL
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=quoting)
    return ((number, row[:_MAX_COLUMNS]) for number, row in enumerate(rows, start=1))


def _runs_away(text: str, delimiter: str) -> bool:
    """Whether a stray quotation mark swallows the rest of the file as one field."""
    if '"' not in text or text.rstrip().endswith('"'):
        return False
    last: list[str] = []
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
        last = row or last
    return bool(last) and "\n" in last[-1].strip()


def _delimiter(sample: str, usual: str) -> str:
    """The delimiter that cuts most rows into the same number of fields, more than one."""

    def fit(delimiter: str) -> tuple[float, int, bool]:
        lines = sample.splitlines()[:_SAMPLE_ROWS]
        widths = [len(row) for row in csv.reader(lines, delimiter=delimiter) if row]
        usual_width = mode(widths) if widths else 1
        if usual_width < 2:
            return 0.0, 0, delimiter == usual
        return widths.count(usual_width) / len(widths), usual_width, delimiter == usual

    try:
        return max(_DELIMITERS, key=fit)
    except csv.Error:
        return usual
