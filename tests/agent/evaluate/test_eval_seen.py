"""`eval` of pictures, composed queries and films end to end, over sets of a few that are made here."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sourcehound.agent.doors.cli import run
from sourcehound.agent.evaluate.left_out import MuteReaders
from sourcehound.agent.schemas import check
from sourcehound.tools.encoders.named import Encoders
from tests.agent.evaluate.conftest import write_lines

SIZE = 96
COLOURS = {"red kite": (200, 30, 30), "green hill": (30, 160, 40), "blue sea": (30, 60, 200)}


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which pictures can be looked at."""
    folder = tmp_path_factory.mktemp("seen")
    if not Encoders(weights_path=None, cache_dir=folder / "cache").pictures("conse").is_here():
        pytest.skip("the picture classifier's weights are not installed")
    return folder


def paint(path: Path, colour: Sequence[int]) -> None:
    from PIL import Image

    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(len(path.name)).integers(0, 40, (SIZE, SIZE, 3))
    pixels = np.clip(noise + np.asarray(colour), 0, 255).astype(np.uint8)
    Image.fromarray(pixels).save(path)


def film(path: Path) -> None:
    """Four seconds: two light, then two dark."""
    import av

    with av.open(str(path), "w") as out:
        stream = out.add_stream("mpeg4", rate=Fraction(10))
        stream.width = stream.height = SIZE
        for number in range(40):
            pixels = np.full((SIZE, SIZE, 3), (230, 220, 60) if number < 20 else (20, 20, 90), dtype=np.uint8)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        out.mux(stream.encode(None))


def measure(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert run(["eval", *arguments, "--without", "ocr", "--without", "speech", "--json"]) == 0
    printed = capsys.readouterr().out
    check("eval", printed)
    return json.loads(printed)


def said(home: Path, document: dict[str, Any]) -> str:
    """Everything that the library holds in words."""
    file = home / "libraries" / document["system"]["library"] / "library.db"
    with closing(sqlite3.connect(file)) as connection:
        return " ".join(f"{text} {about}" for text, about in connection.execute("SELECT text, about FROM units"))


def test_pictures_are_found_though_neither_name_nor_caption_is_read(
    tmp_path: Path, seen: Path, capsys: pytest.CaptureFixture[str]
):
    for name, colour in COLOURS.items():
        paint(tmp_path / "img" / f"{name}.png", colour)
    write_lines(tmp_path / "captions.jsonl", [{"image": f"{name}.png", "captions": [name, "a"]} for name in COLOURS])
    document = measure(capsys, "images", str(tmp_path), "--home", str(seen))
    assert (document["data"]["queries"], document["data"]["items"]) == (6, 3)
    assert document["measures"]["R@10"]["mean"] == 1.0
    assert document["system"]["files"]["indexed"] == 3
    assert document["system"]["without"] == ["ocr", "speech"]
    words = said(seen, document)
    assert not [name for name in COLOURS if name in words or name.split()[0] in words]


def test_a_picture_and_words_are_asked_together(tmp_path: Path, seen: Path, capsys: pytest.CaptureFixture[str]):
    for name, colour in COLOURS.items():
        paint(tmp_path / f"{name}.png", colour)
    rows = [{"reference": "red kite.png", "text": "blue", "targets": ["blue sea.png"]}]
    write_lines(tmp_path / "asked.jsonl", rows)
    document = measure(capsys, "composed", str(tmp_path), "--home", str(seen))
    # of three pictures the one referred to is taken out
    assert document["measures"]["R@5"]["mean"] == 1.0
    assert document["measures"]["RR"]["mean"] >= 1 / 2


def test_moments_are_found_without_the_subtitles_beside_the_film(
    tmp_path: Path, seen: Path, capsys: pytest.CaptureFixture[str]
):
    film(tmp_path / "colours.mp4")
    (tmp_path / "colours.srt").write_text("1\n00:00:00,000 --> 00:00:02,000\nthe giveaway\n", encoding="utf-8")
    moments = [("red", 0, 2), ("blue", 2, 4)]
    rows = [{"video": "colours.mp4", "text": text, "start": start, "end": end} for text, start, end in moments]
    write_lines(tmp_path / "moments.jsonl", rows)
    document = measure(capsys, "moments", str(tmp_path), "--home", str(seen))
    assert document["system"]["scopes"] == {"document": ["moment", "speech"]}
    assert document["system"]["units"]["moment"] == 2
    # whichever of the two comes first, both are found where the cut is
    assert document["measures"]["IoU-mAP@0.5"]["mean"] >= 1 / 2
    assert "giveaway" not in said(seen, document)


def test_subtitles_are_left_out_of_what_is_read(tmp_path: Path):
    film(tmp_path / "colours.mp4")
    (tmp_path / "colours.srt").write_text("1\n00:00:00,000 --> 00:00:02,000\nthe giveaway\n", encoding="utf-8")
    with closing(MuteReaders()) as readers:
        reading = readers.read(str(tmp_path / "colours.mp4"))
    assert reading.media is not None
    assert not [section for section in reading.sections if "giveaway" in section.text]
