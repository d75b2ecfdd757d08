"""Reads pictures: their size, what they say about themselves, and cuts from them, EXIF rotation applied.

Knows nothing of what the pictures show.
"""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sourcehound.tools.errors import MediaError
from sourcehound.tools.evidence import Box, Space
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers.held import Readable
from sourcehound.tools.library.readers.naming import title_from_name
from sourcehound.tools.library.readers.photo import about, dates
from sourcehound.tools.library.readers.reader import Place
from sourcehound.tools.library.reading import Reading, Visual
from sourcehound.tools.library.wire import Picture

if TYPE_CHECKING:
    from PIL.Image import Image

_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "HEIF")
_PLUGINS = ("Bmp", "Gif", "Jpeg", "Png", "Tiff", "WebP")
_TURNED = frozenset({5, 6, 7, 8})
_ORIENTATION = 0x0112
_WHITE_8, _WHITE_16 = 255, 65535


def read(path: Path, limits: Limits) -> Reading:
    """Read a picture's size and its own words; a TIFF of several pages gives pages.

    Raises:
        MediaError: it is no picture of a known format, is damaged in its head, or has too many pixels.
    """
    import PIL

    reader = f"pillow {PIL.__version__}"
    with _opened(path, limits) as image:
        kind = str(image.format)
        n_pages = _n_pages(image) if kind == "TIFF" else 1
        space = _space(image)
        common: dict[str, Any] = {
            "title": title_from_name(path),
            "media_type": f"image/{'jpeg' if kind == 'MPO' else kind.lower()}",
            "reader": reader,
            "dates": dates(image),
        }
        exif = about(image)
        if n_pages == 1:
            visual = Visual(width=int(space.width), height=int(space.height), exif=exif)
            moving = _n_pages(image) > 1 and kind in {"GIF", "PNG", "WEBP"}
            told = ("moves: only its first picture is read",) if moving else ()
            return Reading(**common, visual=visual, warnings=told)
        read_pages = min(n_pages, limits.max_pages)
        spaces = tuple(_page_spaces(image, read_pages))
        told = (f"only the first {read_pages} of {n_pages} pages are read",) if read_pages < n_pages else ()
        blank = tuple(range(1, len(spaces) + 1))
        return Reading(**common, n_pages=len(spaces), page_spaces=spaces, blank_pages=blank, warnings=told)


def picture(path: Path, place: Place, limits: Limits) -> Picture:
    """Cut from a picture, or from one page of a TIFF, at full resolution.

    Raises:
        MediaError: it cannot be decoded, or has no such page or box.
    """
    with _opened(path, limits) as image:
        page = 1 if place.page is None else place.page
        if page != 1:
            try:
                image.seek(page - 1)
            except (EOFError, ValueError) as error:
                raise MediaError(f"has no page {page}", path=str(path)) from error
            _check_size(image, path, limits)
        space = _space(image)
        box = clip(place.box, space, path)
        if place.box is None and image.format == "JPEG":
            image.draft("RGB", _fitted(image.size, place.max_pixels))
        shown = upright(image)
        if place.box is not None:
            left, top, right, bottom = box
            shown = shown.crop((int(left), int(top), int(right), int(bottom)))
        if shown.width * shown.height > place.max_pixels:
            shown = shown.resize(_fitted(shown.size, place.max_pixels))
        return Picture(pixels=np.asarray(shown, dtype=np.uint8), space=space, box=box)


def clip(box: Box | None, space: Space, path: Readable) -> Box:
    """A box cut to its plane, widened to whole units; the whole plane for None.

    Raises:
        MediaError: nothing of it lies in the plane.
    """
    import math

    if box is None:
        return (0.0, 0.0, space.width, space.height)
    left, top = max(0, math.floor(box[0])), max(0, math.floor(box[1]))
    right, bottom = min(space.width, math.ceil(box[2])), min(space.height, math.ceil(box[3]))
    if left >= right or top >= bottom:
        raise MediaError(f"the box {box} lies outside of it ({space.width:g} x {space.height:g})", path=str(path))
    return (float(left), float(top), float(right), float(bottom))


def upright(image: Image) -> Image:
    """A decoded picture as 8-bit RGB, turned as its EXIF says, on white where it is transparent."""
    import PIL.Image
    from PIL import ImageOps

    turned = ImageOps.exif_transpose(image)
    if turned.mode in {"I;16", "I;16L", "I;16B", "I;16N", "I", "F"}:
        turned = _to_8_bits(turned)
    if turned.has_transparency_data:
        layered = turned.convert("RGBA")
        ground = PIL.Image.new("RGBA", layered.size, "white")
        return PIL.Image.alpha_composite(ground, layered).convert("RGB")
    return turned.convert("RGB")


def _to_8_bits(image: Image) -> Image:
    import PIL.Image

    values = np.asarray(image, dtype=np.float64)
    values = np.where(np.isfinite(values), values, 0.0)
    # 16-bit modes have a fixed white; the others are measurements without one
    if image.mode.startswith("I;16") or (
        image.mode == "I" and values.max(initial=0) > _WHITE_8 and values.min(initial=0) >= 0
    ):
        low, high = 0.0, max(float(_WHITE_16), float(values.max(initial=0)))
    else:
        low, high = min(0.0, float(values.min(initial=0))), max(1.0, float(values.max(initial=0)))
    return PIL.Image.fromarray(np.clip((values - low) * (255.0 / (high - low)) + 0.5, 0, 255).astype(np.uint8))


@contextmanager
def _opened(path: Path, limits: Limits) -> Generator[Image]:
    import PIL.Image
    from pillow_heif import register_heif_opener

    for plugin in _PLUGINS:
        importlib.import_module(f"PIL.{plugin}ImagePlugin")
    register_heif_opener()
    PIL.Image.MAX_IMAGE_PIXELS = limits.max_pixels
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warnings.simplefilter("error", PIL.Image.DecompressionBombWarning)
        try:
            with PIL.Image.open(path, formats=_FORMATS) as image:
                _check_size(image, path, limits)
                yield image
        except PIL.UnidentifiedImageError as error:
            raise MediaError("is no picture of a known format, or is damaged", path=str(path)) from error
        except (PIL.Image.DecompressionBombWarning, PIL.Image.DecompressionBombError) as error:
            raise MediaError(f"has more than {limits.max_pixels:,} pixels", path=str(path)) from error
        except (OSError, SyntaxError, ValueError, EOFError) as error:
            raise MediaError(f"is a damaged picture: {' '.join(str(error).split())[:150]}", path=str(path)) from error


def _check_size(image: Image, path: Path, limits: Limits) -> None:
    if image.width * image.height > limits.max_pixels:
        raise MediaError(f"has more than {limits.max_pixels:,} pixels", path=str(path))


def _space(image: Image) -> Space:
    width, height = image.size
    # Pillow turns TIFF by itself, and gives the turned size from the start
    if image.format != "TIFF" and image.getexif().get(_ORIENTATION) in _TURNED:
        width, height = height, width
    return Space(unit="px", width=width, height=height)


def _n_pages(image: Image) -> int:
    return int(getattr(image, "n_frames", 1))


def _page_spaces(image: Image, n: int) -> Iterator[Space]:
    for page in range(n):
        image.seek(page)
        yield _space(image)
    image.seek(0)


def _fitted(size: tuple[int, int], max_pixels: int) -> tuple[int, int]:
    factor = min(1.0, (max_pixels / (size[0] * size[1])) ** 0.5)
    return (max(1, int(size[0] * factor)), max(1, int(size[1] * factor)))
