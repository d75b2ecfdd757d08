"""Pictures found by words without a model trained for it: an ImageNet classifier carried into MiniLM's space. Rough.

A picture becomes the mean of its likely classes' names, weighted by their chances; a query is its own vector. Good for
what ImageNet names (dogs, bicycles, beaches); blind to people, colours, counts and relations. Results must be called
rough and must never rule anything out. Knows nothing of how hits are fused.

Source:
    ConSE (Norouzi et al. 2014, arXiv:1312.5650), equations 3 and 4. Differs: sentence vectors for word vectors; chances
    softened by a temperature; the mean of the class names is taken off both classes and queries, for all of them share
    one direction that says nothing.
"""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from sourcehound.tools.encoders.encoder import FloatArray, Item, Pixels, Stamp, Takes, Vectors
from sourcehound.tools.encoders.fingerprints import write_whole
from sourcehound.tools.encoders.minilm import MiniLm
from sourcehound.tools.encoders.picture_classifier import PREPROCESSING, PictureClassifier, class_names
from sourcehound.tools.encoders.picture_items import encode_either
from sourcehound.tools.errors import BusyError

TEMPERATURE = 2.0
TOP = 200
"""Classes that take part; further ones only add noise."""


class Conse:
    """ConSE: a picture, or a query in words, as 384 numbers. Safe to use from several threads.

    Args:
        classifier: sees the classes in pictures.
        text: encodes class names and queries.
        cache_dir: where the encoded class names are kept.
    """

    def __init__(self, *, classifier: PictureClassifier, text: MiniLm, cache_dir: Path) -> None:
        self._classifier = classifier
        self._text = text
        self._cache_dir = cache_dir
        self._lock = threading.Lock()
        self._names: FloatArray | None = None

    @property
    def stamp(self) -> Stamp:
        """Known without loading the weights; the text encoder's weights count as preprocessing."""
        text = self._text.stamp
        return Stamp(
            encoder="conse",
            weights=self._classifier.fingerprint,
            dimension=text.dimension,
            preprocessing=f"{PREPROCESSING}-t{TEMPERATURE:g}-top{TOP}-{text.encoder}-{text.weights[:8]}-1",
        )

    @property
    def takes(self) -> Takes:
        """Pictures and frames, a row for each."""
        return frozenset({"picture", "frames"})

    @property
    def gives(self) -> Literal["single"]:
        """One row for each picture, frame or query."""
        return "single"

    def is_here(self) -> bool:
        """Whether the weights can be found.

        Raises:
            ConfigError: they differ from their hash.
        """
        return self._classifier.is_here() and self._text.is_here()

    def encode(
        self, items: Sequence[Item], *, as_: Literal["query", "item"], instruction: str | None = None
    ) -> Vectors:
        """Encode pictures, or queries in words.

        Args:
            items: all pictures (one or several an item), or as "query" all texts.
            as_: a picture has the same row as either.
            instruction: not used.

        Raises:
            ToolInputError: texts as items, or texts and pictures in one call.
            ConfigError: the weights are missing or differ from their hash.
            BusyError: the cache folder cannot be written.
        """
        del instruction
        return encode_either(items, as_=as_, encoder="conse", words=self._words, network=self._pictures)

    def _words(self, texts: Sequence[str]) -> FloatArray:
        return self._text.encode_texts(texts, few=True) - self._class_vectors().mean(axis=0)

    def _pictures(self, pictures: Sequence[Pixels]) -> FloatArray:
        logits = self._classifier.look(pictures).logits / TEMPERATURE  # (n, 1000)
        chances = np.exp(logits - logits.max(axis=1, keepdims=True))
        cut = np.partition(chances, -TOP, axis=1)[:, -TOP, None]
        chances = np.where(chances >= cut, chances, 0)
        chances /= chances.sum(axis=1, keepdims=True)
        names = self._class_vectors()
        return chances @ (names - names.mean(axis=0))

    def _class_vectors(self) -> FloatArray:
        """The class names' vectors, float32, shape (1000, 384), encoded once and kept."""
        with self._lock:
            if self._names is None:
                names = class_names()
                key = hashlib.sha256("\n".join((str(self._text.stamp), *names)).encode()).hexdigest()[:16]
                kept = self._cache_dir / "weights" / f"class-names-{key}.npy"
                self._names = _load(kept)
                if self._names is None:
                    self._names = self._text.encode_texts(names)
                    _save(kept, self._names)
            return self._names


def _load(path: Path) -> FloatArray | None:
    try:
        return np.load(path, allow_pickle=False)
    except (OSError, ValueError):
        return None  # not there yet: it is made again


def _save(path: Path, rows: FloatArray) -> None:
    content = io.BytesIO()
    np.save(content, rows, allow_pickle=False)
    try:
        write_whole(path, content.getvalue())
    except OSError as error:
        raise BusyError(f"cannot write {path}: {error.strerror}", remedy="make room there, or allow writing") from error
