"""Parts of a PDF: tables with their captions and heads, headings, figures, and the numbers printed on pages."""

from pathlib import Path

import pytest

from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers import pdf
from sourcehound.tools.library.readers.pdf_folios import labels_from
from sourcehound.tools.library.reading import Part, Reading
from sourcehound.tools.sample.pdf_writer import PdfPage, PdfWriter, wrapped

PROSE = "The gauge at the old pier has been read every morning since it was set up, and what it said is told below. "
POPULATION = [("Year", "People", "Boats"), ("1890", "1,862", "12"), ("1900", "1,921", "17"), ("1910", "2,630", "9")]


def writer() -> PdfWriter:
    return PdfWriter(title="The harbour", author="test", created="D:20240422090000Z")


def prose(page: PdfPage, top: float, *, n: int = 4) -> None:
    for at, line in enumerate(wrapped(PROSE * n, 10, 440)):
        page.words(72, top + 13 * at, line, size=10)


def table(page: PdfPage, top: float, lines: list[tuple[str, str, str]] = POPULATION) -> None:
    for at, line in enumerate(lines):
        for left, text in zip((90, 200, 300), line, strict=True):
            page.words(left, top + 14 * at, text, size=10)


def read(path: Path, written: PdfWriter) -> Reading:
    path.write_bytes(written.to_bytes())
    return pdf.read(path, Limits())


def of_kind(reading: Reading, kind: str) -> list[Part]:
    return [part for part in reading.parts if part.kind == kind]


@pytest.fixture
def reading(tmp_path: Path) -> Reading:
    written = writer()
    page = written.page("")
    page.words(72, 60, "1 The harbour and its people", size=16)
    prose(page, 100)
    page.words(72, 240, "Table 1: People and boats of the harbour", size=10)
    table(page, 260)
    prose(page, 360)
    page = written.page("")
    page.words(72, 60, "1.1 The gauge", size=13)
    prose(page, 100)
    return read(tmp_path / "a.pdf", written)


def test_a_table_says_in_each_row_what_each_cell_is(reading: Reading) -> None:
    (section,) = [section for section in reading.sections if section.role == "table"]
    assert section.text == (
        "Table 1: People and boats of the harbour\n\n"
        "Year: 1890 | People: 1,862 | Boats: 12\n\n"
        "Year: 1900 | People: 1,921 | Boats: 17\n\n"
        "Year: 1910 | People: 2,630 | Boats: 9\n\n"
    )
    assert section.page == 1


def test_a_cell_keeps_the_box_of_its_words_on_the_page(reading: Reading) -> None:
    (section,) = [section for section in reading.sections if section.role == "table"]
    start = section.text.index("1,921")
    (anchor,) = [anchor for anchor in section.anchors if anchor.start == start]
    assert anchor.end == start + len("1,921")
    assert anchor.box is not None
    assert anchor.box[0] == pytest.approx(200, abs=1.5)
    assert anchor.box[1] < 260 + 14 * 2 < anchor.box[3] + 1


def test_a_table_has_its_number_label_heads_and_place(reading: Reading) -> None:
    (part,) = of_kind(reading, "table")
    assert (part.number, part.label, part.page) == (1, "Table 1", 1)
    assert part.caption == "Table 1: People and boats of the harbour"
    assert part.heads == ("Year", "People", "Boats")
    assert part.box is not None
    assert part.box[1] < 245
    assert 300 < part.box[3] < 330


def test_the_words_of_a_table_stay_in_the_page_too(reading: Reading) -> None:
    assert "1900 1,921 17" in reading.sections[0].text
    tables = [section for section in reading.sections if section.role == "table"]
    assert tables[0].start > reading.sections[1].start + len(reading.sections[1].text)


def test_headings_are_told_by_size_and_number(reading: Reading) -> None:
    first, second = of_kind(reading, "heading")
    assert (first.label, first.caption, first.level, first.page) == ("1", "1 The harbour and its people", 1, 1)
    assert (second.label, second.caption, second.level, second.page) == ("1.1", "1.1 The gauge", 2, 2)


def test_a_headings_characters_are_those_of_the_text(reading: Reading) -> None:
    text = ""
    for section in reading.sections:
        text += "\n" * (section.start - len(text)) + section.text
    for part in of_kind(reading, "heading"):
        assert part.chars is not None
        assert text[slice(*part.chars)] == part.caption


def test_rules_between_columns_make_a_table_of_words(tmp_path: Path) -> None:
    written = writer()
    page = written.page("")
    prose(page, 60)
    rows = [
        ("Operation", "Function"),
        ("Press", "Wake the screen"),
        ("Hold", "Turn the watch off"),
        ("Swipe", "Go back"),
    ]
    for at, line in enumerate(rows):
        for left, text in zip((90, 200), line, strict=True):
            page.words(left, 200 + 20 * at, text, size=10)
    for level in range(5):
        page.line(((80, 186 + 20 * level), (330, 186 + 20 * level)))
    for x in (80, 190, 330):
        page.line(((x, 186), (x, 266)))
    (part,) = of_kind(read(tmp_path / "a.pdf", written), "table")
    assert part.heads == ("Operation", "Function")


def test_a_table_that_goes_on_under_its_label_keeps_its_number(tmp_path: Path) -> None:
    written = writer()
    for caption in ("Table 1: People", "Table 1: People (continued)", "Table 2: Boats"):
        page = written.page("")
        page.words(72, 60, caption, size=10)
        table(page, 80)
        prose(page, 200)
    assert [part.number for part in of_kind(read(tmp_path / "a.pdf", written), "table")] == [1, 1, 2]


def test_prose_pages_have_no_tables(tmp_path: Path) -> None:
    written = writer()
    prose(written.page(""), 60, n=12)
    assert not of_kind(read(tmp_path / "a.pdf", written), "table")


def test_a_running_title_is_no_heading(tmp_path: Path) -> None:
    written = writer()
    for number in range(4):
        page = written.page("")
        page.words(72, 40, f"The Harbour Book {number}", size=14)
        prose(page, 80)
    assert not of_kind(read(tmp_path / "a.pdf", written), "heading")


def test_numbers_printed_on_pages_are_their_labels(tmp_path: Path) -> None:
    written = writer()
    for number in range(7):
        page = written.page("")
        prose(page, 80)
        if number > 2:
            page.words(300, 750, str(number - 1), size=9)
    reading = read(tmp_path / "a.pdf", written)
    assert reading.page_labels == ("", "", "1", "2", "3", "4", "5")
    assert [section.page_label for section in reading.sections] == [None, None, "1", "2", "3", "4", "5"]


def test_numbers_that_do_not_rise_are_no_labels() -> None:
    assert labels_from([[("arabic", 7)], [("arabic", 3)], [("arabic", 9)], [("arabic", 7)]]) == ()


def test_numbers_that_are_the_pages_own_count_say_nothing_new() -> None:
    assert labels_from([[("arabic", at)] for at in range(1, 6)]) == ()


def test_roman_numbers_come_before_arabic_ones() -> None:
    roman = [[("roman", value)] for value in (1, 2, 3)]
    arabic = [[("arabic", value)] for value in (1, 2, 3, 4)]
    assert labels_from([*roman, *arabic]) == ("i", "ii", "iii", "1", "2", "3", "4")
