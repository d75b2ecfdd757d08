"""What a network of one input size sees of a picture, as preprocessor_config.json says: resized, cut, scaled.

On PIL and numpy, for networks that run without transformers. Knows nothing of networks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from sourcehound.tools.encoders.encoder import FloatArray, Pixels
from sourcehound.tools.errors import ConfigError

_MEAN = (0.48145466, 0.4578275, 0.40821073)
_STD = (0.26862954, 0.26130258, 0.27577711)
"""Of CLIP's training pictures, which transformers takes where a folder is silent."""
_BICUBIC = 3
_RESAMPLING = {"nearest": 0, "bilinear": 2, "bicubic": _BICUBIC}
_Fit = Literal["squash", "shortest"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureInput:
    """How pictures are prepared.

    Attributes:
        height: pixels that the whole picture (`squash`) or at least its shorter side (`shortest`) is resized to.
        width: the same across; equal to `height` for `shortest`.
        fit: what is resized to that size.
        crop: height and width that are cut from the middle, what is missing filled up with black; None for all.
        resampling: PIL's number.
        scale: what a value of 0..255 is multiplied by.
        mean: taken off each channel after that.
        std: each channel is divided by, after that.
    """

    height: int
    width: int
    fit: _Fit
    crop: tuple[int, int] | None
    resampling: int
    scale: float
    mean: tuple[float, ...]
    std: tuple[float, ...]

    @classmethod
    def read(cls, config: Mapping[str, Any], *, where: object) -> PictureInput:
        """Read preprocessor_config.json in the form of transformers, or in that of jina-clip.

        Args:
            config: its content.
            where: the file, for the error's sake.

        Raises:
            ConfigError: it asks for something that is not known here.
        """
        try:
            if "resize_mode" in config:
                return _of_jina(config)
            return _of_transformers(config)
        except (KeyError, TypeError, ValueError) as error:
            raise ConfigError(
                f"{where} prepares pictures in a way that is not known here: {error}",
                remedy="use a model whose pictures are resized and cut as CLIP's or SigLIP's are",
            ) from error

    def __call__(self, pictures: Sequence[Pixels]) -> FloatArray:
        """Prepare pictures of any size.

        Returns:
            float32, shape (n, 3, height, width).
        """
        return np.stack([self._one(picture) for picture in pictures])

    def _one(self, picture: Pixels) -> FloatArray:
        from PIL import Image

        image = Image.fromarray(picture)
        width, height = self.width, self.height
        if self.fit == "shortest":
            shorter, longer = sorted(image.size)
            long_side = int(self.height * longer / shorter)
            width, height = (self.width, long_side) if image.width <= image.height else (long_side, self.height)
        pixels = np.asarray(image.resize((width, height), Image.Resampling(self.resampling)))
        values = np.asarray(_middle(pixels, self.crop), dtype=np.float32) * np.float32(self.scale)
        values = (values - np.asarray(self.mean, np.float32)) / np.asarray(self.std, np.float32)
        return np.ascontiguousarray(values.transpose(2, 0, 1), dtype=np.float32)


def _of_transformers(config: Mapping[str, Any]) -> PictureInput:
    size = config.get("size", {"shortest_edge": 224})
    size = {"shortest_edge": size} if isinstance(size, int) else size
    crop = config.get("crop_size", {"height": 224, "width": 224})
    crop = {"height": crop, "width": crop} if isinstance(crop, int) else crop
    if not config.get("do_resize", True):
        raise ValueError("do_resize is off")
    fit: _Fit = "shortest" if "shortest_edge" in size else "squash"
    cuts = config.get("do_center_crop", fit == "shortest")
    scales, normalises = config.get("do_rescale", True), config.get("do_normalize", True)
    return PictureInput(
        height=int(size["shortest_edge"] if fit == "shortest" else size["height"]),
        width=int(size["shortest_edge"] if fit == "shortest" else size["width"]),
        fit=fit,
        crop=(int(crop["height"]), int(crop["width"])) if cuts else None,
        resampling=int(config.get("resample", _BICUBIC)),
        scale=float(config.get("rescale_factor", 1 / 255)) if scales else 1.0,
        mean=tuple(config.get("image_mean", _MEAN)) if normalises else (0.0,),
        std=tuple(config.get("image_std", _STD)) if normalises else (1.0,),
    )


def _of_jina(config: Mapping[str, Any]) -> PictureInput:
    size = config["size"]
    height, width = (size, size) if isinstance(size, int) else map(int, size)
    fit = config["resize_mode"]
    if fit not in {"shortest", "squash"} or (fit == "shortest" and height != width):
        raise ValueError(f"resize_mode is {fit!r}")
    return PictureInput(
        height=height,
        width=width,
        fit=fit,
        crop=(height, width) if fit == "shortest" else None,
        resampling=_RESAMPLING[config.get("interpolation", "bicubic")],
        scale=1 / 255,
        mean=tuple(config.get("mean", _MEAN)),
        std=tuple(config.get("std", _STD)),
    )


def _middle(pixels: Pixels, crop: tuple[int, int] | None) -> Pixels:
    """The middle of a picture, with black around where the picture is smaller than that."""
    if crop is None:
        return pixels
    spare = [max(0, wanted - found) for wanted, found in zip(crop, pixels.shape, strict=False)]
    before = [(room + 1) // 2 for room in spare]
    widths = [(first, room - first) for first, room in zip(before, spare, strict=True)]
    pixels = np.pad(pixels, (*widths, (0, 0)))
    top, left = ((found - wanted) // 2 for wanted, found in zip(crop, pixels.shape, strict=False))
    return pixels[top : top + crop[0], left : left + crop[1]]
