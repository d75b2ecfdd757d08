"""The wire: everything that goes in comes out equal; everything dishonest is refused."""

import io
import json
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sourcehound.tools.evidence import Space
from sourcehound.tools.library import wire
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.reading import Anchor, Figure, Media, Mention, Reading, Section, Shot, Visual
from sourcehound.tools.library.wire import Message, Picture, WireError

MANY = 1 << 20
SPACE = Space(unit="pt", width=612.0, height=792.0)


def there_and_back(message: Message) -> Message:
    stream = io.BytesIO()
    wire.send(stream, message)
    stream.seek(0)
    received = wire.receive(stream, max_bytes=MANY)
    assert received is not None
    assert wire.receive(stream, max_bytes=MANY) is None
    return received


def framed(header: object, body: bytes = b"") -> io.BytesIO:
    data = json.dumps(header).encode()
    return io.BytesIO(struct.pack(">I", len(data)) + data + body)


def full_reading() -> Reading:
    anchor = Anchor(start=0, end=4, box=(1.0, 2.0, 3.5, 4.0), start_s=0.5, end_s=1.0, part="A1")
    section = Section(
        text="kite ☂", page=1, page_label="i", space=SPACE, anchors=(anchor,), headings=("One",), hidden="x"
    )
    return Reading(
        title="Kites",
        media_type="application/pdf",
        reader="r 1",
        sections=(section,),
        figures=(Figure(page=1, box=(0.0, 0.0, 9.0, 9.0), space=SPACE, caption="c"),),
        mentions=(Mention(target="a.jpg", caption="b"),),
        visual=Visual(width=3, height=4, exif={"camera": "X"}),
        media=Media(duration_s=2.5, origin_s=-1.0, has_video=True, has_audio=False, fps=25.0, tags={"a": "b"}),
        n_pages=1,
        page_spaces=(SPACE,),
        page_labels=("i",),
        blank_pages=(1,),
        dates={"taken": "2020-01-01T00:00:00"},
        warnings=("w",),
    )


@pytest.mark.parametrize(
    "value",
    [full_reading(), Reading(title="", media_type="", reader=""), Shot(start_s=0, end_s=1, frames_s=(0.5,)), Limits()],
)
def test_values_come_back_equal(value: Any) -> None:
    message = there_and_back(Message(header={"value": wire.pack(value)}))
    assert wire.unpack(type(value), message.header["value"]) == value


@given(st.text(), st.lists(st.floats(allow_nan=False, allow_infinity=False, width=32), max_size=4))
def test_any_text_and_times_come_back(text: str, times: list[float]) -> None:
    shot = Shot(start_s=0.0, end_s=1.0, frames_s=tuple(times))
    assert wire.unpack(Shot, there_and_back(Message(header={"v": wire.pack(shot)})).header["v"]) == shot
    section = wire.unpack(Section, there_and_back(Message(header={"v": wire.pack(Section(text=text))})).header["v"])
    assert len(section.text) == len(text)
    section.text.encode()


def test_a_picture_comes_back_with_its_pixels() -> None:
    pixels = np.arange(4 * 5 * 3, dtype=np.uint8).reshape(4, 5, 3)
    picture = Picture(pixels=pixels[:, ::-1], space=SPACE, box=(0.0, 0.0, 5.0, 4.0), at_s=1.5)
    received = wire.picture_of(there_and_back(wire.picture_message(picture)), max_pixels=20)
    assert np.array_equal(received.pixels, pixels[:, ::-1])
    assert (received.space, received.box, received.at_s) == (SPACE, (0.0, 0.0, 5.0, 4.0), 1.5)


@pytest.mark.parametrize(
    "stream",
    [
        io.BytesIO(b"\x00"),
        io.BytesIO(b"\x00\x00\x00\x09{}"),
        io.BytesIO(b"\xff\xff\xff\xff"),
        io.BytesIO(b"\x00\x00\x00\x02[]"),
        io.BytesIO(b"\x00\x00\x00\x02{{"),
        io.BytesIO(struct.pack(">I", 200_000) + b"[" * 200_000),
        framed({"arrays": 3}),
        framed({"arrays": [3]}),
        framed({"arrays": [{"dtype": "object", "shape": [1]}]}),
        framed({"arrays": [{"dtype": "uint8", "shape": [-1]}]}),
        framed({"arrays": [{"dtype": "uint8", "shape": [True]}]}),
        framed({"arrays": [{"dtype": "uint8", "shape": "3"}]}),
        framed({"arrays": [{"dtype": "uint8", "shape": [1 << 62]}]}),
        framed({"arrays": [{"dtype": "uint8", "shape": [1 << 16] * 5}]}),
        framed({"arrays": [{"dtype": "uint8", "shape": [9]}]}, b"short"),
    ],
)
def test_a_malformed_message_is_refused(stream: io.BytesIO) -> None:
    with pytest.raises(WireError):
        wire.receive(stream, max_bytes=MANY)


@pytest.mark.parametrize(
    "lie",
    [
        None,
        [],
        {"title": "x"},
        {"title": "x", "media_type": "y", "reader": "z", "more": 1},
        {"title": 3, "media_type": "y", "reader": "z"},
        {"title": "x", "media_type": "y", "reader": "z", "n_pages": True},
        {"title": "x", "media_type": "y", "reader": "z", "n_pages": 1.5},
        {"title": "x", "media_type": "y", "reader": "z", "sections": {}},
        {"title": "x", "media_type": "y", "reader": "z", "sections": [{"text": "\ud800"}]},
        {"title": "x", "media_type": "y", "reader": "z", "dates": {"a": 1}},
        {"title": "x", "media_type": "y", "reader": "z", "visual": {"width": "3", "height": 4}},
        {"title": "x", "media_type": "y", "reader": "z", "page_spaces": [{"unit": "mm", "width": 1, "height": 1}]},
        {
            "title": "x",
            "media_type": "y",
            "reader": "z",
            "sections": [{"text": "", "anchors": [{"start": 0, "end": 0, "box": [1, 2, 3]}]}],
        },
        {
            "title": "x",
            "media_type": "y",
            "reader": "z",
            "page_spaces": [{"unit": "pt", "width": float("inf"), "height": 1}],
        },
    ],
)
def test_a_dishonest_reading_is_refused(lie: object) -> None:
    with pytest.raises(WireError):
        wire.unpack(Reading, lie)


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((4, 4, 3), np.float32),
        np.zeros((0, 4, 3), np.uint8),
        np.zeros((40, 40, 3), np.uint8),
    ],
)
def test_dishonest_pixels_are_refused(pixels: Any) -> None:
    header = {"kind": "picture", "space": wire.pack(SPACE), "box": [0, 0, 1, 1], "at_s": None}
    with pytest.raises(WireError):
        wire.picture_of(Message(header=header, arrays=(pixels,)), max_pixels=100)


@pytest.mark.parametrize(
    "samples", [np.zeros(4, np.uint8), np.zeros((4, 2), np.float32), np.array([0, np.nan], np.float32)]
)
def test_dishonest_samples_are_refused(samples: Any) -> None:
    with pytest.raises(WireError):
        wire.samples_of(Message(header={"origin_s": 0.0}, arrays=(samples,)))
