"""Headings, tables and figures in the catalogue: what is found, what is only listed, and how both are numbered."""

from __future__ import annotations

from sourcehound.tools.evidence import Space
from sourcehound.tools.index.words import search_words
from sourcehound.tools.library.parts import between, evidence_of, list_parts, number_tables, table_units, tables_in
from sourcehound.tools.library.passages import Span
from sourcehound.tools.library.reading import Anchor, Figure, Part, Reading, Section
from sourcehound.tools.library.sections import load_sections
from sourcehound.tools.narrow import narrow
from tests.tools.library.conftest import Shelf
from tests.tools.library.test_intake import take_in

PAGE = Space(unit="pt", width=612, height=792)
BODY = "1 The harbour\nThe lamp of the old pier is lit every evening at nine.\nTable 2: Boats\nTern 12\nSkua 17"
ROWS = "Table 2: Boats\n\nName: Tern | Length: 12\n\nName: Skua | Length: 17\n\n"
AT = len(BODY) + 1
CELL = (300.0, 200.0, 320.0, 210.0)


def reading() -> Reading:
    """One page with a heading, a table and a figure, as the PDF reader gives them."""
    skua = ROWS.index("Skua")
    anchors = (
        Anchor(start=0, end=14, box=(72.0, 160.0, 200.0, 170.0)),
        Anchor(start=ROWS.index("Tern"), end=ROWS.index("Tern") + 4, box=(72.0, 180.0, 100.0, 190.0)),
        Anchor(start=skua, end=skua + 4, box=(72.0, 200.0, 100.0, 210.0)),
        Anchor(start=ROWS.index("17"), end=ROWS.index("17") + 2, box=CELL),
    )
    return Reading(
        title="Tides",
        media_type="application/pdf",
        reader="pdf 1",
        sections=(
            Section(text=BODY, page=1, page_label="iii", space=PAGE, producer="pdf 1"),
            Section(
                text=ROWS,
                start=AT,
                role="table",
                page=1,
                page_label="iii",
                space=PAGE,
                anchors=anchors,
                producer="pdf 1",
            ),
        ),
        figures=(
            Figure(page=1, box=(72.0, 300.0, 300.0, 500.0), space=PAGE, caption="Figure 4: The pier"),
            Figure(page=1, box=(10.0, 10.0, 60.0, 60.0), space=PAGE),
        ),
        parts=(
            Part(
                kind="heading",
                number=1,
                label="1",
                caption="1 The harbour",
                page=1,
                box=(72.0, 100.0, 200.0, 116.0),
                chars=(0, 13),
                level=1,
            ),
            Part(
                kind="table",
                number=1,
                label="Table 2",
                caption="Table 2: Boats",
                page=1,
                box=(72.0, 160.0, 320.0, 210.0),
                chars=(AT, AT + len(ROWS)),
                heads=("Name", "Length"),
            ),
            Part(
                kind="figure",
                number=1,
                label="Figure 4",
                caption="Figure 4: The pier",
                page=1,
                box=(72.0, 300.0, 300.0, 500.0),
            ),
        ),
        n_pages=1,
        page_spaces=(PAGE,),
        page_labels=("iii",),
    )


def test_a_table_is_a_passage_that_knows_its_number(shelf: Shelf) -> None:
    take_in(shelf, reading())
    found = shelf.rows("SELECT text, part, number, page FROM units WHERE kind = 'passage' AND part <> ''")
    assert found == [(ROWS.strip(), "table", 1, 1)]


def test_the_words_of_the_page_stay_a_passage_and_the_pages_own(shelf: Shelf) -> None:
    take_in(shelf, reading())
    assert shelf.rows("SELECT text FROM units WHERE kind = 'passage' AND part = ''") == [(BODY,)]
    assert shelf.rows("SELECT text FROM units WHERE kind = 'page'") == [(BODY,)]


def test_a_figure_is_a_picture_that_knows_its_number(shelf: Shelf) -> None:
    take_in(shelf, reading())
    found = shelf.rows(
        "SELECT part, number, json_extract(detail, '$.label') FROM units WHERE kind = 'image' ORDER BY id"
    )
    assert found == [("figure", 1, "Figure 4"), ("", 0, None)]


def test_a_heading_is_listed_and_no_unit(shelf: Shelf) -> None:
    source = take_in(shelf, reading())
    connection = shelf.catalogue.connection
    (heading,) = list_parts(connection, source, "heading")
    assert (heading.label, heading.caption, heading.level, heading.page, heading.page_label) == (
        *("1", "1 The harbour", 1, 1, "iii"),
    )
    hits = search_words(connection, "harbour", k=9)
    kinds = {shelf.rows(f"SELECT kind FROM units WHERE id = {hit.unit}")[0][0] for hit in hits}  # noqa: S608  a row of ours
    assert kinds == {"passage", "page"}


