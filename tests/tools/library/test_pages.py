"""The job `page`: one page, one transaction, for whichever encoder is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from sourcehound.tools.encoders.encoder import Item, Stamp, Takes, Vectors
from sourcehound.tools.errors import MediaError
from sourcehound.tools.index import made_with, vectors
from sourcehound.tools.index.compact import Compact
from sourcehound.tools.index.exact import ExactEngine
from sourcehound.tools.index.late import search_late
from sourcehound.tools.library import pages
from sourcehound.tools.library.jobs import work
from sourcehound.tools.library.reindex import remove_gone
from sourcehound.tools.library.workshop import Workshop
from sourcehound.tools.sample.pdf_writer import PdfWriter
from tests.tools.library.conftest import Shelf
from tests.tools.library.test_jobs import Eye, Room, Sense

N_PATCHES = 9


@dataclass
class PageEye:
    """Looks at pages: rows that the number of the page it has been shown makes, or one of them."""

    name: str = "page-eye"
    gives: Literal["single", "multi"] = "multi"
    here: bool = True
    n_seen: int = 0
    shapes: list[tuple[int, ...]] = field(default_factory=list[tuple[int, ...]])

    @property
    def stamp(self) -> Stamp:
        return Stamp(encoder=self.name, weights="0" * 16, dimension=16, preprocessing="1")

    @property
    def takes(self) -> Takes:
        return frozenset({"picture"})

    def is_here(self) -> bool:
        return self.here

    def encode(
        self, items: Sequence[Item], *, as_: Literal["query", "item"], instruction: str | None = None
    ) -> Vectors:
        del as_, instruction
        n_rows = N_PATCHES if self.gives == "multi" else 1
        found: list[np.ndarray] = []
        for item in items:
            self.n_seen += 1
            self.shapes.extend(picture.shape for picture in item.pictures)
            found.append(page_rows(self.n_seen, n_rows))
        return Vectors(rows=np.concatenate(found), owner=np.repeat(np.arange(len(items)), n_rows))


def page_rows(seed: int, n_rows: int) -> np.ndarray:
    rows = np.random.default_rng(seed).standard_normal((n_rows, 16)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@dataclass
class Desk:
    """A shelf with a report of three pages, and who looks at them."""

    shelf: Shelf
    room: Room
    eye: PageEye | None
    compact: Compact = field(default_factory=lambda: Compact(vectors=4))

    def add(self) -> None:
        """What `add` does about pages."""
        self.shelf.add()
        with self.shelf.catalogue.transaction() as connection:
            pages.begin(connection, self.eye)

    def work(self) -> None:
        sense, eye = Sense(self.room), Eye()
        workshop = Workshop(
            catalogue=self.shelf.catalogue,
            readers=self.room,
            ocr=sense,
            speech=sense,
            text_encoder=eye,
            picture_encoder=eye,
            likeness_encoder=eye,
            page_encoder=self.eye,
            compact=self.compact,
        )
        work(workshop, program="1.0", only={"page"})

    def states(self) -> list[tuple[int, str]]:
        return self.shelf.rows("SELECT detail, state FROM jobs WHERE job = 'page' ORDER BY detail")

    def kept(self) -> list[tuple[str, int, str]]:
        """Stamp, rows and scheme of each page's vectors, in order of pages."""
        return self.shelf.rows(
            "SELECT v.stamp, v.rows, v.scheme FROM vectors v JOIN units u ON u.id = v.unit"
            " WHERE u.kind = 'page' ORDER BY u.page, v.stamp"
        )


@pytest.fixture
def desk(shelf: Shelf) -> Desk:
    writer = PdfWriter(title="Report", author="A. Writer", created="D:20240422090000Z")
    for n in range(1, 4):
        writer.page(str(n)).words(72, 72, f"Page {n} of the report")
    shelf.put("report.pdf", writer.to_bytes())
    shelf.put("note.txt", "A note, which has no pages to be looked at.")
    return Desk(shelf=shelf, room=Room(), eye=PageEye())


