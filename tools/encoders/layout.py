"""How a folder says that states of tokens become one row: the layout of sentence-transformers, read without it.

modules.json lists the steps: the network, pooling, dense layers, unit length; without it a network that reads both ways is
pooled by the mean and one that reads forward by its last token. Knows nothing of how steps are computed (pooling.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sourcehound.tools.encoders.folder import ModelFolder
from sourcehound.tools.encoders.spec import Spec
from sourcehound.tools.errors import ConfigError

MOST_TOKENS = 8192
"""Of a text, where a folder allows more: what is indexed is shorter, and the time grows with the square."""

_POOLING_KEYS: Final = {
    "pooling_mode_cls_token": "cls",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_mean_sqrt_len_tokens": "mean_sqrt_len_tokens",
    "pooling_mode_weightedmean_tokens": "weightedmean",
    "pooling_mode_lasttoken": "lasttoken",
}
"""In the order in which several are joined."""
_POOLINGS = frozenset(_POOLING_KEYS.values())
_OF_SPEC = {"mean": "mean", "cls": "cls", "max": "max", "last": "lasttoken"}
_IGNORED = ("Transformer", "Normalize", "Dropout")
_ACTIVATIONS = {"Identity", "Tanh", "ReLU", "GELU", "Sigmoid", "SiLU"}
_OFFSETS = ("roberta", "xlm-roberta", "camembert", "mpnet")
"""Types whose first positions are kept for padding: two fewer tokens fit than there are positions."""
_QUERY_NAMES = ("query", "search_query", "retrieval.query", "s2p_query")
_ITEM_NAMES = ("document", "passage", "corpus", "search_document", "retrieval.passage")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dense:
    """A dense layer after pooling.

    Attributes:
        weights: model.safetensors with `linear.weight` and perhaps `linear.bias`.
        activation: name of torch's class.
        width: numbers that come out.
    """

    weights: Path
    activation: str
    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Everything between words and a row that the network itself does not do.

    Attributes:
        pooling: ways of pooling, whose results are joined.
        pools_prompt: whether the tokens of a prompt count in pooling.
        dense: layers after it, in order.
        width: numbers of a row.
        tokens: of a text at most.
        lower_case: whether words are put into small letters first.
        query_prompt: what queries begin with.
        item_prompt: what items begin with.
    """

    pooling: tuple[str, ...]
    pools_prompt: bool
    dense: tuple[Dense, ...]
    width: int
    tokens: int
    lower_case: bool
    query_prompt: str
    item_prompt: str

    @classmethod
    def read(cls, folder: ModelFolder, spec: Spec, *, reads_forward: bool, known: tuple[str, str]) -> Layout:
        """What a folder and a spec say together.

        Args:
            folder: the model's.
            spec: its options come before what the folder says.
            reads_forward: whether each token sees only those before it, so that the last one knows all.
            known: prompts of queries and items for a folder that says nothing of prompts.

        Raises:
            ConfigError: a step is unknown, or the spec asks for more tokens than the network has positions.
        """
        steps = _steps(folder)
        pooling, pools_prompt = _pooling(folder, steps, reads_forward=reads_forward)
        dense = tuple(_dense(folder, path) for kind, path in steps if kind == "Dense")
        said = folder.json("sentence_bert_config.json") or {}
        prompts = _prompts(folder) or known
        if spec.pooling is not None:
            pooling = (_OF_SPEC[spec.pooling],)
        return cls(
            pooling=pooling,
            pools_prompt=pools_prompt,
            dense=dense,
            width=dense[-1].width if dense else _hidden(folder) * len(pooling),
            tokens=_tokens(folder, spec, said.get("max_seq_length")),
            lower_case=bool(said.get("do_lower_case")),
            query_prompt=prompts[0] if spec.instruction is None else framed(prompts[0], spec.instruction),
            item_prompt=prompts[1] if spec.item_instruction is None else spec.item_instruction,
        )


def framed(prompt: str, instruction: str) -> str:
    r"""An instruction in the frame of a model's own prompt.

    A model whose own prompt is `Instruct: …` and a line that ends in a colon was trained with tasks in that frame; for
    any other model, or a text that has lines of its own, the instruction itself is what queries begin with.

    Example:
        >>> framed("Instruct: Find an answer.\nQuery:", "Find the opposite.")
        'Instruct: Find the opposite.\nQuery:'
    """
    task, line, rest = prompt.partition("\n")
    if instruction and line and task.startswith("Instruct:") and "\n" not in instruction:
        return f"Instruct: {instruction}{line}{rest}"
    return instruction


