"""The picture classifier EfficientNet-lite1 as an ONNX graph, and its weights converted once from a pickle.

Knows nothing of pictures' files or of class names.

Source:
    EfficientNet (Tan and Le 2019, arXiv:1905.11946), table 1, with the changes of the lite variants: no squeeze and
    excitation, ReLU6 for swish, stem, head and the number of blocks in the first and last stage not scaled. lite1 has
    width 1.0, depth 1.1, 240 by 240 pixels. "Same" padding as in TensorFlow (the odd pixel goes right and below).
"""

from __future__ import annotations

import io
import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.encoders.fingerprints import write_whole
from sourcehound.tools.encoders.graphs import GraphWriter
from sourcehound.tools.errors import BusyError, ConfigError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

SIDE_PX = 240
N_CLASSES = 1000
N_FEATURES = 1280

_EPSILON = 1e-3  # of batch normalisation


@dataclass(frozen=True, slots=True)
class _Stage:
    """Blocks of one width: how many, the side of their filters, and the stride of the first."""

    n_blocks: int
    kernel: int
    stride: int
    expands: bool = True


_STAGES = (
    _Stage(1, 3, 1, expands=False),
    _Stage(3, 3, 2),
    _Stage(3, 5, 2),
    _Stage(4, 3, 2),
    _Stage(4, 5, 1),
    _Stage(5, 5, 2),
    _Stage(1, 3, 1),
)


def convert(checkpoint: Path, into: Path) -> None:
    """Turn the pickled checkpoint into safetensors, each batch normalisation folded into its convolution.

    Args:
        checkpoint: a state dict saved by torch; only tensors are unpickled.
        into: the safetensors file to write; appears whole or not at all.

    Raises:
        ConfigError: the checkpoint is not this network's.
        BusyError: the file cannot be written or the disk is full.
    """
    import torch
    from safetensors.numpy import save

    try:
        state = torch.load(io.BytesIO(checkpoint.read_bytes()), weights_only=True, map_location="cpu")
        arrays = {name: tensor.numpy().astype(np.float64) for name, tensor in state.items()}
        tensors = _folded(arrays)
    except (pickle.UnpicklingError, LookupError, AttributeError, RuntimeError, EOFError) as error:
        raise ConfigError(
            f"{checkpoint} does not hold EfficientNet-lite1: {error}", remedy="replace the file"
        ) from error
    try:
        write_whole(into, save(tensors))
    except OSError as error:
        raise BusyError(f"cannot write {into}: {error.strerror}", remedy="make room there, or allow writing") from error


def _folded(arrays: Mapping[str, NDArray[np.float64]]) -> dict[str, FloatArray]:
    pairs = {"_conv_stem": "_bn0", "_conv_head": "_bn1"}
    for index, (stage, _) in enumerate(_blocks()):
        block = f"_blocks.{index}"
        if stage.expands:
            pairs[f"{block}._expand_conv"] = f"{block}._bn0"
        pairs[f"{block}._depthwise_conv"] = f"{block}._bn1"
        pairs[f"{block}._project_conv"] = f"{block}._bn2"
    tensors = {name: arrays[name] for name in ("_fc.weight", "_fc.bias")}
    for convolution, norm in pairs.items():
        scale = arrays[f"{norm}.weight"] / np.sqrt(arrays[f"{norm}.running_var"] + _EPSILON)
        tensors[f"{convolution}.weight"] = arrays[f"{convolution}.weight"] * scale[:, None, None, None]
        tensors[f"{convolution}.bias"] = arrays[f"{norm}.bias"] - arrays[f"{norm}.running_mean"] * scale
    # safetensors writes memory as it lies, and this checkpoint's tensors do not lie in the order of their axes
    return {name: np.ascontiguousarray(tensor, dtype=np.float32) for name, tensor in tensors.items()}


def _blocks() -> list[tuple[_Stage, bool]]:
    """Every block's stage, and whether it is the first of its stage."""
    return [(stage, index == 0) for stage in _STAGES for index in range(stage.n_blocks)]


def classifier_session(tensors: Mapping[str, FloatArray], *, threads: int) -> InferenceSession:
    """Make the network ready to run.

    Args:
        tensors: what `convert` wrote; they must live as long as the session.
        threads: threads that share one run, >= 1.

    Returns:
        A session from `pixels`, float32, shape (batch, 3, 240, 240), to the logits of the classes, shape (batch, 1000),
        and the features they are made of, shape (batch, 1280).
    """
    graph = GraphWriter(tensors)
    pixels = graph.floats("pixels", ["batch", 3, SIDE_PX, SIDE_PX])
    maps = _relu6(graph, _convolve(graph, "_conv_stem", pixels, kernel=3, stride=2))  # (batch, 32, 120, 120)
    for index, (stage, first) in enumerate(_blocks()):
        maps = _block(graph, f"_blocks.{index}", maps, stage=stage, first=first)
    maps = _relu6(graph, _convolve(graph, "_conv_head", maps))  # (batch, 1280, 8, 8)
    features = graph.apply("Flatten", graph.apply("GlobalAveragePool", maps))
    logits = graph.apply("Gemm", features, graph.weight("_fc.weight"), graph.weight("_fc.bias"), transB=1)
    return graph.session(logits, features, threads=threads)


def _block(graph: GraphWriter, name: str, maps: str, *, stage: _Stage, first: bool) -> str:
    inner = _relu6(graph, _convolve(graph, f"{name}._expand_conv", maps)) if stage.expands else maps
    inner = _convolve(
        graph,
        f"{name}._depthwise_conv",
        inner,
        kernel=stage.kernel,
        stride=stage.stride if first else 1,
        by_channel=True,
    )
    out = _convolve(graph, f"{name}._project_conv", _relu6(graph, inner))
    return out if first else graph.apply("Add", out, maps)  # only later blocks keep the width: they add to their input


def _convolve(
    graph: GraphWriter, name: str, maps: str, *, kernel: int = 1, stride: int = 1, by_channel: bool = False
) -> str:
    return graph.apply(
        "Conv",
        maps,
        graph.weight(f"{name}.weight"),
        graph.weight(f"{name}.bias"),
        kernel_shape=[kernel, kernel],
        strides=[stride, stride],
        group=graph.shape(f"{name}.weight")[0] if by_channel else 1,
        auto_pad="SAME_UPPER",
    )


def _relu6(graph: GraphWriter, maps: str) -> str:
    return graph.apply("Clip", maps, graph.constant(0.0), graph.constant(6.0))
