"""Cross-encoders from a folder: query and text go through one network together, which says how well they fit.

Knows nothing of indexes.

Source:
    Passage re-ranking with BERT (Nogueira and Cho 2019, arXiv:1901.04085).
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.encoders.folder import ModelFolder
from sourcehound.tools.errors import ConfigError
from sourcehound.tools.senses.ranker import Candidate, Judged

_BATCH = 16
_MOST_TOKENS = 512
_TWO_CLASSES = 2


class CrossEncoder:
    """A model with a head of one score, or of the two classes no and yes. Safe to use from several threads.

    Args:
        path: the model's folder, weights as safetensors.
        cache_dir: where the hashes of weights are kept.
        threads: of torch, >= 1.

    Raises:
        ConfigError: the folder holds no such model.
    """

    def __init__(self, path: Path, *, cache_dir: Path, threads: int = 1) -> None:
        self._folder = ModelFolder.read(path)
        if not any(name.endswith("ForSequenceClassification") for name in self._folder.architectures):
            raise ConfigError(
                f"the model in {path} is no cross-encoder: {', '.join(self._folder.architectures) or 'of no known kind'}",
                remedy="name a folder whose config.json has an architecture …ForSequenceClassification",
            )
        self._folder.need_weights()
        self._cache_dir = cache_dir
        self._threads = threads
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None

    @property
    def name(self) -> str:
        """The folder with the beginning of its weights' hash."""
        return f"hf:{self._folder.path}@{self._folder.fingerprint(self._cache_dir)}"

    def rank(self, query: str, candidates: Sequence[Candidate]) -> tuple[Judged, ...]:
        """Score each candidate's words; pictures are not looked at. Nothing is left out.

        Raises:
            ConfigError: the folder does not hold what the model needs.
        """
        if not candidates:
            return ()
        chances = self.chances(query, [candidate.words for candidate in candidates])
        order = np.argsort(-chances, kind="stable")
        return tuple(Judged(place=int(place), chance=float(chances[place])) for place in order)

    def chances(self, query: str, texts: Sequence[str]) -> FloatArray:
        """How well each text fits the query, float32, shape (n_texts,), 0..1."""
        import torch

        network, tokenizer = self._load()
        scores: list[FloatArray] = []
        for start in range(0, len(texts), _BATCH):
            part = [_clean(text) for text in texts[start : start + _BATCH]]
            inputs = tokenizer(
                [_clean(query)] * len(part),
                part,
                padding=True,
                truncation="longest_first",
                max_length=min(_MOST_TOKENS, int(tokenizer.model_max_length)),
                return_tensors="pt",
            )
            with torch.inference_mode():
                logits = network(**inputs.to(network.device)).logits.float()
            chance = logits.softmax(dim=1)[:, 1] if logits.shape[1] == _TWO_CLASSES else logits[:, 0].sigmoid()
            scores.append(chance.cpu().numpy())
        return np.concatenate(scores)

    def _load(self) -> tuple[Any, Any]:
        with self._lock:
            if self._loaded is None:
                from sourcehound.tools.encoders.loading import load_network, load_tokenizer

                network = load_network(self._folder, "AutoModelForSequenceClassification", threads=self._threads)
                if network.config.num_labels not in {1, _TWO_CLASSES}:
                    raise ConfigError(
                        f"the model in {self._folder.path} tells {network.config.num_labels} classes apart, not two",
                        remedy="name a cross-encoder",
                    )
                self._loaded = network, load_tokenizer(self._folder)
            return self._loaded


def _clean(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