def _steps(folder: ModelFolder) -> tuple[tuple[str, str], ...]:
    """Kind and folder of each step in modules.json."""
    modules: list[dict[str, Any]] = folder.json("modules.json") or []
    steps = tuple((str(module["type"]).rpartition(".")[2], str(module["path"])) for module in modules)
    known = {*_IGNORED, "Pooling", "Dense"}
    unknown = [kind for kind, _ in steps if kind not in known]
    if unknown:
        raise ConfigError(
            f"the model in {folder.path} has a step {unknown[0]!r} that is not known here",
            remedy="use a model of transformer, pooling, dense layers and normalisation",
        )
    return steps


def _pooling(
    folder: ModelFolder, steps: tuple[tuple[str, str], ...], *, reads_forward: bool
) -> tuple[tuple[str, ...], bool]:
    paths = [path for kind, path in steps if kind == "Pooling"] or ["1_Pooling"]
    config: Mapping[str, Any] = folder.json(f"{paths[0]}/config.json") or {}
    if not config:
        return ("lasttoken" if reads_forward else "mean",), True
    named = config.get("pooling_mode")
    if named is None:
        ways = tuple(way for key, way in _POOLING_KEYS.items() if config.get(key)) or ("mean",)
    else:
        ways = (named,) if isinstance(named, str) else tuple(map(str, named))
    unknown = [way for way in ways if way not in _POOLINGS]
    if unknown:
        raise ConfigError(
            f"the model in {folder.path} pools by {unknown[0]!r}, which is not known here",
            remedy="name a way with ?pooling=",
        )
    return ways, bool(config.get("include_prompt", True))


def _dense(folder: ModelFolder, path: str) -> Dense:
    config = folder.json(f"{path}/config.json") or {}
    activation = str(config.get("activation_function", "torch.nn.modules.activation.Tanh")).rpartition(".")[2]
    weights = folder.path / path / "model.safetensors"
    if activation not in _ACTIVATIONS or config.get("use_residual") or config.get("module_input_name", _ROW) != _ROW:
        raise ConfigError(
            f"the dense layer {path} of the model in {folder.path} is of an unknown kind ({activation})",
            remedy=f"use one with {', '.join(sorted(_ACTIVATIONS))} after pooling",
        )
    if not weights.is_file():
        raise ConfigError(
            f"{folder.path / path} lacks model.safetensors",
            remedy="save the layer as safetensors: pickles are not read",
        )
    return Dense(weights=weights, activation=activation, width=int(config.get("out_features", 0)))


_ROW = "sentence_embedding"


def _prompts(folder: ModelFolder) -> tuple[str, str] | None:
    """The prompts of queries and items; None where the folder says nothing of prompts."""
    config = folder.json("config_sentence_transformers.json") or {}
    prompts: dict[str, str] = {name: text or "" for name, text in (config.get("prompts") or {}).items()}
    default = prompts.get(config.get("default_prompt_name") or "", "")
    if not any(prompts.values()):
        return None

    def first(names: tuple[str, ...]) -> str:
        return next((prompts[name] for name in names if name in prompts), default)

    return first(_QUERY_NAMES), first(_ITEM_NAMES)


def _hidden(folder: ModelFolder) -> int:
    for key in ("hidden_size", "d_model", "dim", "n_embd"):
        if key in folder.config:
            return int(folder.config[key])
    raise ConfigError(f"{folder.path / 'config.json'} does not say how wide the model is", remedy="copy it anew")


def _tokens(folder: ModelFolder, spec: Spec, said: int | None) -> int:
    positions = folder.config.get("max_position_embeddings") or folder.config.get("n_positions")
    room = MOST_TOKENS if positions is None else int(positions) - 2 * (folder.model_type in _OFFSETS)
    if spec.tokens is not None and spec.tokens > room:
        raise ConfigError(
            f"tokens={spec.tokens} is more than the {room} that the model in {folder.path} can read",
            remedy=f"ask for {room} or fewer",
        )
    if spec.tokens is not None:
        return spec.tokens
    longest = (folder.json("tokenizer_config.json") or {}).get("model_max_length")
    return int(min(said or longest or room, room, MOST_TOKENS))
