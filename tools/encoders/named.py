"""Encoders by their spec strings, each made once and sharing what they are built on.

Knows nothing of settings' names or of indexes.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Literal

from sourcehound.tools.encoders.conse import Conse
from sourcehound.tools.encoders.encoder import Encoder
from sourcehound.tools.encoders.families import open_folder
from sourcehound.tools.encoders.likeness import Likeness
from sourcehound.tools.encoders.minilm import MiniLm
from sourcehound.tools.encoders.minilm_late import MiniLmLate
from sourcehound.tools.encoders.picture_classifier import PictureClassifier
from sourcehound.tools.encoders.spec import Spec
from sourcehound.tools.encoders.whereabouts import find_clip_like
from sourcehound.tools.errors import ConfigError

TEXT_ENCODERS = ("minilm", "minilm-late", "hf:FOLDER")
PICTURE_ENCODERS = ("auto", "conse", "effnet-features", "hf:FOLDER")
PAGE_ENCODERS = ("hf:FOLDER",)


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
        self._folders: dict[Spec, Encoder] = {}

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
    def _minilm_late(self) -> MiniLmLate:
        return MiniLmLate(text=self.minilm)

    @cached_property
    def _likeness(self) -> Likeness:
        return Likeness(classifier=self.classifier)

    def text(self, spec: str = "minilm") -> Encoder:
        """The text encoder of that name.

        Args:
            spec: `minilm`, `minilm-late` for a row for each of its tokens, or `hf:FOLDER` with its options (spec.py) for a
                model that takes texts.

        Raises:
            ConfigError: no text encoder has it, or the folder holds none.
        """
        if spec == "minilm":
            return self.minilm
        if spec == "minilm-late":
            return self._minilm_late
        return self._opened(spec, "text", TEXT_ENCODERS)

    def pictures(self, spec: str = "auto") -> Encoder:
        """The picture encoder of that name.

        Args:
            spec: `conse`, `effnet-features`, `hf:FOLDER` with its options for a model that takes pictures, or `auto`: a
                CLIP-like model if one lies in the given folder or the hub's local cache, else `conse`.

        Raises:
            ConfigError: no picture encoder has that name, or the folder holds none.
        """
        if spec == "auto":
            found = find_clip_like(weights_path=self._weights_path, hub_cache=self._hub_cache)
            spec = "conse" if found is None else str(Spec.of_folder(found))
        if spec == "conse":
            return self._conse
        if spec == "effnet-features":
            return self._likeness
        return self._opened(spec, "picture", PICTURE_ENCODERS)

    def pages(self, spec: str = "") -> Encoder | None:
        """The encoder of pages as they look; None for the empty name: then pages are sought by their words alone.

        Raises:
            ConfigError: the folder holds no model that takes pictures.
        """
        return self._opened(spec, "picture", PAGE_ENCODERS) if spec else None

    def _opened(self, text: str, taken: Literal["text", "picture"], known: tuple[str, ...]) -> Encoder:
        """The encoder of a folder, opened once for each spec."""
        unknown = ConfigError(f"unknown {taken} encoder {text!r}", remedy=f"known are {', '.join(known)}")
        if not text.startswith("hf:"):
            raise unknown
        spec = Spec.parse(text)
        if spec not in self._folders:
            self._folders[spec] = open_folder(spec, self._cache_dir, threads=self._threads)
        encoder = self._folders[spec]
        if taken not in encoder.takes:
            raise ConfigError(
                f"{text} takes {' and '.join(sorted(encoder.takes))}, not {taken}", remedy=f"name a {taken} encoder"
            )
        return encoder
