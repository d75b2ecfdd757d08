"""Headings and tables of documents without pages: Word, PowerPoint, sheets, HTML and Markdown say themselves what they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers import docx, html, markdown, pptx, sheet
from sourcehound.tools.library.reading import Part, Reading

LIMITS = Limits()


def whole(reading: Reading) -> str:
    """The source's whole text, in which parts count their characters."""
    text = ""
    for section in reading.sections:
        text += "\n" * (section.start - len(text)) + section.text
    return text


def words(reading: Reading, part: Part) -> str:
    assert part.chars is not None
    return whole(reading)[slice(*part.chars)]


def parts(reading: Reading, kind: str) -> list[Part]:
    found = [part for part in reading.parts if part.kind == kind]
    assert [part.number for part in found] == list(range(1, len(found) + 1))
    return found


@pytest.fixture
def word(tmp_path: Path) -> Reading:
    import docx as library

    document: Any = library.Document()
    document.add_heading("The harbour", 1)
    document.add_paragraph("Some words before the table.")
    document.add_paragraph("Table 3: People of the harbour")
    table = document.add_table(rows=3, cols=3)
    for row, line in zip(
        table.rows, (("Year", "People", "Boats"), ("1890", "1862", "12"), ("1900", "1921", "17")), strict=True
    ):
        for cell, text in zip(row.cells, line, strict=True):
            cell.text = text
    document.add_heading("Its boats", 2)
    document.add_paragraph("Some words after it.")
    document.save(str(tmp_path / "a.docx"))
    return docx.read(tmp_path / "a.docx", LIMITS)


def test_a_word_table_has_its_caption_heads_and_rows(word: Reading) -> None:
    (part,) = parts(word, "table")
    assert (part.label, part.caption) == ("Table 3", "Table 3: People of the harbour")
    assert part.heads == ("Year", "People", "Boats")
    assert words(word, part) == (
        "Year | People | Boats\n\nYear: 1890 | People: 1862 | Boats: 12\n\nYear: 1900 | People: 1921 | Boats: 17"
    )


def test_word_headings_have_their_levels_and_characters(word: Reading) -> None:
    found = parts(word, "heading")
    assert [(part.caption, part.level) for part in found] == [("The harbour", 1), ("Its boats", 2)]
    assert [words(word, part) for part in found] == ["The harbour", "Its boats"]


def test_a_slides_table_and_title_are_parts(tmp_path: Path) -> None:
    import pptx as library
    from pptx.util import Inches

    show: Any = library.Presentation()
    slide = show.slides.add_slide(show.slide_layouts[5])
    slide.shapes.title.text = "Catches"
    frame = slide.shapes.add_table(2, 2, Inches(1), Inches(3), Inches(4), Inches(1))
    for at, text in enumerate(("Fish", "Tons", "Cod", "12")):
        frame.table.cell(at // 2, at % 2).text = text
    show.save(str(tmp_path / "a.pptx"))
    reading = pptx.read(tmp_path / "a.pptx", LIMITS)
    (heading,) = parts(reading, "heading")
    (table,) = parts(reading, "table")
    assert (words(reading, heading), heading.level) == ("Catches", 1)
    assert words(reading, table) == "Fish | Tons\nFish: Cod | Tons: 12"
    assert table.heads == ("Fish", "Tons")


def test_each_table_of_a_sheet_is_a_part_with_its_title(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Catches\nFish,Tons,Boats\nCod,12,3\nHake,7,2\n\n\nCrew\nName,Age,Boat\nAda,41,Tern\nBo,29,Skua\n")
    reading = sheet.read(path, LIMITS)
    first, second = parts(reading, "table")
    assert (first.caption, first.heads) == ("Catches", ("Fish", "Tons", "Boats"))
    assert words(reading, first).splitlines()[-1] == "Fish: Hake | Tons: 7 | Boats: 2"
    assert (second.caption, second.heads) == ("Crew", ("Name", "Age", "Boat"))
    assert words(reading, second).splitlines()[-1] == "Name: Bo | Age: 29 | Boat: Skua"


def page(tmp_path: Path, body: str) -> Reading:
    path = tmp_path / "a.html"
    path.write_text(f"<html><body>{body}</body></html>")
    return html.read(path, LIMITS)


def test_a_table_of_a_web_page_says_in_each_row_what_each_cell_is(tmp_path: Path) -> None:
    reading = page(
        tmp_path,
        "<h1>Harbour</h1><p>Before.</p><table><caption>Table 2: Catches</caption><tr><th>Fish<th>Tons</tr>"
        "<tr><td rowspan=2>Cod</td><td>12</td></tr><tr><td>13</td></tr></table><p>After.</p>",
    )
    (part,) = parts(reading, "table")
    assert (part.label, part.caption, part.heads) == ("Table 2", "Table 2: Catches", ("Fish", "Tons"))
    assert words(reading, part) == "Fish | Tons\n\nFish: Cod | Tons: 12\n\nFish: Cod | Tons: 13"
    (heading,) = parts(reading, "heading")
    assert (words(reading, heading), heading.level) == ("Harbour", 1)


def test_a_table_that_lays_out_a_page_is_none(tmp_path: Path) -> None:
    layout = "<table><tr><td><h2>Menu</h2>Home</td><td>Words</td></tr><tr><td>Left</td><td>Right</td></tr></table>"
    reading = page(tmp_path, f"<p>Top.</p>{layout}")
    assert not parts(reading, "table")
    assert "Left | Right" in whole(reading)


def test_pictures_and_hidden_words_of_a_table_are_the_pages(tmp_path: Path) -> None:
    reading = page(
        tmp_path,
        "<table><tr><th>Bird<th>Where</tr><tr><td>Kite<img src=kite.jpg alt=kite></td>"
        "<td>Lake<span style='display:none'>nobody sees this</span></td></tr></table>",
    )
    assert [mention.target for mention in reading.mentions] == ["kite.jpg"]
    assert "nobody sees this" not in whole(reading)
    assert reading.warnings == ("words that are not shown are left out",)


def test_a_markdown_table_is_the_lines_of_the_file(tmp_path: Path) -> None:
    table = "| Fish | Tons |\n|---|---|\n| Cod | 12 |\n| Hake | 7 |"
    path = tmp_path / "a.md"
    path.write_text(f"# Harbour\n\nTable 1: Catches\n\n{table}\n\n## Boats\n\nWords.\n")
    reading = markdown.read(path, LIMITS)
    (part,) = parts(reading, "table")
    assert words(reading, part) == table
    assert (part.label, part.heads) == ("Table 1", ("Fish", "Tons"))
    first, second = parts(reading, "heading")
    assert (words(reading, first), first.level) == ("# Harbour", 1)
    assert (words(reading, second), second.level) == ("## Boats", 2)
