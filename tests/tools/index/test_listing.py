"""A scope's tables, figures, headings and pages: filtered where words are sought, listed where none are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sourcehound.tools.evidence import UnitKind
from sourcehound.tools.index.allowed import Spot, allowed_rows
from sourcehound.tools.index.hit import Hit
from sourcehound.tools.index.listing import is_listed, listed, on_page
from sourcehound.tools.index.query import Query
from sourcehound.tools.library.intake import write_reading
from sourcehound.tools.library.library import Library
from tests.tools.library.test_parts import reading

NOW = "2026-01-02T03:04:05Z"


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    """Two copies of a page, labelled iii, with a heading, a table and a figure."""
    opened = Library(home=tmp_path, name="parts", now=lambda: NOW)
    with opened.catalogue.transaction() as connection:
        for source, name in ((1, "harbour"), (2, "lake")):
            sha256 = f"{source}" * 64
            connection.execute(
                "INSERT INTO sources (id, sha256, size, media_type, title, reader, meta, indexed_at)"
                " VALUES (?, ?, 1, 'application/pdf', ?, 'pdf 1', '{}', '')",
                (source, sha256, name),
            )
            path = f"/files/{name}.pdf"
            connection.execute(
                "INSERT INTO files (path, shown, size, mtime_ns, source, state) VALUES (?, ?, 1, 1, ?, 'read')",
                (path.encode(), path, source),
            )
            write_reading(connection, source, sha256, path, reading())
    yield opened
    opened.close()


def kinds(hits: tuple[Hit, ...]) -> list[tuple[str, str | None]]:
    return [(hit.evidence.source.title, hit.evidence.detail.get("label")) for hit in hits]


def rows(library: Library, kind: UnitKind, *globs: str, spot: Spot) -> int:
    return len(allowed_rows(library.catalogue, kind, *globs, spot=spot) or ())


def test_only_units_of_the_part_that_is_named_are_left(library: Library) -> None:
    assert rows(library, "passage", spot=Spot(part="table")) == 2
    assert rows(library, "image", spot=Spot(part="figure")) == 2
    assert rows(library, "passage", "**/lake*", spot=Spot(part="table")) == 1
    assert rows(library, "passage", spot=Spot(part="table", number=2)) == 0


def test_only_units_of_the_page_that_is_named_are_left(library: Library) -> None:
    assert rows(library, "page", spot=Spot(page="iii")) == 2
    assert rows(library, "passage", spot=Spot(page="1", part="table")) == 2
    assert rows(library, "page", spot=Spot(page="2")) == 0


def test_without_a_spot_and_a_scope_all_units_are_left(library: Library) -> None:
    assert allowed_rows(library.catalogue, "page") is None


def test_a_query_without_words_lists_what_the_scope_holds(library: Library) -> None:
    query = Query(spot=Spot(part="table"))
    assert is_listed(query)
    hits = listed(library.catalogue, query)
    assert kinds(hits) == [("harbour", "Table 2"), ("lake", "Table 2")]
    assert [(hit.rank, hit.type, hit.score) for hit in hits] == [(1, "passage", 1.0), (2, "passage", 1.0)]


def test_a_list_ends_after_the_most_hits(library: Library) -> None:
    assert kinds(listed(library.catalogue, Query(spot=Spot(part="figure"), n=1))) == [("harbour", "Figure 4")]


def test_headings_are_found_by_their_words_alone(library: Library) -> None:
    query = Query(text="harbours", spot=Spot(part="heading"))
    assert is_listed(query)
    (hit, _) = listed(library.catalogue, query)
    assert (hit.evidence.quote, hit.score) == ("1 The harbour", 1.0)
    assert listed(library.catalogue, Query(text="volcano", spot=Spot(part="heading"))) == ()


def test_headings_of_a_page_are_listed(library: Library) -> None:
    spot = Spot(part="heading", page="iii")
    assert len(listed(library.catalogue, Query(spot=spot, within="**/lake*"))) == 1
    assert listed(library.catalogue, Query(spot=Spot(part="heading", page="7"))) == ()


def test_words_or_pictures_without_headings_are_ranked(library: Library) -> None:
    assert not is_listed(Query(text="boats", spot=Spot(part="table")))


def test_hits_of_a_page_say_which_was_taken(library: Library) -> None:
    hits = listed(library.catalogue, Query(kinds=("page",), spot=Spot(page="iii")))
    said = {hit.evidence.detail["taken"] for hit in on_page(library.catalogue, hits, "iii")}
    assert said == {"the page labelled iii, which is page 1 counted from the first"}
