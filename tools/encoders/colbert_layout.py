"""How a folder says that it holds a ColBERT: as Stanford's code saves it, and as PyLate does on sentence-transformers.

Knows nothing of networks.

Source:
    ColBERTv2 (Santhanam et al. 2022, arXiv:2112.01488), its `artifact.metadata`; PyLate (Chaffin and Sourty 2025,
    arXiv:2508.03555), its config_sentence_transformers.json. What a folder does not say is what the two programs take.
"""

from __future__ import annotations

import string
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from sourcehound.tools.encoders.folder import ModelFolder
from sourcehound.tools.errors import ConfigError

STANFORD = "HF_ColBERT"
"""What Stanford's code writes as the architecture."""
_PYLATE = "config_sentence_transformers.json"
_METADATA = "artifact.metadata"
_LINEAR = "linear.weight"


@dataclass(frozen=True, slots=True, kw_only=True)
class ColBertLayout:
    """Everything about a ColBERT that its network does not say.

    Attributes:
        query_mark: the token after the first one of a query.
        item_mark: likewise of an item.
        query_tokens: of a query, marks counted; shorter ones are filled up with masks.
        item_tokens: of an item at most, marks counted.
        expands: whether queries are filled up.
        attends: whether a query's words see the masks.
        skipped: words, as punctuation, whose tokens are no rows of an item.
        projections: files and names of the linear layers after the network, in order.
        width: numbers of a row.
    """

    query_mark: str
    item_mark: str
    query_tokens: int
    item_tokens: int
    expands: bool
    attends: bool
    skipped: tuple[str, ...]
    projections: tuple[tuple[Path, str], ...]
    width: int

    @classmethod
    def read(cls, folder: ModelFolder) -> Self:
        """What a folder says.

        Raises:
            ConfigError: it is neither layout, or lacks its projection in safetensors.
        """
        return cls._stanford(folder) if STANFORD in folder.architectures else cls._pylate(folder)

    @classmethod
    def _stanford(cls, folder: ModelFolder) -> Self:
        said = folder.json(_METADATA) or {}
        return cls(
            query_mark=said.get("query_token_id") or "[unused0]",
            item_mark=said.get("doc_token_id") or "[unused1]",
            query_tokens=int(said.get("query_maxlen") or 32),
            item_tokens=int(said.get("doc_maxlen") or 220),
            expands=True,
            attends=bool(said.get("attend_to_mask_tokens")),
            skipped=tuple(string.punctuation) if said.get("mask_punctuation", True) else (),
            projections=(_projection(folder.weight_files(), folder),),
            width=int(said.get("dim") or 128),
        )

    @classmethod
    def _pylate(cls, folder: ModelFolder) -> Self:
        said = folder.json(_PYLATE) or {}
        layers = [module["path"] for module in folder.json("modules.json") or [] if _is_dense(module)]
        configs = [folder.json(f"{path}/config.json") or {} for path in layers]
        odd = next((path for path, config in zip(layers, configs, strict=True) if not _is_plain(config)), None)
        if not layers or odd is not None:
            raise ConfigError(
                f"the model in {folder.path} has no plain projection after its network{f': {odd}' if odd else ''}",
                remedy="use a ColBERT of Stanford's or of PyLate's layout with linear layers alone",
            )
        return cls(
            query_mark=said.get("query_prefix") or "[Q] ",
            item_mark=said.get("document_prefix") or "[D] ",
            query_tokens=int(said.get("query_length") or 32),
            item_tokens=int(said.get("document_length") or 180),
            expands=bool(said.get("do_query_expansion", True)),
            attends=bool(said.get("attend_to_expansion_tokens", False)),
            skipped=tuple(said.get("skiplist_words", string.punctuation)),
            projections=tuple(_projection((folder.path / path / "model.safetensors",), folder) for path in layers),
            width=int(configs[-1].get("out_features", 128)),
        )

    @property
    def files(self) -> tuple[Path, ...]:
        """Weights that do not lie beside the network's."""
        return tuple(path for path, _ in self.projections if path.parent.name.endswith("Dense"))


def is_colbert(folder: ModelFolder) -> bool:
    """Whether a folder says that it holds a ColBERT."""
    if STANFORD in folder.architectures:
        return True
    said = folder.json(_PYLATE) or {}
    modules = folder.json("modules.json") or []
    return "query_prefix" in said or any(str(module.get("type", "")).startswith("pylate.") for module in modules)


def _is_dense(module: dict[str, Any]) -> bool:
    return str(module.get("type", "")).endswith("Dense")


def _is_plain(config: dict[str, Any]) -> bool:
    activation = str(config.get("activation_function", "Identity")).rpartition(".")[2]
    return activation == "Identity" and not config.get("bias") and not config.get("use_residual")


def _projection(files: tuple[Path, ...], folder: ModelFolder) -> tuple[Path, str]:
    """The file with the projection, read from the names at its beginning."""
    from safetensors import SafetensorError, safe_open

    for path in filter(Path.is_file, files):
        try:
            with safe_open(path, framework="np") as file:
                if _LINEAR in file.keys():  # noqa: SIM118  it is no mapping
                    return path, _LINEAR
        except (OSError, SafetensorError) as error:
            raise ConfigError(f"{path} is not a safetensors file: {error}", remedy="replace the file") from error
    raise ConfigError(
        f"{folder.path} lacks the projection {_LINEAR} in safetensors", remedy="save the whole ColBERT as safetensors"
    )
