"""Text encoders from a folder: BERT and its kin, and decoders that were trained to embed, as sentence-transformers saves them.

Knows nothing of where vectors are kept.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from sourcehound.tools.encoders.adapters import Adapter
from sourcehound.tools.encoders.encoder import FloatArray, Item, Stamp, Takes, Vectors
from sourcehound.tools.encoders.folder import ModelFolder
from sourcehound.tools.encoders.layout import Layout, framed
from sourcehound.tools.encoders.rows import cut, kept
from sourcehound.tools.encoders.spec import Spec
from sourcehound.tools.errors import ConfigError, ToolInputError

DECODERS = ("qwen2", "qwen3", "mistral", "llama", "gemma", "gemma2", "phi3")
"""Types of models in which each token sees only those before it."""
ENCODER_HALVES = {"t5": "T5EncoderModel", "mt5": "MT5EncoderModel", "umt5": "UMT5EncoderModel"}
OWN_CODE_NOT_NEEDED = ("nomic_bert", "jina_embeddings_v3", "gte")
"""Types whose folders name code of their own that transformers has made its own since."""

_BATCH = {"cpu": 8, "cuda": 64}


@dataclass(frozen=True, slots=True)
class _Loaded:
    network: Any
    tokenizer: Any
    dense: Any


class TextModel:
    """A text encoder in a folder. Safe to use from several threads.

    Args:
        folder: the model's.
        spec: names it; its options come before what the folder says.
        cache_dir: where the hashes of weights are kept.
        known: prompts of queries and items, for a folder that says nothing of prompts.
        threads: of torch, >= 1.

    Raises:
        ConfigError: the folder holds no such model, or an option does not fit it.
    """

    def __init__(
        self,
        *,
        folder: ModelFolder,
        spec: Spec,
        cache_dir: Path,
        known: tuple[str, str] = ("", ""),
        threads: int = 1,
    ) -> None:
        _check(folder)
        self._folder = folder
        self._spec = spec
        self._cache_dir = cache_dir
        self._threads = threads
        self._adapter = Adapter.find(spec.adapter, folder.path)
        reads_forward = folder.model_type in DECODERS and not folder.config.get("use_bidirectional_attention")
        self._layout = Layout.read(folder, spec, reads_forward=reads_forward, known=known)
        self._dimension = kept(self._layout.width, spec.dimension, encoder=f"hf:{folder.path}")
        self._lock = threading.Lock()
        self._loaded: _Loaded | None = None

    @property
    def stamp(self) -> Stamp:
        """Known without loading the weights; prompts count as preprocessing."""
        layout = self._layout
        more = [layer.weights for layer in layout.dense] + list(self._adapter.files if self._adapter else ())
        prompts = [repr(prompt) for prompt in (layout.query_prompt, layout.item_prompt)]
        words = "" if prompts == ["''", "''"] else f"-{'|'.join(prompts)}"
        return Stamp(
            encoder=str(self._spec),
            weights=self._folder.fingerprint(self._cache_dir, more=more),
            dimension=self._dimension,
            preprocessing=f"{layout.tokens}tok-{'+'.join(layout.pooling)}{words}-1",
        )

    @property
    def takes(self) -> Takes:
        """Text only."""
        return frozenset({"text"})

    @property
    def gives(self) -> Literal["single"]:
        """One row for each text."""
        return "single"

    def is_here(self) -> bool:
        """Whether the weights are still in the folder."""
        return bool(self._folder.weight_files())

    def encode(
        self, items: Sequence[Item], *, as_: Literal["query", "item"], instruction: str | None = None
    ) -> Vectors:
        """Encode texts; what lies beyond the most tokens is cut off.

        Args:
            items: texts, an empty one among them too.
            as_: which of the model's prompts they begin with.
            instruction: what they begin with instead; a task, where the model was trained with tasks.

        Raises:
            ToolInputError: an item holds something other than text.
            ConfigError: the folder does not hold what the model needs.
        """
        if any(item.pictures or item.frames for item in items):
            raise ToolInputError(f"{self._spec} takes text only, an item holds pictures or frames")
        prompt = self._layout.query_prompt if as_ == "query" else self._layout.item_prompt
        if instruction is not None:
            prompt = framed(prompt, instruction)
        rows = cut(self._texts([item.text for item in items], prompt), self._spec.dimension)
        return Vectors(rows=rows, owner=np.arange(len(rows), dtype=np.int64))

    def _texts(self, texts: Sequence[str], prompt: str) -> FloatArray:
        rows = np.empty((len(texts), self._layout.width), dtype=np.float32)
        if not texts:
            return rows
        loaded = self._load()
        # a lone surrogate, as odd file names have, cannot be tokenised; nor does nothing at all have a token everywhere
        clean = [(prompt + text).encode("utf-8", "replace").decode("utf-8") or " " for text in texts]
        if self._layout.lower_case:
            clean = [text.lower() for text in clean]
        skip = 0 if self._layout.pools_prompt else _n_tokens(loaded.tokenizer, prompt)
        by_length = sorted(range(len(clean)), key=lambda index: len(clean[index]))
        size = _BATCH[loaded.network.device.type]
        for start in range(0, len(clean), size):
            batch = by_length[start : start + size]
            rows[batch] = self._run(loaded, [clean[index] for index in batch], skip)
        return rows

    def _run(self, loaded: _Loaded, texts: Sequence[str], skip: int) -> FloatArray:
        """Rows of a batch, shape (batch, width)."""
        import torch

        from sourcehound.tools.encoders.pooling import pooled

        inputs = loaded.tokenizer(
            list(texts), padding=True, truncation=True, max_length=self._layout.tokens, return_tensors="pt"
        ).to(loaded.network.device)
        with torch.inference_mode():
            states = loaded.network(
                input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"]
            ).last_hidden_state
            rows = loaded.dense(pooled(states, inputs["attention_mask"], self._layout.pooling, skip=skip))
        return rows.cpu().numpy()

    def _load(self) -> _Loaded:
        with self._lock:
            if self._loaded is None:
                from sourcehound.tools.encoders.loading import explained, load_network, load_tokenizer
                from sourcehound.tools.encoders.pooling import dense_layers

                class_name = ENCODER_HALVES.get(self._folder.model_type, "AutoModel")
                unused = ("pooler.",) if class_name == "AutoModel" else ()
                # padded on the right, where a decoder's tokens do not see it and positions still count from 0
                tokenizer = load_tokenizer(self._folder, padding_side="right")
                tokenizer.pad_token = tokenizer.pad_token or tokenizer.eos_token
                network = load_network(
                    self._folder, class_name, adapter=self._adapter, unused=unused, threads=self._threads
                )
                with explained(self._folder):
                    dense = dense_layers(self._layout.dense, network.device)
                self._loaded = _Loaded(network, tokenizer, dense)
            return self._loaded


def _n_tokens(tokenizer: Any, prompt: str) -> int:
    """Tokens of a prompt at the beginning of a text: markers before it too, but none after it."""
    if not prompt:
        return 0
    ids = tokenizer(prompt)["input_ids"]
    return len(ids) - (ids[-1] in tokenizer.all_special_ids)


def _check(folder: ModelFolder) -> None:
    folder.need_weights()
    if not any(folder.has(name) for name in ("tokenizer.json", "tokenizer_config.json", "vocab.txt", "*.model")):
        raise ConfigError(f"{folder.path} lacks its tokenizer", remedy="copy the whole model folder")
    heads = [name for name in folder.architectures if name.endswith("ForSequenceClassification")]
    if heads:
        raise ConfigError(
            f"the model in {folder.path} is a {heads[0]}: it judges texts and gives no vectors",
            remedy="name an embedding model; this one may do for reranking",
        )
    odd_positions = folder.config.get("position_embedding_type") == "alibi"
    if odd_positions or (folder.runs_own_code and folder.model_type not in OWN_CODE_NOT_NEEDED):
        raise ConfigError(
            f"the model in {folder.path} needs Python code of its own, which is never run",
            remedy="use one that transformers itself has, see sourcehound encoders",
        )
