from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import pytest

from sourcehound.tools.encoders.encoder import Encoder, FloatArray, Item, Pixels, Stamp, Takes, Vectors
from sourcehound.tools.errors import BusyError, ConfigError, MediaError, ToolInputError
from sourcehound.tools.evidence import Box, Locator, Space
from sourcehound.tools.index.vectors import mean_stamp
from sourcehound.tools.library import jobs
from sourcehound.tools.library.jobs import waiting, work
from sourcehound.tools.library.pool import Picture, Samples
from sourcehound.tools.library.reading import Reading, Shot
from sourcehound.tools.library.recordings import WINDOW_S, to_section
from sourcehound.tools.library.sections import load_sections
from sourcehound.tools.library.taking import no_progress
from sourcehound.tools.library.units import Unit, write_units
from sourcehound.tools.library.workshop import Workshop
from sourcehound.tools.senses.sense import HeardWord, ReadLine, ReadResult, Utterance
from tests.tools.library.conftest import Shelf

SHAPE = (8, 12, 3)


@dataclass
class Eye:
    """An encoder whose rows are what the mean grey of a picture makes them; may lack its weights."""

    name: str = "eye"
    here: bool = True

    @property
    def stamp(self) -> Stamp:
        return Stamp(encoder=self.name, weights="0" * 16, dimension=4, preprocessing="1")

    @property
    def takes(self) -> Takes:
        return frozenset({"text", "picture"})

    @property
    def gives(self) -> Literal["single", "multi"]:
        return "single"

    def is_here(self) -> bool:
        return self.here

    def encode(
        self, items: Sequence[Item], *, as_: Literal["query", "item"], instruction: str | None = None
    ) -> Vectors:
        del as_, instruction
        if not self.here:
            raise ConfigError(f"the weights of {self.name} are missing", remedy="get them")
        grey = [float(item.pictures[0].mean()) + 1 if item.pictures else 1.0 for item in items]
        rows = np.array([[g, 1, 0, 0] for g in grey], np.float32).reshape(-1, 4)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return Vectors(rows=rows, owner=np.arange(len(items), dtype=np.int64))


@dataclass
class ManyEyed(Eye):
    """An encoder of three rows a picture, all alike."""

    @property
    def gives(self) -> Literal["single", "multi"]:
        return "multi"

    def encode(
        self, items: Sequence[Item], *, as_: Literal["query", "item"], instruction: str | None = None
    ) -> Vectors:
        one = super().encode(items, as_=as_, instruction=instruction)
        return Vectors(rows=np.repeat(one.rows, 3, axis=0), owner=np.repeat(one.owner, 3))


