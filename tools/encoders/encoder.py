"""One interface for every retriever: items in, vectors out.

Knows nothing of where vectors are kept or how they are searched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
Pixels = NDArray[np.uint8]
"""uint8, shape (height, width, 3), RGB."""
Takes = frozenset[Literal["text", "picture", "frames"]]
"""The kinds of item that an encoder takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Any mix of text, pictures (or pages), and frames of a clip, to be encoded as one thing."""

    text: str = ""
    pictures: tuple[Pixels, ...] = ()
    frames: tuple[Pixels, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Vectors:
    """One or several rows for each item.

    Attributes:
        rows: float32, shape (n_rows, dimension), each row of unit length.
        owner: int64, shape (n_rows,), the index of the item that a row belongs to, rising. One row an item means
            owner == arange(n_items).
    """

    rows: FloatArray
    owner: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What an index was made with; vectors of different stamps are never compared.

    Attributes:
        encoder: spec string that names the encoder, as `minilm` or `hf:/models/clip`.
        weights: first 16 hex digits of the weights' SHA-256.
        dimension: length of a row.
        preprocessing: version of everything done before the network, as `256tok-mean-1`.
    """

    encoder: str
    weights: str
    dimension: int
    preprocessing: str

    def __str__(self) -> str:
        return f"{self.encoder}@{self.weights}:{self.dimension}:{self.preprocessing}"


class Encoder(Protocol):
    """An embedding model. Heavy imports and weights are loaded at the first `encode`, once."""

    @property
    def stamp(self) -> Stamp:
        """Known without loading the weights."""
        ...

    @property
    def takes(self) -> Takes:
        """The kinds of item it can encode as "item"; as "query" every encoder here takes text at least."""
        ...

    @property
    def gives(self) -> Literal["single", "multi"]:
        """One row an item (or one for each picture and frame of it), or many small ones for late interaction."""
        ...

    def is_here(self) -> bool:
        """Whether its weights can be found, without loading them."""
        ...

    def encode(
        self, items: Sequence[Item], *, as_: Literal["query", "item"], instruction: str | None = None
    ) -> Vectors:
        """Encode items.

        Raises:
            ConfigError: the weights are missing or differ from their hash.
            ToolInputError: an item holds a kind that the encoder does not take.
        """
        ...
