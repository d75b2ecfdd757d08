"""How the many vectors of one item are made few and small: every choice is a setting `index.*`.

Light: settings name the choices without loading anything heavy. Knows nothing of how it is done (clusters.py, schemes.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

Pooling = Literal["clusters", "first"]
POOLINGS: tuple[Pooling, ...] = get_args(Pooling)
ManyScheme = Literal["float32", "float16", "int8", "bit"]
MANY_SCHEMES: tuple[ManyScheme, ...] = get_args(ManyScheme)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compact:
    """The choices for encoders that give many vectors an item. What one vector stands for is kept at half precision.

    Attributes:
        vectors: of an item at most, >= 0; 0 for all.
        pooling: `clusters` of them, in such an order that the first few of them stand for all; or the `first`, for models
            that were trained so that the first few suffice (nested vectors).
        scheme: how they are kept. At equal vectors, `int8` ranked as `float32` did in a quarter of the room, and `bit`
            nearly so in a thirty-second.
    """

    vectors: int = 128
    pooling: Pooling = "clusters"
    scheme: ManyScheme = "int8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """What a search spends on them.

    Attributes:
        candidates: units that are compared in full, >= 1.
        vectors: first vectors of each that are used, >= 0; 0 for all that are kept.
    """

    candidates: int = 200
    vectors: int = 0