@dataclass
class Room:
    """Readers and senses that a test holds in its hands."""

    producer: str = "sense 1"
    lines: tuple[ReadLine, ...] = (ReadLine(text="BOAT KX-204", box=(1.0, 2.0, 11.0, 6.0), score=0.95),)
    n_unread: int = 0
    words: tuple[str, ...] = ("The", "lamp", "is", "lit.")
    shots: tuple[Shot, ...] = (
        Shot(start_s=0.0, end_s=4.0, frames_s=(1.0, 3.0)),
        Shot(start_s=4.0, end_s=9.0, frames_s=(6.0,)),
    )
    fault: BaseException | None = None
    faulty: str = ""
    seen: list[str] = field(default_factory=list[str])
    windows: list[tuple[float, float | None]] = field(default_factory=list[tuple[float, float | None]])
    meanwhile: Callable[[str], None] = lambda _: None

    def _open(self, path: str) -> None:
        self.seen.append(os.path.basename(path))
        self.meanwhile(path)
        if self.fault is not None and os.path.basename(path).startswith(self.faulty):
            raise self.fault

    def read(self, path: str) -> Reading:
        raise NotImplementedError

    def picture(
        self,
        path: str,
        *,
        page: int | None = None,
        at_s: float | None = None,
        box: Box | None = None,
        max_pixels: int = 25_000_000,
        scale: float = 1.0,
    ) -> Picture:
        del at_s, max_pixels
        self._open(path)
        width, height = (306.0, 396.0) if page else (12.0, 8.0)
        pixels = np.full((round(height * scale), round(width * scale), 3), 7, np.uint8)
        space = Space(unit="pt" if page else "px", width=width, height=height)
        return Picture(pixels=pixels, space=space, box=box or (0.0, 0.0, width, height), at_s=None)

    def frames(self, path: str, times_s: Sequence[float], *, max_side: int = 0) -> tuple[Picture, ...]:
        del max_side
        return tuple(self._frame(path, at_s) for at_s in times_s)

    def film(self, path: str) -> Iterator[Shot | Picture]:
        for shot in self.shots:
            for at_s in shot.frames_s:
                yield self._frame(path, at_s)
            yield shot

    def samples(self, path: str, *, start_s: float = 0.0, end_s: float | None = None) -> Samples:
        self._open(path)
        self.windows.append((start_s, end_s))
        return Samples(samples=np.zeros(16, np.float32), origin_s=0.5)

    def _frame(self, path: str, at_s: float) -> Picture:
        self._open(path)
        pixels = np.full(SHAPE, round(at_s * 10), np.uint8)
        return Picture(pixels=pixels, space=Space(unit="px", width=12, height=8), box=(0, 0, 12, 8), at_s=at_s)


@dataclass
class Sense:
    """Reads and hears what its room says."""

    room: Room
    producer: str = "sense 1"
    lacks: bool = False

    def read(self, picture: Pixels, *, photo: bool = False, fine: bool = False) -> tuple[ReadLine, ...]:
        return self.read_all(picture, photo=photo, fine=fine).lines

    def read_all(self, picture: Pixels, *, photo: bool = False, fine: bool = False) -> ReadResult:
        del picture, photo, fine
        self._check()
        return ReadResult(lines=self.room.lines, n_unread=self.room.n_unread)

    def hear(self, samples: FloatArray, *, origin_s: float = 0.0) -> Iterator[Utterance]:
        return self.hear_pieces([samples], origin_s=origin_s)

    def hear_pieces(self, pieces: Any, *, origin_s: float = 0.0) -> Iterator[Utterance]:
        self._check()
        list(pieces)
        words = tuple(
            HeardWord(text=f" {word}", start_s=origin_s + n, end_s=origin_s + n + 0.5, score=0.9)
            for n, word in enumerate(self.room.words)
        )
        yield Utterance(words=words, language="en")

    def _check(self) -> None:
        if self.lacks:
            raise ConfigError("the weights are missing", remedy="get them")


@dataclass
class Captions(Sense):
    """Reads in a frame of a film what stands there by its grey level."""

    captions: Mapping[int, tuple[str, ...]] = field(default_factory=dict[int, tuple[str, ...]])

    def read_all(self, picture: Pixels, *, photo: bool = False, fine: bool = False) -> ReadResult:
        [line] = super().read_all(picture, photo=photo, fine=fine).lines
        return ReadResult(lines=tuple(replace(line, text=text) for text in self.captions[int(picture.flat[0])]))


