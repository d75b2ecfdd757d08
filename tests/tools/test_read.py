"""Reading on from evidence: around its place, or a page by the number that people know it by."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sourcehound.tools.errors import ToolInputError
from sourcehound.tools.evidence import Evidence, Locator, Source
from sourcehound.tools.library.library import Library
from sourcehound.tools.library.units import Unit, write_units
from sourcehound.tools.read import Read, ReadArguments
from sourcehound.tools.tool import Desk

AT = "2026-01-02T03:04:05Z"
SHA256 = "ab" * 32
START = Evidence(
    kind="text",
    id="E1",
    unit_id="none",
    source=Source(path="/a.pdf", uri="file:///a.pdf", sha256=SHA256, media_type="application/pdf", title="A report"),
    locator=Locator(page=1),
    quote=None,
    producer="pdf 1",
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A report whose two pages of front matter are labelled i and ii, the next 1 to 3."""
    library = Library(home=tmp_path, name="report", now=lambda: AT)
    labels = ("i", "ii", "1", "2", "3")
    units = [
        Unit(
            kind="passage",
            text=f"words of {label}",
            about="",
            locator=Locator(page=n, page_label=label, chars=(10 * n, 10 * n + 9)),
            producer="pdf 1",
        )
        for n, label in enumerate(labels, 1)
    ]
    with library.catalogue.transaction() as connection:
        connection.execute(
            "INSERT INTO sources (id, sha256, size, media_type, title, reader, meta, indexed_at)"
            " VALUES (1, ?, 1, 'application/pdf', 'A report', 'pdf 1', '{}', '')",
            (SHA256,),
        )
        connection.execute(
            "INSERT INTO files (path, shown, size, mtime_ns, source, state) VALUES (?, '', 1, 1, 1, 'read')",
            (b"/a.pdf",),
        )
        write_units(connection, 1, SHA256, "pdf 1", units)
    yield Desk(library=library, question="q", recall={"E1": START}.get, known=lambda: (START,), now=lambda: AT)
    library.close()


def test_a_page_is_read_by_its_printed_number_first_and_the_note_says_so(desk: Desk):
    outcome = Read().run(ReadArguments(evidence="E1", page="2"), desk)
    assert [evidence.quote for evidence in outcome.evidence] == ["words of 2"]
    assert outcome.note == "1 passages on the page labelled 2, which is page 4 counted from the first"
    outcome = Read().run(ReadArguments(evidence="E1", page="5"), desk)
    assert [evidence.quote for evidence in outcome.evidence] == ["words of 3"]
    assert outcome.note == "1 passages on page 5, counted from the first; none is labelled so"


def test_a_page_that_is_not_there_is_refused_in_words(desk: Desk):
    with pytest.raises(ToolInputError, match="A report has no page 9"):
        Read().run(ReadArguments(evidence="E1", page="9"), desk)


def test_without_a_page_what_stands_around_is_read(desk: Desk):
    outcome = Read().run(ReadArguments(evidence="E1", before=0, after=1), desk)
    assert outcome.note == "2 passages"
