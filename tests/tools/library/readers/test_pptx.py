"""Presentations made with python-pptx: order on the slide, tables, charts, notes, what lies outside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pptx
import pytest
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from sourcehound.tools.errors import MediaError
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers.pptx import read
from sourcehound.tools.library.reading import Reading

LIMITS = Limits()
TITLE_ONLY, BLANK = 5, 6


@pytest.fixture
def show() -> Any:
    return pptx.Presentation()


def slide(show: Any, title: str = "") -> Any:
    made = show.slides.add_slide(show.slide_layouts[TITLE_ONLY if title else BLANK])
    if title:
        made.shapes.title.text = title
    return made


def box(shapes: Any, text: str, left: float, top: float) -> None:
    made = shapes.add_textbox(Inches(left), Inches(top), Inches(2), Inches(1))
    made.text_frame.text = text


def saved(show: Any, path: Path) -> Reading:
    show.save(str(path))
    return read(path, LIMITS)


def test_a_slide_is_read_from_its_title_down_and_from_left_to_right(show: Any, tmp_path: Path):
    made = slide(show, "Red kites")
    box(made.shapes, "below", 1, 5)
    box(made.shapes, "right", 6, 3.05)
    box(made.shapes, "left\nsecond line", 1, 3)
    slide(show, "Thanks")
    first, second = saved(show, tmp_path / "a.pptx").sections
    assert first.text == "Red kites\n\nleft\nsecond line\n\nright\n\nbelow\n\n"
    assert (first.part, first.page, first.headings) == ("slide 1", None, ("Red kites",))
    assert (second.part, second.text, second.start) == ("slide 2", "Thanks\n\n", len(first.text) + 1)
    assert {anchor.part for anchor in first.anchors} == {"slide 1"}


def test_groups_stay_together_in_their_own_order(show: Any, tmp_path: Path):
    made = slide(show)
    group = made.shapes.add_group_shape()
    box(group.shapes, "group low", 1, 4)
    box(group.shapes, "group high", 1, 3)
    box(made.shapes, "top", 1, 1)
    (section,) = saved(show, tmp_path / "g.pptx").sections
    assert section.text == "top\n\ngroup high\ngroup low\n\n"


def test_tables_and_charts_are_lines_with_heads(show: Any, tmp_path: Path):
    made = slide(show)
    table = made.shapes.add_table(3, 3, Inches(1), Inches(1), Inches(5), Inches(1)).table
    for row, cells in enumerate([("Region", "Q1", "Q2"), ("North", "12", "15"), ("South", "9", "")]):
        for column, cell in enumerate(cells):
            table.cell(row, column).text = cell
    table.cell(2, 1).merge(table.cell(2, 2))
    data = CategoryChartData()
    data.categories = ["2020", "2021"]
    data.add_series("Kites", (3, 4.5))
    data.add_series("Hawks", (1, None))
    chart = made.shapes.add_chart(XL_CHART_TYPE.LINE, Inches(1), Inches(4), Inches(5), Inches(2), data).chart
    chart.has_title = True
    chart.chart_title.text_frame.text = "Sightings"
    (section,) = saved(show, tmp_path / "t.pptx").sections
    assert section.text.splitlines() == [
        "Region | Q1 | Q2",
        "Region: North | Q1: 12 | Q2: 15",
        "Region: South | Q1: 9 | Q2: 9",
        "",
        "Chart: Sightings",
        "2020 | Kites: 3 | Hawks: 1",
        "2021 | Kites: 4.5",
        "",
    ]


def test_notes_are_marked_as_notes(show: Any, tmp_path: Path):
    slide(show, "Kites").notes_slide.notes_text_frame.text = "Wait for silence."
    (section,) = saved(show, tmp_path / "n.pptx").sections
    last = section.anchors[-1]
    assert (last.part, section.text[last.start : last.end]) == ("slide 1 notes", "Notes: Wait for silence.")


def test_what_lies_outside_the_slide_is_kept_apart(show: Any, tmp_path: Path):
    made = slide(show, "Kites")
    box(made.shapes, "obey me", -5, 1)
    box(made.shapes, "and me", 1, 30)
    (section,) = saved(show, tmp_path / "o.pptx").sections
    assert (section.text, section.hidden) == ("Kites\n\n", "obey me and me")


def test_hidden_slides_are_read_and_told(show: Any, tmp_path: Path):
    slide(show, "Kites")._element.set("show", "0")
    reading = saved(show, tmp_path / "h.pptx")
    assert reading.warnings == ("slide 1 is hidden in the show",)
    assert reading.sections[0].text == "Kites\n\n"


def test_the_title_is_the_stated_one_else_the_first_slides_else_the_names(show: Any, tmp_path: Path):
    slide(show)
    assert saved(show, tmp_path / "red_kites.pptx").title == "red kites"
    other = pptx.Presentation()
    slide(other, "On kites")
    assert saved(other, tmp_path / "x.pptx").title == "On kites"
    other.core_properties.title = "Kites, a talk"
    assert saved(other, tmp_path / "x.pptx").title == "Kites, a talk"


def test_more_slides_than_allowed_are_left_out_with_a_warning(show: Any, tmp_path: Path):
    for n in range(4):
        slide(show, f"Slide {n}")
    show.save(str(tmp_path / "many.pptx"))
    reading = read(tmp_path / "many.pptx", Limits(max_pages=2))
    assert [section.part for section in reading.sections] == ["slide 1", "slide 2"]
    assert reading.warnings == ("only the first 2 slides are read",)


def test_a_document_of_another_kind_raises_media_error(tmp_path: Path):
    import openpyxl

    path = tmp_path / "posing.pptx"
    openpyxl.Workbook().save(path)
    with pytest.raises(MediaError, match="damaged office file"):
        read(path, LIMITS)
