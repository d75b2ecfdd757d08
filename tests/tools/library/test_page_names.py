"""A page's name: its printed label first, else its count; slides by their count; and it is said which was taken."""

from __future__ import annotations

import pytest

from sourcehound.tools.evidence import Locator
from sourcehound.tools.library.page_names import Taken, page_called, pages_called
from sourcehound.tools.library.units import Unit, write_units
from tests.tools.library.conftest import Shelf

SHA256 = "ab" * 32


@pytest.fixture
def called(shelf: Shelf) -> Shelf:
    """Source 1 has pages i, ii, 1, 2 and 5; source 2 pages without labels; source 3 is a presentation of three slides."""
    labels = {1: "i", 2: "ii", 3: "1", 4: "2", 5: "5"}
    sources = {
        1: [Locator(page=page, page_label=label) for page, label in labels.items()],
        2: [Locator(page=page) for page in range(1, 4)],
        3: [Locator(part=f"slide {slide}{rest}") for slide in (1, 2, 3) for rest in ("", " notes")],
    }
    with shelf.catalogue.transaction() as connection:
        for source, places in sources.items():
            sha256 = SHA256 if source == 1 else f"{source}" * 64
            connection.execute(
                "INSERT INTO sources (id, sha256, size, media_type, title, reader, meta, indexed_at)"
                " VALUES (?, ?, 1, '', '', 'r', '{}', '')",
                (source, sha256),
            )
            kind = "passage" if source == 3 else "page"
            units = [Unit(kind=kind, text="words", about="", locator=where, producer="r") for where in places]
            write_units(connection, source, sha256, "r", units)
    return shelf


def taken(shelf: Shelf, name: str) -> dict[int, Taken]:
    return pages_called(shelf.catalogue.connection, name)


def test_a_printed_number_goes_before_the_count(called: Shelf) -> None:
    found = taken(called, "2")
    assert found[1] == Taken(page=4, words="the page labelled 2, which is page 4 counted from the first")
    assert found[2] == Taken(page=2, words="page 2, counted from the first")


def test_a_number_that_no_page_is_labelled_with_is_counted(called: Shelf) -> None:
    assert taken(called, "3")[1] == Taken(page=3, words="page 3, counted from the first; none is labelled so")


def test_a_label_that_is_the_count_too_needs_no_word(called: Shelf) -> None:
    assert taken(called, "5")[1] == Taken(page=5, words="page 5")


def test_roman_labels_are_found_whatever_their_case(called: Shelf) -> None:
    assert taken(called, "II") == {
        1: Taken(page=2, words="the page labelled ii, which is page 2 counted from the first")
    }


def test_the_first_and_the_last_page_are_named_too(called: Shelf) -> None:
    assert {source: (one.page, one.slide) for source, one in taken(called, "last").items()} == {
        1: (5, None),
        2: (3, None),
        3: (None, 3),
    }
    assert taken(called, "first")[1].words == "the first page, labelled i"


def test_a_page_called_by_its_place_is_counted_whatever_the_labels_say(called: Shelf) -> None:
    found = taken(called, "2nd")
    assert found[1] == Taken(page=2, words="the 2nd page, labelled ii")
    assert found[3].part == "slide 2"


def test_a_slide_is_counted_and_is_a_part(called: Shelf) -> None:
    slide = taken(called, "3")[3]
    assert (slide.part, slide.words) == ("slide 3", "slide 3")


def test_a_page_that_no_source_has_is_left_out(called: Shelf) -> None:
    assert taken(called, "9") == {}
    assert taken(called, "xiv") == {}


def test_only_the_sources_that_are_asked_about_are_looked_in(called: Shelf) -> None:
    assert set(pages_called(called.catalogue.connection, "1", [2, 3])) == {2, 3}


def test_the_page_of_one_source_is_found_by_its_hash(called: Shelf) -> None:
    connection = called.catalogue.connection
    assert page_called(connection, SHA256, "ii") == Taken(
        page=2, words="the page labelled ii, which is page 2 counted from the first"
    )
    assert page_called(connection, SHA256, "77") is None
    assert page_called(connection, "unknown", "1") is None
