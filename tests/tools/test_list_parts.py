"""Listing pages, headings, tables and figures: what a document is made of, how many of them, as evidence to cite."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sourcehound.tools.errors import ToolInputError
from sourcehound.tools.library.intake import write_reading
from sourcehound.tools.library.library import Library
from sourcehound.tools.library.reading import Part
from sourcehound.tools.list_parts import COUNTED, ListParts, ListPartsArguments
from sourcehound.tools.search_pages import SearchPages, SearchPagesArguments
from sourcehound.tools.tool import Desk
from tests.tools.library.test_parts import reading

NOW = "2026-01-02T03:04:05Z"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Two documents of one page, labelled iii; the second has no parts."""
    library = Library(home=tmp_path, name="parts", now=lambda: NOW)
    bare = replace(reading(), title="Lake", parts=(), sections=reading().sections[:1], figures=())
    with library.catalogue.transaction() as connection:
        for source, (name, read) in enumerate({"harbour": reading(), "lake": bare}.items(), start=1):
            sha256, path = f"{source}" * 64, f"/files/{name}.pdf"
            connection.execute(
                "INSERT INTO sources (id, sha256, size, media_type, title, reader, meta, indexed_at)"
                " VALUES (?, ?, 1, 'application/pdf', ?, 'pdf 1', '{}', '')",
                (source, sha256, read.title),
            )
            connection.execute(
                "INSERT INTO files (path, shown, size, mtime_ns, source, state) VALUES (?, ?, 1, 1, ?, 'read')",
                (path.encode(), path, source),
            )
            write_reading(connection, source, sha256, path, read)
    yield Desk(library=library, question="q", recall=lambda _: None, known=tuple, now=lambda: NOW)
    library.close()


def test_tables_are_listed_and_counted(desk: Desk) -> None:
    outcome = ListParts().run(ListPartsArguments(kind="table", within="*harbour*"), desk)
    (evidence,) = outcome.evidence
    assert evidence.detail["label"] == "Table 2"
    assert evidence.detail[COUNTED] == "1 table"
    assert outcome.note == "Tides has 1 table: Table 2 (page iii)"


def test_headings_and_pages_are_listed_too(desk: Desk) -> None:
    outcome = ListParts().run(ListPartsArguments(kind="heading", within="*harbour*"), desk)
    assert [evidence.quote for evidence in outcome.evidence] == ["1 The harbour"]
    pages = ListParts().run(ListPartsArguments(kind="page", within="*harbour*"), desk)
    assert [(evidence.kind, evidence.locator.page) for evidence in pages.evidence] == [("page", 1)]
    assert pages.note == "Tides has 1 page"


def test_where_there_is_none_the_page_says_so(desk: Desk) -> None:
    outcome = ListParts().run(ListPartsArguments(kind="figure", within="*lake*"), desk)
    (evidence,) = outcome.evidence
    assert (evidence.kind, evidence.detail[COUNTED]) == ("page", "0 figure")
    assert outcome.note == "Lake has 0 figures"


def test_every_document_in_scope_is_counted(desk: Desk) -> None:
    outcome = ListParts().run(ListPartsArguments(kind="table"), desk)
    assert outcome.note == "Tides has 1 table: Table 2 (page iii); Lake has 0 tables"


def test_only_what_stands_on_a_page_is_listed(desk: Desk) -> None:
    outcome = ListParts().run(ListPartsArguments(kind="table", within="*harbour*", page="iii"), desk)
    assert outcome.note.startswith("Tides has 1 table on the page labelled iii, which is page 1 counted from the first")
    with pytest.raises(ToolInputError, match="no document here has a page 9"):
        ListParts().run(ListPartsArguments(kind="table", page="9"), desk)


def test_the_persons_scope_holds(desk: Desk) -> None:
    outcome = ListParts().run(ListPartsArguments(kind="table"), replace(desk, within="*nowhere*"))
    assert (outcome.evidence, outcome.note) == ((), "no document is in scope")


def test_labels_are_counted_before_what_has_none(desk: Desk) -> None:
    read = reading()
    more = Part(kind="figure", number=2, page=1, box=(10.0, 10.0, 60.0, 60.0))
    with desk.library.catalogue.transaction() as connection:
        connection.execute("DELETE FROM files WHERE source = 2")
        connection.execute("DELETE FROM units WHERE source_id = 1")
        connection.execute("DELETE FROM texts WHERE source = 1")
        write_reading(connection, 1, "1" * 64, "/files/harbour.pdf", replace(read, parts=(*read.parts, more)))
    outcome = ListParts().run(ListPartsArguments(kind="figure"), desk)
    assert outcome.note == "Tides has 1 figure with a label, and 1 without: Figure 4 (page iii), figure 2 (page iii)"


def test_a_page_is_found_by_its_name_whatever_is_sought(desk: Desk) -> None:
    outcome = SearchPages().run(SearchPagesArguments(query="volcano", page="iii", within="*harbour*"), desk)
    (page,) = outcome.evidence
    assert page.detail["taken"] == "the page labelled iii, which is page 1 counted from the first"
    assert outcome.note == "1 found; the page labelled iii, which is page 1 counted from the first"


def test_a_table_is_found_by_its_label_or_its_place(desk: Desk) -> None:
    by_label = SearchPages().run(SearchPagesArguments(query="volcano", label="table 2"), desk)
    by_place = SearchPages().run(SearchPagesArguments(query="volcano", part="table", number=1), desk)
    last = SearchPages().run(SearchPagesArguments(query="volcano", part="figure", number=-1), desk)
    assert [evidence.locator.part for evidence in (*by_label.evidence, *by_place.evidence)] == ["Table 2", "Table 2"]
    assert [evidence.detail["label"] for evidence in last.evidence] == ["Figure 4"]


def test_a_place_that_is_not_there_brings_nothing(desk: Desk) -> None:
    outcome = SearchPages().run(SearchPagesArguments(query="boats", label="Table 9"), desk)
    assert (outcome.evidence, outcome.note) == ((), "no document here has that")
