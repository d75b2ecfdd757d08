"""Pictures like this one: the features a classifier makes its classes of.

Knows nothing of words.

Source:
    Neural codes (Babenko et al. 2014, arXiv:1404.1777): the layer before the classes, unit length, compared by cosine.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from sourcehound.tools.encoders.efficientnet_lite import N_FEATURES
from sourcehound.tools.encoders.encoder import FloatArray, Item, Pixels, Stamp, Takes, Vectors
from sourcehound.tools.encoders.picture_classifier import PREPROCESSING, PictureClassifier
from sourcehound.tools.encoders.picture_items import encode_pictures


class Likeness:
    """EfficientNet-lite1's features: 1280 numbers for each picture or frame. Takes no words at all.

    Args:
        classifier: the network, shared with whoever else looks at the same pictures.
    """

    def __init__(self, *, classifier: PictureClassifier) -> None:
        self._classifier = classifier

    @property
    def stamp(self) -> Stamp:
        """Known without loading the weights."""
        return Stamp(
            encoder="effnet-features",
            weights=self._classifier.fingerprint,
            dimension=N_FEATURES,
            preprocessing=PREPROCESSING,
        )

    @property
    def takes(self) -> Takes:
        """Pictures and frames, a row for each."""
        return frozenset({"picture", "frames"})

    @property
    def gives(self) -> Literal["single"]:
        """One row for each picture or frame."""
        return "single"

    def is_here(self) -> bool:
        """Whether the weights can be found.

        Raises:
            ConfigError: they differ from their hash.
        """
        return self._classifier.is_here()

    def encode(
        self, items: Sequence[Item], *, as_: Literal["query", "item"], instruction: str | None = None
    ) -> Vectors:
        """Encode pictures; queries and items alike.

        Raises:
            ToolInputError: an item holds text or no picture.
            ConfigError: the weights are missing or differ from their hash.
        """
        del as_, instruction
        return encode_pictures(items, encoder="effnet-features", network=self._features)

    def _features(self, pictures: Sequence[Pixels]) -> FloatArray:
        return self._classifier.look(pictures).features