def test_what_is_listed_can_be_cited(shelf: Shelf) -> None:
    source = take_in(shelf, reading())
    connection = shelf.catalogue.connection
    (heading,) = (evidence_of(connection, source, part) for part in list_parts(connection, source, "heading"))
    (table,) = (evidence_of(connection, source, part) for part in list_parts(connection, source, "table"))
    (figure,) = (evidence_of(connection, source, part) for part in list_parts(connection, source, "figure"))
    assert heading is not None
    assert table is not None
    assert figure is not None
    assert (heading.kind, heading.quote, heading.locator.chars) == ("text", "1 The harbour", (0, 13))
    assert heading.locator.boxes == ((72.0, 100.0, 200.0, 116.0),)
    assert (table.kind, table.quote, table.locator.part) == ("text", ROWS.strip(), "Table 2")
    assert table.locator.boxes == ((72.0, 160.0, 320.0, 210.0),)
    assert (figure.kind, figure.detail["label"]) == ("image", "Figure 4")


def test_a_row_of_a_table_narrows_to_its_cells(shelf: Shelf) -> None:
    source = take_in(shelf, reading())
    connection = shelf.catalogue.connection
    (part,) = list_parts(connection, source, "table")
    table = evidence_of(connection, source, part)
    assert table is not None
    row = narrow(connection, table, "Name: Skua | Length: 17")
    assert row is not None
    assert row.quote == "Name: Skua | Length: 17"
    assert row.locator.boxes == ((72.0, 200.0, 100.0, 210.0), CELL)
    value = narrow(connection, table, "17")
    assert value is not None
    assert value.locator.boxes == (CELL,)


def test_headings_go_with_their_source(shelf: Shelf) -> None:
    source = take_in(shelf, reading())
    with shelf.catalogue.transaction() as connection:
        connection.execute("DELETE FROM files WHERE source = ?", (source,))
        connection.execute("DELETE FROM sources WHERE id = ?", (source,))
    assert shelf.rows("SELECT COUNT(*) FROM headings") == [(0,)]


def test_a_long_table_is_cut_by_rows_that_all_keep_its_caption() -> None:
    lines = [
        f"Name: boat {n} of the harbour | Length: {n} | Built: {1800 + n} at the yard on the quay" for n in range(40)
    ]
    section = Section(text="\n\n".join(lines), role="table", page=1)
    part = Part(kind="table", number=3, caption="Table 7: All boats", page=1, chars=(0, len(section.text)))
    units = list(table_units(section, part, Span(0, len(section.text)), about="Tides"))
    assert len(units) > 3
    assert [line for unit in units for line in unit.text.split("\n\n")] == lines
    assert {unit.number for unit in units} == {3}
    assert all(unit.about == "Tides · Table 7: All boats" for unit in units)


def test_rows_without_heads_in_them_have_the_heads_said_about_them() -> None:
    section = Section(text="| Fish | Tons |\n|---|---|\n| Cod | 12 |")
    part = Part(kind="table", number=1, chars=(0, len(section.text)), heads=("Fish", "Tons"))
    (unit,) = table_units(section, part, Span(0, len(section.text)), about="Catches")
    assert unit.about == "Catches · Fish | Tons"


def test_a_row_of_very_many_words_is_cut_at_word_ends() -> None:
    section = Section(text=" ".join(f"word{n}" for n in range(400)))
    part = Part(kind="table", number=1, chars=(0, len(section.text)))
    units = list(table_units(section, part, Span(0, len(section.text)), about=""))
    assert " ".join(unit.text for unit in units) == section.text
    assert all(len(unit.text.split()) <= 160 for unit in units)


def test_what_lies_outside_tables_counts_its_characters_in_the_source() -> None:
    text = "Before it. | a | b | After it."
    section = Section(text=text, start=100, anchors=(Anchor(start=0, end=10, part="paragraph 1"),))
    first, last = between(section, [Span(11, 20)])
    assert (first.text, first.start, first.anchors) == ("Before it. ", 100, section.anchors)
    assert (last.text, last.start) == (" After it.", 120)


def test_only_tables_inside_a_section_are_its_tables() -> None:
    parts = (
        Part(kind="table", number=1, chars=(0, 5)),
        Part(kind="table", number=2, chars=(100, 105)),
        Part(kind="table", number=3, chars=(108, 130)),
        Part(kind="heading", number=1, chars=(100, 103)),
    )
    read = Reading(title="t", media_type="text/plain", reader="r", parts=parts)
    section = Section(text="0123456789", start=100)
    assert [(part.number, span) for part, span in tables_in(read, section)] == [(2, Span(0, 5))]


def test_tables_read_later_are_numbered_by_their_pages(shelf: Shelf) -> None:
    source = take_in(shelf, reading())
    with shelf.catalogue.transaction() as connection:
        connection.execute("UPDATE units SET page = 2 WHERE part = 'table'")
        connection.execute(
            "INSERT INTO units (unit_id, source_id, kind, page, text, about, locator, producer, part, number)"
            " VALUES ('late', ?, 'passage', 1, '', '', '{}', '', 'table', 1000001)",
            (source,),
        )
        number_tables(connection, source)
    assert shelf.rows("SELECT page, number FROM units WHERE part = 'table' ORDER BY page") == [(1, 1), (2, 2)]


def test_a_tables_text_is_kept_for_the_checks(shelf: Shelf) -> None:
    source = take_in(shelf, reading())
    assert [section.role for section in load_sections(shelf.catalogue.connection, source)] == ["body", "table"]
