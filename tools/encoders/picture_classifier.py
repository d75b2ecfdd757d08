"""EfficientNet-lite1 as a tool: pictures in, class logits and features out, and the classes' names.

One classifier serves every encoder that is built on it: what it saw last it remembers, so that a picture encoded for
words, for likeness and for tags runs through the network once. Knows nothing of what class names mean.

Source:
    The 1000 class names are those of github.com/anishathalye/imagenet-simple-labels (public domain).
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib import resources
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from sourcehound.tools.encoders.efficientnet_lite import N_CLASSES, N_FEATURES, SIDE_PX, classifier_session, convert
from sourcehound.tools.encoders.encoder import FloatArray, Pixels
from sourcehound.tools.encoders.tensors import map_tensors
from sourcehound.tools.encoders.weights import Sought, known

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

PREPROCESSING = "240px-squash-bicubic-1"

_WEIGHTS = "efficientnet-lite1"
_CONVERSION = 1  # raised when `convert` writes something else
_BATCH = 8
_REMEMBERED = 64  # pictures; 9 kB each


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """What the network makes of pictures.

    Attributes:
        logits: float32, shape (n_pictures, 1000).
        features: float32, shape (n_pictures, 1280), the layer before, >= 0.
    """

    logits: FloatArray
    features: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A class the network sees in a picture, rough: its name, and its chance in 0..1 as the network has it."""

    name: str
    chance: float


def class_names() -> tuple[str, ...]:
    """The names of the 1000 ImageNet classes, in the order of the logits."""
    text = resources.files("sourcehound.tools.encoders").joinpath("imagenet_classes.txt").read_text(encoding="utf-8")
    return tuple(text.splitlines())


class PictureClassifier:
    """EfficientNet-lite1 over the 1000 ImageNet classes. Safe to use from several threads.

    Args:
        weights_path: a folder to look for the weights in first.
        cache_dir: where the converted weights are kept.
        hub_cache: the hub's local cache; None for its usual place.
        threads: threads that share one batch, >= 1.
    """

    def __init__(
        self, *, weights_path: Path | None, cache_dir: Path, hub_cache: Path | None = None, threads: int = 2
    ) -> None:
        self._weights = Sought(_WEIGHTS, weights_path=weights_path, cache_dir=cache_dir, hub_cache=hub_cache)
        self._cache_dir = cache_dir
        self._threads = threads
        self._lock = threading.Lock()
        self._session: InferenceSession | None = None
        self._tensors: dict[str, FloatArray] = {}
        self._seen: OrderedDict[bytes, tuple[FloatArray, FloatArray]] = OrderedDict()

    @property
    def fingerprint(self) -> str:
        """First 16 hex digits of the weights' SHA-256."""
        return known(_WEIGHTS).fingerprint

    def is_here(self) -> bool:
        """Whether the weights can be found.

        Raises:
            ConfigError: they differ from their hash.
        """
        return self._weights.is_here()

    def look(self, pictures: Sequence[Pixels]) -> Looks:
        """Run pictures through the network.

        Args:
            pictures: uint8, RGB, each of any size; squashed whole to a square.

        Raises:
            ConfigError: the weights are missing or differ from their hash.
            BusyError: the converted weights cannot be written.
        """
        logits = np.empty((len(pictures), N_CLASSES), dtype=np.float32)
        features = np.empty((len(pictures), N_FEATURES), dtype=np.float32)
        with ThreadPoolExecutor(self._threads) as pool:
            squares = pool.map(_square, pictures)  # the next ones are made while the network looks at the last
            for start in range(0, len(pictures), _BATCH):
                batch = slice(start, start + _BATCH)
                logits[batch], features[batch] = self._look(list(islice(squares, _BATCH)))
        return Looks(logits=logits, features=features)

    def tags(self, picture: Pixels, *, top: int = 5) -> tuple[Tag, ...]:
        """The likeliest classes of a picture, best first.

        They are notes for a planner, "recognised, rough": the classes know nothing of people, colours and counts.

        Raises:
            ConfigError: the weights are missing or differ from their hash.
        """
        logits = self.look([picture]).logits[0]
        chances = np.exp(logits - logits.max())
        chances /= chances.sum()
        names = class_names()
        best = np.argsort(-chances, kind="stable")[:top]
        return tuple(Tag(name=names[index], chance=round(float(chances[index]), 4)) for index in best)

    def _look(self, squares: Sequence[Pixels]) -> tuple[FloatArray, FloatArray]:
        keys = [hashlib.blake2b(square.tobytes(), digest_size=16).digest() for square in squares]
        with self._lock:
            found = {key: self._seen[key] for key in keys if key in self._seen}
        fresh = {key: square for key, square in zip(keys, squares, strict=True) if key not in found}
        if fresh:
            by_channel = np.stack(list(fresh.values())).transpose(0, 3, 1, 2)  # (batch, 3, 240, 240)
            pixels = np.subtract(by_channel, 127, dtype=np.float32, order="C")
            pixels *= 1 / 128
            logits, features = self._runtime().run(None, {"pixels": pixels})
            found |= dict(zip(fresh, zip(np.asarray(logits), np.asarray(features), strict=True), strict=True))
        with self._lock:
            self._seen.update(found)
            while len(self._seen) > _REMEMBERED:
                self._seen.popitem(last=False)
        return np.stack([found[key][0] for key in keys]), np.stack([found[key][1] for key in keys])

    def _runtime(self) -> InferenceSession:
        with self._lock:
            if self._session is None:
                folder = self._weights.folder()
                converted = self._cache_dir / "weights" / f"{_WEIGHTS}-{self.fingerprint}-{_CONVERSION}.safetensors"
                if not converted.is_file():
                    convert(folder / known(_WEIGHTS).files[0].name, converted)
                self._tensors = map_tensors(converted)
                self._session = classifier_session(self._tensors, threads=self._threads)
            return self._session


def _square(picture: Pixels) -> Pixels:
    """The whole picture squashed to the network's square; cutting its middle out finds less."""
    from PIL import Image

    image = Image.fromarray(picture)
    return np.asarray(image.resize((SIDE_PX, SIDE_PX), Image.Resampling.BICUBIC, reducing_gap=3.0))
