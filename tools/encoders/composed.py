"""Items of words, pictures or both, for a model that encodes words and pictures apart into one space.

Knows nothing of networks.

Source:
    WeiMoCIR (Wu et al. 2024, arXiv:2409.04918), equation 1: a query of a picture and words is (1 - w) picture + w words,
    w = 0.8 in the authors' settings for CLIP. BGE-VL (Zhou et al. 2024, arXiv:2412.14475) was trained with the plain
    sum, w = 0.5, for both sides.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from sourcehound.tools.encoders.encoder import FloatArray, Item, Pixels, Vectors
from sourcehound.tools.encoders.gathered import gathered
from sourcehound.tools.encoders.picture_items import check_picture
from sourcehound.tools.encoders.rows import cut, unit
from sourcehound.tools.errors import ToolInputError


def encode_composed(
    items: Sequence[Item],
    *,
    text_weight: float,
    dimension: int | None,
    words: Callable[[Sequence[str]], FloatArray],
    network: Callable[[Sequence[Pixels]], FloatArray],
) -> Vectors:
    """Encode items.

    Args:
        items: each of words, of pictures and frames, or of both.
        text_weight: share of the words where there are both, 0..1.
        dimension: numbers that are kept of a row; None for all.
        words: from n texts to an array of shape (n, width).
        network: from n pictures to an array of shape (n, width).

    Returns:
        One row for words; one for each picture and frame; one for both together, of which the pictures are one part.

    Raises:
        ToolInputError: a picture is not uint8 of shape (height, width, 3), or an item with nothing in it stands among
            items of pictures.
    """
    pictures = [(*item.pictures, *item.frames) for item in items]
    for index, of_item in enumerate(pictures):
        for picture in of_item:
            check_picture(picture, index)
    spoken = [index for index, item in enumerate(items) if item.text or not pictures[index]]
    if any(pictures) and not all(items[index].text for index in spoken):
        raise ToolInputError("an item holds neither words nor pictures, and others hold pictures")
    said = dict(zip(spoken, unit(words([items[index].text for index in spoken])), strict=True))
    seen = unit(network([picture for of_item in pictures for picture in of_item]))
    ends = np.cumsum([len(of_item) for of_item in pictures])
    rows = [
        _row(said.get(index), seen[end - len(of_item) : end], text_weight)
        for index, (of_item, end) in enumerate(zip(pictures, ends, strict=True))
    ]
    return gathered([cut(row, dimension) for row in rows], dimension or seen.shape[1])


def _row(said: FloatArray | None, seen: FloatArray, text_weight: float) -> FloatArray:
    """The rows of one item, shape (n, width), of the unit rows of its words and its pictures."""
    if said is None:
        return seen
    if not len(seen):
        return said[None]
    both = text_weight * said[None] + (1 - text_weight) * unit(seen.mean(axis=0, keepdims=True))
    return both.astype(np.float32)