def test_each_page_of_a_pdf_waits_and_is_looked_at_once(desk: Desk):
    assert desk.eye
    desk.add()
    assert desk.states() == [(1, "todo"), (2, "todo"), (3, "todo")]

    desk.work()
    desk.add()
    desk.work()

    assert desk.states() == [(1, "done"), (2, "done"), (3, "done")]
    assert desk.eye.n_seen == 3


def test_many_vectors_are_kept_few_and_small_with_one_to_find_the_page_by(desk: Desk):
    assert desk.eye
    desk.add()
    desk.work()

    stamp = str(desk.eye.stamp)
    assert desk.kept() == [(stamp, 4, "int8"), (vectors.mean_stamp(stamp), 1, "float16")] * 3


def test_a_page_is_found_by_the_rows_of_its_picture(desk: Desk, tmp_path: Path):
    assert desk.eye
    desk.add()
    desk.work()
    connection = desk.shelf.catalogue.connection
    engine = ExactEngine(lambda: connection, tmp_path / "vectors", warn=print)

    found = search_late(connection, engine, "page", str(desk.eye.stamp), page_rows(2, N_PATCHES), k=1)

    [(page,)] = desk.shelf.rows("SELECT page FROM units WHERE id = ?", found[0].unit)
    assert page == 2


def test_one_vector_a_page_is_kept_as_any_other(desk: Desk):
    desk.eye = PageEye(gives="single")
    desk.add()
    desk.work()

    assert desk.kept() == [(str(desk.eye.stamp), 1, "float16")] * 3


def test_pages_are_drawn_large_enough_to_be_read(desk: Desk):
    assert desk.eye
    desk.add()
    desk.work()

    # the room's pages are half a letter: 306 by 396 points, at 150 to the inch
    assert desk.eye.shapes == [(825, 638, 3)] * 3


def test_a_kill_between_pages_loses_none_and_looks_at_none_twice(desk: Desk):
    assert desk.eye
    desk.add()
    desk.room.meanwhile = lambda _: _kill_at(desk, 2)

    with pytest.raises(KeyboardInterrupt):
        desk.work()
    desk.room.meanwhile = lambda _: None
    assert [state for _, state in desk.states()] == ["done", "todo", "todo"]
    assert len(desk.kept()) == 2
    desk.work()

    assert [state for _, state in desk.states()] == ["done"] * 3
    assert desk.eye.n_seen == 3


def _kill_at(desk: Desk, page: int) -> None:
    if len(desk.room.seen) == page:
        raise KeyboardInterrupt


def test_a_page_that_cannot_be_drawn_fails_alone_and_is_left_at_the_next_add(desk: Desk):
    desk.add()
    desk.room.meanwhile = lambda path: _fail_at(desk, path, 2)
    desk.work()
    desk.add()

    assert desk.states() == [(1, "done"), (2, "failed"), (3, "done")]


def _fail_at(desk: Desk, path: str, page: int) -> None:
    if len(desk.room.seen) == page:
        raise MediaError("this page is broken", path=path)


def test_nothing_waits_where_no_page_encoder_is_named(desk: Desk):
    desk.add()
    desk.eye = None
    desk.add()

    assert desk.states() == []


def test_a_job_without_its_encoder_lacks_it(desk: Desk):
    assert desk.eye
    desk.add()
    desk.eye.here = False
    desk.work()
    assert {state for _, state in desk.states()} == {"lacking"}

    desk.eye.here = True
    desk.work()

    assert {state for _, state in desk.states()} == {"done"}


def test_another_encoder_looks_at_every_page_anew_and_the_old_vectors_go(desk: Desk):
    desk.add()
    desk.work()
    first = desk.eye
    assert first
    desk.eye = PageEye(name="other-eye", gives="single")

    desk.add()
    assert made_with.gone(desk.shelf.catalogue.connection) == (str(first.stamp),)
    desk.work()
    remove_gone(desk.shelf.catalogue)

    assert desk.kept() == [(str(desk.eye.stamp), 1, "float16")] * 3


def test_the_vectors_of_a_file_go_with_it(desk: Desk):
    desk.add()
    desk.work()
    (desk.shelf.folder / "report.pdf").unlink()
    desk.add()

    assert desk.kept() == []
    assert desk.states() == []
