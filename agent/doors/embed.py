"""Pictures inside a page, as data addresses of bounded size."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterable

Pictures = Callable[[int], bytes | None]
"""PNG bytes for the number of a citation or hit; None where there is no picture."""

NOTEBOOK_CHARS = 1_500_000
"""All data addresses of one notebook output together: saved notebooks keep them for ever."""
PAGE_CHARS = 700_000
"""One picture of an exported page."""
_PNG = b"\x89PNG\r\n\x1a\n"
_STEPS = ((1600, 88), (1200, 84), (900, 80), (680, 76), (480, 72), (320, 68), (200, 60))
"""Longest side in pixels and JPEG quality, tried in turn until the picture fits."""


def no_pictures(_: int) -> bytes | None:
    """Pictures for a page without any."""
    return None


def embedded(numbers: Iterable[int], pictures: Pictures, *, total_chars: int | None) -> dict[int, str]:
    """Data addresses for the pictures of these numbers.

    Args:
        numbers: citations or hits, in order.
        pictures: makes the picture of a number.
        total_chars: bound on all of them together, shared out evenly; None bounds each by `PAGE_CHARS`.

    Returns:
        By number; one without a picture, or whose picture cannot be made small enough, is left out.
    """
    made = {n: png for n in numbers if (png := pictures(n)) is not None and png.startswith(_PNG)}
    share = PAGE_CHARS if total_chars is None else min(PAGE_CHARS, total_chars // max(1, len(made)))
    addresses = {n: _address(png, share) for n, png in made.items()}
    return {n: address for n, address in addresses.items() if address is not None}


def _address(png: bytes, limit: int) -> str | None:
    whole = _data("image/png", png)
    if len(whole) <= limit:
        return whole
    from PIL import Image

    with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
        picture = image.convert("RGB")
    for side, quality in _STEPS:
        picture.thumbnail((side, side), Image.Resampling.LANCZOS)
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=quality, optimize=True)
        small = _data("image/jpeg", file.getvalue())
        if len(small) <= limit:
            return small
    return None


def _data(media_type: str, content: bytes) -> str:
    return f"data:{media_type};base64,{base64.b64encode(content).decode('ascii')}"
