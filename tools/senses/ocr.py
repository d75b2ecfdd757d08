"""Words in pictures: lines with their boxes, in reading order, and a count of the lettering that could not be read.

Knows pixels only: no files, no pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sourcehound.tools.encoders.encoder import FloatArray, Pixels
from sourcehound.tools.errors import ToolInputError
from sourcehound.tools.evidence import Box
from sourcehound.tools.senses.columns import reading_order
from sourcehound.tools.senses.rapid_engine import Engine, RapidEngine
from sourcehound.tools.senses.sense import ReadLine, ReadResult
from sourcehound.tools.senses.tiles import Piece, Tile, hull, join, plan

_MIN_SCORE = 0.5
_MIN_STRAY_SCORE = 0.8
"""A single letter needs more: specks and rules are read as one."""
_PHOTO_SCORE = 0.9
"""Textures in photographs are read as short words, nearly always below this."""
_MIN_DENSITY = 0.5
"""Letters for each line height of width. Print has 1.5 to 2.5, a widely spaced heading 0.6; of a script that it does
not know the recogniser leaves out nearly every letter and scores only the rest, punctuation and digits, highly."""


@dataclass(frozen=True, slots=True)
class _Found:
    """Lettering found: its four corners (float32, shape (4, 2)) and the box around them, in the picture's pixels."""

    corners: FloatArray
    box: Box


class RapidOcr:
    """Reads Latin, Chinese and Japanese lettering, in pictures of any size. Safe to use from several threads.

    Pictures with a side over 2000 pixels are shrunk to find lettering in them, then each line is read at full size;
    long narrow ones are cut across instead. `fine` looks for lettering at full size, tile by tile, which costs two to
    ten times as much and finds what shrinking hides.

    Cyrillic, Arabic, Hebrew, Korean, Thai and the scripts of India are found but not read; Greek only in part.

    Args:
        weights: a folder to look for the weights in first.
        cache: where the hashes of files already checked are kept.
        threads: threads that share one run, >= 1.
        engine: networks to use instead of RapidOCR's default ones.
    """

    def __init__(
        self, *, weights: Path | None = None, cache: Path, threads: int = 2, engine: Engine | None = None
    ) -> None:
        self._engine = engine or RapidEngine(weights=weights, cache=cache, threads=threads)
        self.producer = self._engine.producer

    def read(self, picture: Pixels, *, photo: bool = False, fine: bool = False) -> tuple[ReadLine, ...]:
        """Read one picture; the lines of `read_all`."""
        return self.read_all(picture, photo=photo, fine=fine).lines

    def read_all(self, picture: Pixels, *, photo: bool = False, fine: bool = False) -> ReadResult:
        """Read one picture, and count what was found but not read.

        Args:
            picture: uint8, shape (height, width, 3), RGB, both sides >= 1.
            photo: whether it is a photograph: only words of two letters and more, read with certainty, are kept.
            fine: whether to look for small lettering too.

        Raises:
            ToolInputError: the array is not a picture.
            ConfigError: the weights are missing or differ from their hash.
        """
        if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[2] != 3 or 0 in picture.shape:
            raise ToolInputError(f"a picture is uint8 (height, width, 3), got {picture.dtype} {picture.shape}")
        lines: list[ReadLine] = []
        n_unread = 0
        for found in self._find(picture, fine=fine):
            cut = _straighten(picture, found.corners)
            text, score = self._engine.read(cut)
            text = " ".join(text.split())
            if _is_unread(text, score, cut):
                n_unread += 1
            elif _is_kept(text, score, photo=photo):
                lines.append(ReadLine(text=text, box=found.box, score=min(score, 1.0)))
        order = reading_order([line.box for line in lines])
        return ReadResult(lines=tuple(lines[i] for i in order), n_unread=n_unread)

    def _find(self, picture: Pixels, *, fine: bool) -> list[_Found]:
        height, width = picture.shape[:2]
        tiles = plan(width, height, fine=fine)
        found: list[_Found] = []
        pieces: list[Piece] = []
        for number, tile in enumerate(tiles):
            for corners in self._find_in(picture, tile):
                low, high = corners.min(axis=0), corners.max(axis=0)
                box = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
                if box[0] < box[2] and box[1] < box[3] and box[3] - box[1] >= tile.min_height:
                    found.append(_Found(corners, box))
                    pieces.append(Piece(box, number))
        return [_united([found[i] for i in group]) for group in join(pieces, tiles)]

    def _find_in(self, picture: Pixels, tile: Tile) -> FloatArray:
        """Corners of the lines in one tile, in the whole picture's pixels, clipped to it."""
        import cv2

        part = picture[tile.top : tile.bottom, tile.left : tile.right]
        height, width = part.shape[:2]
        shown = part
        if tile.scale != 1.0:
            size = (max(round(width * tile.scale), 1), max(round(height * tile.scale), 1))
            how = cv2.INTER_AREA if tile.scale < 1 else cv2.INTER_CUBIC
            shown = np.asarray(cv2.resize(part, size, interpolation=how), np.uint8)
        corners = self._engine.find(shown)
        scale = np.array([width / shown.shape[1], height / shown.shape[0]], np.float32)
        corners = corners * scale + np.array([tile.left, tile.top], np.float32)  # (n_lines, 4, 2)
        return corners.clip(0, np.array([picture.shape[1], picture.shape[0]], np.float32))


def _united(group: list[_Found]) -> _Found:
    """One line of lettering out of what several tiles saw of it; a piece that shows all of it keeps its slant."""
    box = hull([found.box for found in group])
    for found in group:
        if max(abs(a - b) for a, b in zip(found.box, box, strict=True)) <= 0.2 * (box[3] - box[1]):
            return found
    left, top, right, bottom = box
    return _Found(np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32), box)


def _straighten(picture: Pixels, corners: FloatArray) -> Pixels:
    """Cut a slanted line out of a picture so that it lies level; upright lettering is laid on its side."""
    import cv2

    width = max(round(float(max(np.hypot(*(corners[0] - corners[1])), np.hypot(*(corners[3] - corners[2]))))), 1)
    height = max(round(float(max(np.hypot(*(corners[0] - corners[3])), np.hypot(*(corners[1] - corners[2]))))), 1)
    level = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    turn = cv2.getPerspectiveTransform(corners.astype(np.float32), level)
    cut = cv2.warpPerspective(picture, turn, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    cut = np.asarray(cut, np.uint8)
    return np.rot90(cut) if height >= 1.5 * width else cut


def _is_unread(text: str, score: float, cut: Pixels) -> bool:
    n_letters = sum(not letter.isspace() for letter in text)
    return score < _MIN_SCORE or n_letters < _MIN_DENSITY * cut.shape[1] / cut.shape[0]


def _is_kept(text: str, score: float, *, photo: bool) -> bool:
    if photo:
        return score >= _PHOTO_SCORE and len(text) > 1
    return len(text) > 1 or score >= _MIN_STRAY_SCORE
