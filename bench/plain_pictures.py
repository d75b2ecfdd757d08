"""Pictures for the plain parts: the classifier's tags as words, and its class vectors (ConSE) by themselves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image

from bench.plain import any_of, ordered, table_of
from sourcehound.tools.encoders.encoder import Item
from sourcehound.tools.encoders.named import Encoders

PARTS = ("tags", "conse")
N_TAGS = 10


class PlainPictures:
    """The plain parts over some pictures.

    Args:
        files: absolute paths; a picture is named by its number here.
        encoders: those of the program.
    """

    def __init__(self, files: Sequence[str], encoders: Encoders) -> None:
        self._conse = encoders.pictures("conse")
        pictures = [_pixels(file) for file in files]
        self._rows = self._conse.encode([Item(pictures=(pixels,)) for pixels in pictures], as_="item").rows
        self._tags = table_of(
            (n, " ".join(tag.name for tag in encoders.classifier.tags(pixels, top=N_TAGS)))
            for n, pixels in enumerate(pictures)
        )

    def rank(self, query: str) -> dict[str, list[str]]:
        """The numbers found by each of `PARTS`, best first."""
        row = self._conse.encode([Item(text=query)], as_="query").rows[0]
        seen = dict(enumerate((self._rows @ row).tolist()))
        lists = {"tags": self._by_tags(query), "conse": seen}
        return {part: [str(n) for n, _ in ordered(scores)] for part, scores in lists.items()}

    def close(self) -> None:
        """Close the table of tags."""
        self._tags.close()

    def _by_tags(self, query: str) -> dict[int, float]:
        match = any_of(query)
        if not match:
            return {}
        return dict(self._tags.execute("SELECT rowid, -bm25(t) FROM t WHERE t MATCH ?", (match,)).fetchall())


def _pixels(file: str) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    with Image.open(file) as picture:
        return np.asarray(picture.convert("RGB"))
