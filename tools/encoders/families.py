"""The families of models that a folder can hold, and how each is opened: one short table.

A folder is opened by the first family that its config.json fits. Nothing of a family is imported before a folder of it is
opened; nothing of a folder is ever run. Knows nothing of where folders come from.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from sourcehound.tools.encoders.colbert_layout import is_colbert
from sourcehound.tools.encoders.encoder import Encoder, Takes
from sourcehound.tools.encoders.folder import ModelFolder
from sourcehound.tools.encoders.refusals import refusal
from sourcehound.tools.encoders.spec import Kind, Spec
from sourcehound.tools.encoders.vlm_recipes import JINA4, is_jina4, recipe_of
from sourcehound.tools.errors import ConfigError

Opener = Callable[[ModelFolder, Spec, Path, int], Encoder]
"""From a folder, its spec, the folder for caches and threads to an encoder; loads no weights."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """A family of models.

    Attributes:
        name: what people call it.
        model_types: what config.json may have as `model_type`; empty for any.
        architectures: what config.json must name one of as `architectures`; empty for any.
        files: what the folder must hold besides, as patterns of names; one of them suffices, empty for nothing more.
        when: what must hold of the folder besides; None for nothing more.
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
    when: Callable[[ModelFolder], bool] | None = None
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
            and (self.when is None or self.when(folder))
        )


class _Said(TypedDict):
    name: str
    model_types: tuple[str, ...]
    takes: Takes
    options: tuple[str, ...]
    licence_note: str
    open: Opener


class _Shape(TypedDict):
    takes: Takes
    gives: Kind


def _text(folder: ModelFolder, spec: Spec, cache_dir: Path, threads: int) -> Encoder:
    from sourcehound.tools.encoders.known_encoders import known_prompts
    from sourcehound.tools.encoders.text_model import TextModel

    return TextModel(folder=folder, spec=spec, cache_dir=cache_dir, threads=threads, known=known_prompts(folder))


def _clip(folder: ModelFolder, spec: Spec, cache_dir: Path, threads: int) -> Encoder:
    from sourcehound.tools.encoders.clip import ClipLike
    from sourcehound.tools.encoders.towers_torch import TorchTowers

    return ClipLike(towers=TorchTowers(folder=folder, spec=spec, threads=threads), spec=spec, cache_dir=cache_dir)


def _onnx(folder: ModelFolder, spec: Spec, cache_dir: Path, threads: int) -> Encoder:
    from sourcehound.tools.encoders.clip import ClipLike
    from sourcehound.tools.encoders.towers_onnx import OnnxTowers

    del threads  # ONNX Runtime runs each batch of a tower on one
    return ClipLike(towers=OnnxTowers(folder=folder), spec=spec, cache_dir=cache_dir)


def _colbert(folder: ModelFolder, spec: Spec, cache_dir: Path, threads: int) -> Encoder:
    from sourcehound.tools.encoders.colbert import ColBert

    return ColBert(folder=folder, spec=spec, cache_dir=cache_dir, threads=threads)


def _page_model(folder: ModelFolder, spec: Spec, cache_dir: Path, threads: int) -> Encoder:
    from sourcehound.tools.encoders.page_models import PageModel

    return PageModel(folder=folder, spec=spec, cache_dir=cache_dir, threads=threads)


def _jina4(folder: ModelFolder, spec: Spec, cache_dir: Path, threads: int) -> Encoder:
    from sourcehound.tools.encoders.jina4 import open_jina4

    return open_jina4(folder, spec, cache_dir, threads=threads)


def _vlm(folder: ModelFolder, spec: Spec, cache_dir: Path, threads: int) -> Encoder:
    from sourcehound.tools.encoders.vlm import open_vlm

    return open_vlm(folder, spec, cache_dir, threads=threads)


def _generates(folder: ModelFolder) -> bool:
    """Whether it is a language model that nobody trained to embed: those that were say how they pool."""
    pools = any(map(folder.has, ("modules.json", "1_Pooling")))
    return not pools and any(name.endswith("ForCausalLM") for name in folder.architectures)


