"""Tiny random checkpoints of late interaction, saved as people get them: ColBERT, ColPali and its kin.

Each `save_…` needs torch and transformers and skips the test where they are missing.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.tools.encoders.tiny import SIZES, libraries
from tests.tools.encoders.tiny_vlm import (
    llava_tokenizer,
    mark_id,
    paligemma_config,
    qwen2_vl_config,
    qwen_tokenizer,
    save_qwen_parts,
    tiles_tokenizer,
)


def save_colpali(folder: Path) -> Path:
    """A ColPali of 8 numbers, pages of 28 pixels."""
    _, transformers = libraries()
    words = llava_tokenizer()
    images = transformers.SiglipImageProcessorPil(size={"height": 28, "width": 28})
    images.image_seq_length = 4
    processor = transformers.ColPaliProcessor(image_processor=images, tokenizer=words)
    vlm = paligemma_config(words)
    network = transformers.ColPaliForRetrieval(transformers.ColPaliConfig(vlm_config=vlm, embedding_dim=8))
    network.save_pretrained(folder)
    processor.save_pretrained(folder)
    return folder


def save_colqwen2(folder: Path) -> Path:
    """A ColQwen2 of 8 numbers."""
    _, transformers = libraries()
    words = qwen_tokenizer()
    config = transformers.ColQwen2Config(vlm_config=qwen2_vl_config(words), embedding_dim=8)
    transformers.ColQwen2ForRetrieval(config).save_pretrained(folder)
    return save_qwen_parts(folder, words)


def save_colmodernvbert(folder: Path) -> Path:
    """A ColModernVBERT of 8 numbers."""
    _, transformers = libraries()
    words = tiles_tokenizer()
    text = {"model_type": "modernbert", "hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2}
    text |= {"num_attention_heads": 4, "vocab_size": len(words), "pad_token_id": 0}
    vision = SIZES | {"model_type": "siglip_vision_model", "image_size": 28, "patch_size": 7}
    vlm = transformers.ModernVBertConfig(
        text_config=text, vision_config=vision, image_token_id=mark_id(words, "<image>"), pixel_shuffle_factor=2
    )
    config = transformers.ColModernVBertConfig(vlm_config=vlm, embedding_dim=8)
    transformers.ColModernVBertForRetrieval(config).save_pretrained(folder)
    images = transformers.Idefics3ImageProcessorPil(size={"longest_edge": 56}, max_image_size={"longest_edge": 28})
    transformers.ColModernVBertProcessor(images, words, image_seq_len=4).save_pretrained(folder)
    return folder


def save_bert_words(folder: Path) -> Any:
    """A BERT's tokenizer of whole words, punctuation and the marks of ColBERT; returns it."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    _, transformers = libraries()
    marks = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[unused0]", "[unused1]"]
    words = [*"abcdefghijklmnopqrstuvwxyz", *"0123456789.,!?;:-'", "heron", "reeds", "water", "over", "the"]
    vocabulary = {word: index for index, word in enumerate([*marks, *words])}
    core = Tokenizer(models.WordPiece(vocabulary, unk_token=marks[1]))
    core.normalizer = normalizers.BertNormalizer()
    core.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    core.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    names = ("pad_token", "unk_token", "cls_token", "sep_token", "mask_token")
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=core, **dict(zip(names, marks, strict=False)))
    tokenizer.save_pretrained(folder)
    return tokenizer


def save_colbert(folder: Path) -> Path:
    """A ColBERT of 8 numbers as Stanford's code saves it: the network and the projection in one file."""
    torch, transformers = libraries()
    from safetensors.torch import save_file

    words = save_bert_words(folder)
    config = transformers.BertConfig(**SIZES, vocab_size=len(words), max_position_embeddings=64)
    network = transformers.BertModel(config, add_pooling_layer=False)
    tensors = {f"bert.{name}": tensor for name, tensor in network.state_dict().items()}
    tensors["linear.weight"] = torch.randn(8, 32)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "config.json").write_text(json.dumps(config.to_dict() | {"architectures": ["HF_ColBERT"]}))
    said = {"query_maxlen": 12, "doc_maxlen": 20, "dim": 8, "attend_to_mask_tokens": False, "mask_punctuation": True}
    (folder / "artifact.metadata").write_text(json.dumps(said))
    return folder


def save_pylate(folder: Path, **said: Any) -> Path:
    """The same weights as `save_colbert` as PyLate saves them: the projection in a folder of its own."""
    from safetensors.numpy import load_file, save_file

    save_colbert(folder)
    tensors = load_file(folder / "model.safetensors")
    linear = {"linear.weight": tensors.pop("linear.weight")}
    plain = {name.removeprefix("bert."): tensor for name, tensor in tensors.items()}
    save_file(plain, folder / "model.safetensors", metadata={"format": "pt"})
    config = json.loads((folder / "config.json").read_text()) | {"architectures": ["BertModel"]}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "artifact.metadata").unlink()
    (folder / "1_Dense").mkdir()
    save_file(linear, folder / "1_Dense" / "model.safetensors")
    dense: dict[str, Any] = {"in_features": 32, "out_features": 8, "bias": False}
    dense["activation_function"] = "torch.nn.modules.linear.Identity"
    (folder / "1_Dense" / "config.json").write_text(json.dumps(dense))
    modules = [
        {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
        {"idx": 1, "name": "1", "path": "1_Dense", "type": "pylate.models.Dense.Dense"},
    ]
    (folder / "modules.json").write_text(json.dumps(modules))
    settings = {"query_prefix": "[unused0]", "document_prefix": "[unused1]", "query_length": 12, "document_length": 20}
    settings |= {"do_query_expansion": True, "attend_to_expansion_tokens": False, "similarity_fn_name": "MaxSim"}
    (folder / "config_sentence_transformers.json").write_text(json.dumps(settings | said))
    return folder
