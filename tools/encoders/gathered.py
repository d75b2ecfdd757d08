"""Rows of items, several for each, put together.

Knows nothing of models.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from sourcehound.tools.encoders.encoder import FloatArray, Vectors


def gathered(of_items: Sequence[FloatArray], width: int) -> Vectors:
    """The rows of all items, in order, each with its owner.

    Args:
        of_items: float32, each of shape (n_rows, width).
        width: numbers of a row, where there are no items to tell.
    """
    owner = np.repeat(np.arange(len(of_items), dtype=np.int64), [len(rows) for rows in of_items])
    rows = np.concatenate([np.empty((0, width), dtype=np.float32), *of_items])
    return Vectors(rows=rows.astype(np.float32), owner=owner)
