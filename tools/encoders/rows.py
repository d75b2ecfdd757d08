"""Rows of numbers made comparable: of unit length, and cut to the first numbers where the model allows it.

Knows nothing of models.
"""

from __future__ import annotations

import numpy as np

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.errors import ConfigError


def unit(rows: FloatArray) -> FloatArray:
    """Rows of unit length, float32; a row of zeros stays one."""
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    return (rows / np.maximum(lengths, np.finfo(np.float32).tiny)).astype(np.float32)


def cut(rows: FloatArray, dimension: int | None) -> FloatArray:
    """The first `dimension` numbers of each row, of unit length again; all for None.

    Args:
        rows: float32, shape (n_rows, full dimension).
        dimension: what is kept, see `kept`.

    Source:
        Matryoshka Representation Learning (Kusupati et al. 2022, arXiv:2205.13147), section 3.
    """
    return unit(rows if dimension is None else rows[:, :dimension])


def kept(full: int, dimension: int | None, *, encoder: str) -> int:
    """How many numbers of a row are kept.

    Raises:
        ConfigError: more are asked for than there are.
    """
    if dimension is not None and dimension > full:
        raise ConfigError(
            f"dimension={dimension} is more than the {full} numbers that {encoder} gives",
            remedy=f"ask for {full} or fewer; a model that was not trained for it (Matryoshka) needs all of them",
        )
    return dimension or full
