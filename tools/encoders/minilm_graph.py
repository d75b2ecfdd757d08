"""MiniLM as an ONNX graph: what batches of passages are encoded with.

The same network as in minilm_arrays.py, whose docstring names the source; a test holds the two together. Knows nothing
of tokenizers.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.encoders.graphs import GraphWriter
from sourcehound.tools.encoders.minilm_arrays import EPSILON, HIDDEN, N_HEADS, N_LAYERS

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

_MASKED = 1e9
"""What is taken off the attention score of a padding token: its weight becomes exactly 0."""


def minilm_session(tensors: Mapping[str, FloatArray], *, threads: int) -> InferenceSession:
    """Make the network ready to run.

    Args:
        tensors: the weights by their names in the checkpoint; they must live as long as the session.
        threads: threads that share one run, >= 1.

    Returns:
        A session from `token_ids` and `mask` (int64, shape (batch, tokens), mask 1 for text and 0 for padding) to the
        last layer's states, float32, shape (batch * tokens, 384).
    """
    graph = GraphWriter(tensors)
    ids, mask = graph.tokens("token_ids"), graph.tokens("mask")
    shape = graph.apply("Shape", ids)
    by_head = graph.apply("Concat", shape, graph.constant([N_HEADS, HIDDEN // N_HEADS]), axis=0)
    padding = graph.apply("Sub", graph.apply("Cast", mask, to=1), graph.constant(1.0))  # 0 for text, -1 for padding
    bias = graph.apply(
        "Unsqueeze", graph.apply("Mul", padding, graph.constant(_MASKED)), graph.constant([1, 2])
    )  # (batch, 1, 1, tokens)
    states = _embed(graph, ids, shape)  # (batch * tokens, 384): rows of all texts under each other
    for layer in range(N_LAYERS):
        states = _layer(graph, f"encoder.layer.{layer}", states, by_head=by_head, bias=bias)
    return graph.session(states, threads=threads)


def _embed(graph: GraphWriter, ids: str, shape: str) -> str:
    words = graph.apply("Gather", graph.weight("embeddings.word_embeddings.weight"), ids)
    n_tokens = graph.apply("Gather", shape, graph.constant([1]))
    positions = graph.apply(
        "Slice",
        graph.weight("embeddings.position_embeddings.weight"),
        graph.constant([0]),
        n_tokens,
        graph.constant([0]),
    )
    segment = graph.apply("Gather", graph.weight("embeddings.token_type_embeddings.weight"), graph.constant(0))
    summed = graph.apply("Add", words, graph.apply("Add", positions, segment))
    return graph.apply("Reshape", _normalise(graph, "embeddings.LayerNorm", summed), graph.constant([-1, HIDDEN]))


def _layer(graph: GraphWriter, name: str, states: str, *, by_head: str, bias: str) -> str:
    query, key, value = (
        graph.apply("Reshape", _linear(graph, f"{name}.attention.self.{role}", states), by_head)
        for role in ("query", "key", "value")
    )  # (batch, tokens, heads, 32)
    scores = graph.apply(
        "MatMul",
        graph.apply("Transpose", query, perm=[0, 2, 1, 3]),
        graph.apply("Transpose", key, perm=[0, 2, 3, 1]),
    )  # (batch, heads, tokens, tokens)
    scaled = graph.apply("Mul", scores, graph.constant(1 / math.sqrt(HIDDEN // N_HEADS)))
    weights = graph.apply("Softmax", graph.apply("Add", scaled, bias), axis=-1)
    attended = graph.apply("MatMul", weights, graph.apply("Transpose", value, perm=[0, 2, 1, 3]))
    rows = graph.apply("Reshape", graph.apply("Transpose", attended, perm=[0, 2, 1, 3]), graph.constant([-1, HIDDEN]))
    projected = _linear(graph, f"{name}.attention.output.dense", rows)
    states = _normalise(graph, f"{name}.attention.output.LayerNorm", graph.apply("Add", projected, states))
    inner = graph.apply("Gelu", _linear(graph, f"{name}.intermediate.dense", states))  # (batch * tokens, 1536)
    outer = _linear(graph, f"{name}.output.dense", inner)
    return _normalise(graph, f"{name}.output.LayerNorm", graph.apply("Add", outer, states))


def _linear(graph: GraphWriter, name: str, states: str) -> str:
    return graph.apply("Gemm", states, graph.weight(f"{name}.weight"), graph.weight(f"{name}.bias"), transB=1)


def _normalise(graph: GraphWriter, name: str, states: str) -> str:
    scale, shift = graph.weight(f"{name}.weight"), graph.weight(f"{name}.bias")
    return graph.apply("LayerNormalization", states, scale, shift, axis=-1, epsilon=EPSILON)