_TEXT_TYPES = (
    *("bert", "roberta", "xlm-roberta", "camembert", "mpnet", "distilbert", "albert", "electra", "deberta-v2"),
    *("modernbert", "nomic_bert", "gte", "eurobert", "jina_embeddings_v3", "t5", "mt5", "umt5"),
    *("qwen2", "qwen3", "mistral", "llama", "gemma", "gemma2", "gemma3_text", "phi3"),
)
_LANGUAGE_TYPES = ("qwen2", "qwen3", "mistral", "llama", "gemma", "gemma2", "gemma3_text", "phi3", "smollm3", "olmo2")
_VLM_TYPES = (
    *("qwen2_vl", "qwen2_5_vl", "qwen3_vl", "qwen3_vl_moe", "llava", "llava_next", "llava_onevision"),
    *("idefics3", "internvl", "gemma3", "paligemma"),
)
_ANY_MIX: _Shape = {"takes": frozenset({"text", "picture", "frames"}), "gives": "single"}
_PROMPTED = ("adapter", "dimension", "instruction", "item_instruction", "pooling", "tokens")
_JINA4: _Said = {
    "name": "jina-embeddings-v4",
    "model_types": ("qwen2_5_vl",),
    "takes": frozenset({"text", "picture", "frames"}),
    "options": ("adapter", "dimension", "instruction", "item_instruction", "pixels", "tokens"),
    "licence_note": "Qwen Research Licence: not for commerce",
    "open": _jina4,
}
_TWO_TOWERS: _Shape = {"takes": frozenset({"text", "picture", "frames"}), "gives": "single"}
CLIP_LIKE = ("CLIP-like", "CLIP-like in ONNX")
FAMILIES: tuple[Family, ...] = (
    Family(
        name="CLIP-like in ONNX",
        model_types=("jina_clip",),
        files=("onnx/vision_model.onnx", "onnx/model.onnx"),
        **_TWO_TOWERS,
        options=("dimension", "text_weight"),
        licence_note="jina-clip-v1: Apache-2.0; jina-clip-v2: CC-BY-NC-4.0",
        open=_onnx,
    ),
    Family(
        name="CLIP-like in ONNX",
        files=("onnx/vision_model.onnx", "vision_model.onnx"),
        when=lambda folder: not folder.weight_files(),
        **_TWO_TOWERS,
        options=("dimension", "text_weight"),
        licence_note="MobileCLIP: Apple's terms; CLIP: MIT; SigLIP: Apache-2.0",
        open=_onnx,
    ),
    Family(
        name="CLIP-like",
        model_types=("clip", "siglip", "siglip2", "metaclip_2", "chinese_clip", "altclip", "aimv2"),
        **_TWO_TOWERS,
        options=("adapter", "dimension", "pixels", "text_weight"),
        licence_note="CLIP, BGE-VL: MIT; SigLIP: Apache-2.0; MetaCLIP 2: CC-BY-NC-4.0; AIMv2: Apple's terms",
        open=_clip,
    ),
    Family(
        name="ColBERT",
        when=is_colbert,
        takes=frozenset({"text"}),
        gives="multi",
        options=("dimension", "tokens"),
        licence_note="ColBERTv2: MIT; GTE-ModernColBERT, answerai-colbert: Apache-2.0",
        open=_colbert,
    ),
    Family(
        name="ColPali, ColQwen2, ColModernVBERT",
        model_types=("colpali", "colqwen2", "colmodernvbert"),
        takes=frozenset({"picture", "frames"}),
        gives="multi",
        options=("adapter", "dimension", "pixels", "tokens"),
        licence_note="ColPali: Gemma terms; ColQwen2: Apache-2.0; ColModernVBERT: MIT",
        open=_page_model,
    ),
    Family(gives="single", when=is_jina4, **_JINA4),
    Family(gives="multi", architectures=(JINA4,), **_JINA4),
    Family(
        name="vision-language embedder",
        model_types=_VLM_TYPES,
        when=lambda folder: recipe_of(folder) is not None,
        **_ANY_MIX,
        options=(*_PROMPTED, "pixels"),
        licence_note="GME, Qwen3-VL-Embedding, VLM2Vec-V2: Apache-2.0; BGE-VL-MLLM: MIT",
        open=_vlm,
    ),
    Family(
        name="vision-language model, without training",
        model_types=_VLM_TYPES,
        **_ANY_MIX,
        options=(*_PROMPTED, "pixels"),
        licence_note="the model's own",
        open=_vlm,
    ),
    Family(
        name="language model, without training",
        model_types=_LANGUAGE_TYPES,
        when=_generates,
        takes=frozenset({"text"}),
        gives="single",
        options=_PROMPTED,
        licence_note="the model's own",
        open=_vlm,
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
        if kind in {None, family.gives} and family.name == fitting[0].name:
            return family
    if fitting:
        raise ConfigError(
            f"the model in {folder.path} ({fitting[0].name}) gives {fitting[0].gives} vectors, not {kind}",
            remedy=f"leave kind={kind} out",
        )
    raise refusal(folder, sorted({name for family in FAMILIES for name in family.model_types}))


def open_folder(spec: Spec, cache_dir: Path, *, threads: int = 1) -> Encoder:
    """Open the encoder of a spec that names a folder. No weights are loaded.

    Args:
        spec: with a folder.
        cache_dir: where the hashes of weights are kept.
        threads: of torch, where the family runs on it, >= 1.

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
    return family.open(folder, spec, cache_dir, threads)
