"""Every kind of evidence becomes a picture, from pixels that a reader handed over."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from sourcehound.tools.encoders.encoder import FloatArray, Pixels
from sourcehound.tools.errors import MediaError, ToolInputError
from sourcehound.tools.evidence import REGION, Box, Evidence, Kind, Locator, Source, Space, file_uri
from sourcehound.tools.senses.sense import HeardWord
from sourcehound.tools.show.canvas import ACCENT, HIGHLIGHT
from sourcehound.tools.show.show import Context, describe, show

PAGE = Space(unit="pt", width=600, height=800)
PHOTO = Space(unit="px", width=640, height=480)
RED = (190, 20, 20)


@dataclass(frozen=True)
class Painted:
    pixels: Pixels
    space: Space
    box: Box
    at_s: float | None = None


@dataclass(frozen=True)
class Tone:
    samples: FloatArray
    origin_s: float


class Scene:
    """A reader that paints: pages white, photographs grey with a red patch, frames as bright as their time."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []

    def picture(
        self,
        path: str,
        *,
        page: int | None = None,
        at_s: float | None = None,
        box: Box | None = None,
        max_pixels: int = 25_000_000,
        scale: float = 1.0,
    ) -> Painted:
        self.asked.append({"path": path, "page": page, "at_s": at_s, "box": box, "scale": scale, "most": max_pixels})
        space = PHOTO if page is None else PAGE
        whole = np.full((round(space.height * scale), round(space.width * scale), 3), 255 if page else 90, np.uint8)
        if page is None:
            whole[100:200, 300:400] = RED
        left, top, right, bottom = (round(side * scale) for side in box or (0, 0, space.width, space.height))
        return Painted(whole[top:bottom, left:right], space, box or (0, 0, space.width, space.height), at_s)

    def frames(self, path: str, times_s: Sequence[float], *, max_side: int = 0) -> Sequence[Painted]:
        self.asked.append({"path": path, "times_s": tuple(times_s), "max_side": max_side})
        return [Painted(np.full((90, 160, 3), round(t), np.uint8), PHOTO, (0, 0, 640, 480), t) for t in times_s]

    def samples(self, path: str, *, start_s: float = 0, end_s: float | None = None) -> Tone:
        self.asked.append({"path": path, "start_s": start_s, "end_s": end_s})
        length = int(((end_s or start_s) - start_s) * 16000)
        return Tone(np.sin(np.arange(length) / 9).astype(np.float32), start_s)


def evidence(kind: Kind, media_type: str, locator: Locator, quote: str | None = None) -> Evidence:
    path = None if kind == "web" else "/home/anna/Bericht Größe.x"
    uri = "https://example.org/page" if path is None else file_uri(path)
    source = Source(path=path, uri=uri, sha256="a" * 64, media_type=media_type, title="A title")
    return Evidence(
        kind=kind,
        unit_id="u",
        id="E7",
        source=source,
        locator=locator,
        quote=quote,
        producer="reader 1",
        at="2026-11-23T12:00:00Z",
    )


def pixels_of(png: bytes) -> Pixels:
    with Image.open(io.BytesIO(png)) as image:
        assert image.format == "PNG"
        return np.asarray(image.convert("RGB"))


def holds(png: bytes, colour: tuple[int, int, int]) -> bool:
    return bool((pixels_of(png) == colour).all(axis=2).any())


def test_words_on_a_page_are_highlighted_where_they_stand():
    found = evidence("text", "application/pdf", Locator(page=3, boxes=((60, 80, 300, 96),), space=PAGE), "the words")
    scene = Scene()
    png = show(found, scene, Context(caption=False)).png
    array = pixels_of(png)
    assert scene.asked[0]["scale"] == pytest.approx(1.75)  # 1400 pixels for 800 points
    rows, columns = np.nonzero((array == HIGHLIGHT).all(axis=2))
    edge = 15  # half a margin and the border line
    assert (rows.min() - edge, rows.max() + 1 - edge) == (140, 168)
    assert (columns.min() - edge, columns.max() + 1 - edge) == (105, 525)


def test_a_crop_is_cut_at_full_resolution_from_the_same_place():
    scene = Scene()
    found = evidence("crop", "image/jpeg", Locator(boxes=((300, 100, 400, 200),), space=PHOTO))
    png = show(found, scene).png
    assert scene.asked[1]["box"] == (300, 100, 400, 200)
    assert holds(png, RED)
    assert holds(png, ACCENT)


def test_a_crop_of_a_crop_shows_its_chain():
    outer = evidence("crop", "image/jpeg", Locator(boxes=((200, 50, 500, 300),), space=PHOTO))
    inner = evidence("crop", "image/jpeg", Locator(boxes=((300, 100, 400, 200),), space=PHOTO))
    scene = Scene()
    chained = pixels_of(show(inner, scene, Context(chain=(outer,))).png)
    assert [asked["box"] for asked in scene.asked] == [None, (200, 50, 500, 300), (300, 100, 400, 200)]
    assert chained.shape[1] > pixels_of(show(inner, Scene()).png).shape[1]


def test_a_crop_of_a_page_is_rendered_as_large_as_it_is_shown():
    scene = Scene()
    show(evidence("crop", "application/pdf", Locator(page=2, boxes=((100, 100, 220, 160),), space=PAGE)), scene)
    assert scene.asked[1]["scale"] == pytest.approx(6.0)


