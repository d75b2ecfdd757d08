"""LoRA adapters: a folder of small matrices, added to a network's weights once it is loaded.

Read from safetensors; the package that trained them is not needed. Knows nothing of which network it is.

Source:
    LoRA (Hu et al. 2021, arXiv:2106.09685), section 4.1: W + (alpha / r) B A; rank-stabilised LoRA (Kalajdzievski 2023,
    arXiv:2312.03732): alpha / sqrt(r).
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from sourcehound.tools.encoders.folder import ADAPTER
from sourcehound.tools.errors import ConfigError

_WEIGHTS = "adapter_model.safetensors"
_PREFIX = "base_model.model."
_ROOMS = {"model", "language_model"}
"""Parts of a module's name that releases of transformers put in and leave out."""
_FACTOR = re.compile(r"^(?P<module>.+)\.lora_(?P<side>[AB])(?:\.[^.]+)?\.weight$")


@dataclass(frozen=True, slots=True)
class Adapter:
    """A LoRA adapter.

    Attributes:
        folder: holds adapter_config.json and the matrices.
        config: adapter_config.json.
    """

    folder: Path
    config: dict[str, Any]

    @classmethod
    def find(cls, name: str | None, model: Path) -> Self | None:
        """The adapter of that name; None for none.

        Args:
            name: a folder's path, or its name in the model's folder or in `adapters` there.
            model: the model's folder.

        Raises:
            ConfigError: there is no such adapter, or it is of a kind that is not simply added to weights.
        """
        if name is None:
            return None
        places = (model / "adapters" / name, model / name, Path(name).expanduser().absolute())
        for folder in places:
            if (folder / ADAPTER).is_file():
                return cls._read(folder)
        looked = ", ".join(dict.fromkeys(map(str, places)))
        raise ConfigError(f"no adapter {name!r}: looked for {ADAPTER} in {looked}", remedy="name the adapter's folder")

    @classmethod
    def _read(cls, folder: Path) -> Self:
        try:
            config = json.loads((folder / ADAPTER).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise ConfigError(f"{folder / ADAPTER} cannot be read", remedy="copy the adapter anew") from error
        odd = [name for name in ("use_dora", "modules_to_save", "target_parameters") if config.get(name)]
        if config.get("peft_type") != "LORA" or odd or config.get("bias", "none") != "none":
            kind = odd[0] if odd else f"{config.get('peft_type')} with bias={config.get('bias', 'none')}"
            raise ConfigError(
                f"the adapter in {folder} is not plain LoRA: {kind}",
                remedy="merge it into the model with the program that trained it, and name the merged model",
            )
        if not (folder / _WEIGHTS).is_file():
            raise ConfigError(f"{folder} lacks {_WEIGHTS}", remedy="save the adapter as safetensors")
        return cls(folder, config)

    @property
    def files(self) -> tuple[Path, ...]:
        """What makes it what it is, for the fingerprint."""
        return (self.folder / ADAPTER, self.folder / _WEIGHTS)

    def scale(self, module: str, rank: int) -> float:
        """What the product of a module's matrices is multiplied by."""
        alpha = _of_pattern(self.config.get("alpha_pattern"), module) or self.config.get("lora_alpha", rank)
        return float(alpha) / (math.sqrt(rank) if self.config.get("use_rslora") else rank)

    def merge(self, model: Any) -> None:
        """Add it to the weights of a loaded network, in place.

        Raises:
            ConfigError: it was trained on another network: a module or a shape does not fit.
        """
        import torch
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        try:
            tensors = load_file(self.folder / _WEIGHTS)
        except (OSError, SafetensorError) as error:
            raise ConfigError(f"cannot read {self.folder / _WEIGHTS}: {error}", remedy="copy it anew") from error
        modules = _by_plain_name(model)
        with torch.no_grad():
            for name, (lower, upper) in self._factors(tensors).items():
                weight = self._weight(modules, name)
                change = self.scale(name, lower.shape[0]) * (upper.float() @ lower.float())
                if self.config.get("fan_in_fan_out"):
                    change = change.T
                if change.shape != weight.shape:
                    raise self._unfit(f"{name} has shape {tuple(weight.shape)}, the adapter {tuple(change.shape)}")
                weight += change.to(weight.device, weight.dtype)

    def _factors(self, tensors: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
        """A and B of each module, by its name in the network."""
        sides: dict[str, dict[str, Any]] = {}
        for key, tensor in tensors.items():
            factor = _FACTOR.match(key.removeprefix(_PREFIX))
            if factor is None:
                raise self._unfit(f"{key} is not a matrix of LoRA")
            sides.setdefault(factor["module"], {})[factor["side"]] = tensor
        for name, found in sides.items():
            if len(found) < len("AB"):
                raise self._unfit(f"{name} has only half of its matrices")
        return {name: (found["A"], found["B"]) for name, found in sides.items()}

    def _weight(self, modules: dict[str, list[Any]], name: str) -> Any:
        found = modules.get(_plain(name), [])
        if len(found) != 1:
            raise self._unfit(f"{'no' if not found else 'more than one'} module {name}")
        return found[0].weight

    def _unfit(self, why: str) -> ConfigError:
        return ConfigError(
            f"the adapter in {self.folder} does not fit the model: {why}",
            remedy=f"use it with its base model, {self.config.get('base_model_name_or_path', 'which it does not name')}",
        )


def _of_pattern(pattern: dict[str, float] | None, module: str) -> float | None:
    """The value of the first pattern that a module's name ends in."""
    for ending, value in (pattern or {}).items():
        if re.match(rf"(?:.*\.)?(?:{ending})$", module):
            return value
    return None


def _by_plain_name(model: Any) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for name, module in model.named_modules():
        if getattr(module, "weight", None) is not None:
            found.setdefault(_plain(name), []).append(module)
    return found


def _plain(name: str) -> str:
    return ".".join(part for part in name.split(".") if part not in _ROOMS)