@dataclass
class Desk:
    """A shelf with its workshop."""

    shelf: Shelf
    room: Room
    sense: Sense
    eye: Eye
    n_after: int = 0

    @property
    def workshop(self) -> Workshop:
        eye: Encoder = self.eye
        return Workshop(
            catalogue=self.shelf.catalogue,
            readers=self.room,
            ocr=self.sense,
            speech=self.sense,
            text_encoder=eye,
            picture_encoder=eye,
            likeness_encoder=eye,
        )

    def work(self, *, program: str = "1.0") -> None:
        def after() -> None:
            self.n_after += 1

        work(self.workshop, progress=no_progress, after=after, program=program)

    def states(self) -> dict[tuple[str, str, int], str]:
        rows = self.shelf.rows(
            "SELECT f.path, j.job, j.detail, j.state FROM jobs j JOIN files f ON f.source = j.source ORDER BY 1, 2, 3"
        )
        return {(os.path.basename(os.fsdecode(path)), job, detail): state for path, job, detail, state in rows}

    def job(self, column: Literal["attempts", "reason"]) -> list[Any]:
        rows = self.shelf.rows("SELECT attempts, reason FROM jobs ORDER BY source, job, detail")
        return [attempts if column == "attempts" else reason for attempts, reason in rows]

    def add_job(self, name: str, job: str, detail: int = 0) -> None:
        """Another slow job for a file that is there."""
        with self.shelf.catalogue.transaction() as connection:
            connection.execute(
                "INSERT INTO jobs (source, job, detail, state) SELECT source, ?, ?, 'todo' FROM files WHERE path = ?",
                (job, detail, os.fsencode(self.shelf.folder / name)),
            )


@pytest.fixture
def desk(shelf: Shelf) -> Desk:
    room = Room()
    return Desk(shelf=shelf, room=room, sense=Sense(room), eye=Eye())


@pytest.fixture
def pictures(desk: Desk, png: Callable[[int], bytes]) -> Desk:
    """Three pictures taken in, newest last by name."""
    for n in range(3):
        desk.shelf.put(f"p{n}.png", png(n), at_s=1000 + n)
    desk.shelf.add()
    return desk


@pytest.fixture
def film(desk: Desk) -> Desk:
    """A file that is taken for a film of nine seconds."""
    desk.shelf.put("film.txt", "Not a film, but its jobs do not know.")
    desk.shelf.add()
    with desk.shelf.catalogue.transaction() as connection:
        connection.execute("""UPDATE sources SET meta = json_set(meta, '$.media', json('{"duration_s": 9.0}'))""")
    return desk


def test_jobs_are_done_by_kind_and_newest_first(pictures: Desk):
    shelf = pictures.shelf
    todo = [
        (item.job, shelf.rows("SELECT shown FROM files WHERE source = ?", item.source))
        for item in waiting(shelf.catalogue)
    ]
    assert [(job, os.path.basename(shown)) for job, [(shown,)] in todo] == [
        ("ocr", "p2.png"),
        ("ocr", "p1.png"),
        ("ocr", "p0.png"),
        ("see", "p2.png"),
        ("see", "p1.png"),
        ("see", "p0.png"),
    ]
    pictures.work()
    assert set(pictures.states().values()) == {"done"}
    assert pictures.n_after == 6
    assert waiting(shelf.catalogue) == ()


def test_words_in_a_picture_become_its_own_and_it_keeps_its_id(pictures: Desk):
    ids = pictures.shelf.rows("SELECT unit_id FROM units ORDER BY unit_id")
    pictures.work()
    assert pictures.shelf.rows("SELECT unit_id FROM units ORDER BY unit_id") == ids
    assert pictures.shelf.rows("SELECT DISTINCT text, producer FROM units") == [("BOAT KX-204", "sense 1")]
    assert pictures.shelf.rows("SELECT COUNT(*) FROM words WHERE words MATCH 'boat'") == [(3,)]
    assert pictures.shelf.rows("SELECT COUNT(*) FROM vectors") == [(3,)]


def test_words_on_a_page_become_passages_with_boxes_in_points(desk: Desk):
    desk.shelf.put("scan.txt", "x")
    desk.shelf.add()
    desk.add_job("scan.txt", "ocr", 2)
    desk.work()
    rows = desk.shelf.rows("SELECT kind, text, locator FROM units WHERE page = 2 ORDER BY kind")
    assert [(kind, text) for kind, text, _ in rows] == [("page", "BOAT KX-204"), ("passage", "BOAT KX-204")]
    [box] = Locator.from_json(json.loads(rows[1][2])).boxes
    assert box == pytest.approx((0.48, 0.96, 5.28, 2.88), rel=1e-2)


