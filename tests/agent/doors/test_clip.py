"""A moment becomes a short film or sound of bounded size that a notebook holds and a browser plays."""

from __future__ import annotations

import io
from typing import Any, cast

import av
import numpy as np
import pytest

from sourcehound.agent.documents import Answer
from sourcehound.agent.doors.clip import CLIPS_CHARS, Clip, clip_of, encoded, played
from sourcehound.agent.doors.html import answer_html
from sourcehound.tools.errors import MediaError
from sourcehound.tools.evidence import Evidence, Locator, Source, Space, file_uri
from sourcehound.tools.library.wire import Picture, Samples

SEED = 3


class Film:
    """A film of `length_s` seconds, 64 by 48, brighter by the second; stands in for the reader processes."""

    def __init__(self, *, length_s: float = 60.0, silent: bool = False, noisy: bool = False) -> None:
        self.length_s, self.silent, self.noisy = length_s, silent, noisy
        self.asked_s: list[float] = []
        self._random = np.random.default_rng(SEED)

    def frames(self, path: str, times_s: Any, *, max_side: int = 0) -> tuple[Picture, ...]:
        del path, max_side
        self.asked_s = list(times_s)
        return tuple(self._frame(at_s) for at_s in self.asked_s)

    def samples(self, path: str, *, start_s: float = 0, end_s: float | None = None) -> Samples:
        if self.silent:
            raise MediaError("has no sound", path=path)
        n = round(((end_s or self.length_s) - start_s) * 16_000)
        tone = np.sin(np.arange(n) * 0.2).astype(np.float32) * 2.0
        return Samples(samples=tone, origin_s=start_s)

    def _frame(self, at_s: float) -> Picture:
        shape = (180, 320, 3) if self.noisy else (48, 64, 3)
        pixels = (
            self._random.integers(0, 255, shape, np.uint8)
            if self.noisy
            else np.full(shape, int(at_s * 4) % 256, np.uint8)
        )
        space = Space(unit="px", width=shape[1], height=shape[0])
        return Picture(pixels=pixels, space=space, box=(0, 0, shape[1], shape[0]), at_s=at_s)


def moment(start_s: float | None, end_s: float | None, media_type: str = "video/mp4") -> Evidence:
    source = Source(path="/films/a.mp4", uri=file_uri("/films/a.mp4"), sha256="0", media_type=media_type, title="a")
    where = Locator(start_s=start_s, end_s=end_s)
    return Evidence(kind="moment", unit_id="u", source=source, locator=where, quote=None, producer="test")


def clip(evidence: Evidence, film: Film, most_bytes: int = 300_000) -> Clip | None:
    return clip_of(evidence, cast("Any", film), most_bytes)


def lengths_s(content: bytes) -> dict[str, float]:
    with av.open(io.BytesIO(content)) as container:
        return {stream.type: float((stream.duration or 0) * (stream.time_base or 0)) for stream in container.streams}


def test_a_moment_plays_with_its_sound_for_its_length():
    made = clip(moment(10.0, 13.0), Film())
    assert made is not None
    assert made.media == "video"
    lengths = lengths_s(made.content)
    assert lengths["video"] == pytest.approx(3.0, abs=0.11)
    assert lengths["audio"] == pytest.approx(3.0, abs=0.1)


def test_the_frames_are_those_of_the_moment():
    film = Film()
    clip(moment(10.0, 12.0), film)
    assert film.asked_s[0] == 10.0
    assert 11.8 <= film.asked_s[-1] < 12.0


def test_a_silent_film_plays_without_sound():
    made = clip(moment(0.0, 1.0), Film(silent=True))
    assert made is not None
    assert set(lengths_s(made.content)) == {"video"}


def test_a_recording_becomes_sound_alone():
    made = clip(moment(1.0, 4.0, "audio/mpeg"), Film())
    assert made is not None
    assert made.media == "audio"
    assert lengths_s(made.content) == {"audio": pytest.approx(3.0, abs=0.1)}
    assert made.address.startswith("data:audio/mp4;base64,")


def test_a_long_moment_plays_from_its_start_for_a_while():
    film = Film(length_s=600)
    made = clip(moment(100.0, 400.0), film)
    assert made is not None
    assert lengths_s(made.content)["video"] == pytest.approx(20.0, abs=0.11)
    assert film.asked_s[0] == 100.0


def test_a_clip_that_cannot_be_small_enough_is_none():
    noisy = Film(noisy=True)
    assert clip(moment(0.0, 2.0), noisy, most_bytes=8_000) is None
    assert clip(moment(0.0, 2.0, "audio/wav"), Film(), most_bytes=500) is None


@pytest.mark.parametrize(
    "evidence", [moment(None, None), moment(1.0, 2.0, "image/png")], ids=["without a time", "a picture"]
)
def test_what_has_no_seconds_has_no_clip(evidence: Evidence):
    assert clip(evidence, Film()) is None


def test_odd_sides_are_made_even():
    frames = [np.zeros((37, 51, 3), np.uint8)] * 5
    with av.open(io.BytesIO(encoded(frames, np.zeros(0, np.float32)))) as container:
        stream = container.streams.video[0]
        assert (stream.width % 2, stream.height % 2) == (0, 0)


def test_clips_share_their_bound():
    asked: list[int] = []

    def clips(n: int, most_bytes: int) -> Clip | None:
        asked.append(most_bytes)
        return Clip(media="video", content=b"\0" * most_bytes) if n != 2 else None

    made = played([1, 2, 3], clips)
    assert set(made) == {1, 3}
    assert len(set(asked)) == 1
    assert sum(len(one.address) for one in made.values()) * 3 / 2 <= CLIPS_CHARS


def answer() -> dict[str, Any]:
    citation = {"n": 1, **moment(1.0, 2.0).with_id("E1", "").to_json()}
    return {"question": "?", "text": "So. [1]", "sentences": [], "citations": [citation], "status": "answered"}


def test_a_notebook_plays_the_clip_and_a_page_the_file():
    def clips(_: int, __: int) -> Clip:
        return Clip(media="video", content=b"mp4")

    shown: Any = Answer(answer(), clips=clips)
    notebook = shown._repr_html_()
    assert '<video src="data:video/mp4;base64,' in notebook
    assert "file:///films/a.mp4#t=1,2" in notebook
    page = answer_html(answer(), clips=clips)
    assert '<video src="file:///films/a.mp4#t=1,2"' in page
    assert "data:video" not in page


def test_without_a_clip_a_notebook_keeps_the_link():
    shown: Any = Answer(answer())
    assert "<video" not in shown._repr_html_()
    assert "file:///films/a.mp4#t=1,2" in shown._repr_html_()
