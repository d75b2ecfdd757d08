"""Pictures: turned as their EXIF says, in plain RGB whatever their mode, with their own words; bombs refused."""

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from sourcehound.tools.encoders.encoder import Pixels
from sourcehound.tools.errors import MediaError
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers import image
from sourcehound.tools.library.readers.reader import Place

LIMITS = Limits()
ORIENTATION, GPS, EXIF = 0x0112, 0x8825, 0x8769


def corners() -> Image.Image:
    """60 x 40: red top left, green top right, blue bottom left, white bottom right."""
    pixels = np.zeros((40, 60, 3), np.uint8)
    pixels[:20, :30], pixels[:20, 30:], pixels[20:, :30], pixels[20:, 30:] = (
        (255, 0, 0),
        (0, 255, 0),
        (0, 0, 255),
        (255, 255, 255),
    )
    return Image.fromarray(pixels)


def shown(path: Path, place: Place = Place()) -> Pixels:  # noqa: B008  a frozen value
    return image.picture(path, place, LIMITS).pixels


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("suffix", [".png", ".tif", ".webp"])
def test_every_orientation_is_shown_upright(tmp_path: Path, orientation: int, suffix: str) -> None:
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = corners().transpose(undo[orientation]) if orientation in undo else corners()
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    path = tmp_path / f"turned{suffix}"
    stored.save(path, exif=exif, lossless=True)
    assert np.array_equal(shown(path), np.asarray(corners()))
    visual = image.read(path, LIMITS).visual
    assert visual is not None
    assert (visual.width, visual.height) == (60, 40)
    cut = image.picture(path, Place(box=(25, 10, 40, 30)), LIMITS)
    assert np.array_equal(cut.pixels, np.asarray(corners())[10:30, 25:40])


