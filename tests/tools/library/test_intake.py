from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from sourcehound.tools.evidence import Space
from sourcehound.tools.library.intake import name_words, refresh_abouts, words_during, write_reading
from sourcehound.tools.library.reading import Anchor, Figure, Media, Mention, Reading, Section, Visual
from sourcehound.tools.library.sections import load_sections
from tests.tools.library.conftest import Shelf

PAGE = Space(unit="pt", width=612, height=792)
SHA256 = "ab" * 32


def take_in(shelf: Shelf, reading: Reading, *, path: str = "/files/Trip-2021/IMG_kite.x", sha256: str = SHA256) -> int:
    """Put a reading into the library as if a reader had made it of a file; returns the source's row."""
    with shelf.catalogue.transaction() as connection:
        meta: dict[str, Any] = {"exif": reading.visual.exif if reading.visual else {}, "warnings": []}
        cursor = connection.execute(
            "INSERT INTO sources (sha256, size, media_type, title, reader, meta, indexed_at) VALUES (?, 1, ?, ?, ?, ?, '')",
            (sha256, reading.media_type, reading.title, reading.reader, json.dumps(meta)),
        )
        source = int(cursor.lastrowid or 0)
        connection.execute(
            "INSERT INTO files (path, shown, size, mtime_ns, source, state) VALUES (?, ?, 1, 1, ?, 'read')",
            (path.encode(), path, source),
        )
        write_reading(connection, source, sha256, path, reading)
    return source


def jobs(shelf: Shelf) -> list[tuple[str, int]]:
    return shelf.rows("SELECT job, detail FROM jobs ORDER BY job, detail")


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/data/2023-Harbour/IMG_kite.jpg", "data 2023 Harbour IMG kite"),
        ("/a/b/c/d/annualReport.v2.pdf", "c d annual Report v2"),
        ("/x.txt", "x"),
        ("/a/_ _.md", "a"),
        ("/a/\udcff灯塔.png", "a 灯塔"),
    ],
)
def test_a_files_name_and_folders_are_words(path: str, words: str):
    assert name_words(path) == words


def test_a_document_becomes_passages_pages_and_figures(shelf: Shelf):
    reading = Reading(
        title="Tides",
        media_type="application/pdf",
        reader="pdf 1",
        sections=(
            Section(
                text="The lamp is lit.",
                page=1,
                page_label="i",
                space=PAGE,
                headings=("Part one", "Lamps"),
                producer="pdf",
            ),
            Section(text="The oar is lost.", start=17, page=2, space=PAGE, producer="pdf"),
        ),
        figures=(Figure(page=2, box=(1, 2, 3, 4), space=PAGE, caption="A chart of tides"),),
        n_pages=3,
        page_spaces=(PAGE, PAGE, PAGE),
        page_labels=("i", "", "1"),
        blank_pages=(3,),
    )
    take_in(shelf, reading)
    found = shelf.rows("SELECT kind, page, text, about FROM units ORDER BY kind, page")
    names = "files Trip 2021 IMG kite"
    assert found == [
        ("image", 2, "", "A chart of tides · Tides"),
        ("page", 1, "The lamp is lit.", f"Tides · {names}"),
        ("page", 2, "The oar is lost.", f"Tides · {names}"),
        ("page", 3, "", f"Tides · {names}"),
        ("passage", 1, "The lamp is lit.", f"Tides · Part one · Lamps · {names}"),
        ("passage", 2, "The oar is lost.", f"Tides · {names}"),
    ]
    [(where,)] = shelf.rows("SELECT locator FROM units WHERE kind = 'passage' AND page = 2")
    assert json.loads(where)["chars"] == [17, 33]
    assert [
        json.loads(w)["page_label"] for (w,) in shelf.rows("SELECT locator FROM units WHERE kind='page' AND page=1")
    ] == ["i"]
    assert jobs(shelf) == [("ocr", 3), ("see", 0)]


def test_sections_come_back_as_they_were(shelf: Shelf):
    anchor = Anchor(start=0, end=3, box=(1.0, 2.0, 3.0, 4.0), start_s=1.0, end_s=2.0, part="A1")
    sections = (
        Section(text="One", page=1, space=PAGE, anchors=(anchor,), headings=("a", "b"), producer="p", hidden="h"),
        Section(text="Two", start=4, role="speech", anchors=(Anchor(start=0, end=3, start_s=5.0, end_s=6.0),)),
    )
    source = take_in(shelf, Reading(title="t", media_type="x", reader="r", sections=sections, n_pages=1))
    connection = shelf.catalogue.connection
    assert load_sections(connection, source) == sections
    assert load_sections(connection, source, role="speech") == sections[1:]
    assert load_sections(connection, source, page=1) == sections[:1]
    assert load_sections(connection, source + 1) == ()


