"""A model's folder as transformers and sentence-transformers save it: its configuration, its weights and their hash.

Read only, nothing is loaded: what says whether and how a folder can be opened costs a few small files. Knows nothing of
which models there are.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from sourcehound.tools.encoders.weights import fingerprints
from sourcehound.tools.errors import ConfigError

_PICKLES = ("pytorch_model*.bin", "*.pt", "*.pth", "*.ckpt")
ADAPTER = "adapter_config.json"
_OPEN_CLIP = "open_clip_config.json"


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A folder with a config.json.

    Attributes:
        path: absolute.
        config: config.json.
    """

    path: Path
    config: dict[str, Any]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Open a folder.

        Raises:
            ConfigError: there is no such folder, or it has no config.json to read.
        """
        if not path.is_dir():
            raise ConfigError(f"{path} is not a folder", remedy="name the folder that holds the model's config.json")
        config = _json(path / "config.json")
        if not isinstance(config, dict):
            raise ConfigError(f"{path} holds no model: no config.json to read", remedy=_remedy(path))
        return cls(path, config)

    @property
    def model_type(self) -> str:
        """What transformers calls the kind of model; empty where the folder does not say."""
        return str(self.config.get("model_type", ""))

    @property
    def architectures(self) -> tuple[str, ...]:
        """Names of the classes that the weights were saved from."""
        return tuple(map(str, self.config.get("architectures") or ()))

    @property
    def called(self) -> str:
        """What the folder is called, in small letters; `org/name` where it lies in the hub's cache."""
        path = self.path.parent.parent if self.path.parent.name == "snapshots" else self.path
        return path.name.removeprefix("models--").replace("--", "/").lower()

    @property
    def runs_own_code(self) -> bool:
        """Whether the folder asks for Python of its own to be run, which is never done."""
        return bool(self.config.get("auto_map"))

    def has(self, name: str) -> bool:
        """Whether it holds that file or folder; a name may have a pattern's stars."""
        return any(self.path.glob(name))

    def json(self, name: str) -> Any:
        """A JSON file of it; None where there is none.

        Raises:
            ConfigError: it is there but cannot be read.
        """
        path = self.path / name
        content = _json(path)
        if content is None and path.exists():
            raise ConfigError(f"{path} is no JSON that can be read", remedy="copy the model's folder anew")
        return content

    def weight_files(self) -> tuple[Path, ...]:
        """The network's weights in safetensors, in the order of their names."""
        return tuple(sorted(self.path.glob("model*.safetensors")))

    def need_weights(self) -> None:
        """Refuse a folder without weights that are safe to load.

        Raises:
            ConfigError: it holds none in safetensors; says so where it holds pickled ones, which run code when loaded.
        """
        if self.weight_files():
            return
        pickled = [path.name for pattern in _PICKLES for path in sorted(self.path.glob(pattern))]
        if pickled:
            raise ConfigError(
                f"{self.path} holds its weights as {pickled[0]}, which could run any code, not in safetensors",
                remedy="save the model as safetensors, or take a revision that has them",
            )
        raise ConfigError(f"{self.path} holds no weights in safetensors", remedy="save the model as safetensors")

    def fingerprint(self, cache_dir: Path, *, more: Sequence[Path] = ()) -> str:
        """First 16 hex digits of the weights' SHA-256; of several files' hashes joined where there are several.

        Args:
            cache_dir: where hashes of files are remembered.
            more: further files that count as weights, as an adapter's.

        Raises:
            ConfigError: there are no weights, or they cannot be read.
        """
        files = (*self.weight_files(), *more)
        if not files:
            self.need_weights()
        return fingerprint(files, cache_dir)


def fingerprint(files: Sequence[Path], cache_dir: Path) -> str:
    """First 16 hex digits of a file's SHA-256, or of the hashes of several files joined.

    Raises:
        ConfigError: a file cannot be read.
    """
    hashes = fingerprints(cache_dir)
    each = [hashes.sha256_of(path) for path in files]
    whole = each[0] if len(each) == 1 else hashlib.sha256("".join(each).encode()).hexdigest()
    return whole[:16]


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _remedy(path: Path) -> str:
    if (path / ADAPTER).is_file():
        return f"it is an adapter: name the folder of its base model, with ?adapter={path}"
    if (path / _OPEN_CLIP).is_file():
        return "it is made for open_clip: take the same model as transformers or ONNX has it, as Xenova/mobileclip_s2"
    return "name a model's folder"
