"""Workbooks and tables in text files: each row a line with heads, each line with its cell range."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sourcehound.tools.errors import MediaError
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers.grid import column_letters, grid_text, quoted_name
from sourcehound.tools.library.readers.sheet import read, shown
from sourcehound.tools.library.reading import Section

LIMITS = Limits()


def places(section: Section) -> list[tuple[str | None, str]]:
    return [(anchor.part, section.text[anchor.start : anchor.end]) for anchor in section.anchors]


def workbook(path: Path, *rows: list[Any], title: str = "Sheet1") -> Path:
    made = openpyxl.Workbook()
    sheet: Any = made.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    made.save(path)
    return path


def values(path: Path, text: str) -> list[str]:
    path.write_bytes(text.encode())
    reading = read(path, LIMITS)
    return [words for _, words in places(reading.sections[0])]


def test_rows_carry_their_heads_and_their_cells(tmp_path: Path):
    path = workbook(tmp_path / "a.xlsx", ["Region", "Q1", "Q2"], ["North", 12, 15.5], ["South", None, 11])
    reading = read(path, LIMITS)
    assert (reading.title, reading.sections[0].part) == ("a", "Sheet1")
    assert places(reading.sections[0]) == [
        ("Sheet1!A1:C1", "Region | Q1 | Q2"),
        ("Sheet1!A2:C2", "Region: North | Q1: 12 | Q2: 15.5"),
        ("Sheet1!A3:C3", "Region: South | Q2: 11"),
    ]


def test_a_title_above_and_a_total_below_belong_to_the_table(tmp_path: Path):
    rows = [["Sales 2024"], [], ["Region", "Q1"], ["North", 12], [], ["Total", 12]]
    section = read(workbook(tmp_path / "t.xlsx", *rows, title="My data"), LIMITS).sections[0]
    assert places(section) == [
        ("'My data'!A1:A1", "Sales 2024"),
        ("'My data'!A3:B3", "Region | Q1"),
        ("'My data'!A4:B4", "Region: North | Q1: 12"),
        ("'My data'!A6:B6", "Region: Total | Q1: 12"),
    ]


def test_a_second_table_below_has_its_own_heads(tmp_path: Path):
    rows = [
        ["City", "People"],
        ["Malmö", 357],
        [],
        [],
        [None, "Bird", "Pairs"],
        [None, "Kite", 3],
        [],
        [],
        ["loose", 1],
    ]
    section = read(workbook(tmp_path / "two.xlsx", *rows), LIMITS).sections[0]
    assert [words for _, words in places(section)][2:] == ["Bird | Pairs", "Bird: Kite | Pairs: 3", "loose | 1"]


def test_values_are_shown_as_a_sheet_shows_them(tmp_path: Path):
    made = openpyxl.Workbook()
    sheet: Any = made.active
    sheet.append(["Share", "Day", "Moment", "Yes", "Time"])
    sheet.append([0.125, dt.date(2024, 5, 1), dt.datetime.fromisoformat("2024-05-01T12:30"), True, dt.time(9, 5)])
    sheet["A2"].number_format = "0.0%"
    made.save(tmp_path / "v.xlsx")
    line = places(read(tmp_path / "v.xlsx", LIMITS).sections[0])[1][1]
    assert line == "Share: 12.5% | Day: 2024-05-01 | Moment: 2024-05-01 12:30:00 | Yes: TRUE | Time: 09:05:00"


def test_long_numbers_keep_their_digits():
    assert [shown(n) for n in (1234567890123, 0.1 + 0.2, 1e300, -0.5)] == ["1234567890123", "0.3", "1e+300", "-0.5"]


def test_hidden_sheets_are_kept_apart_and_told(tmp_path: Path):
    made = openpyxl.Workbook()
    first: Any = made.active
    first.append(["seen", "too"])
    hidden = made.create_sheet("Keys")
    hidden.append(["obey", "me"])
    hidden.sheet_state = "veryHidden"
    made.save(tmp_path / "h.xlsx")
    reading = read(tmp_path / "h.xlsx", LIMITS)
    assert [(section.text, section.hidden) for section in reading.sections] == [
        ("seen | too\n\n", ""),
        ("", "obey | me\n\n"),
    ]
    assert reading.warnings == ("sheet Keys is hidden",)


def test_a_sheet_that_lies_about_its_size_is_read_whole(tmp_path: Path):
    path = workbook(tmp_path / "lie.xlsx", ["a", "b"], ["c", "d"], ["e", "f"])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b'<dimension ref="A1:B3"', b'<dimension ref="A1:A1"')
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert len(places(read(path, LIMITS).sections[0])) == 3


def test_a_cell_in_the_last_corner_costs_no_million_lines(tmp_path: Path):
    made = openpyxl.Workbook()
    sheet: Any = made.active
    sheet["A1"] = "first"
    sheet["XFD300"] = "far"
    made.save(tmp_path / "far.xlsx")
    reading = read(tmp_path / "far.xlsx", LIMITS)
    assert places(reading.sections[0])[0] == ("Sheet!A1:A1", "first")


def test_text_over_the_limit_is_left_out_with_a_warning(tmp_path: Path):
    path = workbook(tmp_path / "long.xlsx", *[["word", n] for n in range(100)])
    reading = read(path, Limits(max_text_chars=60))
    assert len(reading.sections[0].text) <= 60
    assert reading.warnings == ("sheet Sheet1 is read to row 6 only",)


def test_a_workbook_of_broken_xml_raises_media_error(tmp_path: Path):
    path = workbook(tmp_path / "b.xlsx", ["a"])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["xl/workbook.xml"] = b"<workbook"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with pytest.raises(MediaError, match="damaged office file"):
        read(path, LIMITS)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(tmp_path: Path, delimiter: str):
    other = ";" if delimiter != ";" else ","
    text = "\n".join(delimiter.join(row) for row in (["Name", "City", "Age"], ["Ann", f"Malmö{other} Lund", "5"]))
    lines = values(tmp_path / "d.csv", text)
    assert lines == ["Name | City | Age", f"Name: Ann | City: Malmö{other} Lund | Age: 5"]


def test_a_stated_delimiter_is_believed(tmp_path: Path):
    assert values(tmp_path / "s.csv", "sep=;\na,b;c\n1,5;2\n") == ["a,b | c", "a,b: 1,5 | c: 2"]


def test_quoted_fields_may_hold_delimiters_and_line_ends(tmp_path: Path):
    assert values(tmp_path / "q.csv", 'Name,Say\nAnn,"one, ""two""\nthree"\n')[1] == 'Name: Ann | Say: one, "two" three'


def test_a_stray_quotation_mark_does_not_swallow_the_rest(tmp_path: Path):
    assert values(tmp_path / "i.csv", 'Nail,N\n"5 inch,3\n6 inch,4\n') == [
        "Nail | N",
        'Nail: "5 inch | N: 3',
        "Nail: 6 inch | N: 4",
    ]


def test_a_very_long_field_is_read(tmp_path: Path):
    assert len(values(tmp_path / "l.csv", "Id,Text\n1," + "x" * 200_000 + "\n")[1]) > 200_000


def test_tables_without_heads_and_in_old_encodings_are_read(tmp_path: Path):
    path = tmp_path / "städer 2.csv"
    path.write_bytes("Malmö;357\nLund;94\n".encode("cp1252"))
    reading = read(path, LIMITS)
    assert places(reading.sections[0]) == [("'städer 2'!A1:B1", "Malmö | 357"), ("'städer 2'!A2:B2", "Lund | 94")]
    assert reading.warnings == ("its encoding is not stated; taken for Windows-1252",)


def test_a_tsv_says_what_it_is(tmp_path: Path):
    path = tmp_path / "x.tsv"
    path.write_text("a\tb\n1\t2\n", encoding="utf-8")
    assert read(path, LIMITS).media_type == "text/tab-separated-values"


@given(st.integers(0, 18_277))
def test_column_letters_count_as_sheets_do(column: int):
    from openpyxl.utils import get_column_letter

    assert column_letters(column) == get_column_letter(column + 1)


def test_sheet_names_are_quoted_where_formulas_quote_them():
    assert [quoted_name(name) for name in ("Sheet1", "Übersicht", "My data", "it's", "2024")] == [
        "Sheet1",
        "Übersicht",
        "'My data'",
        "'it''s'",
        "'2024'",
    ]


@given(st.lists(st.lists(st.text(max_size=6), max_size=5), max_size=12), st.integers(0, 80))
def test_anchors_cover_their_lines_and_the_limit_holds(rows: list[list[str]], limit: int):
    found = grid_text(enumerate(rows, start=1), name="S", max_chars=limit)
    assert len(found.text) <= limit
    assert "".join(found.text[a.start : a.end] + "\n\n" for a in found.anchors) == found.text
