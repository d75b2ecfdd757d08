"""Dates of sources: the best that is known, kept as it was written, refreshed where files alone tell it."""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import docx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sourcehound.tools.errors import InputError
from sourcehound.tools.index.allowed import allowed_rows
from sourcehound.tools.library.dating import (
    best_date,
    check_order,
    file_date,
    is_from,
    period,
    said,
    source_dates,
    written,
)
from sourcehound.tools.library.status import count_changed, searched
from sourcehound.tools.library.within import Within

SUMMER = int(datetime.fromisoformat("2023-07-15T12:00:00").timestamp())
"""Noon here, wherever that is."""
AUTUMN = int(datetime.fromisoformat("2024-10-02T12:00:00").timestamp())


@pytest.mark.parametrize(
    ("dates", "mtime_s", "best"),
    [
        ({"taken": "2019-05-01T10:00:00", "modified": "2020-01-01"}, SUMMER, ("2019-05-01T10:00:00", "exif")),
        ({"modified": "2020-01-01", "created": "2019-01-01"}, SUMMER, ("2019-01-01", "document")),
        ({"sent": "2024-05-03T23:30:00+02:00"}, SUMMER, ("2024-05-03T23:30:00", "document")),
        ({"published": "1813"}, SUMMER, ("1813", "document")),
        ({"published": "2023-09"}, SUMMER, ("2023-09", "document")),
        ({"created": "1904-01-01T00:00:00Z", "dated": "2018"}, SUMMER, ("2018", "document")),
        ({"created": "1970-01-01T00:00:00.000000Z"}, SUMMER, ("2023-07-15T12:00:00", "file")),
        ({"created": "in spring"}, SUMMER, ("2023-07-15T12:00:00", "file")),
        ({}, 0, ("", "")),
    ],
)
def test_the_best_date_is_taken(dates: dict[str, str], mtime_s: int, best: tuple[str, str]):
    assert best_date(dates, mtime_s * 1_000_000_000) == best


IN_MAY = ("2024-05-01", "2024-05-03T10:00:00", "2024-05-31T23:59:59")


@pytest.mark.parametrize("mtime_ns", [2**63 - 1, -(2**63)])
def test_a_file_of_an_impossible_time_has_no_date(mtime_ns: int):
    assert file_date(mtime_ns) == "" or written(file_date(mtime_ns))


@given(st.text(max_size=30))
def test_any_text_is_a_date_as_it_is_kept_or_none(text: str):
    kept = written(text)
    assert kept == "" or written(kept) == kept


@given(st.datetimes(min_value=datetime.fromisoformat("1000-01-01")))
def test_a_time_lies_in_its_own_day_month_and_year(when: datetime):
    dated = written(when.isoformat())
    if not dated:  # where clocks begin
        return
    for length in (4, 7, 10):
        own = dated[:length]
        assert is_from(dated, own, own)
        assert is_from(own, dated[:10], dated[:10])  # known less well than what is asked


@pytest.mark.parametrize(
    ("since", "until", "dates"),
    [
        ("2024-05", None, ["2024", *IN_MAY, "2024-06", "2025"]),
        (None, "2024-05", ["1813", "2023-12-31T23:59:59", "2024", *IN_MAY]),
        ("2024-05-03", "2024-05-03", ["2024", "2024-05-03T10:00:00"]),
        ("2024", "2024", ["2024", *IN_MAY, "2024-06"]),
    ],
)
def test_a_period_takes_its_whole_last_day_month_or_year(since: str | None, until: str | None, dates: list[str]):
    known = ["1813", "2023-12-31T23:59:59", "2024", *IN_MAY, "2024-06", "2025"]
    assert [dated for dated in known if is_from(dated, since, until)] == dates
    assert not is_from("", since, until)


@pytest.mark.parametrize(
    "named", ["2024-5", "24", "2024-13", "2024-02-30", "0000", "May", "", "2024-05-03T10:00", "٢٠٢٤"]
)
def test_what_is_no_date_is_refused_in_one_line(named: str):
    with pytest.raises(InputError, match="is no date") as caught:
        period(named, "--since")
    assert "\n" not in str(caught.value)


def test_a_period_that_ends_before_it_begins_is_refused():
    check_order("2024-05-03", "2024")
    check_order("2024", "2024-05-03")
    with pytest.raises(InputError, match="--since 2025 lies after --until 2024-06"):
        check_order("2025", "2024-06")


def test_a_scope_is_said_in_words():
    assert said("2024", "2024") == "dated 2024"
    assert Within(globs=("*.pdf", None), since="2024").words == "within '*.pdf', dated since 2024"
    assert Within(until="2024").words == "dated until 2024"
    assert Within().words == ""


def _word() -> bytes:
    document = docx.Document()
    document.core_properties.created = datetime.fromisoformat("2022-03-04")
    document.add_paragraph("Kites in the office.")
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