def test_a_crop_of_a_frame_is_taken_from_that_frame():
    scene = Scene()
    where = Locator(start_s=3.0, end_s=9.0, frames_s=(4.5,), boxes=((300, 100, 400, 200),), space=PHOTO)
    show(evidence("crop", "video/mp4", where), scene)
    assert {asked["at_s"] for asked in scene.asked} == {4.5}


def test_a_crop_without_a_box_is_refused_by_name():
    with pytest.raises(ToolInputError, match="E7"):
        show(evidence("crop", "image/png", Locator()), Scene())


@pytest.mark.parametrize("kind", ["moment", "speech"])
def test_a_moment_of_a_film_shows_its_frames(kind: Kind):
    scene = Scene()
    png = show(evidence(kind, "video/mp4", Locator(start_s=50.0, end_s=150.0, frames_s=(100.0,)), "said"), scene).png
    assert scene.asked[0]["times_s"] == (50.0, 100.0, 149.96)
    assert all(holds(png, (t, t, t)) for t in (50, 100, 150))


def test_speech_in_a_recording_shows_its_waveform():
    scene = Scene()
    words = [HeardWord(text=" rose", start_s=5.0, end_s=5.4, score=1.0)]
    png = show(
        evidence("speech", "audio/mpeg", Locator(start_s=5.0, end_s=7.0), "rose"), scene, Context(words=words)
    ).png
    assert (scene.asked[0]["start_s"], scene.asked[0]["end_s"]) == (4.5, 7.5)
    assert holds(png, ACCENT)


@pytest.mark.parametrize(
    "media_type",
    [
        "text/plain",
        "text/markdown",
        "text/html",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ],
)
def test_words_without_pages_are_shown_among_their_lines(media_type: str):
    scene = Scene()
    found = evidence("text", media_type, Locator(chars=(7, 13)), "needle")
    png = show(found, scene, Context(text="before needle after", n=3)).png
    assert scene.asked == []
    assert holds(png, HIGHLIGHT)


def test_a_web_page_is_shown_by_its_words():
    found = evidence("web", "text/html", Locator(chars=(0, 4)), "fact")
    assert holds(show(found, Scene(), Context(text="fact and more")).png, HIGHLIGHT)


def test_a_place_without_picture_or_words_says_so():
    found = evidence("page", "application/vnd.ms-powerpoint", Locator(part="slide 4"))
    array = pixels_of(show(found, Scene(), Context(caption=False)).png)
    assert (array.max(axis=2) < 140).sum() > 200  # letters


def test_a_page_and_a_picture_without_boxes_are_shown_whole():
    for found in (
        evidence("page", "application/pdf", Locator(page=1)),
        evidence("image", "image/png", Locator()),
        evidence("text", "image/png", Locator(boxes=((10, 10, 90, 30),), space=PHOTO), "sign"),
    ):
        assert pixels_of(show(found, Scene(), Context(n=1)).png).shape[1] > 600


def test_a_picture_shows_the_region_that_a_search_found():
    whole = evidence("image", "image/png", Locator(space=PHOTO))
    assert not holds(show(whole, Scene()).png, ACCENT)
    assert holds(show(replace(whole, detail={REGION: "10,10,90,30"}), Scene()).png, ACCENT)


def test_a_picture_that_cannot_be_read_any_more_is_an_error():
    class Gone(Scene):
        def picture(self, path: str, **_: Any) -> Painted:
            raise MediaError("no such file", path=path)

    with pytest.raises(MediaError):
        show(evidence("image", "image/png", Locator()), Gone())


def test_the_words_name_number_place_quote_link_and_reader():
    found = evidence("moment", "video/mp4", Locator(start_s=1.0, end_s=2.5), "a \x1b[31mred\x1b[0m kite")
    assert describe(found, n=4).splitlines() == [
        "[4] A title",
        "moment · 0:01.00–0:02.50 · Bericht Größe.x",
        "“a red kite”",
        "file:///home/anna/Bericht%20Gr%C3%B6%C3%9Fe.x#t=1,2.5",
        "read by reader 1, 2026-11-23T12:00:00Z",
    ]


def test_the_same_evidence_gives_the_same_bytes():
    found = evidence("text", "application/pdf", Locator(page=1, boxes=((60, 80, 300, 96),), space=PAGE), "w")
    assert show(found, Scene(), Context(n=2)).png == show(found, Scene(), Context(n=2)).png


@pytest.mark.parametrize(
    ("kind", "media_type", "locator"),
    [
        ("page", "application/pdf", Locator(page=1)),
        ("image", "image/jpeg", Locator()),
        ("moment", "video/mp4", Locator(start_s=1.0, end_s=2.0)),
        ("speech", "audio/mpeg", Locator(start_s=1.0, end_s=2.0)),
        ("crop", "image/jpeg", Locator(boxes=((0, 0, 10, 10),), space=PHOTO)),
    ],
)
def test_a_lost_source_is_not_opened_and_its_words_stand_alone(kind: Kind, media_type: str, locator: Locator):
    scene = Scene()
    for quote in ("A red kite.", None):
        context = Context(remark="the file is gone", is_lost=True)
        shown = show(evidence(kind, media_type, locator, quote), scene, context)
        assert scene.asked == []
        assert shown.text.splitlines()[-1] == "the file is gone"
        assert holds(shown.png, HIGHLIGHT) == bool(quote)
        assert holds(shown.png, ACCENT)
