"""How each family of vision-language embedders was trained to be asked: its prompts, and what a query says by default.

One recipe a family, told by what its folder says or is called; a prompt is the words between which pictures and text stand.
Knows nothing of networks.

Source:
    GME (Zhang et al. 2024, arXiv:2412.16855), the model's own inference script; VLM2Vec (Jiang et al. 2024,
    arXiv:2410.05160) and VLM2Vec-V2 (Meng et al. 2025, arXiv:2507.04590), the model card; MegaPairs (Zhou et al. 2024,
    arXiv:2412.14475), the BGE-VL-MLLM model's own `prepare_text_input`; Qwen3-VL-Embedding, technical report section
    3.1; E5-V (Jiang et al. 2024, arXiv:2407.12580), section 3.1.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sourcehound.tools.encoders.folder import ModelFolder
from sourcehound.tools.encoders.spec import Pooling

_QWEN_PICTURE = "<|vision_start|><|image_pad|><|vision_end|>"
_PICTURE = "<image>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What stands in a prompt.

    Attributes:
        text: words, perhaps none.
        pictures: how many there are, frames among them.
        frames: how many of them are frames of a clip.
        instruction: what is asked for; None for what the recipe says by default.
        as_: query or item.
        mark: what stands for a picture in prompts of this model.
    """

    text: str
    pictures: int
    frames: int
    instruction: str | None
    as_: Literal["query", "item"]
    mark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a family is asked.

    Attributes:
        name: as in stamps.
        prompt: what the model is given.
        spoken: whether the model's own way of writing a conversation goes around the prompt.
        pooling: how states become a row.
        tokens: of a text at most; the rest is cut off.
        pixels: of a picture at most where the family limits it.
        side: to which pictures are squashed; None for no squashing.
        skips_last_mlp: whether the last layer ends after its attention.
    """

    name: str
    prompt: Callable[[Asked], str]
    spoken: bool = False
    pooling: Pooling = "last"
    tokens: int = 2048
    pixels: int | None = None
    side: int | None = None
    skips_last_mlp: bool = False


def _chat(system: str, user: str, end: str = "") -> str:
    return f"<|im_start|>system\n{system}<|im_end|>\n<|im_start|>user\n{user}<|im_end|>\n<|im_start|>assistant\n{end}"


def _gme(asked: Asked) -> str:
    instruction = asked.instruction if asked.as_ == "query" else None
    return _chat(
        instruction or "You are a helpful assistant.", _QWEN_PICTURE * asked.pictures + asked.text, "<|endoftext|>"
    )


def _qwen3_vl(asked: Asked) -> str:
    by_default = {
        "query": "Retrieve images or text relevant to the user's query.",
        "item": "Represent the user's input.",
    }
    instruction = (asked.instruction or "").strip() or by_default[asked.as_]
    if not unicodedata.category(instruction[-1]).startswith("P"):
        instruction += "."
    content = _QWEN_PICTURE * asked.pictures + asked.text
    return _chat(instruction, content or "NULL")


def _vlm2vec(asked: Asked) -> str:
    instruction = asked.instruction
    if instruction is None and asked.as_ == "query" and not asked.pictures:
        instruction = "Find me an everyday image that matches the given caption:"
    if instruction is None and asked.pictures and not asked.text:
        instruction = "Represent the given video." if asked.frames else "Represent the given image."
    # apart from each other: marks that touch count as one picture where the model looks up rows and columns
    return " ".join(filter(None, (*[asked.mark] * asked.pictures, instruction, asked.text)))


def _bge_vl(asked: Asked) -> str:
    instruction = asked.instruction
    if instruction is None:
        instruction = "Retrieve the target image that best meets the combined criteria by using both the provided image"
        instruction += " and the image retrieval instructions: "
        instruction = instruction if asked.pictures else "Find me an everyday image that matches the given caption: "
    begins = f"[INST] \n <instruct> {instruction} <query> " if asked.as_ == "query" else "[INST] "
    words = f" {asked.text} \n" if asked.text else ""
    pictures = f" {_PICTURE * asked.pictures}" if asked.pictures else ""
    return f"{begins}{words}{pictures} [/INST]"


def _e5_v(asked: Asked) -> str:
    kinds = ("image",) * bool(asked.pictures) + ("sentence",) * bool(asked.text)
    content = "\n".join(filter(None, (_PICTURE * asked.pictures, asked.text, asked.instruction)))
    question = f"Summary above {' and '.join(kinds) or 'sentence'} in one word: "
    return (
        f"<|start_header_id|>user<|end_header_id|>\n\n{content}\n{question}<|eot_id|>"
        "<|start_header_id|>assistant<|end_header_id|>\n\n \n"
    )


GME = Recipe(name="gme", prompt=_gme, tokens=1800, pixels=1280 * 28 * 28)
QWEN3_VL = Recipe(name="qwen3-vl-embedding", prompt=_qwen3_vl, tokens=8192, pixels=1800 * 32 * 32)
VLM2VEC = Recipe(name="vlm2vec", prompt=_vlm2vec)
BGE_VL = Recipe(name="bge-vl", prompt=_bge_vl, side=512)
E5_V = Recipe(name="e5-v", prompt=_e5_v)
RECIPES = (GME, QWEN3_VL, VLM2VEC, BGE_VL, E5_V)

_TOLD_BY: tuple[tuple[Recipe, tuple[str, ...], tuple[str, ...]], ...] = (
    (GME, ("gme_inference.py", "modeling_gme_*.py"), ("gme-qwen2-vl",)),
    (QWEN3_VL, (), ("qwen3-vl-embedding",)),
    (VLM2VEC, (), ("vlm2vec",)),
    (BGE_VL, ("modeling_*mmret*.py", "modeling_llavanext_for_embedding.py"), ("bge-vl", "mmret")),
    (E5_V, (), ("e5-v",)),
)
"""Each recipe with the files and the parts of names, in small letters, that its folders have."""
_ARCHITECTURES = {"GmeQwen2VL": GME, "GmeQwen2VLForVision2Seq": GME, "LLaVANextForEmbedding": BGE_VL}

JINA4 = "JinaEmbeddingsV4Model"
"""The architecture of the whole jina-embeddings-v4, with all its tasks."""
JINA4_MERGED = "jina-embeddings-v4"
"""What the folders of its models with one task merged in are called, with the task after it."""


def is_jina4(folder: ModelFolder) -> bool:
    """Whether a folder holds jina-embeddings-v4, whole or with one task merged in."""
    return JINA4 in folder.architectures or JINA4_MERGED in folder.called


def recipe_of(folder: ModelFolder) -> Recipe | None:
    """The recipe that a folder's model was trained with; None for a model that was not trained to embed.

    Told by the class that its weights were saved from, by files that only this family has, or by what the folder, or the
    repository that the hub's cache made it from, is called: many of them differ in nothing else from the model that
    they were trained from.
    """
    for architecture in folder.architectures:
        if architecture in _ARCHITECTURES:
            return _ARCHITECTURES[architecture]
    for recipe, files, names in _TOLD_BY:
        if any(map(folder.has, files)) or any(part in folder.called for part in names):
            return recipe
    return None
