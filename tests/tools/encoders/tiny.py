"""Tiny random checkpoints, made on the spot and saved as people get them: their vectors mean nothing but are always the same.

Each `save_…` needs torch and transformers and skips the test where they are missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sourcehound.tools.encoders.encoder import Encoder, Pixels
from sourcehound.tools.encoders.families import open_folder
from sourcehound.tools.encoders.spec import Spec

SIZES = {"hidden_size": 32, "intermediate_size": 37, "num_hidden_layers": 2, "num_attention_heads": 4}
IDS = {"pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2}
MARKERS = {"pad_token": "<pad>", "bos_token": "<s>", "eos_token": "</s>"}


def libraries() -> tuple[Any, Any]:
    """torch, seeded, and transformers."""
    torch, transformers = pytest.importorskip("torch"), pytest.importorskip("transformers")
    torch.manual_seed(0)
    return torch, transformers


def tokenizer(*extra: str, **more: Any) -> Any:
    """A byte-level tokenizer of some 320 tokens; `extra` are further special tokens, `more` goes to the wrapper."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    _, transformers = libraries()
    words = Tokenizer(models.BPE())
    words.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=320,
        show_progress=False,
        special_tokens=[*MARKERS.values(), *extra],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
    )
    words.train_from_iterator(["a heron over the reeds"], trainer)
    return transformers.PreTrainedTokenizerFast(tokenizer_object=words, **MARKERS, **more)


def save_clip(folder: Path) -> Path:
    """A CLIP of 16 numbers, pictures of 32 pixels."""
    _, transformers = libraries()
    words = tokenizer()
    text = SIZES | IDS | {"vocab_size": len(words), "max_position_embeddings": 24}
    vision = SIZES | {"image_size": 32, "patch_size": 8}
    config = transformers.CLIPConfig(projection_dim=16, vision_config=vision, text_config=text)
    transformers.CLIPModel(config).save_pretrained(folder)
    size = {"size": {"shortest_edge": 32}, "crop_size": {"height": 32, "width": 32}}
    transformers.CLIPImageProcessorPil(**size).save_pretrained(folder)
    words.save_pretrained(folder)
    return folder


def save_siglip(folder: Path) -> Path:
    """A SigLIP of 32 numbers, pictures of 32 pixels."""
    _, transformers = libraries()
    words = tokenizer()
    text = SIZES | IDS | {"vocab_size": len(words), "max_position_embeddings": 24}
    vision = SIZES | {"image_size": 32, "patch_size": 8}
    config = transformers.SiglipConfig(vision_config=vision, text_config=text)
    transformers.SiglipModel(config).save_pretrained(folder)
    transformers.SiglipImageProcessorPil(size={"height": 32, "width": 32}).save_pretrained(folder)
    words.save_pretrained(folder)
    return folder


def picture(seed: int, height: int = 40, width: int = 50) -> Pixels:
    """Noise, the same for the same seed."""
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def opened(folder: Path, cache_dir: Path, options: str = "") -> Encoder:
    """The encoder of a folder as the program opens it, with the options of a spec, as `dimension=8&tokens=16`."""
    return open_folder(Spec.parse(f"{Spec.of_folder(folder)}{options and '?'}{options}"), cache_dir)


def assert_unit(rows: Any, shape: Sequence[int]) -> None:
    """Rows of that shape and of unit length."""
    assert rows.shape == tuple(shape)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
