"""The two towers of a CLIP-like model in safetensors, through transformers' own classes.

Knows nothing of items or of what rows are for.

Source:
    CLIP (Radford et al. 2021, arXiv:2103.00020); SigLIP (Zhai et al. 2023, arXiv:2303.15343) and SigLIP 2 (Tschannen et
    al. 2025, arXiv:2502.14786), whose texts are in small letters and always padded to their full length, the padding
    read like words; NaFlex keeps a picture's shape; AltCLIP (arXiv:2211.06679); Chinese CLIP (arXiv:2211.01335); AIMv2
    (arXiv:2411.14402); MetaCLIP 2 (arXiv:2507.22062).
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sourcehound.tools.encoders.adapters import Adapter
from sourcehound.tools.encoders.encoder import FloatArray, Pixels
from sourcehound.tools.encoders.folder import ModelFolder
from sourcehound.tools.encoders.spec import Spec
from sourcehound.tools.errors import ConfigError

_BATCH = {"cpu": 8, "cuda": 64}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Type:
    """What transformers calls a type's parts, and what its configuration leaves unsaid.

    Attributes:
        tokens: of a text at most.
        dimension: of the shared space.
        is_siglip: small letters, always the full length, no mask.
    """

    model: str
    image_processor: str = "CLIPImageProcessorPil"
    tokens: int = 77
    dimension: int = 512
    is_siglip: bool = False


_TYPES = {
    "clip": _Type(model="CLIPModel"),
    "siglip": _Type(
        model="SiglipModel", image_processor="SiglipImageProcessorPil", tokens=64, dimension=768, is_siglip=True
    ),
    "siglip2": _Type(
        model="Siglip2Model", image_processor="Siglip2ImageProcessorPil", tokens=64, dimension=768, is_siglip=True
    ),
    "metaclip_2": _Type(model="MetaClip2Model"),
    "chinese_clip": _Type(model="ChineseCLIPModel", image_processor="ChineseCLIPImageProcessorPil", tokens=52),
    "altclip": _Type(model="AltCLIPModel", dimension=768),
    "aimv2": _Type(model="Aimv2Model"),
}
TYPES = tuple(_TYPES)
_PATCHED = "siglip2"
_SUMMED = "MMRet"
"""In the names of the code that BGE-VL's folders bring along: it only adds the sum, which is ours here."""


@dataclass(frozen=True, slots=True)
class _Loaded:
    model: Any
    tokenizer: Any
    image_processor: Any


