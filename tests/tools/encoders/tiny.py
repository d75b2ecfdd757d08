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
MEAN, CLS, LAST = ({f"pooling_mode_{way}": True} for way in ("mean_tokens", "cls_token", "lasttoken"))
"""Ways of pooling, as 1_Pooling/config.json has them."""
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


def save_clip(folder: Path, family: str = "clip") -> Path:
    """A CLIP-like model of 16 numbers (SigLIPs: 32), pictures of 32 pixels in patches of 8, texts of 24 tokens.

    Args:
        folder: where it is saved.
        family: a type of transformers': clip, siglip, siglip2, metaclip_2, chinese_clip, altclip or aimv2.
    """
    _, transformers = libraries()
    words = tokenizer("<unk>", unk_token="<unk>")  # noqa: S106  no password
    text = SIZES | IDS | {"vocab_size": len(words), "max_position_embeddings": 24}
    vision = SIZES | {"image_size": 32, "patch_size": 8}
    sides = {"text_config": text | _TEXT_TOWERS.get(family, {}), "vision_config": vision}
    if family == "siglip2":
        sides["vision_config"] = vision | {"num_patches": 16}
    model, processor = _CLIPS[family]
    config = getattr(transformers, f"{model}Config")(**({} if "iglip" in model else {"projection_dim": 16}), **sides)
    getattr(transformers, f"{model}Model")(config).save_pretrained(folder)
    shape = {"size": {"shortest_edge": 32}, "crop_size": {"height": 32, "width": 32}}
    shapes = {"siglip": {"size": {"height": 32, "width": 32}}, "siglip2": {"patch_size": 8, "max_num_patches": 16}}
    getattr(transformers, f"{processor}ImageProcessorPil")(**shapes.get(family, shape)).save_pretrained(folder)
    words.save_pretrained(folder)
    return folder


_CLIPS = {
    "clip": ("CLIP", "CLIP"),
    "siglip": ("Siglip", "Siglip"),
    "siglip2": ("Siglip2", "Siglip2"),
    "metaclip_2": ("MetaClip2", "CLIP"),
    "chinese_clip": ("ChineseCLIP", "ChineseCLIP"),
    "altclip": ("AltCLIP", "CLIP"),
    "aimv2": ("Aimv2", "CLIP"),
}
_TEXT_TOWERS: dict[str, dict[str, Any]] = {
    "altclip": {"project_dim": 32, "max_position_embeddings": 90},
}


def save_onnx(folder: Path, *, together: bool = False, mask: bool = True, **config: Any) -> Path:
    """A CLIP-like model of 6 numbers in ONNX: means of token vectors and of pixels, each through a matrix.

    Args:
        folder: where it is saved.
        together: whether one graph takes both, as jina-clip's does.
        mask: whether the graph for words takes a mask; without it the padding counts as words.
        config: goes into config.json.
    """
    onnx = pytest.importorskip("onnx")
    words = tokenizer(model_max_length=12)
    room = folder / "onnx"
    room.mkdir(parents=True)
    sides = {"text_model": _onnx_words(len(words), mask=mask), "vision_model": _onnx_pictures()}
    if together:
        (nodes, inputs, outputs, tensors), (more_nodes, more_inputs, more_outputs, more_tensors) = sides.values()
        joined = (nodes + more_nodes, inputs + more_inputs, outputs + more_outputs, tensors + more_tensors)
        sides = {"model": joined}
    for name, (nodes, inputs, outputs, tensors) in sides.items():
        graph = onnx.helper.make_graph(nodes, name, inputs, outputs, tensors)
        model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 18)], ir_version=9)
        (room / f"{name}.onnx").write_bytes(model.SerializeToString())
    write_json(folder / "config.json", {"model_type": "clip"} | config)
    size = {"do_center_crop": True, "crop_size": 32, "size": {"shortest_edge": 32}, "do_normalize": False}
    write_json(folder / "preprocessor_config.json", size)
    words.save_pretrained(folder)
    return folder


def _onnx_words(vocabulary: int, *, mask: bool) -> tuple[list[Any], list[Any], list[Any], list[Any]]:
    from onnx import TensorProto, helper, numpy_helper

    draw = np.random.default_rng(0).standard_normal
    shape = ["batch", "tokens"]
    inputs = [helper.make_tensor_value_info("input_ids", TensorProto.INT64, shape)]
    nodes = [helper.make_node("Gather", ["vectors", "input_ids"], ["states"])]  # (batch, tokens, 8)
    tensors = [numpy_helper.from_array(draw((vocabulary, 8)).astype(np.float32), "vectors")]
    tensors += [numpy_helper.from_array(draw((8, 6)).astype(np.float32), "of_words")]
    tensors += [numpy_helper.from_array(np.array([axis], np.int64), f"axis{axis}") for axis in (1, 2)]
    if mask:
        inputs.append(helper.make_tensor_value_info("attention_mask", TensorProto.INT64, shape))
        nodes += [
            helper.make_node("Cast", ["attention_mask"], ["counted"], to=TensorProto.FLOAT),
            helper.make_node("Unsqueeze", ["counted", "axis2"], ["weights"]),
            helper.make_node("Mul", ["states", "weights"], ["seen"]),
        ]
    nodes += [
        helper.make_node("ReduceSum", ["seen" if mask else "states", "axis1"], ["sum"], keepdims=0),
        helper.make_node("MatMul", ["sum", "of_words"], ["text_embeds"]),
    ]
    return nodes, inputs, [helper.make_tensor_value_info("text_embeds", TensorProto.FLOAT, ["batch", 6])], tensors


def _onnx_pictures() -> tuple[list[Any], list[Any], list[Any], list[Any]]:
    from onnx import TensorProto, helper, numpy_helper

    matrix = np.random.default_rng(1).standard_normal((32, 6)).astype(np.float32)
    tensors = [numpy_helper.from_array(matrix, "of_pixels"), numpy_helper.from_array(np.array([1, 2]), "axes12")]
    shape = ["batch", 3, "height", "width"]
    nodes = [
        helper.make_node("ReduceMean", ["pixel_values", "axes12"], ["columns"], keepdims=0),  # (batch, width)
        helper.make_node("MatMul", ["columns", "of_pixels"], ["image_embeds"]),
    ]
    inputs = [helper.make_tensor_value_info("pixel_values", TensorProto.FLOAT, shape)]
    return nodes, inputs, [helper.make_tensor_value_info("image_embeds", TensorProto.FLOAT, ["batch", 6])], tensors


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
