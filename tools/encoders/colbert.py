"""ColBERT: a row for each token, compared by late interaction; queries are filled up with masks, which look for more.

Both published layouts (colbert_layout.py). Knows nothing of where vectors are kept or how they are compared.

Source:
    ColBERT (Khattab and Zaharia 2020, arXiv:2004.12832), sections 3.2 and 3.3; ColBERTv2 (Santhanam et al. 2022,
    arXiv:2112.01488).
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from sourcehound.tools.encoders.colbert_layout import ColBertLayout
from sourcehound.tools.encoders.encoder import FloatArray, Item, Stamp, Takes, Vectors
from sourcehound.tools.encoders.folder import ModelFolder
from sourcehound.tools.encoders.gathered import gathered
from sourcehound.tools.encoders.rows import cut, kept
from sourcehound.tools.encoders.spec import Spec
from sourcehound.tools.errors import ConfigError, ToolInputError

_BATCH = 16
_LEAST_TOKENS = 4
"""The first token, the mark, one of the text and the last."""


@dataclass(frozen=True, slots=True)
class _Loaded:
    network: Any
    projections: tuple[Any, ...]
    tokenizer: Any
    marks: dict[str, int]
    skipped: frozenset[int]


class ColBert:
    """A ColBERT in a folder. Safe to use from several threads.

    Args:
        folder: the model's.
        spec: names it; `tokens` is that of items.
        cache_dir: where the hashes of weights are kept.
        threads: of torch, >= 1.

    Raises:
        ConfigError: the folder holds no ColBERT, or an option does not fit it.
    """

    def __init__(self, *, folder: ModelFolder, spec: Spec, cache_dir: Path, threads: int = 1) -> None:
        folder.need_weights()
        self._folder = folder
        self._spec = spec
        self._cache_dir = cache_dir
        self._threads = threads
        self._layout = ColBertLayout.read(folder)
        self._dimension = kept(self._layout.width, spec.dimension, encoder=f"hf:{folder.path}")
        self._item_tokens = spec.tokens or self._layout.item_tokens
        room = int(folder.config.get("max_position_embeddings", 512))
        if not _LEAST_TOKENS <= self._item_tokens <= room:
            raise ConfigError(
                f"tokens={self._item_tokens} does not fit the model in {folder.path}",
                remedy=f"ask for {_LEAST_TOKENS} to {room}",
            )
        self._lock = threading.Lock()
        self._loaded: _Loaded | None = None

    @property
    def stamp(self) -> Stamp:
        """Known without loading the weights."""
        layout = self._layout
        queries = f"{layout.query_tokens}q{'' if layout.expands else '-plain'}{'-seen' if layout.attends else ''}"
        return Stamp(
            encoder=str(self._spec),
            weights=self._folder.fingerprint(self._cache_dir, more=layout.files),
            dimension=self._dimension,
            preprocessing=f"colbert-{self._item_tokens}tok-{queries}-{len(layout.skipped)}skipped-1",
        )

    @property
    def takes(self) -> Takes:
        """Text only."""
        return frozenset({"text"})

    @property
    def gives(self) -> Literal["multi"]:
        """A row for each token."""
        return "multi"

    def is_here(self) -> bool:
        """Whether the weights are still in the folder."""
        return bool(self._folder.weight_files())

    def encode(
        self, items: Sequence[Item], *, as_: Literal["query", "item"], instruction: str | None = None
    ) -> Vectors:
        """Encode texts; what lies beyond the most tokens is cut off.

        Args:
            items: texts, an empty one among them too.
            as_: a query has as many rows as the model's queries have; an item none for its punctuation.
            instruction: not used: these models were trained without any.

        Raises:
            ToolInputError: an item holds something other than text.
            ConfigError: the folder does not hold what the model needs.
        """
        del instruction
        if any(item.pictures or item.frames for item in items):
            raise ToolInputError(f"{self._spec} takes text only, an item holds pictures or frames")
        # a lone surrogate, as odd file names have, cannot be tokenised
        texts = [item.text.encode("utf-8", "replace").decode("utf-8") for item in items]
        by_length = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        rows: list[FloatArray] = [np.empty((0, self._dimension), dtype=np.float32)] * len(texts)
        for start in range(0, len(texts), _BATCH):
            batch = by_length[start : start + _BATCH]
            for index, found in zip(batch, self._run([texts[index] for index in batch], as_), strict=True):
                rows[index] = found
        return gathered(rows, self._dimension)

    def _run(self, texts: Sequence[str], as_: Literal["query", "item"]) -> list[FloatArray]:
        """Rows of each text of a batch, of unit length."""
        import torch

        with self._lock:  # a tokenizer is changed by each call
            loaded = self._load()
            most = self._layout.query_tokens if as_ == "query" else self._item_tokens
            ids = loaded.tokenizer(list(texts), truncation=True, max_length=most - 1)["input_ids"]
        ids = [[one[0], loaded.marks[as_], *one[1:]] for one in ids]
        if as_ == "query":
            tokens, seen, counted = self._filled(ids, loaded.tokenizer)
        else:
            tokens, seen = _padded(ids, max(map(len, ids)), loaded.tokenizer.pad_token_id)
            counted = seen & ~np.isin(tokens, list(loaded.skipped))
        with torch.inference_mode():
            inputs = {"input_ids": torch.from_numpy(tokens), "attention_mask": torch.from_numpy(seen.astype(np.int64))}
            inputs = {name: value.to(loaded.network.device) for name, value in inputs.items()}
            states = loaded.network(**inputs).last_hidden_state
            for projection in loaded.projections:
                states = states @ projection.T
        rows = states.float().cpu().numpy()  # (batch, tokens, width)
        return [cut(one[kept_], self._spec.dimension) for one, kept_ in zip(rows, counted, strict=True)]

    def _filled(self, ids: list[list[int]], tokenizer: Any) -> tuple[Any, Any, Any]:
        """Queries of one length: their tokens, which of these words see, and which are rows."""
        if not self._layout.expands:
            tokens, seen = _padded(ids, max(map(len, ids)), tokenizer.pad_token_id)
            return tokens, seen, seen
        tokens, seen = _padded(ids, self._layout.query_tokens, tokenizer.mask_token_id)
        every = np.ones_like(seen)
        return tokens, every if self._layout.attends else seen, every

    def _load(self) -> _Loaded:
        if self._loaded is None:
            from sourcehound.tools.encoders.loading import explained, load_network, load_tokenizer

            tokenizer = load_tokenizer(self._folder)
            network = load_network(self._folder, "AutoModel", unused=("pooler.",), threads=self._threads)
            with explained(self._folder):
                projections = tuple(_tensor(path, name).to(network.device) for path, name in self._layout.projections)
            of_layout = {"query": self._layout.query_mark, "item": self._layout.item_mark}
            marks = {as_: _id_of(mark, tokenizer, self._folder) for as_, mark in of_layout.items()}
            words = [tokenizer.encode(word, add_special_tokens=False) for word in self._layout.skipped]
            skipped = frozenset(ids[0] for ids in words if len(ids) == 1) - {tokenizer.unk_token_id}
            self._loaded = _Loaded(network, projections, tokenizer, marks, skipped)
        return self._loaded


def _padded(ids: list[list[int]], length: int, filling: int) -> tuple[Any, Any]:
    """Tokens filled up on the right, int64, and where they are no filling, bool; both of shape (batch, length)."""
    tokens = np.full((len(ids), length), filling, dtype=np.int64)
    seen = np.zeros((len(ids), length), dtype=bool)
    for row, one in enumerate(ids):
        tokens[row, : len(one)] = one
        seen[row, : len(one)] = True
    return tokens, seen


def _tensor(path: Path, name: str) -> Any:
    """A tensor of a safetensors file, float32."""
    from safetensors import safe_open

    with safe_open(path, framework="pt") as file:
        return file.get_tensor(name).float()


def _id_of(mark: str, tokenizer: Any, folder: ModelFolder) -> int:
    found = tokenizer.convert_tokens_to_ids(mark)
    if found is None or found == tokenizer.unk_token_id:
        raise ConfigError(f"the tokenizer in {folder.path} lacks the mark {mark!r}", remedy="copy the whole folder")
    return int(found)
