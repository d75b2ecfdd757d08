"""Pictures and query texts out of items, checked; each picture, frame or text is one row.

Knows nothing of networks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sourcehound.tools.encoders.encoder import FloatArray, Item, Pixels, Vectors
from sourcehound.tools.errors import ToolInputError

_AXES = 3
_CHANNELS = 3


def encode_pictures(
    items: Sequence[Item], *, encoder: str, network: Callable[[Sequence[Pixels]], FloatArray]
) -> Vectors:
    """Encode items that hold pictures or frames.

    Args:
        items: each with one or more pictures or frames and no text.
        encoder: who encodes, for the error's sake.
        network: from n pictures to an array of shape (n, dimension).

    Returns:
        One row of unit length for each picture and frame, in order.

    Raises:
        ToolInputError: an item holds text or no picture, or a picture is not uint8 of shape (height, width, 3).
    """
    pictures: list[Pixels] = []
    owner: list[int] = []
    for index, item in enumerate(items):
        found = (*item.pictures, *item.frames)
        if item.text or not found:
            held = "text" if item.text else "no picture"
            raise ToolInputError(f"{encoder} takes pictures alone here, item {index} holds {held}")
        for picture in found:
            check_picture(picture, index)
        pictures += found
        owner += [index] * len(found)
    return Vectors(rows=_unit(network(pictures)), owner=np.asarray(owner, dtype=np.int64))


def encode_either(
    items: Sequence[Item],
    *,
    as_: Literal["query", "item"],
    encoder: str,
    words: Callable[[Sequence[str]], FloatArray],
    network: Callable[[Sequence[Pixels]], FloatArray],
) -> Vectors:
    """Encode queries in words, or pictures as queries or items, into the one space of both.

    Args:
        items: all texts (as "query" only), or all pictures.
        as_: what they are.
        encoder: who encodes, for the error's sake.
        words: from n texts to an array of shape (n, dimension).
        network: from n pictures to an array of shape (n, dimension).

    Raises:
        ToolInputError: texts as items, texts and pictures in one call, or a picture of another shape.
    """
    if as_ == "query" and items and not any(item.pictures or item.frames for item in items):
        rows = _unit(words([item.text for item in items]))
        return Vectors(rows=rows, owner=np.arange(len(items), dtype=np.int64))
    return encode_pictures(items, encoder=encoder, network=network)


def check_picture(picture: NDArray[np.uint8], index: int) -> None:
    """Refuse what is not a picture.

    Args:
        picture: of an item.
        index: of that item, for the error's sake.

    Raises:
        ToolInputError: it is not uint8 of shape (height, width, 3).
    """
    if picture.dtype != np.uint8 or picture.ndim != _AXES or picture.shape[2] != _CHANNELS or not picture.size:
        raise ToolInputError(
            f"a picture is uint8 of shape (height, width, 3), item {index} has {picture.dtype} {picture.shape}"
        )


def _unit(rows: FloatArray) -> FloatArray:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return (rows / np.maximum(lengths, np.finfo(np.float32).tiny)).astype(np.float32)