def test_a_turned_jpeg_is_turned_when_it_is_made_smaller_too(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    path = tmp_path / "turned.jpg"
    corners().resize((1200, 800), Image.Resampling.NEAREST).save(path, exif=exif, quality=95)
    small = image.picture(path, Place(max_pixels=20_000), LIMITS)
    assert (small.space.width, small.space.height) == (800.0, 1200.0)
    assert small.box == (0.0, 0.0, 800.0, 1200.0)
    height, width, _ = small.pixels.shape
    assert width * height <= 20_000
    assert width / height == pytest.approx(2 / 3, abs=0.02)
    assert small.pixels[5, 5] == pytest.approx((0, 0, 255), abs=30)
    assert small.pixels[5, -5] == pytest.approx((255, 0, 0), abs=30)


@pytest.mark.parametrize(
    ("mode", "suffix", "value", "seen"),
    [
        ("L", ".png", 100, (100, 100, 100)),
        ("1", ".png", 255, (255, 255, 255)),
        ("CMYK", ".jpg", (0, 255, 255, 0), (255, 0, 0)),
        ("CMYK", ".tif", (255, 0, 255, 0), (0, 255, 0)),
        ("RGBA", ".png", (255, 0, 0, 0), (255, 255, 255)),
        ("RGBA", ".webp", (0, 0, 0, 128), (127, 127, 127)),
        ("LA", ".png", (0, 0), (255, 255, 255)),
        ("I;16", ".png", 0x8080, (128, 128, 128)),
        ("I;16", ".tif", 0xFFFF, (255, 255, 255)),
        ("F", ".tif", 1.0, (255, 255, 255)),
        ("YCbCr", ".jpg", (128, 128, 128), (128, 128, 128)),
    ],
)
def test_every_mode_becomes_eight_bit_rgb_on_white(
    tmp_path: Path, mode: str, suffix: str, value: float | tuple[int, ...], seen: tuple[int, ...]
) -> None:
    path = tmp_path / f"mode{suffix}"
    Image.new(mode, (16, 16), value).save(path)
    pixels = shown(path)
    assert pixels.dtype == np.uint8
    assert pixels.shape == (16, 16, 3)
    assert pixels[8, 8] == pytest.approx(seen, abs=4)


def test_a_palette_with_a_transparent_colour_is_on_white(tmp_path: Path) -> None:
    picture = Image.new("P", (8, 8), 0)
    picture.putpalette([10, 20, 30, 200, 100, 50])
    picture.putpixel((3, 3), 1)
    picture.save(tmp_path / "p.gif", transparency=0)
    pixels = shown(tmp_path / "p.gif")
    assert tuple(pixels[0, 0]) == (255, 255, 255)
    assert tuple(pixels[3, 3]) == (200, 100, 50)


def test_a_heic_picture_is_read(tmp_path: Path) -> None:
    pillow_heif = pytest.importorskip("pillow_heif")
    heif = pillow_heif.from_pillow(corners().resize((128, 96)))
    heif.save(tmp_path / "a.heic", quality=90)
    reading = image.read(tmp_path / "a.heic", LIMITS)
    assert reading.media_type == "image/heif"
    assert shown(tmp_path / "a.heic").shape == (96, 128, 3)


def test_a_moving_picture_shows_its_first_one_and_says_so(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (10, 10), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    reading = image.read(tmp_path / "a.gif", LIMITS)
    assert reading.warnings == ("moves: only its first picture is read",)
    assert tuple(shown(tmp_path / "a.gif")[5, 5]) == (255, 0, 0)


def test_a_tiff_of_several_pages_has_pages(tmp_path: Path) -> None:
    pages = [Image.new("RGB", (20 + n, 10), colour) for n, colour in enumerate(("red", "lime", "blue"))]
    pages[0].save(tmp_path / "fax.tif", save_all=True, append_images=pages[1:])
    reading = image.read(tmp_path / "fax.tif", LIMITS)
    assert (reading.n_pages, reading.blank_pages, reading.visual) == (3, (1, 2, 3), None)
    assert [space.width for space in reading.page_spaces] == [20, 21, 22]
    assert tuple(shown(tmp_path / "fax.tif", Place(page=2))[0, 0]) == (0, 255, 0)
    with pytest.raises(MediaError, match="no page 4"):
        shown(tmp_path / "fax.tif", Place(page=4))


def test_exif_is_told_in_plain_words(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E], exif[0x013B], exif[0x010F], exif[0x0110] = "A red kite", "Ann Bell", "Canon", "Canon EOS 80D"
    exif[0x9C9C] = "over the lake\0".encode("utf-16-le")
    exif.get_ifd(EXIF)[0x9003] = "2023:05:06 07:08:09"
    exif.get_ifd(EXIF)[0x9286] = b"ASCII\0\0\0seen twice"
    exif.get_ifd(GPS).update({1: "N", 2: (48.0, 8.0, 13.2), 3: "W", 4: (11.0, 34.0, 30.0)})
    corners().save(tmp_path / "a.jpg", exif=exif)
    reading = image.read(tmp_path / "a.jpg", LIMITS)
    assert reading.dates == {"taken": "2023-05-06T07:08:09"}
    assert reading.visual is not None
    assert reading.visual.exif == {
        "taken": "06 May 2023, 07:08",
        "camera": "Canon EOS 80D",
        "description": "A red kite",
        "artist": "Ann Bell",
        "comment": "over the lake; seen twice",
        "place": "48.13700° N, 11.57500° W",
    }


def test_nonsense_in_exif_does_no_harm(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0132] = "0000:00:00 00:00:00"
    exif.get_ifd(EXIF)[0x9003] = "2023:99:99 07:08:09"
    exif.get_ifd(GPS).update({1: "N", 2: (480.0, 8.0, 13.2), 3: "W", 4: (11.0, 34.0, 30.0)})
    corners().save(tmp_path / "a.jpg", exif=exif)
    reading = image.read(tmp_path / "a.jpg", LIMITS)
    assert reading.dates == {}
    assert reading.visual is not None
    assert reading.visual.exif == {}


def test_the_words_in_a_png_and_a_jpeg_comment_are_told(tmp_path: Path) -> None:
    said = PngImagePlugin.PngInfo()
    said.add_text("Description", "A map of\nthe harbour")
    said.add_itxt("Title", "Hafen – Übersicht")
    corners().save(tmp_path / "a.png", pnginfo=said)
    corners().save(tmp_path / "a.jpg", comment=b"from the pier")
    png, jpeg = (image.read(tmp_path / name, LIMITS).visual for name in ("a.png", "a.jpg"))
    assert png is not None
    assert jpeg is not None
    assert png.exif == {"description": "A map of the harbour", "title": "Hafen – Übersicht"}
    assert jpeg.exif == {"comment": "from the pier"}


def test_an_xmp_description_is_told_and_its_entities_stay_closed(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("the secret", encoding="utf-8")
    xmp = (
        f'<!DOCTYPE x [<!ENTITY s SYSTEM "file://{tmp_path}/secret.txt">]>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<r:Description xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:description><r:Alt>'
        "<r:li>A quiet bay &s;</r:li></r:Alt></dc:description></r:Description></r:RDF></x:xmpmeta>"
    )
    corners().save(tmp_path / "a.webp", xmp=xmp.encode())
    visual = image.read(tmp_path / "a.webp", LIMITS).visual
    assert visual is not None
    assert visual.exif == {"description": "A quiet bay"}


def test_more_pixels_than_allowed_are_refused(tmp_path: Path) -> None:
    Image.new("1", (300, 300)).save(tmp_path / "a.png")
    with pytest.raises(MediaError, match="more than 50,000 pixels"):
        image.read(tmp_path / "a.png", Limits(max_pixels=50_000))


def test_a_later_page_larger_than_allowed_is_refused(tmp_path: Path) -> None:
    pages = [Image.new("1", (10, 10)), Image.new("1", (300, 300))]
    pages[0].save(tmp_path / "a.tif", save_all=True, append_images=pages[1:])
    with pytest.raises(MediaError, match="pixels"):
        image.picture(tmp_path / "a.tif", Place(page=2), Limits(max_pixels=50_000))


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".gif", ".tif", ".bmp"])
def test_a_picture_cut_anywhere_is_read_or_refused_in_one_line(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    corners().save(path)
    data = path.read_bytes()
    for length in range(1, len(data), max(1, len(data) // 60)):
        path.write_bytes(data[:length])
        try:
            pixels = shown(path)
        except MediaError as error:
            told = str(error)
            assert "\n" not in told
            continue
        assert pixels.shape == (40, 60, 3)


def test_a_format_that_is_not_listed_is_refused_whatever_its_name(tmp_path: Path) -> None:
    corners().save(tmp_path / "a.ppm")
    (tmp_path / "a.ppm").rename(tmp_path / "a.png")
    with pytest.raises(MediaError, match="no picture of a known format"):
        image.read(tmp_path / "a.png", LIMITS)


def test_a_compressed_text_bomb_in_a_png_is_refused(tmp_path: Path) -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    corners().save(tmp_path / "a.png")
    data = (tmp_path / "a.png").read_bytes()
    bomb = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(80 << 20)))
    (tmp_path / "a.png").write_bytes(data[:33] + bomb + data[33:])
    with pytest.raises(MediaError):
        image.read(tmp_path / "a.png", LIMITS)


def test_a_box_outside_the_picture_is_an_error(tmp_path: Path) -> None:
    corners().save(tmp_path / "a.png")
    with pytest.raises(MediaError, match="lies outside"):
        shown(tmp_path / "a.png", Place(box=(100, 0, 120, 10)))
    assert shown(tmp_path / "a.png", Place(box=(-5.0, 1.5, 3.2, 1000.0))).shape == (39, 4, 3)
