"""Tiny random checkpoints, made on the spot and saved as people get them: their vectors mean nothing but are always the same.

Each `save_…` needs torch and transformers and skips the test where they are missing.
"""

from __future__ import annotations

import json
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


def save_text(folder: Path, family: str = "bert", **more: Any) -> Path:
    """A text model of 32 numbers of one of transformers' families, without anything of sentence-transformers.

    `more` goes into its configuration.
    """
    _, transformers = libraries()
    words = tokenizer(model_max_length=48)
    sizes = SIZES | IDS | {"vocab_size": len(words), "max_position_embeddings": 64} | _TEXT_SIZES.get(family, {}) | more
    names = transformers.models.auto.configuration_auto.CONFIG_MAPPING_NAMES
    config = getattr(transformers, names[family])(**sizes)
    network = {"t5": "T5EncoderModel"}.get(family, "AutoModel")
    model = getattr(transformers, network)
    (model(config) if family == "t5" else model.from_config(config)).save_pretrained(folder)
    words.save_pretrained(folder)
    return folder


_TEXT_SIZES: dict[str, dict[str, Any]] = {
    "qwen2": {"num_key_value_heads": 2},
    "qwen3": {"num_key_value_heads": 2, "head_dim": 8},
    "mistral": {"num_key_value_heads": 2},
    "gemma": {"num_key_value_heads": 2, "head_dim": 8},
    "gemma2": {"num_key_value_heads": 2, "head_dim": 8},
    "gemma3_text": {"num_key_value_heads": 2, "head_dim": 8, "use_bidirectional_attention": True, "sliding_window": 16},
    "t5": {"d_model": 32, "d_kv": 8, "d_ff": 37, "num_layers": 2, "num_heads": 4},
    "xlm-roberta": {"type_vocab_size": 1, "max_position_embeddings": 66},
    "distilbert": {"dim": 32, "hidden_dim": 37, "n_layers": 2, "n_heads": 4},
}


def lay_out(
    folder: Path, *, pooling: dict[str, Any], dense: int = 0, prompts: dict[str, str] | None = None, **said: Any
) -> Path:
    """What sentence-transformers adds to a text model's folder: pooling, a dense layer of `dense` numbers, prompts.

    `said` goes into sentence_bert_config.json.
    """
    torch, _ = libraries()
    from safetensors.torch import save_file

    steps = [("", "Transformer"), ("1_Pooling", "Pooling"), *([("2_Dense", "Dense")] * bool(dense))]
    modules = [{"path": path, "type": f"sentence_transformers.models.{kind}"} for path, kind in steps]
    write_json(folder / "modules.json", [{"idx": i, "name": str(i)} | module for i, module in enumerate(modules)])
    write_json(folder / "1_Pooling" / "config.json", {"word_embedding_dimension": 32} | pooling)
    write_json(folder / "config_sentence_transformers.json", {"prompts": prompts or {}, "default_prompt_name": None})
    if said:
        write_json(folder / "sentence_bert_config.json", said)
    if dense:
        activation = "torch.nn.modules.activation.Tanh"
        layer = {"in_features": 32, "out_features": dense, "bias": True, "activation_function": activation}
        write_json(folder / "2_Dense" / "config.json", layer)
        tensors = {"linear.weight": torch.randn(dense, 32), "linear.bias": torch.randn(dense)}
        save_file(tensors, folder / "2_Dense" / "model.safetensors")
    return folder


def save_lora(folder: Path, modules: Sequence[str], *, width: int = 32, rank: int = 4, **config: Any) -> Path:
    """A LoRA adapter of random matrices for square modules of that width, as peft saves it."""
    torch, _ = libraries()
    from safetensors.torch import save_file

    tensors: dict[str, Any] = {}
    for module in modules:
        tensors[f"base_model.model.{module}.lora_A.weight"] = torch.randn(rank, width)
        tensors[f"base_model.model.{module}.lora_B.weight"] = torch.randn(width, rank)
    write_json(folder / "adapter_config.json", {"peft_type": "LORA", "r": rank, "lora_alpha": 8} | config)
    save_file(tensors, folder / "adapter_model.safetensors")
    return folder


def write_json(path: Path, content: Any) -> None:
    """A JSON file, with its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")


def change_json(path: Path, **changes: Any) -> None:
    """Change some keys of a JSON file."""
    write_json(path, json.loads(path.read_text(encoding="utf-8")) | changes)


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
