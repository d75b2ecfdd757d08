"""A CLIP-like model from a local folder: text and pictures in one space, through transformers.

CLIP and SigLIP checkpoints in safetensors; never remote code, never the network. Knows nothing of where vectors are
kept.

Source:
    CLIP (Radford et al. 2021, arXiv:2103.00020); SigLIP (Zhai et al. 2023, arXiv:2303.15343), whose texts are always
    padded to their full length.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from sourcehound.tools.encoders.encoder import FloatArray, Item, Pixels, Stamp, Takes, Vectors
from sourcehound.tools.encoders.folder import ModelFolder
from sourcehound.tools.encoders.picture_items import encode_either
from sourcehound.tools.encoders.spec import Spec
from sourcehound.tools.errors import ConfigError

_BATCH = 8


@dataclass(frozen=True, slots=True)
class _Family:
    """What transformers calls a family's parts, and what its configuration leaves unsaid.

    Attributes:
        tokens: tokens of a text at most.
        dimension: of the shared space.
        padding: how a text is filled up.
    """

    model: str
    image_processor: str
    tokens: int
    dimension: int
    padding: Literal["longest", "max_length"]


_FAMILIES = {
    "clip": _Family("CLIPModel", "CLIPImageProcessorPil", 77, 512, "longest"),
    "siglip": _Family("SiglipModel", "SiglipImageProcessorPil", 64, 768, "max_length"),
}


@dataclass(frozen=True, slots=True)
class _Loaded:
    model: Any
    tokenizer: Any
    image_processor: Any


class ClipLike:
    """A CLIP or SigLIP model: pictures, or queries in words, in one space. Safe to use from several threads.

    Args:
        folder: holds config.json, the weights as safetensors, the tokenizer and preprocessor_config.json.
        spec: names it.
        cache_dir: where the hashes of weights are kept.
        threads: torch's threads, set for the whole process at the first `encode`. They spin while they wait, so that on
            a busy machine one is faster than two.

    Raises:
        ConfigError: the folder holds no such model.
    """

    def __init__(self, *, folder: ModelFolder, spec: Spec, cache_dir: Path, threads: int = 1) -> None:
        self._model_folder = folder
        self._folder = folder.path
        self._spec = spec
        self._cache_dir = cache_dir
        self._threads = threads
        self._config = _config(folder.path)
        self._family = _FAMILIES[self._config["model_type"]]
        self._lock = threading.Lock()
        self._loaded: _Loaded | None = None

    @property
    def stamp(self) -> Stamp:
        """Known without loading the weights: they are hashed once and their hash is remembered."""
        return Stamp(
            encoder=str(self._spec),
            weights=self._model_folder.fingerprint(self._cache_dir),
            dimension=self._dimension,
            preprocessing=f"{self._config['model_type']}-pil-{self._tokens}tok-1",
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
        """Whether the weights are still in the folder."""
        return any(_weight_files(self._folder))

    def encode(
        self, items: Sequence[Item], *, as_: Literal["query", "item"], instruction: str | None = None
    ) -> Vectors:
        """Encode pictures, or queries in words.

        Args:
            items: all pictures (one or several an item), or as "query" all texts.
            as_: a picture has the same row as either.
            instruction: not used: these models know none.

        Raises:
            ToolInputError: texts as items, or texts and pictures in one call.
            ConfigError: the folder does not hold what the model needs.
        """
        del instruction
        return encode_either(items, as_=as_, encoder=f"hf:{self._folder}", words=self._words, network=self._pictures)

    @property
    def _dimension(self) -> int:
        if self._config["model_type"] == "clip":
            return int(self._config.get("projection_dim", self._family.dimension))
        return int(self._config.get("vision_config", {}).get("hidden_size", self._family.dimension))

    @property
    def _tokens(self) -> int:
        return int(self._config.get("text_config", {}).get("max_position_embeddings", self._family.tokens))

    def _words(self, texts: Sequence[str]) -> FloatArray:
        loaded = self._load()
        clean = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
        rows = [np.empty((0, self._dimension), dtype=np.float32)]
        for start in range(0, len(clean), _BATCH):
            inputs = loaded.tokenizer(
                clean[start : start + _BATCH],
                padding=self._family.padding,
                truncation=True,
                max_length=self._tokens,
                return_tensors="pt",
            )
            inputs.pop("token_type_ids", None)
            rows.append(_pooled(loaded.model.get_text_features, dict(inputs)))
        return np.concatenate(rows)

    def _pictures(self, pictures: Sequence[Pixels]) -> FloatArray:
        from PIL import Image

        loaded = self._load()
        rows = [np.empty((0, self._dimension), dtype=np.float32)]
        for start in range(0, len(pictures), _BATCH):
            images = [Image.fromarray(picture) for picture in pictures[start : start + _BATCH]]
            inputs = loaded.image_processor(images=images, return_tensors="pt")
            rows.append(_pooled(loaded.model.get_image_features, {"pixel_values": inputs["pixel_values"]}))
        return np.concatenate(rows)

    def _load(self) -> _Loaded:
        with self._lock:
            if self._loaded is None:
                self._loaded = self._from_folder()
            return self._loaded

    def _from_folder(self) -> _Loaded:
        import torch
        import transformers
        from safetensors import SafetensorError

        transformers.utils.logging.disable_progress_bar()  # it would go to stderr between our own progress lines
        torch.set_num_threads(self._threads)
        local = {"local_files_only": True}
        try:
            model, report = getattr(transformers, self._family.model).from_pretrained(
                self._folder, use_safetensors=True, dtype=torch.float32, output_loading_info=True, **local
            )
            processor = getattr(transformers, self._family.image_processor).from_pretrained(self._folder, **local)
            tokenizer = transformers.AutoTokenizer.from_pretrained(self._folder, **local)
        except (OSError, ValueError, RuntimeError, SafetensorError) as error:
            reason = str(error).strip().partition("\n")[0]
            raise ConfigError(f"cannot load the model in {self._folder}: {reason}", remedy="replace it") from error
        if report["missing_keys"]:  # transformers would fill them with random numbers
            raise ConfigError(
                f"the weights in {self._folder} lack {len(report['missing_keys'])} tensors, as"
                f" {min(report['missing_keys'])}",
                remedy="replace it",
            )
        return _Loaded(model.eval(), tokenizer, processor)


def find_clip_like(*, weights_path: Path | None, hub_cache: Path | None = None) -> Path | None:
    """The first CLIP or SigLIP model that lies on this machine, in a given folder or in the hub's local cache.

    Args:
        weights_path: a folder of model folders, or a model folder itself.
        hub_cache: the hub's local cache; None for the place that huggingface_hub itself would take.
    """
    if hub_cache is None:
        from huggingface_hub.constants import HF_HUB_CACHE

        hub_cache = Path(HF_HUB_CACHE)
    given = () if weights_path is None else (weights_path, *sorted(weights_path.glob("*/")))
    for folder in (*given, *sorted(hub_cache.glob("models--*/snapshots/*/"))):
        try:
            _config(folder)
        except ConfigError:
            continue
        return folder
    return None


def _config(folder: Path) -> dict[str, Any]:
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{folder} holds no model: no config.json to read", remedy="name a model's folder") from error
    model_type = config.get("model_type") if isinstance(config, dict) else None
    if model_type not in _FAMILIES:
        raise ConfigError(
            f"the model in {folder} is of type {model_type!r}", remedy=f"use one of type {' or '.join(_FAMILIES)}"
        )
    if not any(_weight_files(folder)):
        raise ConfigError(f"{folder} holds no weights in safetensors", remedy="save the model as safetensors")
    for name in ("preprocessor_config.json", "tokenizer_config.json"):
        if not (folder / name).is_file() and not (folder / "processor_config.json").is_file():
            raise ConfigError(f"{folder} lacks {name}", remedy="copy the whole model folder")
    return config


def _weight_files(folder: Path) -> Iterator[Path]:
    yield from sorted(folder.glob("model*.safetensors"))


def _pooled(features: Any, inputs: dict[str, Any]) -> FloatArray:
    """One tower's output, float32, shape (batch, dimension)."""
    import torch

    with torch.inference_mode():
        return features(**inputs).pooler_output.float().numpy()
