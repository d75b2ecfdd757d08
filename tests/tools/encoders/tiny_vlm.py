"""Tiny random vision-language checkpoints, saved as people get them.

Each `save_…` needs torch and transformers and skips the test where they are missing.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.tools.encoders.tiny import IDS, SIZES, libraries, tokenizer, write_json

QWEN = (
    "<|vision_start|>",
    "<|vision_end|>",
    "<|image_pad|>",
    "<|video_pad|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|endoftext|>",
)
DECODER = SIZES | IDS | {"intermediate_size": 48, "num_key_value_heads": 2}
ROPE = {"rope_parameters": {"rope_type": "default", "rope_theta": 1e4, "mrope_section": [1, 1, 2]}}
SEES = {"patch_size": 14, "spatial_merge_size": 2, "num_heads": 4, "hidden_size": 32}
QWEN3_SEES = SEES | {
    "patch_size": 16,
    "depth": 2,
    "intermediate_size": 48,
    "out_hidden_size": 32,
    "deepstack_visual_indexes": [0],
    "num_position_embeddings": 16,
}
CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{% if m.content is string %}{{ m.content }}{% else %}"
    "{% for c in m.content %}{% if c.type == 'image' %}PICTURE{% else %}{{ c.text }}{% endif %}{% endfor %}{% endif %}"
    "<|im_end|>\n{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def save_qwen2_vl(folder: Path) -> Path:
    """A Qwen2-VL, as GME and VLM2Vec are."""
    _, transformers = libraries()
    words = qwen_tokenizer()
    transformers.Qwen2VLForConditionalGeneration(qwen2_vl_config(words)).save_pretrained(folder)
    return save_qwen_parts(folder, words)


def save_qwen2_5_vl(folder: Path) -> Path:
    """A Qwen2.5-VL, as jina-embeddings-v4 is with one task merged in."""
    words = qwen_tokenizer()
    qwen2_5_vl(words).save_pretrained(folder)
    return save_qwen_parts(folder, words)


def save_qwen3_vl(folder: Path) -> Path:
    """A Qwen3-VL, as Qwen3-VL-Embedding is."""
    _, transformers = libraries()
    words = qwen_tokenizer()
    config = transformers.Qwen3VLConfig(
        text_config=DECODER | ROPE | {"vocab_size": len(words), "head_dim": 8},
        vision_config=QWEN3_SEES,
        **qwen_ids(words),
    )
    transformers.Qwen3VLForConditionalGeneration(config).save_pretrained(folder)
    return save_qwen_parts(folder, words, patch=16)


def save_jina4(folder: Path) -> Path:
    """A whole jina-embeddings-v4: Qwen2.5-VL, a projection, and one file of adapters with a matrix for each task."""
    torch, _ = libraries()
    from safetensors.torch import load_file, save_file

    words = qwen_tokenizer()
    qwen2_5_vl(words).save_pretrained(folder)
    projector = {"multi_vector_projector.weight": torch.randn(8, 32), "multi_vector_projector.bias": torch.randn(8)}
    save_file(
        load_file(folder / "model.safetensors") | projector, folder / "model.safetensors", metadata={"format": "pt"}
    )
    config = json.loads((folder / "config.json").read_text())
    config |= {"architectures": ["JinaEmbeddingsV4Model"], "multi_vector_projector_dim": 8}
    config |= {"auto_map": {"AutoModel": "modeling_jina_embeddings_v4.JinaEmbeddingsV4Model"}}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "adapters").mkdir()
    lora = {"peft_type": "LORA", "r": 2, "lora_alpha": 2, "bias": "none"}
    (folder / "adapters" / "adapter_config.json").write_text(json.dumps(lora))
    sizes = {"model.language_model.layers.0.mlp.down_proj": (48, 32), "multi_vector_projector": (32, 8)}
    tensors: dict[str, Any] = {}
    for task in ("retrieval", "text-matching", "code"):
        for module, (wide, narrow) in sizes.items():
            tensors[f"base_model.model.{module}.lora_A.{task}.weight"] = torch.randn(2, wide)
            tensors[f"base_model.model.{module}.lora_B.{task}.weight"] = torch.randn(narrow, 2)
    save_file(tensors, folder / "adapters" / "adapter_model.safetensors")
    return save_qwen_parts(folder, words)


def save_llava_next(folder: Path) -> Path:
    """A LLaVA-NeXT without processor_config.json, as BGE-VL-MLLM and E5-V came."""
    _, transformers = libraries()
    words = llava_tokenizer()
    vision = transformers.CLIPVisionConfig(**SIZES | {"num_hidden_layers": 3}, image_size=28, patch_size=14)
    text = transformers.MistralConfig(**DECODER, vocab_size=len(words))
    grids = [[28, 56], [56, 28]]
    config = transformers.LlavaNextConfig(
        text_config=text, vision_config=vision, image_token_index=mark_id(words, "<image>"), image_grid_pinpoints=grids
    )
    transformers.LlavaNextForConditionalGeneration(config).save_pretrained(folder)
    size = {"shortest_edge": 28}, {"height": 28, "width": 28}
    images = transformers.LlavaNextImageProcessorPil(size=size[0], crop_size=size[1], image_grid_pinpoints=grids)
    images.save_pretrained(folder)
    words.save_pretrained(folder)
    return folder


def save_llava_onevision(folder: Path) -> Path:
    """A LLaVA-OneVision, whose processor in transformers needs torchvision for its part for videos."""
    _, transformers = libraries()
    words = llava_tokenizer()
    vision = transformers.SiglipVisionConfig(**SIZES | {"num_hidden_layers": 3}, image_size=28, patch_size=14)
    text = transformers.Qwen2Config(**DECODER, vocab_size=len(words))
    grids = [[28, 56], [56, 28], [56, 56]]
    config = transformers.LlavaOnevisionConfig(
        text_config=text,
        vision_config=vision,
        image_token_index=mark_id(words, "<image>"),
        video_token_index=mark_id(words, "<video>"),
        image_grid_pinpoints=grids,
    )
    transformers.LlavaOnevisionForConditionalGeneration(config).save_pretrained(folder)
    size = {"height": 28, "width": 28}
    transformers.LlavaOnevisionImageProcessorPil(size=size, image_grid_pinpoints=grids).save_pretrained(folder)
    words.save_pretrained(folder)
    return folder


def save_idefics3(folder: Path) -> Path:
    """An Idefics3, which sees a picture in tiles."""
    _, transformers = libraries()
    words = tiles_tokenizer()
    config = transformers.Idefics3Config(
        text_config=transformers.LlamaConfig(**DECODER, vocab_size=len(words)),
        vision_config=SIZES | {"image_size": 28, "patch_size": 7},
        image_token_id=mark_id(words, "<image>"),
        scale_factor=2,
    )
    transformers.Idefics3ForConditionalGeneration(config).save_pretrained(folder)
    images = transformers.Idefics3ImageProcessorPil(size={"longest_edge": 56}, max_image_size={"longest_edge": 28})
    transformers.Idefics3Processor(images, words, image_seq_len=4).save_pretrained(folder)
    return folder


def save_gemma3(folder: Path) -> Path:
    """A Gemma 3, which sees every picture in one size."""
    _, transformers = libraries()
    marks = {"boi_token": "<boi>", "eoi_token": "<eoi>", "image_token": "<image_soft_token>"}
    words = tokenizer(*marks.values(), extra_special_tokens=marks)
    text = DECODER | {"vocab_size": len(words), "head_dim": 8}
    ids = {"boi_token_index": "<boi>", "eoi_token_index": "<eoi>", "image_token_index": "<image_soft_token>"}
    config = transformers.Gemma3Config(
        text_config=text,
        vision_config=SIZES | {"image_size": 28, "patch_size": 7},
        mm_tokens_per_image=4,
        **{name: mark_id(words, mark) for name, mark in ids.items()},
    )
    transformers.Gemma3ForConditionalGeneration(config).save_pretrained(folder)
    images = transformers.Gemma3ImageProcessorPil(size={"height": 28, "width": 28})
    transformers.Gemma3Processor(images, words, image_seq_length=4).save_pretrained(folder)
    return folder


def save_llava(folder: Path) -> Path:
    """A LLaVA without processor_config.json, its way of writing a conversation in a file of its own, as it used to be."""
    _, transformers = libraries()
    words = llava_tokenizer()
    vision = transformers.CLIPVisionConfig(**SIZES | {"num_hidden_layers": 3}, image_size=28, patch_size=14)
    text = transformers.LlamaConfig(**DECODER, vocab_size=len(words))
    config = transformers.LlavaConfig(
        text_config=text, vision_config=vision, image_token_index=mark_id(words, "<image>")
    )
    transformers.LlavaForConditionalGeneration(config).save_pretrained(folder)
    size = {"shortest_edge": 28}, {"height": 28, "width": 28}
    transformers.CLIPImageProcessorPil(size=size[0], crop_size=size[1]).save_pretrained(folder)
    words.save_pretrained(folder)
    write_json(folder / "chat_template.json", {"chat_template": CHATML.replace("PICTURE", "<image>")})
    return folder


def save_internvl(folder: Path) -> Path:
    """An InternVL as transformers has it."""
    _, transformers = libraries()
    marks = {"start_image_token": "<img>", "end_image_token": "</img>", "context_image_token": "<IMG_CONTEXT>"}
    words = tokenizer(*marks.values(), "<video>", extra_special_tokens=marks | {"video_token": "<video>"})
    config = transformers.InternVLConfig(
        text_config=transformers.Qwen2Config(**DECODER, vocab_size=len(words)),
        vision_config=SIZES | {"image_size": [28, 28], "patch_size": [7, 7]},
        image_token_id=mark_id(words, "<IMG_CONTEXT>"),
        image_seq_length=4,
    )
    transformers.InternVLForConditionalGeneration(config).save_pretrained(folder)
    size = {"height": 28, "width": 28}
    transformers.GotOcr2ImageProcessorPil(size=size, crop_to_patches=False).save_pretrained(folder)
    words.save_pretrained(folder)
    write_json(folder / "processor_config.json", {"processor_class": "InternVLProcessor", "image_seq_length": 4})
    return folder


def save_paligemma(folder: Path) -> Path:
    """A PaliGemma."""
    _, transformers = libraries()
    words = llava_tokenizer()
    network = transformers.PaliGemmaForConditionalGeneration(paligemma_config(words))
    network.save_pretrained(folder)
    images = transformers.SiglipImageProcessorPil(size={"height": 28, "width": 28})
    images.image_seq_length = 4
    transformers.PaliGemmaProcessor(image_processor=images, tokenizer=words).save_pretrained(folder)
    return folder


def save_qwen3_vl_moe(folder: Path) -> Path:
    """A Qwen3-VL whose layers choose among experts."""
    _, transformers = libraries()
    words = qwen_tokenizer()
    text = DECODER | ROPE | {"vocab_size": len(words), "head_dim": 8, "moe_intermediate_size": 16}
    text |= {"num_experts": 4, "num_experts_per_tok": 2}
    config = transformers.Qwen3VLMoeConfig(text_config=text, vision_config=QWEN3_SEES, **qwen_ids(words))
    transformers.Qwen3VLMoeForConditionalGeneration(config).save_pretrained(folder)
    return save_qwen_parts(folder, words, patch=16)


def save_language_model(folder: Path) -> Path:
    """A Qwen3 that generates words and was never trained to embed."""
    _, transformers = libraries()
    words = qwen_tokenizer()
    config = transformers.Qwen3Config(**DECODER, vocab_size=len(words), head_dim=8)
    transformers.Qwen3ForCausalLM(config).save_pretrained(folder)
    words.chat_template = CHATML
    words.save_pretrained(folder)
    return folder


def qwen_tokenizer() -> Any:
    """Words and marks of the Qwen families."""
    return tokenizer(*QWEN)


def llava_tokenizer() -> Any:
    """Words and marks of the LLaVA families."""
    return tokenizer("<image>", "<video>", extra_special_tokens={"image_token": "<image>"})


def tiles_tokenizer() -> Any:
    """Words and marks of the families that see tiles."""
    tiles = [f"<row_{row}_col_{column}>" for row in range(1, 7) for column in range(1, 7)]
    return tokenizer("<image>", "<fake_token_around_image>", "<global-img>", "<end_of_utterance>", *tiles)


def qwen_ids(words: Any) -> dict[str, int]:
    """What a configuration calls the marks of pictures."""
    names = ("vision_start_token_id", "vision_end_token_id", "image_token_id", "video_token_id")
    return {name: mark_id(words, mark) for name, mark in zip(names, QWEN, strict=False)}


def qwen2_vl_config(words: Any) -> Any:
    """A Qwen2-VL's, which is what a ColQwen2 is made of."""
    _, transformers = libraries()
    return transformers.Qwen2VLConfig(
        text_config=DECODER | ROPE | {"vocab_size": len(words)},
        vision_config=SEES | {"depth": 2, "embed_dim": 32, "mlp_ratio": 2},
        **qwen_ids(words),
    )


