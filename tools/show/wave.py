"""A stretch of sound as its waveform, with the words heard in it and their times."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.senses.sense import HeardWord
from sourcehound.tools.show.canvas import ACCENT, INK, MUTED, PANEL, RULE, Ink, blank, bordered
from sourcehound.tools.show.lettering import Lettering, line_height
from sourcehound.tools.show.pixelsource import SAMPLE_RATE
from sourcehound.tools.show.place import clock

if TYPE_CHECKING:
    from PIL.Image import Image
    from PIL.ImageDraw import ImageDraw

WIDTH_PX = 1200
_HEIGHT = 190
_PAD = 16
_TICK = 14
_WORD = 16
_ROWS = 4
_SOFT: Ink = (150, 158, 170)
_TINT: Ink = (255, 243, 196)
_CLOSE_S = 0.02
_STEPS_S = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0)


def around(start_s: float, end_s: float) -> tuple[float, float]:
    """The stretch to draw: the moment with a little of what comes before and after it."""
    margin = min(max(0.15 * (end_s - start_s), 0.5), 5.0)
    return max(0.0, start_s - margin), end_s + margin


def wave(
    letters: Lettering,
    samples: FloatArray,
    drawn_s: tuple[float, float],
    moment_s: tuple[float, float],
    words: Sequence[HeardWord] = (),
) -> Image:
    """Draw a waveform over an axis of media time, the moment tinted, its words where they are said.

    Args:
        letters: the font.
        samples: float32, shape (n_samples,), mono at `SAMPLE_RATE`; the first is at drawn_s[0].
        drawn_s: the stretch on the axis, seconds of media time.
        moment_s: the cited stretch.
        words: words heard, in order; those outside the stretch are left out.
    """
    from PIL import ImageDraw

    axis = _Axis(drawn_s)
    said = [word for word in words if word.end_s > drawn_s[0] and word.start_s < drawn_s[1]]
    rows = _place_words(letters, said, axis)
    depth = 1 + max((row for _, _, row in rows), default=-1)
    image = blank(WIDTH_PX, _HEIGHT + line_height(_TICK) + 8 + depth * line_height(_WORD) + 6, PANEL)
    draw = ImageDraw.Draw(image)
    left, right = axis.column(moment_s[0]), axis.column(moment_s[1])
    draw.rectangle((left, 0, max(left, right - 1), _HEIGHT), fill=_TINT)
    _envelope(draw, samples, axis, (left, right))
    draw.line([(left, 0), (left, _HEIGHT)], fill=ACCENT, width=2)
    draw.line([(right, 0), (right, _HEIGHT)], fill=ACCENT, width=2)
    _ticks(letters, image, draw, axis)
    top = _HEIGHT + line_height(_TICK) + 8
    for word, column, row in rows:
        inside = word.start_s < moment_s[1] - _CLOSE_S and word.end_s > moment_s[0] + _CLOSE_S
        ink = INK if inside else _SOFT
        letters.draw(image, (column, top + row * line_height(_WORD)), word.text.strip(), size=_WORD, ink=ink)
    return bordered(image)


class _Axis:
    """Seconds to pixel columns."""

    def __init__(self, drawn_s: tuple[float, float]) -> None:
        self.start_s, self.end_s = drawn_s
        self.per_s = (WIDTH_PX - 2 * _PAD) / max(self.end_s - self.start_s, 1e-6)

    def column(self, at_s: float) -> int:
        return _PAD + round((min(max(at_s, self.start_s), self.end_s) - self.start_s) * self.per_s)


def _envelope(draw: ImageDraw, samples: FloatArray, axis: _Axis, moment: tuple[int, int]) -> None:
    """Least and greatest sample of each column; scaled to the loudest, so that a soft voice shows too."""
    import numpy as np

    columns = WIDTH_PX - 2 * _PAD
    edges = np.linspace(0.0, (axis.end_s - axis.start_s) * SAMPLE_RATE, columns + 1).astype(np.int64)
    loudest = max(float(np.abs(samples).max(initial=0.0)), 1e-4)
    middle, reach = _HEIGHT // 2, _HEIGHT // 2 - 8
    draw.line([(_PAD, middle), (WIDTH_PX - _PAD, middle)], fill=RULE, width=1)
    for k in range(columns):
        part = samples[edges[k] : max(edges[k + 1], edges[k] + 1)]
        if part.size == 0:
            break
        high, low = float(part.max()) / loudest, float(part.min()) / loudest
        column = _PAD + k
        ink = ACCENT if moment[0] <= column < moment[1] else _SOFT
        draw.line([(column, middle - round(high * reach)), (column, middle - round(low * reach))], fill=ink, width=1)


def _ticks(letters: Lettering, image: Image, draw: ImageDraw, axis: _Axis) -> None:
    draw.line([(_PAD, _HEIGHT), (WIDTH_PX - _PAD, _HEIGHT)], fill=RULE, width=1)
    room_s = 95 / axis.per_s
    step = next((s for s in _STEPS_S if s >= room_s), _STEPS_S[-1] * math.ceil(room_s / _STEPS_S[-1]))
    for k in range(math.ceil(axis.start_s / step - 1e-9), math.floor(axis.end_s / step + 1e-9) + 1):
        column = axis.column(k * step)
        draw.line([(column, _HEIGHT), (column, _HEIGHT + 6)], fill=MUTED, width=1)
        words = clock(k * step)
        left = min(max(column - letters.width(words, _TICK) // 2, 0), WIDTH_PX - letters.width(words, _TICK))
        letters.draw(image, (left, _HEIGHT + 7), words, size=_TICK, ink=MUTED)


def _place_words(letters: Lettering, words: Sequence[HeardWord], axis: _Axis) -> list[tuple[HeardWord, int, int]]:
    """Each word at its time, in the first row with room; words for which no row has room are left to the quote."""
    ends = [-1] * _ROWS
    placed: list[tuple[HeardWord, int, int]] = []
    for word in words:
        width = letters.width(word.text.strip(), _WORD)
        column = min(axis.column(word.start_s), WIDTH_PX - width - 2)
        row = next((row for row, end in enumerate(ends) if column > end + 6), None)
        if row is None:
            continue
        ends[row] = column + width
        placed.append((word, column, row))
    return placed
