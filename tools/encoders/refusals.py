"""Why a model's folder cannot be opened, and what to use instead, in one line each.

Knows nothing of the families that can be (families.py).
"""

from __future__ import annotations

from collections.abc import Sequence

from sourcehound.tools.encoders.folder import ModelFolder
from sourcehound.tools.errors import ConfigError

_OWN_CODE = "it needs Python code of its own, which is never run"
_ONNX = "keep its ONNX graphs in the folder: onnx/text_model.onnx and onnx/vision_model.onnx, or onnx/model.onnx"
_PICTURES_ALONE = "it knows pictures and no words, so that nothing could be asked of it"
_CLIP = "use a CLIP, SigLIP or MobileCLIP"

_REFUSED: dict[str, tuple[str, str]] = {
    "jina_clip": (_OWN_CODE, _ONNX),
    "new": (_OWN_CODE, "use a conversion, as alibaba-nlp-community/gte-multilingual-base"),
    "nvembed": (_OWN_CODE, "use Qwen/Qwen3-Embedding-0.6B or another text model that transformers has"),
    "phi3_v": (_OWN_CODE, "use a model of the same family that is based on Qwen2-VL"),
    "internvl_chat": (_OWN_CODE, "use the conversion whose name ends in -hf"),
    "timm_wrapper": (_PICTURES_ALONE, _CLIP),
    "vit": (_PICTURES_ALONE, _CLIP),
    "dinov2": (_PICTURES_ALONE, _CLIP),
    "dinov3_vit": (_PICTURES_ALONE, _CLIP),
}


def refusal(folder: ModelFolder, known: Sequence[str]) -> ConfigError:
    """Say why no family opens a folder.

    Args:
        folder: the model's.
        known: the types that could be opened.
    """
    kind = folder.model_type
    if kind in _REFUSED:
        why, instead = _REFUSED[kind]
        return ConfigError(f"the model in {folder.path} ({kind}) cannot be used: {why}", remedy=instead)
    if folder.runs_own_code:
        return ConfigError(
            f"the model in {folder.path} ({kind}) cannot be used: {_OWN_CODE}",
            remedy="use one that transformers itself has, see sourcehound encoders",
        )
    return ConfigError(
        f"the model in {folder.path} is of type {kind!r}, which no family here knows",
        remedy=f"use one of type {', '.join(sorted(known))}",
    )