def test_lettering_that_cannot_be_read_is_told(pictures: Desk):
    pictures.room.lines, pictures.room.n_unread = (), 9
    pictures.work()
    pictures.work()
    [(meta,), *_] = pictures.shelf.rows("SELECT meta FROM sources")
    assert meta.count("cannot read") == 1


def test_a_recording_becomes_speech_with_the_times_of_its_words(film: Desk):
    film.add_job("film.txt", "hear")
    film.work()
    [(text, locator)] = film.shelf.rows("SELECT text, locator FROM units WHERE kind = 'speech'")
    assert text == "The lamp is lit."
    assert '"start_s": 0.5' in locator
    assert '"end_s": 4.0' in locator
    assert film.room.windows == [(0.0, WINDOW_S)]


def test_a_long_recording_is_fetched_window_by_window(film: Desk):
    with film.shelf.catalogue.transaction() as connection:
        connection.execute("UPDATE sources SET meta = json_set(meta, '$.media.duration_s', 1300.0)")
    film.add_job("film.txt", "hear")
    film.work()
    assert film.room.windows == [(0.0, 600.0), (600.0, 1200.0), (1200.0, 1800.0)]


def test_a_transcript_keeps_each_word_under_its_anchor():
    words = (
        HeardWord(text=" One", start_s=0, end_s=1, score=1),
        HeardWord(text=" lamp.", start_s=1, end_s=2, score=1),
        HeardWord(text="灯", start_s=2, end_s=3, score=1),
    )
    section = to_section([Utterance(words=words, language="en"), Utterance(words=words[:1], language="en")], "sense 1")
    assert section.text == "One lamp.灯\nOne"
    assert [section.text[a.start : a.end] for a in section.anchors] == ["One", "lamp.", "灯", "One"]


def test_a_film_becomes_moments_with_lettering_rows_and_what_is_heard(film: Desk):
    film.add_job("film.txt", "hear")
    film.add_job("film.txt", "watch")
    film.work()
    rows = film.shelf.rows("SELECT text, about, locator FROM units WHERE kind = 'moment' ORDER BY id")
    assert [text for text, _, _ in rows] == ["BOAT KX-204"] * 2
    assert rows[0][1].startswith("The lamp is lit.")
    assert not rows[1][1].startswith("The lamp")
    assert film.shelf.rows("SELECT rows FROM vectors ORDER BY unit") == [(2,), (1,)]


def test_lettering_of_a_film_has_the_seconds_in_which_it_is_on_screen(film: Desk):
    film.room.shots = (Shot(start_s=0.0, end_s=9.0, frames_s=(0.5, 3.0, 6.0)),)
    film.sense = Captions(
        room=film.room, captions={5: ("Harbour", "Noon tide"), 30: ("Harbour", "The lamp is lit"), 60: ("Harbour",)}
    )
    film.add_job("film.txt", "watch")
    film.work()
    [(source,)] = film.shelf.rows("SELECT source FROM files WHERE shown LIKE '%film.txt'")
    [screen] = [s for s in load_sections(film.shelf.catalogue.connection, source) if s.role == "screen"]
    assert [(screen.text[a.start : a.end], a.start_s, a.end_s) for a in screen.anchors] == [
        ("Harbour", 0.0, 9.0),
        ("Noon tide", 0.0, 2.5),
        ("The lamp is lit", 2.5, 5.5),
    ]


def test_a_caption_of_a_film_is_said_of_its_moments_at_once(film: Desk):
    film.shelf.put("notes.md", "![Ruth lights the lamp](film.txt)")
    film.shelf.add()
    film.add_job("film.txt", "watch")
    film.work()
    said = [about for (about,) in film.shelf.rows("SELECT about FROM units WHERE kind = 'moment'")]
    assert [about.startswith("Ruth lights the lamp") for about in said] == [True, True]
    film.shelf.add()
    assert [about for (about,) in film.shelf.rows("SELECT about FROM units WHERE kind = 'moment'")] == said


