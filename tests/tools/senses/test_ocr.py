"""Words in pictures: what is kept, what is dropped and counted, and where the boxes lie."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from sourcehound.tools.encoders.encoder import FloatArray, Pixels
from sourcehound.tools.encoders.weights import MissingWeightsError, locate
from sourcehound.tools.errors import ConfigError, ToolInputError
from sourcehound.tools.senses.ocr import RapidOcr
from sourcehound.tools.senses.sense import ReadLine, ReadResult


class ScriptedEngine:
    """Finds boxes where it is told, in the pixels it is shown, and reads what it is told."""

    producer = "scripted 1"

    def __init__(self, boxes: list[tuple[float, float, float, float]], words: list[tuple[str, float]]) -> None:
        self._boxes = boxes
        self._words = iter(words)
        self.shown: list[tuple[int, int]] = []
        self.cuts: list[Pixels] = []

    def find(self, picture: Pixels) -> FloatArray:
        self.shown.append((picture.shape[1], picture.shape[0]))
        corners = [[(l, t), (r, t), (r, b), (l, b)] for l, t, r, b in self._boxes]  # noqa: E741  as boxes are called
        return np.array(corners, np.float32).reshape(-1, 4, 2)

    def read(self, line: Pixels) -> tuple[str, float]:
        self.cuts.append(line)
        return next(self._words)


def scripted(*said: tuple[str, float], width: float = 0) -> RapidOcr:
    """Boxes 20 high and as wide as print of those words would be, or of the given width."""
    boxes = [(10.0, 10.0 + 40 * n, 10 + (width or 10 * len(text)), 30.0 + 40 * n) for n, (text, _) in enumerate(said)]
    return RapidOcr(cache=Path("unused"), engine=ScriptedEngine(boxes, list(said)))


def blank(width: int = 800, height: int = 800) -> Pixels:
    return np.full((height, width, 3), 255, np.uint8)


def drawn(words: list[tuple[str, int, int, int]], width: int = 800, height: int = 300) -> Image.Image:
    picture = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(picture)
    for text, left, top, size in words:
        pen.text((left, top), text, fill="black", font=ImageFont.load_default(size=size))
    return picture


@pytest.fixture(scope="module")
def ocr(tmp_path_factory: pytest.TempPathFactory) -> RapidOcr:
    cache = tmp_path_factory.mktemp("cache")
    try:
        locate("rapidocr", weights_path=None, cache_dir=cache)
    except MissingWeightsError as missing:
        pytest.skip(str(missing))
    return RapidOcr(cache=cache, threads=1)


def test_words_and_boxes_of_a_drawn_page_are_found(ocr: RapidOcr):
    lines = ocr.read(np.asarray(drawn([("Invoice 2024-118", 60, 40, 32), ("total 1,284.50", 60, 140, 32)])))
    assert [line.text for line in lines] == ["Invoice 2024-118", "total 1,284.50"]
    left, top, right, bottom = lines[0].box
    assert abs(left - 60) < 12
    assert 30 < top < 60 < bottom < 90
    assert right > 250
    assert all(line.score > 0.9 for line in lines)


@pytest.mark.parametrize("degrees", [20, 90, 180])
def test_slanted_upright_and_upturned_lettering_is_read(ocr: RapidOcr, degrees: int):
    picture = drawn([("Slanted lettering", 150, 280, 40)], height=600).rotate(degrees, fillcolor="white")
    assert [line.text for line in ocr.read(np.asarray(picture))] == ["Slanted lettering"]


def test_an_empty_picture_has_no_words(ocr: RapidOcr):
    assert ocr.read_all(blank(200, 100)) == ReadResult(lines=())


@pytest.mark.parametrize("shape", [(1, 1, 3), (1, 3000, 3), (3000, 1, 3), (40, 40, 3)])
def test_pictures_of_odd_shapes_are_read_without_a_word(ocr: RapidOcr, shape: tuple[int, int, int]):
    assert ocr.read(np.zeros(shape, np.uint8)) == ()


def test_small_lettering_across_two_tiles_is_read_as_one_line(ocr: RapidOcr):
    text = "a line of small letters that two tiles cut and that has to be put together again before it is read"
    picture = drawn([(text, 700, 150, 16)], width=2400)
    (line,) = ocr.read(np.asarray(picture), fine=True)
    assert line.text == text


def test_nothing_is_written_to_stderr_and_no_socket_is_opened(ocr: RapidOcr, capfd: pytest.CaptureFixture[str]):
    ocr.read(blank(300, 200))
    assert capfd.readouterr() == ("", "")


def test_weights_that_differ_from_their_hash_are_refused(tmp_path: Path):
    for name in ("PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx", "ch_ppocr_mobile_v2.0_cls_mobile.onnx"):
        (tmp_path / name).write_bytes(b"not a network")
    with pytest.raises(ConfigError, match="SHA-256"):
        RapidOcr(weights=tmp_path, cache=tmp_path / "cache").read(blank())


@pytest.mark.parametrize("shape", [(5, 5), (5, 5, 4), (0, 5, 3)])
def test_an_array_that_is_no_picture_is_refused(shape: tuple[int, ...]):
    with pytest.raises(ToolInputError, match="a picture is"):
        scripted().read(np.zeros(shape, np.uint8))


def test_a_picture_of_floats_is_refused():
    with pytest.raises(ToolInputError, match="float64"):
        scripted().read(np.zeros((5, 5, 3)))  # pyright: ignore[reportArgumentType]  the wrong type is the point


def test_boxes_of_a_shrunk_picture_lie_in_the_whole_pictures_pixels():
    engine = ScriptedEngine([(100, 50, 300, 70)], [("a word", 1.0)])
    (line,) = RapidOcr(cache=Path("unused"), engine=engine).read(blank(4000, 3000))
    assert engine.shown == [(2000, 1500)]
    assert line.box == (200, 100, 600, 140)
    assert engine.cuts[0].shape == (40, 400, 3)  # read at full size


def test_boxes_are_clipped_to_the_picture():
    engine = ScriptedEngine([(-5, -4, 900, 30)], [("wide words in a line", 1.0)])
    (line,) = RapidOcr(cache=Path("unused"), engine=engine).read(blank(800, 800))
    assert line.box == (0, 0, 800, 30)


def test_photographs_keep_only_certain_words_of_two_letters():
    said = [("STOP", 0.97), ("farr", 0.84), ("C", 0.99)]
    assert [line.text for line in scripted(*said).read(blank(), photo=True)] == ["STOP"]


def test_junk_of_a_page_is_dropped_and_doubtful_words_are_kept():
    said = [("kept", 0.6), ("dropped", 0.4), ("I", 0.7), ("7", 0.95)]
    assert [line.text for line in scripted(*said).read(blank())] == ["kept", "7"]


def test_lettering_of_an_unknown_script_is_counted_not_guessed():
    said = [(", !", 0.96), ("", 0.0), ("2", 0.92)]
    result = scripted(*said, width=300).read_all(blank())
    assert result == ReadResult(lines=(), n_unread=3)
    assert result.is_mostly_unread


def test_a_page_with_two_textures_is_not_called_unread():
    assert not scripted(("", 0.0), ("", 0.0), width=60).read_all(blank()).is_mostly_unread


def test_letters_forced_onto_an_unknown_script_make_a_page_mostly_unread():
    line = ReadLine(text="7IT D'7n'", box=(0, 0, 100, 20), score=0.66)
    assert ReadResult(lines=(line,) * 4).is_mostly_unread
    assert not ReadResult(lines=(ReadLine(text="words", box=(0, 0, 100, 20), score=0.98),) * 4).is_mostly_unread


def test_lines_come_in_reading_order_columns_first():
    boxes = [(x, 20.0 * y, x + 300.0, 20.0 * y + 15) for y in range(4) for x in (0.0, 330.0)]
    words = [(f"side {x} line {y} of prose", 1.0) for y in range(4) for x in ("left", "right")]
    lines = RapidOcr(cache=Path("unused"), engine=ScriptedEngine(boxes, words)).read(blank())
    assert [line.text.split()[1] for line in lines] == ["left"] * 4 + ["right"] * 4