def paligemma_config(words: Any) -> Any:
    """A PaliGemma's, which is what a ColPali is made of."""
    _, transformers = libraries()
    text = DECODER | {"model_type": "gemma", "vocab_size": len(words), "head_dim": 8}
    vision = SIZES | {"model_type": "siglip_vision_model", "image_size": 28, "patch_size": 14, "projection_dim": 32}
    return transformers.PaliGemmaConfig(
        text_config=text, vision_config=vision, image_token_id=mark_id(words, "<image>"), projection_dim=32
    )


def qwen2_5_vl(words: Any) -> Any:
    """A random network."""
    _, transformers = libraries()
    vision = SEES | {"depth": 2, "intermediate_size": 48, "out_hidden_size": 32, "fullatt_block_indexes": [1]}
    config = transformers.Qwen2_5_VLConfig(
        text_config=DECODER | ROPE | {"vocab_size": len(words)},
        vision_config=vision | {"window_size": 56},
        **qwen_ids(words),
    )
    return transformers.Qwen2_5_VLForConditionalGeneration(config)


def save_qwen_parts(folder: Path, words: Any, *, patch: int = 14) -> Path:
    """The tokenizer with its way of writing a conversation, and preprocessor_config.json."""
    _, transformers = libraries()
    words.chat_template = CHATML.replace("PICTURE", "<|vision_start|><|image_pad|><|vision_end|>")
    words.save_pretrained(folder)
    size = {"shortest_edge": (2 * patch) ** 2, "longest_edge": (4 * patch) ** 2}
    transformers.Qwen2VLImageProcessorPil(size=size, patch_size=patch).save_pretrained(folder)
    return folder


def mark_id(words: Any, mark: str) -> int:
    """The number of a mark."""
    return int(words.convert_tokens_to_ids(mark))