def test_moments_wait_for_eyes_that_are_not_here_and_get_their_rows_later(film: Desk):
    film.eye.here = False
    film.add_job("film.txt", "watch")
    film.work()
    assert film.states() == {("film.txt", "see", 0): "lacking", ("film.txt", "watch", 0): "done"}
    film.eye.here = True
    film.work()
    assert film.states()["film.txt", "see", 0] == "done"
    assert film.shelf.rows("SELECT rows FROM vectors ORDER BY unit") == [(2,), (1,)]


def test_a_film_without_a_frame_fails_alone(film: Desk):
    film.room.shots = ()
    film.add_job("film.txt", "watch")
    film.work()
    assert film.job("reason") == ["no frame of it could be decoded"]


def test_lacking_weights_are_noticed_once_and_taken_up_when_they_are_here(pictures: Desk):
    pictures.sense.lacks = True
    pictures.work()
    states = pictures.states()
    assert {state for (_, job, _), state in states.items() if job == "ocr"} == {"lacking"}
    assert {state for (_, job, _), state in states.items() if job == "see"} == {"done"}
    assert set(pictures.job("reason")) == {"", "the weights are missing (get them)"}
    assert pictures.room.seen == ["p2.png", "p2.png", "p1.png", "p0.png"]
    assert pictures.shelf.status()["lacking"] == [
        {"job": "ocr", "reason": "the weights are missing (get them)", "files": 3}
    ]
    pictures.sense.lacks = False
    pictures.work()
    assert set(pictures.states().values()) == {"done"}


@pytest.mark.parametrize(
    "fault", [MediaError("broken", path="p1.png"), ToolInputError("an array of no picture")], ids=["file", "array"]
)
def test_one_bad_picture_fails_alone_and_is_not_tried_again(pictures: Desk, fault: Exception):
    pictures.room.fault, pictures.room.faulty = fault, "p1"
    pictures.work()
    assert {key for key, state in pictures.states().items() if state == "failed"} == {
        ("p1.png", "ocr", 0),
        ("p1.png", "see", 0),
    }
    pictures.room.seen.clear()
    pictures.work()
    assert pictures.room.seen == []
    pictures.room.fault = None
    pictures.work(program="1.1")
    assert pictures.room.seen == ["p1.png", "p1.png"]
    assert set(pictures.states().values()) == {"done"}


def test_a_failure_that_may_pass_is_tried_three_times(pictures: Desk):
    pictures.room.fault, pictures.room.faulty = MediaError("took too long", path="", retry=True), "p1"
    for _ in range(5):
        pictures.work()
    assert pictures.room.seen.count("p1.png") == 2 * jobs.MOST_ATTEMPTS
    problem = {"path": str(pictures.shelf.folder / "p1.png"), "state": "failed", "reason": "ocr: took too long"}
    assert pictures.shelf.status()["problems"] == [problem | {"retry": False}]


def test_a_killed_job_is_done_again_after_all_others(pictures: Desk):
    pictures.room.fault, pictures.room.faulty = KeyboardInterrupt(), "p2"
    with pytest.raises(KeyboardInterrupt):
        pictures.work()
    assert set(pictures.states().values()) == {"todo"}
    pictures.room.fault = None
    pictures.room.seen.clear()
    pictures.work()
    assert pictures.room.seen == ["p1.png", "p0.png", "p2.png", "p1.png", "p0.png", "p2.png"]
    assert pictures.job("attempts") == [2, 1, 1, 1, 1, 1]


def test_what_was_seen_in_a_picture_stays_when_its_words_are_read_later(pictures: Desk):
    pictures.room.fault, pictures.room.faulty = KeyboardInterrupt(), "p2"
    with pytest.raises(KeyboardInterrupt):
        pictures.work()
    pictures.room.fault = None
    pictures.work()
    assert pictures.shelf.rows("SELECT COUNT(*) FROM vectors") == [(3,)]
    assert pictures.shelf.rows("SELECT COUNT(*) FROM units WHERE text <> ''") == [(3,)]