def _mail() -> bytes:
    message = EmailMessage()
    message["Subject"], message["Date"] = "Kites", "Fri, 03 Dec 2021 10:00:00 +0200"
    message.set_content("Kites in the mail.")
    return bytes(message)


def _photo() -> bytes:
    from PIL import Image

    image = Image.fromarray(np.full((8, 8, 3), 90, np.uint8))
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2019:06:07 08:09:10"
    data = io.BytesIO()
    image.save(data, "JPEG", exif=exif)
    return data.getvalue()


MADE: dict[str, tuple[Callable[[], bytes], str]] = {
    "a.jpg": (_photo, "2019-06-07 08:09:10 by its EXIF"),
    "b.docx": (_word, "2022-03-04 00:00:00 by its document"),
    "c.eml": (_mail, "2021-12-03 10:00:00 by its document"),
    "d.html": (lambda: b"<meta name=date content='2020-02-03'><p>Kites on a page.", "2020-02-03 by its document"),
    "e.md": (lambda: b"---\ndate: 2018-01\n---\n# Kites\nIn a note.\n", "2018-01 by its document"),
    "f.txt": (lambda: b"Kites in a text.", "2023-07-15 12:00:00 by its file"),
}


@pytest.fixture
def dated(shelf: Any) -> Any:
    for name, (make, _) in MADE.items():
        shelf.put(name, make(), at_s=SUMMER)
    shelf.add()
    return shelf


def dates(shelf: Any) -> dict[str, str]:
    rows = shelf.rows("SELECT f.path, s.sha256 FROM files f JOIN sources s ON s.id = f.source")
    known = source_dates(shelf.catalogue.connection, [sha256 for _, sha256 in rows])
    return {Path(path.decode()).name: known[sha256] for path, sha256 in rows}


def test_every_format_is_dated_by_the_best_it_has(dated: Any):
    assert dates(dated) == {name: said_so for name, (_, said_so) in MADE.items()}


def test_a_file_without_a_date_of_its_own_follows_its_time(dated: Any):
    dated.put("f.txt", MADE["f.txt"][0](), at_s=AUTUMN)
    dated.put("b.docx", _word(), at_s=AUTUMN)
    dated.add()
    assert dates(dated)["f.txt"] == "2024-10-02 12:00:00 by its file"
    assert dates(dated)["b.docx"] == MADE["b.docx"][1]


def test_of_several_files_of_the_same_bytes_the_earliest_counts(dated: Any):
    dated.put("copy/f.txt", MADE["f.txt"][0](), at_s=AUTUMN)
    dated.add()
    assert dates(dated)["f.txt"] == MADE["f.txt"][1]
    (dated.folder / "f.txt").unlink()
    dated.add()
    assert dates(dated)["f.txt"] == "2024-10-02 12:00:00 by its file"


def test_an_older_library_is_dated_by_its_next_sync_and_by_its_files_until_then(dated: Any):
    connection: sqlite3.Connection = dated.catalogue.connection
    connection.execute("UPDATE sources SET dated = '', dated_by = ''")
    in_summer = {row for (row,) in connection.execute("SELECT id FROM units WHERE kind = 'passage'")}
    assert allowed_rows(dated.catalogue, "passage", since="2023-07", until="2023-07") == in_summer
    dated.add()
    assert dates(dated)["c.eml"] == MADE["c.eml"][1]
    assert dates(dated)["f.txt"] == MADE["f.txt"][1]


def words(shelf: Any, *globs: str, since: str | None = None, until: str | None = None) -> set[str]:
    rows = allowed_rows(shelf.catalogue, "passage", *globs, since=since, until=until)
    assert rows is not None
    marks = json.dumps(sorted(rows))
    texts = shelf.rows("SELECT text FROM units WHERE id IN (SELECT value FROM json_each(?))", marks)
    return {text.split("\n")[0] for (text,) in texts}


def test_a_search_returns_what_is_of_the_period_alone(dated: Any):
    assert words(dated, since="2022", until="2023-07-15") == {"Kites in the office.", "Kites in a text."}
    assert words(dated, until="2020-02-03") == {"Kites on a page.", "# Kites"}
    assert words(dated, "*.html", until="2020-02-03") == {"Kites on a page."}
    assert words(dated, until="2020-02-02") == {"# Kites"}
    assert words(dated, since="2030") == set()
    assert allowed_rows(dated.catalogue, "passage") is None
    assert len(allowed_rows(dated.catalogue, "image", since="2019", until="2019") or ()) == 1


def test_what_a_search_covers_counts_the_period(dated: Any):
    covered = searched(dated.catalogue, Within(since="2022"), stamp=None)
    assert (covered["files"], covered["units"]["passage"], covered["units"]["image"]) == (2, 2, 0)
    dated.put("f.txt", "changed", at_s=AUTUMN)
    assert count_changed(dated.catalogue, Within(until="2020")) == 0
    assert count_changed(dated.catalogue, Within(since="2022")) == 1
