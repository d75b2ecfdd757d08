"""jina-embeddings-v4: one network with an adapter for each task, and two outputs: one row an item, or one for each token.

Both layouts that are published: the whole model, whose adapters lie beside its weights and hold a matrix for each task, and
the models with one task's adapter merged in, which are plain Qwen2.5-VL and give one row. Knows nothing of where vectors are
kept.

Source:
    jina-embeddings-v4 (Günther et al. 2025, arXiv:2506.18902), section 3, and the model's own code: "Query: " and
    "Passage: " before texts, the mean over a picture's tokens or over all of a text's, 128 numbers a token after the
    projection. Differs: an item of a picture and words, which that code does not take, is the mean over both.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sourcehound.tools.encoders.adapters import Adapter
from sourcehound.tools.encoders.encoder import Encoder
from sourcehound.tools.encoders.folder import ModelFolder
from sourcehound.tools.encoders.spec import Kind, Spec
from sourcehound.tools.encoders.vlm import VlmEmbedder
from sourcehound.tools.encoders.vlm_network import States, width_of
from sourcehound.tools.encoders.vlm_recipes import JINA4, Asked, Recipe
from sourcehound.tools.errors import ConfigError

TASKS = ("retrieval", "text-matching", "code")
_ADAPTERS = "adapters"
_PROJECTOR = "multi_vector_projector"
_SYMMETRIC = "text-matching"
"""The task that knows no passages: both sides are queries."""


@dataclass(frozen=True, slots=True)
class TaskAdapter(Adapter):
    """One task's matrices of a file that holds those of several."""

    task: str = ""

    def _factors(self, tensors: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
        of_task = {key: tensor for key, tensor in tensors.items() if f".{self.task}." in key}
        if not of_task:
            raise ConfigError(
                f"the adapters in {self.folder} have nothing for the task {self.task!r}",
                remedy=f"name one of {', '.join(TASKS)} with ?adapter=",
            )
        return super(TaskAdapter, self)._factors(of_task)  # named: a class with slots is made twice


@dataclass(frozen=True, slots=True)
class JinaHead:
    """Rows of jina-embeddings-v4.

    Attributes:
        folder: the model's.
        gives: the mean as one row, or a row for each token through the projection.
        projects: whether the folder has a projection.
    """

    folder: ModelFolder
    gives: Kind
    projects: bool

    @property
    def name(self) -> str:
        """As in stamps."""
        return f"jina-{self.gives}"

    def width(self, folder: ModelFolder) -> int:
        """Of a row."""
        return int(folder.config.get("multi_vector_projector_dim", 128)) if self.gives == "multi" else width_of(folder)

    def prepare(self, model: Any) -> None:
        """Add the projection, which transformers' class does not have; adapters change it too."""
        if not self.projects:
            return
        import torch

        tensors = _tensors(self.folder)
        weight = tensors[f"{_PROJECTOR}.weight"].to(model.device, model.dtype)
        projector = torch.nn.Linear(weight.shape[1], weight.shape[0], device=model.device, dtype=model.dtype)
        projector.weight = torch.nn.Parameter(weight, requires_grad=False)
        bias = tensors[f"{_PROJECTOR}.bias"].to(model.device, model.dtype)
        projector.bias = torch.nn.Parameter(bias, requires_grad=False)
        model.add_module(_PROJECTOR, projector)

    def rows(self, model: Any, states: States, *, only_pictures: bool) -> list[Any]:
        """Rows of each item."""
        if self.gives == "multi":
            projected = getattr(model, _PROJECTOR)(states.of_tokens)
            return [rows[mask.bool()] for rows, mask in zip(projected, states.mask, strict=True)]
        mask = states.mask
        if only_pictures:
            begins = (states.ids == model.config.vision_start_token_id).cumsum(dim=1)
            ended = (states.ids == model.config.vision_end_token_id).cumsum(dim=1)
            ends = states.ids == model.config.vision_end_token_id
            mask = ((begins > ended) | ends).long()
        weights = mask.unsqueeze(-1).float()  # (batch, tokens, 1)
        means = (states.of_tokens.float() * weights).sum(dim=1) / weights.sum(dim=1).clamp(min=1)
        return [means[index : index + 1] for index in range(len(means))]


def open_jina4(folder: ModelFolder, spec: Spec, cache_dir: Path, *, threads: int = 1) -> Encoder:
    """Open jina-embeddings-v4.

    Raises:
        ConfigError: there is no such adapter.
    """
    folder.need_weights()
    whole = JINA4 in folder.architectures
    task = spec.adapter if spec.adapter in TASKS else TASKS[0]
    gives: Kind = spec.kind or "single"
    adapter = _adapter(folder, spec, task)
    symmetric = task == _SYMMETRIC or (not whole and _SYMMETRIC in folder.called)
    return VlmEmbedder(
        folder=folder,
        spec=spec,
        cache_dir=cache_dir,
        recipe=_recipe(symmetric=symmetric),
        head=JinaHead(folder, gives, projects=whole),
        adapter=adapter,
        threads=threads,
    )


def _adapter(folder: ModelFolder, spec: Spec, task: str) -> Adapter | None:
    """The task's adapter: a folder of its own, or its part of one that holds all tasks."""
    own = spec.adapter is not None and (spec.adapter not in TASKS or folder.has(f"{_ADAPTERS}/{spec.adapter}"))
    if own:
        return Adapter.find(spec.adapter, folder.path)
    if spec.adapter is None and not folder.has(_ADAPTERS):
        return None
    found = Adapter.find(_ADAPTERS, folder.path)
    return None if found is None else TaskAdapter(found.folder, found.config, task)


def _recipe(*, symmetric: bool) -> Recipe:
    def prompt(asked: Asked) -> str:
        if asked.pictures:
            marks = f"<|vision_start|>{asked.mark}<|vision_end|>" * asked.pictures
            return f"<|im_start|>user\n{marks}{asked.text or asked.instruction or 'Describe the image.'}<|im_end|>\n"
        by_default = "Query" if symmetric or asked.as_ == "query" else "Passage"
        return f"{asked.instruction or by_default}: {asked.text}"

    return Recipe(name="jina4-symmetric" if symmetric else "jina4", prompt=prompt, tokens=8192)


def _tensors(folder: ModelFolder) -> dict[str, Any]:
    """The projection's weights, from whichever file has them.

    Raises:
        ConfigError: none has.
    """
    from safetensors import safe_open

    names = (f"{_PROJECTOR}.weight", f"{_PROJECTOR}.bias")
    found: dict[str, Any] = {}
    for path in folder.weight_files():
        with safe_open(path, framework="pt") as file:
            found |= {name: file.get_tensor(name) for name in names if name in file.keys()}  # noqa: SIM118  no mapping
    lacking = [name for name in names if name not in found]
    if lacking:
        raise ConfigError(f"the weights in {folder.path} lack {lacking[0]}", remedy="replace it")
    return found
