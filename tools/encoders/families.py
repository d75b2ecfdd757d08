"""The families of models that a folder can hold, and how each is opened: one short table.

A folder is opened by the first family that its config.json fits. Nothing of a family is imported before a folder of it is
opened; nothing of a folder is ever run. Knows nothing of where folders come from.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sourcehound.tools.encoders.encoder import Encoder, Takes
from sourcehound.tools.encoders.folder import ModelFolder
from sourcehound.tools.encoders.spec import Kind, Spec
from sourcehound.tools.errors import ConfigError

Opener = Callable[[ModelFolder, Spec, Path], Encoder]
"""From a folder, its spec and the folder for caches to an encoder; loads no weights."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A family of models.

    Attributes:
        name: what people call it.
        model_types: what config.json may have as `model_type`; empty for any.
        architectures: what config.json must name one of as `architectures`; empty for any.
        files: what the folder must hold besides, as patterns of names; one of them suffices, empty for nothing more.
        takes: what an item may be.
        gives: one row an item, or several.
        options: options of a spec that it heeds; any other is refused. `kind` is always one.
        licence_note: what holds for the licences of its weights.
        open: makes the encoder.
    """

    name: str
    model_types: tuple[str, ...] = ()
    architectures: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    takes: Takes
    gives: Kind
    options: tuple[str, ...]
    licence_note: str
    open: Opener

    def fits(self, folder: ModelFolder) -> bool:
        """Whether the folder is one of this family."""
        return (
            (not self.model_types or folder.model_type in self.model_types)
            and (not self.architectures or not set(self.architectures).isdisjoint(folder.architectures))
            and (not self.files or any(folder.has(name) for name in self.files))
        )


def _text(folder: ModelFolder, spec: Spec, cache_dir: Path) -> Encoder:
    from sourcehound.tools.encoders.text_model import TextModel

    return TextModel(folder=folder, spec=spec, cache_dir=cache_dir)


def _clip(folder: ModelFolder, spec: Spec, cache_dir: Path) -> Encoder:
    from sourcehound.tools.encoders.clip import ClipLike

    return ClipLike(folder=folder, spec=spec, cache_dir=cache_dir)


_TEXT_TYPES = (
    *("bert", "roberta", "xlm-roberta", "camembert", "mpnet", "distilbert", "albert", "electra", "deberta-v2"),
    *("modernbert", "nomic_bert", "gte", "eurobert", "jina_embeddings_v3", "t5", "mt5", "umt5"),
    *("qwen2", "qwen3", "mistral", "llama", "gemma", "gemma2", "gemma3_text", "phi3"),
)
FAMILIES: tuple[Family, ...] = (
    Family(
        name="CLIP-like",
        model_types=("clip", "siglip"),
        takes=frozenset({"picture", "frames"}),
        gives="single",
        options=("dimension", "pixels", "text_weight", "tokens"),
        licence_note="OpenAI CLIP: MIT; SigLIP: Apache-2.0",
        open=_clip,
    ),
    Family(
        name="text",
        model_types=_TEXT_TYPES,
        takes=frozenset({"text"}),
        gives="single",
        options=("adapter", "dimension", "instruction", "item_instruction", "pooling", "tokens"),
        licence_note="mostly MIT or Apache-2.0; EmbeddingGemma: Gemma terms",
        open=_text,
    ),
)
"""In the order in which they are tried."""


def family_of(folder: ModelFolder, kind: Kind | None = None) -> Family:
    """The first family that a folder fits.

    Args:
        folder: the model's.
        kind: what it shall give, where that was asked for.

    Raises:
        ConfigError: it fits none, or none that gives that; says why and what to use instead.
    """
    fitting = [family for family in FAMILIES if family.fits(folder)]
    for family in fitting:
        if kind in {None, family.gives}:
            return family
    if fitting:
        raise ConfigError(
            f"the model in {folder.path} ({fitting[0].name}) gives {fitting[0].gives} vectors, not {kind}",
            remedy=f"leave kind={kind} out",
        )
    known = sorted({name for family in FAMILIES for name in family.model_types})
    raise ConfigError(
        f"the model in {folder.path} is of type {folder.model_type!r}", remedy=f"use one of type {', '.join(known)}"
    )


def open_folder(spec: Spec, cache_dir: Path) -> Encoder:
    """Open the encoder of a spec that names a folder. No weights are loaded.

    Args:
        spec: with a folder.
        cache_dir: where the hashes of weights are kept.

    Raises:
        ConfigError: the folder holds no model, one of an unknown family, or one that the spec's options do not fit.
    """
    if spec.folder is None:
        raise ValueError(f"{spec} names no folder")
    folder = ModelFolder.read(spec.folder)
    family = family_of(folder, spec.kind)
    unheeded = [name for name in spec.options if name not in {"kind", *family.options}]
    if unheeded:
        raise ConfigError(
            f"{unheeded[0]} in {spec} is nothing that the family {family.name} heeds",
            remedy=f"it heeds {', '.join(('kind', *family.options))}",
        )
    return family.open(folder, spec, cache_dir)
