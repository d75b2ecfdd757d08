"""The two towers of a CLIP-like model as ONNX graphs: for models that transformers has no class of, without torch.

MobileCLIP and jina-clip are published so, and so are CLIP and SigLIP. Either one graph for words and one for pictures, or
one that takes both. Knows nothing of items or of what rows are for.

Source:
    MobileCLIP (Vasu et al. 2024, arXiv:2311.17049); jina-clip-v2 (Koukounas et al. 2024, arXiv:2412.08802).
"""

from __future__ import annotations

import importlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from sourcehound.tools.encoders.encoder import FloatArray, Pixels
from sourcehound.tools.encoders.folder import ModelFolder
from sourcehound.tools.encoders.picture_input import PictureInput
from sourcehound.tools.errors import ConfigError

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

_WORDS, _PICTURES, _BOTH = "text_model.onnx", "vision_model.onnx", "model.onnx"
FILES = (f"onnx/{_PICTURES}", _PICTURES)
"""What a folder of this kind holds one of."""
FILES_OF_BOTH = (*FILES, f"onnx/{_BOTH}")
"""The same for a type of which one graph takes both."""
_INPUTS = {_WORDS: "input_ids", _PICTURES: "pixel_values"}
_ROW_NAMES = {
    _WORDS: ("text_embeds", "l2norm_text_embeddings", "text_embeddings", "pooler_output"),
    _PICTURES: ("image_embeds", "l2norm_image_embeddings", "image_embeddings", "pooler_output"),
}
_DTYPES = {"tensor(float)": np.float32, "tensor(float16)": np.float16, "tensor(int32)": np.int32}
_BATCH = 8
_USUAL_TOKENS = {"clip": 77, "siglip": 64, "siglip2": 64, "jina_clip": 8192}
_MOST_TOKENS = 2048
_MATRIX = 2
_OF_TOKENS = ("attention_mask", "token_type_ids")


