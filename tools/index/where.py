"""Where in a picture a search found what it found: which of the picture's rows is nearest to the query, and its box.

Asked for the few hits that are shown, so that the engines need not know of regions. Knows nothing of how regions are
chosen.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from sourcehound.tools.evidence import REGION, Box
from sourcehound.tools.index import vectors
from sourcehound.tools.index.hit import Hit
from sourcehound.tools.index.lists import QueryVectors, Sought

_PARTS = ("like", "seen")
"""Parts of a score that pixels brought; where a picture was given too, it says more exactly where than words do."""


def placed(connection: sqlite3.Connection, hits: Sequence[Hit], sought: QueryVectors) -> tuple[Hit, ...]:
    """The hits, those of pictures with the region in which they were found in their evidence's `detail`.

    A picture that fits best as a whole, or that its words alone brought, stays as it is.

    Args:
        connection: the library's.
        hits: of any kind.
        sought: what was sought for each part of a score; only encoders of one row a picture tell where.
    """
    found: dict[int, Box] = {}
    for part in _PARTS:
        units = {hit.row for hit in hits if hit.type == "image" and part in hit.scores} - found.keys()
        found |= boxes_found(connection, units, sought.get(part, ()))
    return tuple(_with_region(hit, found[hit.row]) if hit.row in found else hit for hit in hits)


def boxes_found(connection: sqlite3.Connection, units: Collection[int], sought: Sequence[Sought]) -> dict[int, Box]:
    """For pictures that were found by a region, the box of the row nearest to the query, in the picture's plane.

    Args:
        connection: the library's.
        units: pictures.
        sought: the query's rows; the best of all counts.
    """
    best: dict[int, tuple[float, str, int]] = {}
    # many rows a picture have places of their own, unlike regions
    for asked in (one for one in sought if units and one.gives == "single"):
        matrix = vectors.load_units(connection, "image", asked.stamp, units)
        if not len(matrix.units):
            continue
        scores = (matrix.rows @ asked.rows.T).max(axis=1)  # (n_rows of all units,)
        for unit in np.unique(matrix.units).tolist():
            first, end = np.searchsorted(matrix.units, [unit, unit + 1]).tolist()
            row = int(np.argmax(scores[first:end]))
            best[unit] = max(best.get(unit, (-2.0, "", 0)), (float(scores[first + row]), asked.stamp, row))
    return {
        unit: box
        for unit, (_, stamp, row) in best.items()
        if row > 0 and (box := _box(connection, unit, stamp, row)) is not None
    }


def _box(connection: sqlite3.Connection, unit: int, stamp: str, row: int) -> Box | None:
    """The box of a row; None where rows were written without boxes."""
    query = "SELECT box FROM regions WHERE unit = ? AND stamp = ? AND row = ?"
    found = connection.execute(query, (unit, stamp, row)).fetchone()
    if found is None:
        return None
    left, top, right, bottom = json.loads(found[0])
    return float(left), float(top), float(right), float(bottom)


def _with_region(hit: Hit, box: Box) -> Hit:
    said = ",".join(f"{edge:g}" for edge in box)
    return replace(hit, evidence=replace(hit.evidence, detail=hit.evidence.detail | {REGION: said}))
