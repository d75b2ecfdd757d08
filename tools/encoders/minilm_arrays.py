"""The forward pass of MiniLM on plain arrays: what a single cold query uses, for it needs no runtime to be imported.

The network of onnx graphs is in minilm_graph.py; a test holds the two together. Knows nothing of tokenizers.

Source:
    BERT (Devlin et al. 2019, arXiv:1810.04805, section 3; post-norm layers and exact GELU) with the sizes of MiniLM
    (Wang et al. 2020, arXiv:2002.10957). The error function is 7.1.26 of Abramowitz and Stegun's Handbook of
    Mathematical Functions (1964), whose error is below 1.5e-7.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from sourcehound.tools.encoders.encoder import FloatArray

N_LAYERS = 6
N_HEADS = 12
HIDDEN = 384
EPSILON = 1e-12


def token_states(tensors: Mapping[str, FloatArray], token_ids: NDArray[np.int64]) -> FloatArray:
    """Run one text through the network.

    Args:
        tensors: the weights by their names in the checkpoint.
        token_ids: shape (n_tokens,), n_tokens <= 512.

    Returns:
        float32, shape (n_tokens, 384): the last layer's state of each token.
    """
    states = (
        tensors["embeddings.word_embeddings.weight"][token_ids]
        + tensors["embeddings.position_embeddings.weight"][: len(token_ids)]
        + tensors["embeddings.token_type_embeddings.weight"][0]
    )
    states = _normalise(tensors, "embeddings.LayerNorm", states)
    for layer in range(N_LAYERS):
        name = f"encoder.layer.{layer}"
        attended = _linear(tensors, f"{name}.attention.output.dense", _attend(tensors, name, states))
        states = _normalise(tensors, f"{name}.attention.output.LayerNorm", attended + states)
        inner = _gelu(_linear(tensors, f"{name}.intermediate.dense", states))  # (n_tokens, 1536)
        states = _normalise(
            tensors, f"{name}.output.LayerNorm", _linear(tensors, f"{name}.output.dense", inner) + states
        )
    return states


def _attend(tensors: Mapping[str, FloatArray], name: str, states: FloatArray) -> FloatArray:
    n_tokens = len(states)
    query, key, value = (
        _linear(tensors, f"{name}.attention.self.{role}", states).reshape(n_tokens, N_HEADS, -1).swapaxes(0, 1)
        for role in ("query", "key", "value")
    )  # (heads, n_tokens, 32)
    scores = query @ key.swapaxes(1, 2) / np.float32(np.sqrt(HIDDEN // N_HEADS))  # (heads, n_tokens, n_tokens)
    scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
    scores /= scores.sum(axis=-1, keepdims=True)
    return (scores @ value).swapaxes(0, 1).reshape(n_tokens, HIDDEN)


def _linear(tensors: Mapping[str, FloatArray], name: str, states: FloatArray) -> FloatArray:
    return states @ tensors[f"{name}.weight"].T + tensors[f"{name}.bias"]


def _normalise(tensors: Mapping[str, FloatArray], name: str, states: FloatArray) -> FloatArray:
    centred = states - states.mean(axis=-1, keepdims=True)
    variance = np.square(centred).mean(axis=-1, keepdims=True)
    return centred / np.sqrt(variance + np.float32(EPSILON)) * tensors[f"{name}.weight"] + tensors[f"{name}.bias"]


def _gelu(states: FloatArray) -> FloatArray:
    return states * np.float32(0.5) * (1 + _erf(states / np.float32(np.sqrt(2))))


def _erf(x: FloatArray) -> FloatArray:
    t = 1 / (1 + np.float32(0.3275911) * np.abs(x))
    series = np.zeros_like(t)
    for factor in (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592):
        series = (series + np.float32(factor)) * t
    return np.copysign(1 - series * np.exp(-np.square(x)), x)