def test_a_full_disk_stops_the_jobs_and_the_results_of_the_job_in_hand_are_not_half_there(pictures: Desk):
    shelf = pictures.shelf
    pictures.room.lines = (ReadLine(text="BOAT " * 4000, box=(1, 2, 11, 6), score=0.95),)
    [(pages,)] = shelf.rows("PRAGMA page_count")
    shelf.rows(f"PRAGMA max_page_count={pages + 20}")
    with pytest.raises(BusyError, match="no space left"):
        pictures.work()
    done = [key for key, state in pictures.states().items() if state == "done"]
    assert len(shelf.rows("SELECT id FROM units WHERE text <> ''")) == len(done)
    shelf.rows("PRAGMA max_page_count=100000")
    pictures.work()
    assert set(pictures.states().values()) == {"done"}


def test_results_of_bytes_that_changed_meanwhile_are_thrown_away(pictures: Desk):
    path = pictures.shelf.folder / "p1.png"

    def overwrite(name: str) -> None:
        if name == str(path):
            path.write_bytes(b"other")

    pictures.room.meanwhile = overwrite
    pictures.work()
    states = pictures.states()
    assert {state for (name, _, _), state in states.items() if name == "p1.png"} == {"todo"}
    assert pictures.shelf.rows("SELECT COUNT(*) FROM units WHERE text <> ''") == [(2,)]
    pictures.room.meanwhile = lambda _: None
    pictures.shelf.add()
    assert ("p1.png", "ocr", 0) not in pictures.states()


def test_a_job_of_a_unit_that_is_gone_writes_nothing(pictures: Desk):
    def forget(path: str) -> None:
        if path.endswith("p1.png"):
            with pictures.shelf.catalogue.transaction() as connection:
                connection.execute(
                    "DELETE FROM units WHERE source_id IN (SELECT source FROM files WHERE path = ?)",
                    (os.fsencode(path),),
                )

    pictures.room.meanwhile = forget
    pictures.work()
    assert pictures.shelf.rows("SELECT COUNT(*) FROM vectors") == [(2,)]


def test_figures_are_cut_from_their_pages(desk: Desk):
    desk.shelf.put("report.txt", "x")
    desk.shelf.add()
    desk.add_job("report.txt", "see")
    space = Space(unit="pt", width=306, height=396)
    figure = Unit(
        kind="image",
        text="",
        about="A chart",
        locator=Locator(page=1, boxes=((10, 10, 60, 60),), space=space),
        producer="pdf 1",
    )
    with desk.shelf.catalogue.transaction() as connection:
        write_units(connection, 1, "ab" * 32, "pdf 1", [figure])
    desk.work()
    assert desk.shelf.rows("SELECT COUNT(*) FROM vectors") == [(1,)]


def test_many_rows_of_pictures_and_moments_have_one_to_be_found_by(film: Desk, png: Callable[[int], bytes]):
    film.eye = ManyEyed()
    film.shelf.put("p.png", png(3))
    film.shelf.add()
    film.add_job("film.txt", "watch")
    film.work()

    stamp = str(film.eye.stamp)
    kept = film.shelf.rows(
        "SELECT u.kind, v.stamp, v.rows, v.scheme FROM vectors v JOIN units u ON u.id = v.unit ORDER BY u.kind, u.id, v.stamp"
    )
    mean = mean_stamp(stamp)
    assert kept == [
        *[("image", stamp, 3, "int8"), ("image", mean, 1, "float16")],
        *[("moment", stamp, 6, "int8"), ("moment", mean, 1, "float16")],
        *[("moment", stamp, 3, "int8"), ("moment", mean, 1, "float16")],
    ]
