"""CLIP-like models from a local folder: words and pictures in one space, each by a tower of its own.

Knows nothing of how towers are run (towers_torch.py, towers_onnx.py) or of where vectors are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Protocol

from sourcehound.tools.encoders.composed import encode_composed
from sourcehound.tools.encoders.encoder import FloatArray, Item, Pixels, Stamp, Takes, Vectors
from sourcehound.tools.encoders.folder import fingerprint
from sourcehound.tools.encoders.rows import kept
from sourcehound.tools.encoders.spec import Spec

QUERY_TEXT_WEIGHT = 0.8
ITEM_TEXT_WEIGHT = 0.5


class Towers(Protocol):
    """Two networks into one space, loaded at their first use. Safe to use from several threads."""

    @property
    def version(self) -> str:
        """Of everything done before the networks, as stamps have it."""
        ...

    @property
    def width(self) -> int:
        """Numbers of a row."""
        ...

    @property
    def files(self) -> tuple[Path, ...]:
        """The weights, and all that changes them."""
        ...

    @property
    def summed(self) -> bool:
        """Whether the model was trained with items of a picture and words as the plain sum of their rows."""
        ...

    def words(self, texts: Sequence[str]) -> FloatArray:
        """Rows of texts, float32, shape (n, width), of any length.

        Raises:
            ConfigError: the folder does not hold what the network needs.
        """
        ...

    def pictures(self, pictures: Sequence[Pixels]) -> FloatArray:
        """Rows of pictures, float32, shape (n, width), of any length.

        Raises:
            ConfigError: the folder does not hold what the network needs.
        """
        ...


class ClipLike:
    """A CLIP-like model: words, pictures, or both in one item. Safe to use from several threads.

    Args:
        towers: its networks.
        spec: names it.
        cache_dir: where the hashes of weights are kept.

    Raises:
        ConfigError: the spec asks for more numbers than the model gives.
    """

    def __init__(self, *, towers: Towers, spec: Spec, cache_dir: Path) -> None:
        self._towers = towers
        self._spec = spec
        self._cache_dir = cache_dir
        if spec.dimension is not None:
            kept(towers.width, spec.dimension, encoder=f"hf:{spec.folder}")

    @property
    def stamp(self) -> Stamp:
        """Known without loading the weights: they are hashed once and their hash is remembered."""
        return Stamp(
            encoder=str(self._spec),
            weights=fingerprint(self._towers.files, self._cache_dir),
            dimension=self._spec.dimension or self._towers.width,
            preprocessing=self._towers.version,
        )

    @property
    def takes(self) -> Takes:
        """Words, pictures and frames; a row for each picture and frame, one for words and pictures together."""
        return frozenset({"text", "picture", "frames"})

    @property
    def gives(self) -> Literal["single"]:
        """One row for each picture, frame, text, or composed item."""
        return "single"

    def is_here(self) -> bool:
        """Whether the weights are still in the folder."""
        return all(path.is_file() for path in self._towers.files)

    def encode(
        self, items: Sequence[Item], *, as_: Literal["query", "item"], instruction: str | None = None
    ) -> Vectors:
        """Encode words, pictures, or both together.

        Args:
            items: an item of words and pictures becomes one row, their weighted sum.
            as_: decides the share of the words in such a sum, unless the spec or the model does.
            instruction: not used: these models know none.

        Raises:
            ToolInputError: a picture is of another shape.
            ConfigError: the folder does not hold what the model needs.
        """
        del instruction
        return encode_composed(
            items,
            text_weight=self._text_weight(as_),
            dimension=self._spec.dimension,
            words=self._towers.words,
            network=self._towers.pictures,
        )

    def _text_weight(self, as_: Literal["query", "item"]) -> float:
        if self._spec.text_weight is not None:
            return self._spec.text_weight
        return ITEM_TEXT_WEIGHT if as_ == "item" or self._towers.summed else QUERY_TEXT_WEIGHT
