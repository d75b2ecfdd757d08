"""Inputs of a vision-language model, made by transformers' own processors without torchvision.

A processor is a tokenizer and an image processor, and in many families a video processor too, which needs torchvision.
Frames are given as pictures here, so the video processor is left out. Knows nothing of prompts or of what a network is for.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any, cast

from sourcehound.tools.encoders.encoder import Pixels
from sourcehound.tools.encoders.folder import ModelFolder
from sourcehound.tools.encoders.loading import explained, load_tokenizer
from sourcehound.tools.errors import ConfigError

_LONGEST_TO_SHORTEST = 200
"""Processors of the Qwen families refuse pictures that are narrower."""
_PARTS = ("image_processor", "tokenizer")
_NOT_OPTIONS = (*_PARTS, "video_processor", "processor_class", "auto_map")


def load_vlm_processor(folder: ModelFolder, network: Any, *, pixels: int | None = None) -> Any:
    """The processor of a vision-language model, without its part for videos.

    Args:
        folder: the model's.
        network: the model, loaded; it is told which sizes of pictures there will be.
        pixels: of a picture at most; None for what the folder says.

    Raises:
        ConfigError: the folder lacks a part of it, its type has none that works without torchvision, or the size of its
            pictures cannot be chosen.
    """
    import transformers

    with explained(folder):
        images = transformers.AutoImageProcessor.from_pretrained(
            folder.path, backend="pil", local_files_only=True, trust_remote_code=False
        )
        tokenizer = load_tokenizer(folder, padding_side="right")
        if pixels is not None:
            _limit(images, pixels, folder)
            if grids := getattr(images, "image_grid_pinpoints", None):
                network.config.image_grid_pinpoints = grids
        whole = getattr(transformers, _class_name(folder.model_type))
        # a processor asks itself which parts it has: a class that names two of them never looks for the third
        parts = classmethod(lambda _cls: list(_PARTS))
        class_of_two = type(whole.__name__, (whole,), {"get_attributes": parts})
        return class_of_two(image_processor=images, tokenizer=tokenizer, **_options(folder, network.config))


def as_pictures(pictures: Sequence[Pixels], *, side: int | None = None) -> list[Any]:
    """Pictures as processors take them, none of them narrower than they take.

    Args:
        pictures: of any sizes.
        side: of the square that each is squashed to; None for no squashing.
    """
    from PIL import Image

    images = [Image.fromarray(picture) for picture in pictures]
    return [_wide_enough(image) if side is None else image.resize((side, side)) for image in images]


def without_marks(text: str, tokenizer: Any) -> str:
    """A text in which no token of the model's own language is left: `<|im_end|>` becomes `< |im_end|>`.

    Else a text that quotes such a token would end its own turn, or ask for pictures that are not there.
    """
    clean = text.encode("utf-8", "replace").decode("utf-8")
    marks = [str(token) for token in tokenizer.added_tokens_decoder.values() if token.special and len(str(token)) > 1]
    any_mark = "|".join(map(re.escape, marks)) or r"(?!)"  # which is nowhere
    return re.sub(any_mark, lambda found: f"{found[0][0]} {found[0][1:]}", clean)


def first_tokens(text: str, tokenizer: Any, tokens: int) -> str:
    """The beginning of a text that has so many tokens at most."""
    ends = tokenizer(text, add_special_tokens=False, truncation=True, max_length=tokens, return_offsets_mapping=True)[
        "offset_mapping"
    ]
    return text[: ends[-1][1]] if len(ends) == tokens else text


def _class_name(model_type: str) -> str:
    """The class of a type's processor."""
    from transformers.models.auto import processing_auto

    names = processing_auto.PROCESSOR_MAPPING_NAMES  # pyright: ignore[reportPrivateImportUsage]  its stub omits it
    return str(names[model_type])


def _wide_enough(picture: Any) -> Any:
    shorter = math.ceil(max(picture.size) / _LONGEST_TO_SHORTEST)
    if min(picture.size) >= shorter:
        return picture
    width, height = picture.size
    return picture.resize((max(width, shorter), max(height, shorter)))


def _limit(images: Any, pixels: int, folder: ModelFolder) -> None:
    """Set the size of pictures, in each way in which image processors have it."""
    size = dict(images.size or {})
    tile: int | None = (getattr(images, "max_image_size", None) or {}).get("longest_edge")
    grids = cast("list[tuple[int, int]]", getattr(images, "image_grid_pinpoints", None) or [])
    if hasattr(images, "merge_size") and "longest_edge" in size:  # an area, in spite of its name
        least = int(images.patch_size * images.merge_size) ** 2
        most = max(pixels, least)
        images.size = type(images.size)(longest_edge=most, shortest_edge=min(size["shortest_edge"], most))
    elif tile is not None and "longest_edge" in size:
        images.size = type(images.size)(longest_edge=max(tile, math.isqrt(pixels) // tile * tile))
    elif grids:
        fitting = [grid for grid in grids if grid[0] * grid[1] <= pixels]
        images.image_grid_pinpoints = fitting or [min(grids, key=lambda grid: grid[0] * grid[1])]
    else:
        raise ConfigError(
            f"the model in {folder.path} sees every picture in one size: pixels={pixels} cannot be had",
            remedy="leave pixels out",
        )


def _options(folder: ModelFolder, config: Any) -> dict[str, Any]:
    """What a processor wants to know besides its parts, and older folders leave to the network's configuration."""
    said = folder.json("processor_config.json") or {}
    template = folder.path / "chat_template.jinja"
    options = {name: value for name, value in said.items() if name not in _NOT_OPTIONS}
    if template.is_file():
        options["chat_template"] = template.read_text(encoding="utf-8")
    else:
        options.setdefault("chat_template", (folder.json("chat_template.json") or {}).get("chat_template"))
    if folder.model_type in _OF_LLAVA:
        vision = config.vision_config
        options.setdefault("vision_feature_select_strategy", config.vision_feature_select_strategy)
        if folder.model_type == "llava_onevision":
            options.setdefault("num_image_tokens", (vision.image_size // vision.patch_size) ** 2)
        else:
            options.setdefault("patch_size", vision.patch_size)
            options.setdefault("num_additional_image_tokens", int(vision.model_type == _WITH_CLS))
    return options


_OF_LLAVA = ("llava", "llava_next", "llava_onevision")
_WITH_CLS = "clip_vision_model"
"""The type of vision network whose pictures have one token more than patches."""
