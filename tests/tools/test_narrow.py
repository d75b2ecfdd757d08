"""Narrowing a moment to the seconds in which its lettering is on screen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sourcehound.tools.evidence import Evidence, Locator, Source
from sourcehound.tools.library.reading import Anchor, Section
from sourcehound.tools.library.sections import write_section
from sourcehound.tools.narrow import narrow
from tests.tools.library.conftest import Shelf, shelf

__all__ = ["shelf"]

CAPTIONS = (
    ("The gate opens", 0.0, 4.0),
    ("Ruth signs", 4.0, 8.5),
    ("The gate closes", 8.5, 12.0),
    ("Adrift", 13.0, 20.0),
)


def _screen() -> Section:
    text, anchors = "", list[Anchor]()
    for line, start_s, end_s in CAPTIONS:
        anchors.append(Anchor(start=len(text), end=len(text) + len(line), start_s=start_s, end_s=end_s))
        text += line + "\n"
    return Section(text=text, role="screen", anchors=tuple(anchors), producer="sense 1")


@pytest.fixture
def moment(shelf: Shelf) -> Evidence:
    path = shelf.put("film.txt", "Its frames are told of below.")
    shelf.add()
    [(row, sha256)] = shelf.rows("SELECT id, sha256 FROM sources")
    with shelf.catalogue.transaction() as connection:
        write_section(connection, row, 300_000, _screen())
    source = Source(path=str(path), uri=path.as_uri(), sha256=sha256, media_type="video/mp4", title="film")
    where = Locator(start_s=0.0, end_s=12.0, frames_s=(0.5, 4.0, 6.0, 8.5))
    quote = "The gate opens\nRuth signs\nThe gate closes"
    return Evidence(id="E1", kind="moment", unit_id="1", source=source, locator=where, quote=quote, producer="sense 1")


def test_a_moment_becomes_the_seconds_of_the_line_that_is_repeated(shelf: Shelf, moment: Evidence):
    found = narrow(shelf.catalogue.connection, moment, "Ruth signs")
    assert found is not None
    assert (found.kind, found.quote, found.parent) == ("moment", "Ruth signs", moment.id)
    assert (found.locator.start_s, found.locator.end_s, found.locator.frames_s) == (4.0, 8.5, (4.0, 6.0))


def test_a_moment_whose_only_line_is_there_for_a_part_of_it_becomes_that_part(shelf: Shelf, moment: Evidence):
    alone = replace(moment, quote="Ruth signs")
    found = narrow(shelf.catalogue.connection, alone, "Ruth signs")
    assert found is not None
    assert (found.locator.start_s, found.locator.end_s) == (4.0, 8.5)


def test_several_lines_take_the_seconds_of_all(shelf: Shelf, moment: Evidence):
    found = narrow(shelf.catalogue.connection, moment, "The gate opens\nRuth signs")
    assert found is not None
    assert (found.locator.start_s, found.locator.end_s) == (0.0, 8.5)


@pytest.mark.parametrize("words", ["Adrift", "Nobody signs", "The gate opens\nRuth signs\nThe gate closes"])
def test_words_of_another_moment_or_none_and_all_of_it_are_not_narrowed(shelf: Shelf, moment: Evidence, words: str):
    assert narrow(shelf.catalogue.connection, moment, words) is None
