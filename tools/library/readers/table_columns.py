"""The columns of a table: runs of words put on lines, and the places where a column ends and the next one begins.

Source:
    Columns as white space that (nearly) no row crosses, after Kieninger and Dengel, "The T-Recs table recognition and
    analysis system" (DAS 1998). Differs: rules part columns where they are drawn, and heads may span.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from sourcehound.tools.evidence import Box
from sourcehound.tools.library.readers.rows import is_number
from sourcehound.tools.library.readers.table_cells import Rules, Run, middle

_SAME_BAND = 0.5
"""Runs that share more than this of the lower one's height stand on one line."""
_CROSSED = 0.1
"""Share of the lines that may cross the white space between two columns: heads and remarks do."""
_LABEL_SHARE = 0.3
"""What stands alone on its line and is narrower than this share of the whole stands in one column."""
_LEAST_GUTTER_PT = 2.0
_SPACE_HEIGHTS = 0.5
"""More than a space between words, in heights of their line."""
_BULLETS = frozenset("•●■▪○□")
_OPENING = frozenset("$€£¥(")
_CLOSING = frozenset((")", "%", ")%", "%)"))
_DASHES = frozenset("-–—")


def bands_of(runs: Sequence[Run]) -> list[list[Run]]:
    """Runs on one line, lines from top to bottom, each from left to right."""
    bands: list[list[Run]] = []
    for run in sorted(runs, key=lambda run: (run.box[1] + run.box[3], run.box[0])):
        if bands and _shares(bands[-1][-1].box, run.box) > _SAME_BAND:
            bands[-1].append(run)
        else:
            bands.append([run])
    return [sorted(band, key=lambda run: run.box[0]) for band in bands]


def with_signs(band: Sequence[Run]) -> list[Run]:
    """A line's runs, currency signs put to the numbers that follow them, brackets and signs of shares to those before."""
    found: list[Run] = []
    for run in band:
        if found and _is_one(found[-1].text, run.text):
            found[-1] = Run.of([*found[-1].words, *run.words])
        else:
            found.append(run)
    return found


def _is_one(text: str, after: str) -> bool:
    """Whether a sign and what stands beside it are of one cell."""
    if text in _BULLETS or (text in _OPENING and (is_number(after) or after in _DASHES)):
        return True
    return after in _CLOSING and is_number(text)


def _shares(one: Box, other: Box) -> float:
    shared = min(one[3], other[3]) - max(one[1], other[1])
    return shared / max(0.1, min(one[3] - one[1], other[3] - other[1]))


def gutters_of(bands: Sequence[Sequence[Run]], rules: Rules) -> list[float]:
    """The places between columns: where lines run down, else where white space does."""
    left, right = min(run.box[0] for band in bands for run in band), max(run.box[2] for band in bands for run in band)
    inner = [x for x in rules.down if left < x < right]
    drawn = [x for x in inner if any(run.box[2] <= x + 1 for band in bands for run in band)]
    drawn = [x for x in drawn if any(run.box[0] >= x - 1 for band in bands for run in band)]
    several = [band for band in bands if len(band) > 1]
    labels = [
        band for band in bands if len(band) == 1 and band[0].box[2] - band[0].box[0] < _LABEL_SHARE * (right - left)
    ]
    white = _white([*several, *labels]) if len(several) > 1 else []
    if len(drawn) >= len(white):
        return drawn
    return [(low + high) / 2 for low, high in _worth(white, several)]


def _worth(white: Sequence[tuple[float, float]], bands: Sequence[Sequence[Run]]) -> list[tuple[float, float]]:
    """White spaces without those that part a column of heads alone, the narrower one of two."""
    kept: list[tuple[float, float]] = []
    for space in white:
        if kept:
            between = sum(any(kept[-1][1] - 1 <= middle(run.box) <= space[0] + 1 for run in band) for band in bands)
            if between < max(2, _CROSSED * len(bands)) and between < len(bands) - 1:
                kept[-1] = max(kept[-1], space, key=lambda one: one[1] - one[0])
                continue
        kept.append(space)
    return kept


def _white(bands: Sequence[Sequence[Run]]) -> list[tuple[float, float]]:
    """The white spaces that nearly no line crosses, as (left, right)."""
    most = max(1, int(_CROSSED * len(bands))) if len(bands) > 3 else 0
    edges = sorted(
        edge for band in bands for run in band for edge in ((run.box[0], 1), (run.box[2] - _LEAST_GUTTER_PT / 4, -1))
    )
    found: list[tuple[float, float]] = []
    depth = 0
    begun: float | None = None
    seen = False
    for x, step in edges:
        depth += step
        if depth > most:
            if begun is not None and seen and x - begun >= _LEAST_GUTTER_PT:
                found.append((begun, x))
            begun, seen = None, True
        elif begun is None:
            begun = x
    return found


def column_at(edges: Sequence[float], x: float) -> int:
    """The column in which a place is."""
    return min(max(bisect_right(edges, x) - 1, 0), len(edges) - 2)


def cut_at(run: Run, edges: Sequence[float]) -> list[Run]:
    """A run cut where more than a usual space lies on a gutter: heads that stand near each other."""
    if len(run.words) < 2 or column_at(edges, run.box[0]) == column_at(edges, run.box[2]):
        return [run]
    least = _SPACE_HEIGHTS * (run.box[3] - run.box[1])
    parts: list[list[tuple[str, Box]]] = [[]]
    for word in run.words:
        if parts[-1]:
            gap = (parts[-1][-1][1][2], word[1][0])
            if gap[1] - gap[0] >= least and any(gap[0] - 1 <= edge <= gap[1] + 1 for edge in edges):
                parts.append([])
        parts[-1].append(word)
    return [Run.of(part) for part in parts] if len(parts) > 1 else [run]
