"""Encoders by their spec strings, each made once and sharing what they are built on.

Knows nothing of settings' names or of indexes.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from sourcehound.tools.encoders.clip import ClipLike, find_clip_like
from sourcehound.tools.encoders.conse import Conse
from sourcehound.tools.encoders.encoder import Encoder
from sourcehound.tools.encoders.likeness import Likeness
from sourcehound.tools.encoders.minilm import MiniLm
from sourcehound.tools.encoders.picture_classifier import PictureClassifier
from sourcehound.tools.errors import ConfigError

TEXT_ENCODERS = ("minilm",)
PICTURE_ENCODERS = ("auto", "conse", "effnet-features", "hf:FOLDER")


class Encoders:
    """The encoders of one process. Nothing is loaded before the first `encode`.

    Args:
        weights_path: a folder to look for weights in first.
        cache_dir: where converted weights and hashes are kept.
        hub_cache: the hub's local cache; None for its usual place.
        threads: threads that share one batch, >= 1.
    """

    def __init__(
        self, *, weights_path: Path | None, cache_dir: Path, hub_cache: Path | None = None, threads: int = 2
    ) -> None:
        self._weights_path = weights_path
        self._cache_dir = cache_dir
        self._hub_cache = hub_cache
        self._threads = threads
        self._clips: dict[Path, ClipLike] = {}

    @cached_property
    def minilm(self) -> MiniLm:
        """The text encoder that comes with the weights."""
        return MiniLm(
            weights_path=self._weights_path,
            cache_dir=self._cache_dir,
            hub_cache=self._hub_cache,
            threads=self._threads,
        )

    @cached_property
    def classifier(self) -> PictureClassifier:
        """The picture classifier that comes with the weights; its `tags` are notes for a planner."""
        return PictureClassifier(
            weights_path=self._weights_path,
            cache_dir=self._cache_dir,
            hub_cache=self._hub_cache,
            threads=self._threads,
        )

    @cached_property
    def _conse(self) -> Conse:
        return Conse(classifier=self.classifier, text=self.minilm, cache_dir=self._cache_dir)

    @cached_property
    def _likeness(self) -> Likeness:
        return Likeness(classifier=self.classifier)

    def text(self, spec: str = "minilm") -> Encoder:
        """The text encoder of that name.

        Raises:
            ConfigError: no text encoder has it.
        """
        if spec == "minilm":
            return self.minilm
        raise ConfigError(f"unknown text encoder {spec!r}", remedy=f"known are {', '.join(TEXT_ENCODERS)}")

    def pictures(self, spec: str = "auto") -> Encoder:
        """The picture encoder of that name.

        Args:
            spec: `conse`, `effnet-features`, `hf:FOLDER` for a CLIP-like model, or `auto`: such a model if one lies in
                the given folder or the hub's local cache, else `conse`.

        Raises:
            ConfigError: no picture encoder has that name, or the folder holds no such model.
        """
        if spec == "auto":
            found = find_clip_like(weights_path=self._weights_path, hub_cache=self._hub_cache)
            spec = "conse" if found is None else f"hf:{found}"
        if spec == "conse":
            return self._conse
        if spec == "effnet-features":
            return self._likeness
        if spec.startswith("hf:"):
            folder = Path(spec.removeprefix("hf:")).expanduser().absolute()
            if folder not in self._clips:
                self._clips[folder] = ClipLike(folder=folder, cache_dir=self._cache_dir)
            return self._clips[folder]
        raise ConfigError(f"unknown picture encoder {spec!r}", remedy=f"known are {', '.join(PICTURE_ENCODERS)}")