class TorchTowers:
    """A CLIP-like model in safetensors. Safe to use from several threads.

    Args:
        folder: holds config.json, the weights, the tokenizer and preprocessor_config.json.
        spec: its options.
        threads: of torch, >= 1.

    Raises:
        ConfigError: the folder lacks a part, or an option does not fit.
    """

    def __init__(self, *, folder: ModelFolder, spec: Spec, threads: int = 1) -> None:
        folder.need_weights()
        for name in ("preprocessor_config.json", "tokenizer_config.json"):
            if not folder.has(name) and not folder.has("processor_config.json"):
                raise ConfigError(f"{folder.path} lacks {name}", remedy="copy the whole model folder")
        self._folder = folder
        self._threads = threads
        self._type = _TYPES[folder.model_type]
        self._adapter = Adapter.find(spec.adapter, folder.path)
        self._files = (*folder.weight_files(), *(self._adapter.files if self._adapter else ()))
        self._patches = _patches(folder, spec.pixels)
        self._lock = threading.Lock()
        self._loaded: _Loaded | None = None

    @property
    def version(self) -> str:
        """Type and limits; the spec has the options."""
        return f"{self._folder.model_type}-pil-{self._tokens}tok-1"

    @property
    def width(self) -> int:
        """As the configuration says, or the type's usual."""
        config = self._folder.config
        if self._type.is_siglip:
            return int(config.get("vision_config", {}).get("hidden_size", self._type.dimension))
        return int(config.get("projection_dim", self._type.dimension))

    @property
    def files(self) -> tuple[Path, ...]:
        """The weights, and an adapter's."""
        return self._files

    @property
    def summed(self) -> bool:
        """Whether it is a BGE-VL."""
        return _SUMMED in str(self._folder.config.get("auto_map", ""))

    def words(self, texts: Sequence[str]) -> FloatArray:
        """Rows of texts."""
        rows = [np.empty((0, self.width), dtype=np.float32)]
        if texts:
            loaded = self._load()
            size = _BATCH[loaded.model.device.type]
            clean = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
            if self._type.is_siglip:
                clean = [text.lower() for text in clean]
            batches = (self._tokenised(loaded, clean[start : start + size]) for start in range(0, len(clean), size))
            rows += [_row(loaded.model.get_text_features, batch) for batch in batches]
        return np.concatenate(rows)

    def pictures(self, pictures: Sequence[Pixels]) -> FloatArray:
        """Rows of pictures."""
        from PIL import Image

        rows = [np.empty((0, self.width), dtype=np.float32)]
        if pictures:
            loaded = self._load()
            size = _BATCH[loaded.model.device.type]
            for start in range(0, len(pictures), size):
                images = [Image.fromarray(picture) for picture in pictures[start : start + size]]
                inputs = loaded.image_processor(images=images, return_tensors="pt").to(loaded.model.device)
                rows.append(_row(loaded.model.get_image_features, dict(inputs)))
        return np.concatenate(rows)

    @property
    def _tokens(self) -> int:
        positions = self._folder.config.get("text_config", {}).get("max_position_embeddings", self._type.tokens)
        return min(int(positions), self._type.tokens)

    def _tokenised(self, loaded: _Loaded, texts: Sequence[str]) -> dict[str, Any]:
        inputs = loaded.tokenizer(
            list(texts),
            padding="max_length" if self._type.is_siglip else "longest",
            truncation=True,
            max_length=self._tokens,
            return_tensors="pt",
        ).to(loaded.model.device)
        names = ("input_ids",) if self._type.is_siglip else ("input_ids", "attention_mask")
        return {name: inputs[name] for name in names}

    def _load(self) -> _Loaded:
        with self._lock:
            if self._loaded is None:
                from sourcehound.tools.encoders.loading import load_network, load_processor, load_tokenizer

                model = load_network(
                    self._folder, self._type.model, adapter=self._adapter, unused=_UNUSED, threads=self._threads
                )
                tokenizer = load_tokenizer(self._folder, padding_side="right")
                limits = {} if self._patches is None else {"max_num_patches": self._patches}
                processor = load_processor(self._folder, self._type.image_processor, **limits)
                self._loaded = _Loaded(model, tokenizer, processor)
            return self._loaded


_UNUSED = ("text_model.pooler.", "text_model.roberta.pooler.")
"""A layer of BERT that two of the types carry and no tower asks for."""


def _patches(folder: ModelFolder, pixels: int | None) -> int | None:
    """Patches of a picture at most; None for the folder's own."""
    if pixels is None:
        return None
    if folder.model_type != _PATCHED:
        raise ConfigError(
            f"the model in {folder.path} looks at pictures of one size, so pixels={pixels} means nothing to it",
            remedy="leave pixels out, or use a SigLIP 2 of the kind NaFlex",
        )
    side = int(folder.config.get("vision_config", {}).get("patch_size", 16))
    if pixels < side * side:
        raise ConfigError(f"pixels={pixels} is less than one patch", remedy=f"ask for {side * side} or more")
    return pixels // (side * side)


def _row(features: Any, inputs: dict[str, Any]) -> FloatArray:
    """One tower's output, float32, shape (batch, width)."""
    import torch

    with torch.inference_mode():
        return features(**inputs).pooler_output.float().cpu().numpy()
