"""A film whose subtitle file comes, changes or goes is read anew, and nothing else of it is lost."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sourcehound.tools.evidence import Locator
from sourcehound.tools.library.sidecars import Sidecars
from sourcehound.tools.library.units import Unit, write_units
from tests.tools.library.conftest import Shelf

CUE = "1\n00:00:00,100 --> 00:00:01,000\n{}\n"


@pytest.fixture
def film(shelf: Shelf) -> Path:
    """A film of two seconds in the folder of the shelf."""
    import av

    path = shelf.folder / "talk.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for n in range(20):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), 10 * n, np.uint8), format="rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


def said(shelf: Shelf) -> set[str]:
    return {text.strip() for (text,) in shelf.rows("SELECT text FROM units WHERE kind = 'speech'")}


def test_a_film_is_read_anew_whenever_its_subtitles_come_change_or_go(shelf: Shelf, film: Path):
    assert shelf.counts() == {"new": 1}
    subtitles = shelf.put("talk.en.srt", CUE.format("The lamp is red."))
    assert shelf.counts() == {"new": 1, "changed": 1}
    assert said(shelf) == {"The lamp is red."}
    subtitles.write_text(CUE.format("The lamp is blue now."), encoding="utf-8")
    assert shelf.counts()["changed"] == 1
    assert said(shelf) == {"The lamp is blue now."}
    assert shelf.rows("SELECT COUNT(*) FROM words WHERE words MATCH 'red'") == [(0,)]
    assert shelf.counts() == {"unchanged": 2}
    subtitles.unlink()
    assert shelf.counts() == {"deleted": 1, "changed": 1}
    assert (said(shelf), shelf.rows("SELECT * FROM texts")) == (set(), [])
    assert shelf.looker.looked[film.name] == 4
    assert len(shelf.rows("SELECT * FROM sources")) == 1


def test_subtitles_that_globs_leave_out_are_noticed_as_they_are_read(shelf: Shelf, film: Path):
    subtitles = shelf.put("talk.srt", CUE.format("The lamp is red."))
    shelf.add(film)
    subtitles.write_text(CUE.format("The lamp is blue."), encoding="utf-8")
    assert shelf.counts(film) == {"changed": 1}
    assert said(shelf) == {"The lamp is blue."}


def test_what_jobs_found_in_a_film_stays(shelf: Shelf, film: Path):
    shelf.add()
    heard = Unit(
        kind="speech",
        text="Good evening.",
        about="",
        locator=Locator(start_s=0.0, end_s=1.0, chars=(0, 13)),
        producer="whisper",
        detail={"role": "speech"},
    )
    seen = Unit(kind="moment", text="", about="", locator=Locator(start_s=0.0, end_s=2.0), producer="av")
    with shelf.catalogue.transaction() as connection:
        write_units(connection, 1, "0" * 64, "media", [heard, seen])
        connection.execute("UPDATE jobs SET state = 'done'")
    shelf.put("talk.srt", CUE.format("The lamp is red."))
    shelf.add()
    assert said(shelf) == {"Good evening.", "The lamp is red."}
    [(about,)] = shelf.rows("SELECT about FROM units WHERE kind = 'moment'")
    assert "The lamp is red." in about
    assert {state for (state,) in shelf.rows("SELECT state FROM jobs")} == {"done"}
    assert film.exists()


def test_a_touched_film_or_a_text_with_subtitles_is_not_read_again(shelf: Shelf, film: Path):
    shelf.put("talk.srt", CUE.format("The lamp is red."))
    shelf.put("talk.txt", "Notes of the talk.")
    shelf.add()
    os.utime(film, (1, 1))
    assert shelf.counts() == {"unchanged": 3}
    shelf.put("talk.srt", CUE.format("The lamp is green."))
    assert shelf.counts() == {"changed": 1, "unchanged": 2}
    assert shelf.looker.looked == {"talk.mkv": 2, "talk.txt": 1}


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "talk.srt").write_text("longer", encoding="utf-8"),
        lambda folder: (folder / "talk.de.vtt").write_text("b", encoding="utf-8"),
        lambda folder: (folder / "talk.srt").rename(folder / "talk.fr.srt"),
        lambda folder: (folder / "talk.srt").unlink(),
    ],
    ids=["longer", "another", "renamed", "gone"],
)
def test_a_mark_changes_with_what_lies_beside(tmp_path: Path, change: Callable[[Path], object]):
    (tmp_path / "talk.srt").write_text("a", encoding="utf-8")
    (tmp_path / "walk.srt").write_text("a", encoding="utf-8")
    film = str(tmp_path / "talk.mp4")
    before = Sidecars().mark_of(film)
    assert before
    assert Sidecars().mark_of(film) == before
    change(tmp_path)
    assert Sidecars().mark_of(film) != before


def test_without_sidecars_there_is_no_mark(tmp_path: Path):
    (tmp_path / "walk.srt").write_text("a", encoding="utf-8")
    sidecars = Sidecars()
    assert sidecars.mark_of(str(tmp_path / "talk.mp4")) == ""
    assert sidecars.mark_of(str(tmp_path / "walk.srt")) == ""
    assert sidecars.mark_of("/nowhere/walk.mp4") == ""
