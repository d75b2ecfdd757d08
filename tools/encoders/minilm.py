"""The text encoder all-MiniLM-L6-v2, without torch or transformers.

A few cold queries run on plain arrays, which need no runtime; batches of passages run as an ONNX graph. Both give the
vectors of the original within 1e-5. Knows nothing of where vectors are kept.

Source:
    The model card of sentence-transformers/all-MiniLM-L6-v2: mean over the tokens, unit length, 256 tokens.
    Sentence-BERT (Reimers and Gurevych 2019, arXiv:1908.10084), section 3.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from sourcehound.tools.encoders.encoder import FloatArray, Item, Stamp, Takes, Vectors
from sourcehound.tools.encoders.minilm_arrays import HIDDEN, token_states
from sourcehound.tools.encoders.rows import unit
from sourcehound.tools.encoders.weights import Sought, known
from sourcehound.tools.errors import ToolInputError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

MAX_TOKENS = 256
"""What the model was trained to be cut at, its two marker tokens included."""

_BATCH = 8  # fits the caches: larger batches are slower
_FEW_TOKENS = 256  # on arrays they are done before a runtime would be loaded


class MiniLm:
    """all-MiniLM-L6-v2: 384 numbers for each text. Safe to use from several threads.

    Args:
        weights_path: a folder to look for the weights in first.
        cache_dir: where the hashes of files already checked are kept.
        hub_cache: the hub's local cache; None for its usual place.
        threads: batches that are encoded at once, >= 1.
    """

    def __init__(
        self, *, weights_path: Path | None, cache_dir: Path, hub_cache: Path | None = None, threads: int = 2
    ) -> None:
        self._weights = Sought("minilm", weights_path=weights_path, cache_dir=cache_dir, hub_cache=hub_cache)
        self._threads = threads
        self._lock = threading.Lock()
        self._tensors: dict[str, FloatArray] = {}
        self._tokenizer: Tokenizer | None = None
        self._session: InferenceSession | None = None
        self._asked: tuple[tuple[str, ...], FloatArray] | None = None

    @property
    def stamp(self) -> Stamp:
        """Known without loading the weights."""
        return Stamp(
            encoder="minilm", weights=known("minilm").fingerprint, dimension=HIDDEN, preprocessing="256tok-mean-1"
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
        """Whether the weights can be found.

        Raises:
            ConfigError: they differ from their hash.
        """
        return self._weights.is_here()

    def encode(
        self, items: Sequence[Item], *, as_: Literal["query", "item"], instruction: str | None = None
    ) -> Vectors:
        """Encode texts; what lies beyond 256 tokens is cut off.

        Args:
            items: texts, an empty one among them too.
            as_: queries and items share one space; a few queries are encoded without loading a runtime.
            instruction: not used: the model was trained without any.

        Returns:
            One row of 384 for each item.

        Raises:
            ToolInputError: an item holds something other than text.
            ConfigError: the weights are missing or differ from their hash.
        """
        del instruction
        if any(item.pictures or item.frames for item in items):
            raise ToolInputError("minilm takes text only, an item holds pictures or frames")
        rows = self.encode_texts([item.text for item in items], few=as_ == "query")
        return Vectors(rows=rows, owner=np.arange(len(rows), dtype=np.int64))

    def encode_texts(self, texts: Sequence[str], *, few: bool = False) -> FloatArray:
        """Encode texts as bare rows.

        Args:
            texts: any number of them.
            few: that not many more will follow, so that loading a runtime would not pay. The last few are remembered: a
                query is encoded for passages, and again for whatever else is sought in this space.

        Returns:
            float32, shape (n_texts, 384), unit length.

        Raises:
            ConfigError: the weights are missing or differ from their hash.
        """
        if not few:
            return unit(np.array(self._encode(texts, _mean, few=False), np.float32).reshape(-1, HIDDEN))
        key, asked = tuple(texts), self._asked
        if asked is None or asked[0] != key:
            asked = self._asked = (key, unit(np.array(self._encode(texts, _mean, few=True)).reshape(-1, HIDDEN)))
        return asked[1].copy()

    def encode_tokens(self, texts: Sequence[str], *, few: bool = False) -> list[FloatArray]:
        """Encode texts as the last states of their tokens, the two marker tokens included.

        Args:
            texts: any number of them.
            few: that not many more will follow, so that loading a runtime would not pay.

        Returns:
            For each text float32, shape (n_tokens, 384), unit length.

        Raises:
            ConfigError: the weights are missing or differ from their hash.
        """
        return self._encode(texts, unit, few=few)

    def _encode(self, texts: Sequence[str], take: Callable[[FloatArray], FloatArray], *, few: bool) -> list[FloatArray]:
        """What `take` makes of the states of each text, shape (n_tokens, 384)."""
        taken = [np.empty(0, dtype=np.float32)] * len(texts)
        if not texts:
            return taken
        tokenizer = self._load()
        # A lone surrogate, as odd file names have, cannot be tokenised.
        clean = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
        ids = [encoding.ids for encoding in tokenizer.encode_batch_fast(clean)]
        if self._session is None and few and sum(map(len, ids)) <= _FEW_TOKENS:
            taken = [take(token_states(self._tensors, np.asarray(text_ids, dtype=np.int64))) for text_ids in ids]
        else:
            by_length = sorted(range(len(ids)), key=lambda index: len(ids[index]))
            batches = [by_length[start : start + _BATCH] for start in range(0, len(ids), _BATCH)]

            def fill(batch: list[int]) -> None:
                for index, states in zip(batch, self._run([ids[index] for index in batch]), strict=True):
                    taken[index] = take(states)

            # a batch a thread: two threads that share one batch wait for each other at every layer
            with ThreadPoolExecutor(min(self._threads, len(batches))) as pool:
                list(pool.map(fill, batches))
        return taken

    def _run(self, ids: Sequence[Sequence[int]]) -> list[FloatArray]:
        """The states of each text of a batch, without padding."""
        longest = max(map(len, ids))
        token_ids = np.zeros((len(ids), longest), dtype=np.int64)
        mask = np.zeros((len(ids), longest), dtype=np.int64)
        for row, text_ids in enumerate(ids):
            token_ids[row, : len(text_ids)] = text_ids
            mask[row, : len(text_ids)] = 1
        (states,) = self._runtime().run(None, {"token_ids": token_ids, "mask": mask})
        by_text = np.asarray(states, dtype=np.float32).reshape(len(ids), longest, HIDDEN)
        return [of_text[: len(text_ids)] for of_text, text_ids in zip(by_text, ids, strict=True)]

    def _load(self) -> Tokenizer:
        with self._lock:
            if self._tokenizer is None:
                from tokenizers import Tokenizer

                from sourcehound.tools.encoders.tensors import map_tensors

                folder = self._weights.folder()
                self._tensors = map_tensors(folder / "model.safetensors")
                tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
                tokenizer.no_padding()
                tokenizer.enable_truncation(max_length=MAX_TOKENS)
                self._tokenizer = tokenizer
            return self._tokenizer

    def _runtime(self) -> InferenceSession:
        with self._lock:
            if self._session is None:
                from sourcehound.tools.encoders.minilm_graph import minilm_session

                self._session = minilm_session(self._tensors, threads=1)
            return self._session


def _mean(states: FloatArray) -> FloatArray:
    return states.mean(axis=0)