def test_a_picture_is_found_by_its_description_and_names_before_anyone_looked_at_it(shelf: Shelf):
    visual = Visual(width=40, height=30, exif={"ImageDescription": "A red kite"})
    take_in(shelf, Reading(title="IMG kite", media_type="image/jpeg", reader="image 1", visual=visual))
    [(kind, about, where)] = shelf.rows("SELECT kind, about, locator FROM units")
    assert (kind, about) == ("image", "IMG kite · A red kite · files Trip 2021 IMG kite")
    assert json.loads(where) == {"space": {"unit": "px", "width": 40, "height": 30}}
    assert jobs(shelf) == [("ocr", 0), ("see", 0)]


@pytest.mark.parametrize(
    ("has_video", "has_audio", "expected"),
    [(True, True, [("hear", 0), ("watch", 0)]), (True, False, [("watch", 0)]), (False, True, [("hear", 0)])],
)
def test_films_and_recordings_leave_their_slow_jobs(
    shelf: Shelf, *, has_video: bool, has_audio: bool, expected: list[tuple[str, int]]
):
    media = Media(duration_s=9.0, origin_s=0.0, has_video=has_video, has_audio=has_audio)
    take_in(shelf, Reading(title="t", media_type="video/mp4", reader="film 1", media=media))
    assert jobs(shelf) == expected


def test_subtitles_are_speech_and_lettering_is_not(shelf: Shelf):
    cue = Anchor(start=0, end=8, start_s=1.0, end_s=2.0)
    sections = (
        Section(text="One lamp", role="subtitle", anchors=(cue,)),
        Section(text="Two oars", role="screen", anchors=(cue,)),
        Section(text=" … — !", role="body"),
    )
    take_in(shelf, Reading(title="t", media_type="x", reader="r", sections=sections))
    assert shelf.rows("SELECT kind, text, detail FROM units ORDER BY kind") == [
        ("passage", "Two oars", '{"role": "screen"}'),
        ("speech", "One lamp", '{"role": "subtitle"}'),
    ]


def test_words_of_a_span_are_those_whose_times_touch_it():
    anchors = tuple(Anchor(start=4 * n, end=4 * n + 3, start_s=float(n), end_s=n + 0.9) for n in range(5))
    section = Section(text="one two thr fou fiv", role="speech", anchors=anchors)
    untimed = Section(text="never", role="subtitle", anchors=(Anchor(start=0, end=5),))
    assert words_during([section, untimed], 1.0, 3.0) == ["two thr"]
    assert words_during([section], 0.95, 1.0) == []
    assert words_during([section, section], 4.5, 99.0) == ["fiv", "fiv"]


def test_captions_reach_pictures_beside_or_by_a_name_that_only_one_has(shelf: Shelf):
    visual = Reading(title="p", media_type="image/png", reader="image 1", visual=Visual(width=4, height=3))
    for n, path in enumerate(["/d/photos/a.png", "/d/photos/b.png", "/d/other/b.png"]):
        take_in(shelf, visual, path=path, sha256=f"{n}" * 64)
    mentions = (
        Mention(target="photos/a.png", caption="A red kite"),
        Mention(target="elsewhere/a.png", caption="", around="It flew over the lake."),
        Mention(target="elsewhere/b.png", caption="Nobody knows which"),
        Mention(target="./photos/../other/b.png", caption="A heron"),
        Mention(target="../../../../etc/passwd", caption="Not here"),
    )
    note = Reading(title="n", media_type="text/markdown", reader="md 1", mentions=mentions)
    take_in(shelf, note, path="/d/n.md", sha256="9" * 64)
    with shelf.catalogue.transaction() as connection:
        assert refresh_abouts(connection) == 2
        assert refresh_abouts(connection) == 0
    said = shelf.rows(
        "SELECT u.about FROM units u JOIN files f ON f.source = u.source_id WHERE kind='image' ORDER BY f.path"
    )
    assert [about.split(" · p")[0] for (about,) in said] == [
        "A heron",
        "A red kite · It flew over the lake.",
        "p · d photos b",
    ]


def test_one_source_can_be_refreshed_alone(shelf: Shelf, png: Callable[[int], bytes]):
    for n in range(2):
        shelf.put(f"{n}.png", png(n))
    shelf.add()
    with shelf.catalogue.transaction() as connection:
        connection.execute("UPDATE units SET about = ''")
        connection.execute("INSERT INTO words (words) VALUES ('rebuild')")
        connection.execute("INSERT INTO letters (letters) VALUES ('rebuild')")
        assert refresh_abouts(connection, 1) == 1
        assert refresh_abouts(connection) == 1
