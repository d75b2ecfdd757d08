"""Pictures are seen as a whole and in parts: one transaction, one picture, and a search that says where."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import pytest
from PIL import Image

from sourcehound.tools.encoders.encoder import Item, Pixels, Stamp, Takes, Vectors
from sourcehound.tools.evidence import REGION
from sourcehound.tools.index import made_with
from sourcehound.tools.index.exact import ExactEngine
from sourcehound.tools.index.hit import Hit
from sourcehound.tools.index.lists import Sought
from sourcehound.tools.index.where import placed
from sourcehound.tools.library import sights
from sourcehound.tools.library.pool import Readers
from sourcehound.tools.library.regions import Regions, overlap
from sourcehound.tools.library.units import delete_units, load_units, to_evidence
from sourcehound.tools.library.workshop import Subject, Workshop
from tests.tools.library.conftest import Shelf

EXIF_ORIENTATION = 0x0112
TURNED_RIGHT = 6
"""To be shown as it was meant, the stored picture is turned by a quarter to the right."""
WIDTH, HEIGHT = 320, 240
SQUARE = (240, 30, 280, 70)


@dataclass
class Colours:
    """An encoder that sees how much of a picture is red, green and blue, and takes their names as queries."""

    gives: Literal["single", "multi"] = "single"
    n_seen: int = 0
    """Pictures and parts of them."""

    @property
    def stamp(self) -> Stamp:
        return Stamp(encoder="colours", weights="0" * 16, dimension=4, preprocessing="1")

    @property
    def takes(self) -> Takes:
        return frozenset({"text", "picture", "frames"})

    def is_here(self) -> bool:
        return True

    def encode(
        self, items: Sequence[Item], *, as_: Literal["query", "item"], instruction: str | None = None
    ) -> Vectors:
        del as_, instruction
        self.n_seen += len(items)
        rows = np.array([self._see(item.pictures[0]) for item in items], np.float32).reshape(-1, 4)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return Vectors(rows=rows, owner=np.arange(len(items), dtype=np.int64))

    def _see(self, pixels: Pixels) -> list[float]:
        spread = pixels.max(axis=2).astype(int) - pixels.min(axis=2)
        vivid = spread > 100
        strongest = pixels.argmax(axis=2)
        return [*(float((vivid & (strongest == channel)).mean()) for channel in range(3)), 0.05]


def sought(*colours: float) -> dict[str, list[Sought]]:
    """A query for something of these shares of red, green, blue, and of nothing in particular."""
    rows = np.array([colours], np.float32) / np.float32(np.linalg.norm(colours))
    return {"seen": [Sought(stamp=str(Colours().stamp), gives="single", rows=rows)]}


RED = sought(1, 0, 0, 0)
AS_A_WHOLE = sought(40 * 40 / (WIDTH * HEIGHT), 0, 0, 0.05)
"""As red as the whole picture, neither more nor less."""


@pytest.fixture(scope="module")
def readers() -> Iterator[Readers]:
    with Readers() as pool:
        yield pool


@dataclass
class Room:
    """A shelf with one picture on it, and what looks at it."""

    shelf: Shelf
    readers: Readers
    eye: Colours = field(default_factory=Colours)
    regions: Regions = field(default_factory=Regions)

    @property
    def connection(self) -> sqlite3.Connection:
        return self.shelf.catalogue.connection

    def see(self) -> Callable[[sqlite3.Connection], None]:
        """Look at the picture; returns what writes what was seen."""
        [(source, sha256, reader, path)] = self.shelf.rows(
            "SELECT s.id, s.sha256, s.reader, f.path FROM sources s JOIN files f ON f.source = s.id"
        )
        subject = Subject(
            source=source,
            sha256=sha256,
            title="",
            reader=reader,
            media_type="image/jpeg",
            path=os.fsdecode(path),
            meta={},
        )
        unused: Any = None
        workshop = Workshop(
            catalogue=self.shelf.catalogue,
            readers=self.readers,
            ocr=unused,
            speech=unused,
            text_encoder=self.eye,
            picture_encoder=self.eye,
            likeness_encoder=self.eye,
            regions=self.regions,
        )
        return sights.see(workshop, subject, 0)

    def look(self) -> None:
        write = self.see()
        with self.shelf.catalogue.transaction() as connection:
            write(connection)

    def counts(self) -> tuple[int, int]:
        """Rows of vectors, and boxes."""
        [(rows,)] = self.shelf.rows("SELECT COALESCE(SUM(rows), 0) FROM vectors")
        [(boxes,)] = self.shelf.rows("SELECT COUNT(*) FROM regions")
        return rows, boxes

    def hit(self, score: str = "seen") -> Hit:
        """The picture as a search would find it."""
        [(row,)] = self.shelf.rows("SELECT id FROM units WHERE kind = 'image'")
        evidence = to_evidence(self.connection, load_units(self.connection, [row])[row])
        assert evidence is not None
        return Hit(rank=1, type="image", score=0.5, scores={score: 0.5}, evidence=evidence, row=row)


@pytest.fixture
def room(shelf: Shelf, readers: Readers) -> Room:
    """A grey picture with a small red square, stored on its side and marked so by EXIF."""
    pixels = np.random.default_rng(5).integers(118, 130, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    left, top, right, bottom = SQUARE
    pixels[top:bottom, left:right] = (200, 20, 20)
    stored = Image.fromarray(pixels).transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[EXIF_ORIENTATION] = TURNED_RIGHT
    stored.save(shelf.folder / "square.jpg", quality=95, exif=exif)
    shelf.add()
    return Room(shelf=shelf, readers=readers)


def test_a_small_thing_is_found_and_the_hit_says_where_in_pixels_of_the_picture_as_shown(room: Room):
    room.look()
    [hit] = placed(room.connection, [room.hit()], RED)
    left, top, right, bottom = hit.evidence.region or (0, 0, 0, 0)
    assert overlap((left, top, right, bottom), SQUARE) > 0.3
    assert 0 <= left < right <= WIDTH
    assert 0 <= top < bottom <= HEIGHT
    assert hit.evidence.kind == "image"
    assert hit.evidence.locator == room.hit().evidence.locator
    assert hit.evidence.uri.endswith(f"square.jpg#xywh={left:g},{top:g},{right - left:g},{bottom - top:g}")


def test_regions_score_a_small_thing_above_the_whole(room: Room):
    scores: list[float] = []
    for regions in (Regions(tiles=0, proposals=0), Regions(tiles=4, proposals=0), Regions(tiles=4, proposals=4)):
        room.regions = regions
        with room.shelf.catalogue.transaction() as connection:
            connection.execute("DELETE FROM vectors")
        room.look()
        engine = ExactEngine(lambda: room.connection, room.shelf.folder, warn=pytest.fail)
        [sought_row] = RED["seen"]
        [found] = engine.search("image", sought_row.stamp, sought_row.rows[0], k=5)
        scores.append(found.score)
    assert scores[0] < scores[1] < scores[2]


def test_a_picture_that_fits_best_as_a_whole_stays_whole(room: Room):
    room.look()
    [hit] = placed(room.connection, [room.hit()], AS_A_WHOLE)
    assert hit.evidence.region is None
    assert hit.evidence.uri.endswith("square.jpg")


def test_a_picture_that_only_its_words_brought_stays_whole(room: Room):
    room.look()
    assert placed(room.connection, [room.hit("words")], RED) == (room.hit("words"),)


def test_an_index_without_regions_still_answers(room: Room):
    room.regions = Regions(tiles=0, proposals=0)
    room.look()
    assert room.counts() == (1, 0)
    assert placed(room.connection, [room.hit()], RED) == (room.hit(),)


def test_rows_without_boxes_say_nothing_of_where(room: Room):
    room.look()
    with room.shelf.catalogue.transaction() as connection:
        connection.execute("DELETE FROM regions")
    assert placed(room.connection, [room.hit()], RED) == (room.hit(),)


def test_rows_and_boxes_are_written_together_or_not_at_all(room: Room):
    write = room.see()

    def broken_off() -> None:
        with room.shelf.catalogue.transaction() as connection:
            write(connection)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken_off()
    assert room.counts() == (0, 0)
    room.look()
    rows, boxes = room.counts()
    assert rows == boxes > 5
    [whole] = room.shelf.rows("SELECT box FROM regions WHERE row = 0")
    assert json.loads(whole[0]) == [0, 0, WIDTH, HEIGHT]


def test_looking_again_with_fewer_regions_leaves_no_boxes_behind(room: Room):
    room.look()
    room.regions = Regions(tiles=4, proposals=0)
    with room.shelf.catalogue.transaction() as connection:
        connection.execute("DELETE FROM vectors")
    room.look()
    assert room.counts() == (5, 5)


def test_a_picture_that_was_seen_before_there_were_regions_gets_them_once(room: Room):
    room.regions = Regions(tiles=0, proposals=0)
    room.look()
    room.regions = Regions()
    room.look()
    rows, boxes = room.counts()
    assert rows == boxes > 5
    room.eye.n_seen = 0
    room.look()
    assert room.eye.n_seen == 0


def test_a_picture_too_small_for_parts_is_not_looked_at_again(room: Room):
    Image.new("RGB", (20, 20), (90, 90, 90)).save(room.shelf.folder / "square.jpg")
    room.shelf.add()
    room.look()
    assert room.counts() == (1, 1)
    room.eye.n_seen = 0
    room.look()
    assert room.eye.n_seen == 0


def test_an_encoder_that_is_to_be_replaced_is_not_asked_for_regions(room: Room):
    room.regions = Regions(tiles=0, proposals=0)
    room.look()
    room.regions = Regions()
    with room.shelf.catalogue.transaction() as connection:
        successor = made_with.Maker(spec="shapes", stamp=f"shapes@{'1' * 16}:4:1")
        made_with.begin(connection, {"picture": successor, "likeness": successor})
    room.look()
    assert room.counts() == (1, 0)


def test_a_picture_that_is_forgotten_takes_its_regions_with_it(room: Room):
    room.look()
    with room.shelf.catalogue.transaction() as connection:
        delete_units(connection, [room.hit().row])
    assert room.counts() == (0, 0)


def test_an_encoder_of_many_rows_looks_at_the_whole_alone(room: Room):
    room.eye = Colours(gives="multi")
    room.look()
    assert room.shelf.rows("SELECT COUNT(*) FROM regions") == [(0,)]


@pytest.mark.parametrize("region", ["", "1,2,3", "a,b,c,d", "5,5,4,9", "nan,0,1,1", "0,0,inf,1", "-1,0,5,5"])
def test_what_is_no_box_is_no_region(room: Room, region: str):
    evidence = replace(room.hit().evidence, detail={REGION: region})
    assert evidence.region is None
    assert evidence.uri.endswith("square.jpg")