@dataclass(frozen=True, slots=True)
class _Side:
    """A graph and the names of what of it makes rows of one kind.

    Attributes:
        row: the output.
        inputs: each input's name, kind and shape; a text for a size that may vary.
    """

    session: InferenceSession
    row: str
    inputs: dict[str, tuple[str, list[Any]]]

    def run(self, given: dict[str, NDArray[Any]]) -> FloatArray:
        """Rows, float32, of what is given by the names of inputs."""
        feeds = {name: given[name].astype(_DTYPES.get(kind, np.int64)) for name, (kind, _) in self.inputs.items()}
        (rows,) = self.session.run([self.row], feeds)
        return np.asarray(rows, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class _Words:
    """How texts become numbers.

    Attributes:
        padding: the number that texts are filled up with.
        length: to which they always are; None for that of the longest.
    """

    tokenizer: Tokenizer
    padding: int
    length: int | None


class OnnxTowers:
    """A CLIP-like model in ONNX. Safe to use from several threads.

    Args:
        folder: holds config.json, tokenizer.json, preprocessor_config.json and the graphs.

    Raises:
        ConfigError: the folder lacks a part.
    """

    def __init__(self, *, folder: ModelFolder) -> None:
        self._folder = folder
        self._graphs = _graphs(folder)
        for name in ("preprocessor_config.json", "tokenizer.json"):
            if not folder.has(name):
                raise ConfigError(f"{folder.path} lacks {name}", remedy="copy the whole model folder")
        where = folder.path / "preprocessor_config.json"
        self._picture_input = PictureInput.read(folder.json(where.name), where=where)
        self._lock = threading.Lock()
        self._sides: dict[str, _Side] = {}
        self._words: _Words | None = None

    @property
    def version(self) -> str:
        """Type and limits."""
        return f"{self._folder.model_type}-onnx-{self._tokens}tok-1"

    @property
    def width(self) -> int:
        """As the configuration says; where it is silent the smaller graph is opened and asked."""
        config = self._folder.config
        if "projection_dim" in config:
            return int(config["projection_dim"])
        side = self._side(_WORDS)
        shape = next(output.shape for output in side.session.get_outputs() if output.name == side.row)
        if not isinstance(shape[-1], int):
            raise ConfigError(
                f"neither config.json nor the graph in {self._folder.path} says how many numbers a row has",
                remedy="write projection_dim into config.json",
            )
        return shape[-1]

    @property
    def files(self) -> tuple[Path, ...]:
        """The graphs, and the weights that lie beside them."""
        graphs = dict.fromkeys(self._graphs.values())
        beside = [path for graph in graphs for path in sorted(graph.parent.glob(f"{graph.name}_data*"))]
        return (*graphs, *beside)

    @property
    def summed(self) -> bool:
        """None of them was trained with sums."""
        return False

    def words(self, texts: Sequence[str]) -> FloatArray:
        """Rows of texts."""
        return self._rows(_WORDS, [self._tokenised(texts[start : start + _BATCH]) for start in _starts(texts)])

    def pictures(self, pictures: Sequence[Pixels]) -> FloatArray:
        """Rows of pictures."""
        batches = (
            {"pixel_values": self._picture_input(pictures[start : start + _BATCH])} for start in _starts(pictures)
        )
        return self._rows(_PICTURES, batches)

    def _rows(self, kind: str, batches: Any) -> FloatArray:
        side = self._side(kind)
        blank = self._blank(side)
        rows = [side.run(blank | batch) for batch in batches]
        if rows and rows[0].shape[-1] != self.width:
            raise ConfigError(
                f"config.json in {self._folder.path} says {self.width} numbers, the graph gives {rows[0].shape[-1]}",
                remedy="correct projection_dim there",
            )
        return np.concatenate(rows) if rows else np.empty((0, self.width), dtype=np.float32)

    def _blank(self, side: _Side) -> dict[str, NDArray[Any]]:
        """One row of nothing for the inputs of the other kind, where one graph takes both."""
        blank: dict[str, NDArray[Any]] = {"input_ids": np.full((1, 1), self._words_of().padding)}
        if "pixel_values" in side.inputs:
            blank["pixel_values"] = self._picture_input([np.zeros((8, 8, 3), dtype=np.uint8)])
        return blank | {name: np.ones((1, 1), np.int64) for name in _OF_TOKENS}

    @property
    def _tokens(self) -> int:
        text = self._folder.config.get("text_config", {})
        usual = _USUAL_TOKENS.get(self._folder.model_type, _MOST_TOKENS)
        said = (self._folder.json("tokenizer_config.json") or {}).get("model_max_length") or usual
        return int(min(text.get("max_position_embeddings", usual), said, usual, _MOST_TOKENS))

    def _tokenised(self, texts: Sequence[str]) -> dict[str, NDArray[Any]]:
        words = self._words_of()
        clean = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
        if self._folder.model_type.startswith("siglip"):
            clean = [text.lower() for text in clean]
        ids = [encoding.ids for encoding in words.tokenizer.encode_batch_fast(clean)]
        token_ids = np.full((len(ids), words.length or max(1, *map(len, ids))), words.padding, dtype=np.int64)
        mask = np.zeros_like(token_ids)
        for row, text_ids in enumerate(ids):
            token_ids[row, : len(text_ids)] = text_ids
            mask[row, : len(text_ids)] = 1
        return {"input_ids": token_ids, "attention_mask": mask, "token_type_ids": np.zeros_like(mask)}

    def _words_of(self) -> _Words:
        side = self._side(_WORDS)
        with self._lock:
            if self._words is None:
                from tokenizers import Tokenizer

                tokenizer = Tokenizer.from_file(str(self._folder.path / "tokenizer.json"))
                padding = tokenizer.padding
                tokenizer.no_padding()
                fixed = side.inputs["input_ids"][1][-1]
                length = fixed if isinstance(fixed, int) else None
                if length is None and "attention_mask" not in side.inputs and not self._masks_itself:
                    length = self._tokens  # such a graph reads the padding too: it is given what it was trained with
                tokenizer.enable_truncation(max_length=length or self._tokens)
                self._words = _Words(tokenizer, int(padding["pad_id"]) if padding else self._padding(tokenizer), length)
            return self._words

    @property
    def _masks_itself(self) -> bool:
        return self._folder.model_type == "jina_clip"

    def _padding(self, tokenizer: Tokenizer) -> int:
        token = (self._folder.json("tokenizer_config.json") or {}).get("pad_token")
        token = token.get("content") if isinstance(token, dict) else token
        found = None if token is None else tokenizer.token_to_id(token)
        return 0 if found is None else found

    def _side(self, kind: str) -> _Side:
        """The graph for words or for pictures, opened once."""
        with self._lock:
            if kind not in self._sides:
                path = self._graphs[kind]
                same = [side for other, side in self._sides.items() if self._graphs[other] == path]
                session = same[0].session if same else _session(path)
                self._sides[kind] = _Side(session, _row_name(session, kind, path), _inputs(session, kind, path))
            return self._sides[kind]


def _graphs(folder: ModelFolder) -> dict[str, Path]:
    for room in (folder.path / "onnx", folder.path):
        if (room / _WORDS).is_file() and (room / _PICTURES).is_file():
            return {_WORDS: room / _WORDS, _PICTURES: room / _PICTURES}
    both = folder.path / "onnx" / _BOTH
    if both.is_file():
        return {_WORDS: both, _PICTURES: both}
    raise ConfigError(
        f"{folder.path} holds no graph for words and pictures",
        remedy=f"it needs {_WORDS} and {_PICTURES}, or {_BOTH}, in its folder onnx",
    )


def _session(path: Path) -> InferenceSession:
    import onnxruntime

    faults: Any = importlib.import_module("onnxruntime.capi.onnxruntime_pybind11_state")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3  # errors only: warnings would go to stderr between progress lines
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except (
        faults.Fail,
        faults.InvalidProtobuf,
        faults.InvalidGraph,
        faults.NoSuchFile,
        faults.NotImplemented,
    ) as error:
        reason = str(error).strip().partition("\n")[0]
        raise ConfigError(f"cannot load the graph {path}: {reason}", remedy="replace it") from error


def _row_name(session: InferenceSession, kind: str, path: Path) -> str:
    """The output that holds rows, by its name, or the only one of two dimensions."""
    outputs = {output.name: output.shape for output in session.get_outputs()}
    named = [name for name in _ROW_NAMES[kind] if name in outputs]
    flat = [name for name, shape in outputs.items() if len(shape) == _MATRIX]
    if not named and len(flat) != 1:
        raise ConfigError(
            f"the graph {path} gives {', '.join(outputs)}: none of them is known to hold rows",
            remedy=f"export it with an output named {_ROW_NAMES[kind][0]}",
        )
    return (*named, *flat)[0]


def _inputs(session: InferenceSession, kind: str, path: Path) -> dict[str, tuple[str, list[Any]]]:
    inputs = {one.name: (one.type, list(one.shape)) for one in session.get_inputs()}
    unknown = sorted(set(inputs) - {*_INPUTS.values(), *_OF_TOKENS})
    if unknown or _INPUTS[kind] not in inputs:
        raise ConfigError(
            f"the graph {path} takes {', '.join(inputs)}",
            remedy=f"use one that takes {_INPUTS[kind]} and a mask at most",
        )
    return inputs


def _starts(things: Sequence[Any]) -> range:
    return range(0, len(things), _BATCH)
