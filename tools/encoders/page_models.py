"""Pages as they look, in a row for each patch of the picture: ColPali, ColQwen2 and ColModernVBERT, in transformers' classes.

Knows nothing of where vectors are kept or how they are compared.

Source:
    ColPali (Faysse et al. 2024, arXiv:2407.01449), section 4; ColQwen2, its model card; ModernVBERT (Teiletche et al. 2025,
    arXiv:2510.01149). Differs from transformers' ColQwen2 in one thing: patches keep their places in the picture, as the
    model was trained, where transformers 5 numbers them like words.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from sourcehound.tools.encoders.adapters import Adapter
from sourcehound.tools.encoders.encoder import FloatArray, Item, Pixels, Stamp, Takes, Vectors
from sourcehound.tools.encoders.folder import ModelFolder
from sourcehound.tools.encoders.gathered import gathered
from sourcehound.tools.encoders.picture_items import check_picture
from sourcehound.tools.encoders.rows import cut, kept
from sourcehound.tools.encoders.spec import Spec
from sourcehound.tools.encoders.vlm_processor import as_pictures, first_tokens, load_vlm_processor, without_marks
from sourcehound.tools.errors import ToolInputError

CLASSES = {
    "colpali": "ColPaliForRetrieval",
    "colqwen2": "ColQwen2ForRetrieval",
    "colmodernvbert": "ColModernVBertForRetrieval",
}
"""By the type that a folder names."""

_BATCH = 8
_TOKENS = 256
"""Of a query at most, where a spec does not say."""


@dataclass(frozen=True, slots=True)
class _Loaded:
    network: Any
    processor: Any


class PageModel:
    """A model that sees pages and pictures. Safe to use from several threads.

    Args:
        folder: the model's.
        spec: names it; `tokens` is that of queries, `pixels` that of pages, each at most.
        cache_dir: where the hashes of weights are kept.
        threads: of torch, >= 1.

    Raises:
        ConfigError: the folder holds no such model, or an option does not fit it.
    """

    def __init__(self, *, folder: ModelFolder, spec: Spec, cache_dir: Path, threads: int = 1) -> None:
        folder.need_weights()
        self._folder = folder
        self._spec = spec
        self._cache_dir = cache_dir
        self._threads = threads
        self._adapter = Adapter.find(spec.adapter, folder.path)
        width = int(folder.config.get("embedding_dim", 128))
        self._dimension = kept(width, spec.dimension, encoder=f"hf:{folder.path}")
        self._lock = threading.Lock()
        self._loaded: _Loaded | None = None

    @property
    def stamp(self) -> Stamp:
        """Known without loading the weights."""
        pixels = f"{self._spec.pixels or ''}px"
        return Stamp(
            encoder=str(self._spec),
            weights=self._folder.fingerprint(self._cache_dir, more=self._adapter.files if self._adapter else ()),
            dimension=self._dimension,
            preprocessing=f"{self._folder.model_type}-{pixels}-{self._spec.tokens or _TOKENS}tok-1",
        )

    @property
    def takes(self) -> Takes:
        """Pages, pictures and frames; words as queries only."""
        return frozenset({"picture", "frames"})

    @property
    def gives(self) -> Literal["multi"]:
        """A row for each patch of a page and each token of a query."""
        return "multi"

    def is_here(self) -> bool:
        """Whether the weights are still in the folder."""
        return bool(self._folder.weight_files())

    def encode(
        self, items: Sequence[Item], *, as_: Literal["query", "item"], instruction: str | None = None
    ) -> Vectors:
        """Encode pages and pictures, or queries in words.

        Args:
            items: each with pictures or frames, whose rows are all the item's; or as "query" with words.
            as_: a picture has the same rows as either.
            instruction: not used: these models were trained with one each, which they add themselves.

        Raises:
            ToolInputError: words as an item, words and a picture in one item, or nothing at all.
            ConfigError: the folder does not hold what the model needs.
        """
        del instruction
        for index, item in enumerate(items):
            self._check(item, index, as_)
        if not items:
            return gathered([], self._dimension)
        rows: list[FloatArray] = [np.empty((0, self._dimension), dtype=np.float32)] * len(items)
        words = [index for index, item in enumerate(items) if not (item.pictures or item.frames)]
        with self._lock:  # a tokenizer is changed by each call
            loaded = self._load()
            for start in range(0, len(words), _BATCH):
                batch = words[start : start + _BATCH]
                found = self._queries(loaded, [items[index].text for index in batch])
                for index, of_item in zip(batch, found, strict=True):
                    rows[index] = of_item
            for index in sorted(set(range(len(items))).difference(words)):
                pictures = (*items[index].pictures, *items[index].frames)
                rows[index] = np.concatenate([self._picture(loaded, picture) for picture in pictures])
        return gathered(rows, self._dimension)

    def _check(self, item: Item, index: int, as_: Literal["query", "item"]) -> None:
        pictures = (*item.pictures, *item.frames)
        if (item.text and pictures) or not (pictures or as_ == "query"):
            held = "words beside a picture" if pictures else "no picture"
            raise ToolInputError(
                f"{self._spec} takes pages and pictures alone, or queries in words; item {index} holds {held}"
            )
        for picture in pictures:
            check_picture(picture, index)

    def _queries(self, loaded: _Loaded, texts: Sequence[str]) -> list[FloatArray]:
        tokenizer, tokens = loaded.processor.tokenizer, self._spec.tokens or _TOKENS
        clean = [first_tokens(without_marks(text, tokenizer), tokenizer, tokens) for text in texts]
        return self._run(loaded, loaded.processor.process_queries(text=clean))

    def _picture(self, loaded: _Loaded, picture: Pixels) -> FloatArray:
        """Rows of one picture; one at a time, so that none is padded."""
        (rows,) = self._run(loaded, loaded.processor.process_images(images=as_pictures([picture])))
        return rows

    def _run(self, loaded: _Loaded, inputs: Any) -> list[FloatArray]:
        import torch

        network = loaded.network
        inputs = dict(inputs.to(network.device))
        inputs.pop("labels", None)
        if "pixel_values" in inputs:
            inputs["pixel_values"] = inputs["pixel_values"].to(network.dtype)
        with torch.inference_mode():
            if "image_grid_thw" in inputs:
                inputs["position_ids"] = _places(network.vlm, inputs)
            rows = network(**inputs).embeddings.float().cpu().numpy()
        masks = inputs["attention_mask"].bool().cpu().numpy()
        return [cut(one[mask], self._spec.dimension) for one, mask in zip(rows, masks, strict=True)]

    def _load(self) -> _Loaded:
        if self._loaded is None:
            import torch

            from sourcehound.tools.encoders.loading import load_network

            dtype = "bfloat16" if torch.cuda.is_available() else "float32"
            network = load_network(
                self._folder,
                CLASSES[self._folder.model_type],
                adapter=self._adapter,
                unused=("lm_head.",),
                dtype=dtype,
                threads=self._threads,
            )
            processor = load_vlm_processor(self._folder, network, pixels=self._spec.pixels)
            self._loaded = _Loaded(network, processor)
        return self._loaded


def _places(vlm: Any, inputs: dict[str, Any]) -> Any:
    """Where each token stands: in the line of words, or in the rows and columns of a picture."""
    ids = inputs["input_ids"]
    places, _ = vlm.get_rope_index(
        ids,
        mm_token_type_ids=(ids == vlm.config.image_token_id).int(),
        image_grid_thw=inputs["image_grid_thw"],
        attention_mask=inputs["attention_mask"],
    )
    return places
