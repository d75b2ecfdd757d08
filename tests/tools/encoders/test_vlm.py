"""Embedding by vision-language models, tried on tiny random ones of every family, made on the spot."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sourcehound.tools.encoders.encoder import Item
from sourcehound.tools.encoders.folder import ModelFolder
from sourcehound.tools.encoders.freeret import FREERET
from sourcehound.tools.encoders.vlm_recipes import RECIPES, Asked, recipe_of
from sourcehound.tools.errors import ConfigError, ToolInputError
from tests.tools.encoders import tiny_vlm
from tests.tools.encoders.tiny import assert_unit, libraries, opened, picture

SAVED: dict[str, Callable[[Path], Path]] = {
    "gme-Qwen2-VL-2B-Instruct": tiny_vlm.save_qwen2_vl,
    "Qwen3-VL-Embedding-2B": tiny_vlm.save_qwen3_vl,
    "VLM2Vec-V2.0": tiny_vlm.save_qwen2_vl,
    "BGE-VL-MLLM-S1": tiny_vlm.save_llava_next,
    "e5-v": tiny_vlm.save_llava_next,
    "Qwen2.5-VL-3B-Instruct": tiny_vlm.save_qwen2_5_vl,
    "llava-onevision-qwen2-0.5b-ov-hf": tiny_vlm.save_llava_onevision,
    "Idefics3-8B-Llama3": tiny_vlm.save_idefics3,
    "gemma-3-4b-it": tiny_vlm.save_gemma3,
}
OTHERS: dict[str, Callable[[Path], Path]] = {
    "llava-1.5-7b-hf": tiny_vlm.save_llava,
    "InternVL3-1B-hf": tiny_vlm.save_internvl,
    "paligemma2-3b-pt-224": tiny_vlm.save_paligemma,
    "Qwen3-VL-30B-A3B-Instruct": tiny_vlm.save_qwen3_vl_moe,
}
"""What people call such folders, with what lies in them."""
QUERY = Item(text="a heron over the reeds")
SEEN = Item(pictures=(picture(1),))
BOTH = Item(text="a heron over the reeds", pictures=(picture(1),))
CLIP = Item(frames=(picture(1), picture(2)))


@pytest.fixture(scope="module", params=list(SAVED))
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    name = str(request.param)
    return SAVED[name](tmp_path_factory.mktemp("models") / name)


@pytest.fixture(scope="module")
def gme(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_vlm.save_qwen2_vl(tmp_path_factory.mktemp("models") / "gme-qwen2-vl")


@pytest.fixture
def copy(gme: Path, tmp_path: Path) -> Path:
    """The model once more, to be spoilt."""
    return Path(shutil.copytree(gme, tmp_path / gme.name))


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # in transformers' PaliGemma
@pytest.mark.parametrize("name", OTHERS)
def test_any_other_vision_language_model_embeds_without_training(name: str, tmp_path: Path):
    encoder = opened(OTHERS[name](tmp_path / name), tmp_path)
    rows = encoder.encode([QUERY, SEEN, BOTH, CLIP], as_="item").rows
    assert_unit(rows, (4, 32))
    assert len(np.unique(rows.round(4), axis=0)) == 4
    np.testing.assert_allclose(encoder.encode([CLIP], as_="item").rows[0], rows[3], atol=1e-5)


def test_the_width_is_the_types_own_where_the_folder_leaves_it_out(tmp_path: Path):
    folder = tiny_vlm.save_llava_next(tmp_path / "bge-vl")
    config = json.loads((folder / "config.json").read_text())
    config["text_config"] = {"model_type": "mistral"}
    (folder / "config.json").write_text(json.dumps(config))
    assert opened(folder, tmp_path).stamp.dimension == 4096


def test_words_pictures_and_frames_in_any_mix_are_one_unit_row_an_item(folder: Path, tmp_path: Path):
    encoder = opened(folder, tmp_path)
    mixed = [CLIP, QUERY, BOTH, SEEN, Item(text="reeds", frames=(picture(3),)), Item(text="")]
    vectors = encoder.encode(mixed, as_="item")
    assert_unit(vectors.rows, (len(mixed), encoder.stamp.dimension))
    assert vectors.owner.tolist() == list(range(len(mixed)))
    np.testing.assert_array_equal(vectors.rows, opened(folder, tmp_path).encode(mixed, as_="item").rows)
    words, seen, both = (encoder.encode([one], as_="item").rows[0] for one in (QUERY, SEEN, BOTH))
    assert min(np.abs(both - words).max(), np.abs(both - seen).max(), np.abs(words - seen).max()) > 1e-3


def test_an_item_has_the_same_row_in_any_company(folder: Path, tmp_path: Path):
    encoder = opened(folder, tmp_path)
    items = [Item(text="reeds " * n) for n in range(11)] + [SEEN, BOTH, CLIP]
    together = encoder.encode(items, as_="query").rows
    alone = np.concatenate([encoder.encode([item], as_="query").rows for item in items])
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_an_instruction_changes_the_row_of_a_query(folder: Path, tmp_path: Path):
    encoder = opened(folder, tmp_path)
    plain = encoder.encode([QUERY], as_="query").rows
    told = encoder.encode([QUERY], as_="query", instruction="Find a page that says so.").rows
    assert np.abs(plain - told).max() > 1e-3
    by_spec = opened(folder, tmp_path, "instruction=Find a page that says so.").encode([QUERY], as_="query").rows
    np.testing.assert_array_equal(told, by_spec)


def test_the_first_numbers_of_a_row_are_kept_and_made_unit_again(folder: Path, tmp_path: Path):
    whole = opened(folder, tmp_path).encode([BOTH], as_="item").rows
    encoder = opened(folder, tmp_path, "dimension=8")
    assert encoder.stamp.dimension == 8
    cut = encoder.encode([BOTH], as_="item").rows
    np.testing.assert_allclose(cut, whole[:, :8] / np.linalg.norm(whole[:, :8]), atol=1e-6)


def test_a_row_of_qwen_is_what_the_library_makes_of_inputs_built_by_hand(gme: Path, tmp_path: Path):
    torch, transformers = libraries()
    network = transformers.Qwen2VLForConditionalGeneration.from_pretrained(gme).eval()
    words = transformers.AutoTokenizer.from_pretrained(gme)
    images = transformers.Qwen2VLImageProcessorPil.from_pretrained(
        gme, size={"shortest_edge": 784, "longest_edge": 1280 * 784}
    )
    seen = images(images=[picture(1)], return_tensors="pt")
    patches = int(seen["image_grid_thw"].prod()) // 4
    prompt = (
        "<|im_start|>system\nFind it.<|im_end|>\n<|im_start|>user\n<|vision_start|>"
        f"{'<|image_pad|>' * patches}<|vision_end|>a heron<|im_end|>\n<|im_start|>assistant\n<|endoftext|>"
    )
    inputs = dict(words(prompt, return_tensors="pt"), **seen)
    inputs["mm_token_type_ids"] = (inputs["input_ids"] == network.config.image_token_id).int()
    inputs.pop("token_type_ids", None)
    with torch.inference_mode():
        expected = network.model(**inputs).last_hidden_state[0, -1].numpy()
    item = Item(text="a heron", pictures=(picture(1),))
    row = opened(gme, tmp_path).encode([item], as_="query", instruction="Find it.").rows[0]
    np.testing.assert_allclose(row, expected / np.linalg.norm(expected), atol=1e-5)


def test_a_row_of_llava_is_what_the_librarys_own_processor_leads_to(tmp_path: Path):
    from PIL import Image

    torch, transformers = libraries()
    folder = tiny_vlm.save_llava_next(tmp_path / "e5-v")
    processor = transformers.LlavaNextProcessor(
        image_processor=transformers.LlavaNextImageProcessorPil.from_pretrained(folder),
        tokenizer=transformers.AutoTokenizer.from_pretrained(folder),
        patch_size=14,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
    )
    prompt = "<|start_header_id|>user<|end_header_id|>\n\n<image>\nSummary above image in one word: <|eot_id|>"
    prompt += "<|start_header_id|>assistant<|end_header_id|>\n\n \n"
    inputs = processor(text=[prompt], images=[Image.fromarray(picture(1))], return_tensors="pt")
    inputs.pop("token_type_ids", None)
    network = transformers.LlavaNextForConditionalGeneration.from_pretrained(folder).eval()
    with torch.inference_mode():
        expected = network.model(**inputs).last_hidden_state[0, -1].numpy()
    row = opened(folder, tmp_path).encode([SEEN], as_="item").rows[0]
    np.testing.assert_allclose(row, expected / np.linalg.norm(expected), atol=1e-5)


def last_mlp_changed(folder: Path, copy: Path) -> Path:
    from safetensors.numpy import load_file, save_file

    shutil.copytree(folder, copy)
    tensors = load_file(copy / "model.safetensors")
    name = next(name for name in sorted(tensors, reverse=True) if name.endswith("layers.1.mlp.down_proj.weight"))
    save_file(tensors | {name: tensors[name] + 1}, copy / "model.safetensors", metadata={"format": "pt"})
    return copy


def test_an_untrained_model_embeds_without_its_last_mlp_and_a_trained_one_with_it(gme: Path, tmp_path: Path):
    for name, as_before in (("Qwen2-VL-2B-Instruct", True), ("gme-Qwen2-VL-2B", False)):
        folder = Path(shutil.copytree(gme, tmp_path / name))
        changed = last_mlp_changed(folder, tmp_path / "changed" / name)
        rows = [opened(one, tmp_path).encode([BOTH], as_="item").rows for one in (folder, changed)]
        assert np.allclose(*rows, atol=1e-6) is as_before


def test_a_language_model_embeds_words_without_training_and_no_pictures(tmp_path: Path):
    encoder = opened(tiny_vlm.save_language_model(tmp_path / "Qwen3-0.6B"), tmp_path)
    assert encoder.takes == {"text"}
    rows = encoder.encode([QUERY, Item(text="reeds")], as_="item").rows
    assert_unit(rows, (2, 32))
    assert "freeret" in encoder.stamp.preprocessing
    with pytest.raises(ToolInputError, match="item 1 holds pictures"):
        encoder.encode([QUERY, SEEN], as_="item")


def test_the_prompt_without_training_grounds_the_word_in_what_there_is():
    asked = Asked(text="a heron", pictures=2, frames=0, instruction="Judge by colour.", as_="query")
    assert FREERET.prompt(asked) == (
        "a heron\nJudge by colour.\nBased on the images and text above, output one word:\n"
        "• Capture the semantics of the images and text.\n• Do not use function words, prepositions, or symbols."
    )


@pytest.mark.parametrize("recipe", [*RECIPES, FREERET], ids=lambda recipe: recipe.name)
def test_every_recipe_says_what_it_is_given_once(recipe: Any):
    asked = Asked(text="TEXT", pictures=0, frames=0, instruction="INSTRUCTION", as_="query", mark="<image>")
    prompt = recipe.prompt(asked)
    assert prompt.count("TEXT") == 1
    assert prompt.count("INSTRUCTION") == 1


def test_a_recipe_is_told_by_class_file_or_name(tmp_path: Path):
    def told(path: Path, **config: Any) -> str:
        path.mkdir(parents=True)
        (path / "config.json").write_text(json.dumps({"model_type": "qwen2_vl", **config}))
        recipe = recipe_of(ModelFolder.read(path))
        return recipe.name if recipe else "none"

    assert told(tmp_path / "plain") == "none"
    assert told(tmp_path / "a", architectures=["LLaVANextForEmbedding"]) == "bge-vl"
    in_hub = tmp_path / "models--Alibaba-NLP--gme-Qwen2-VL-2B-Instruct" / "snapshots" / "0123abcd"
    assert told(in_hub) == "gme"
    with_file = tmp_path / "b"
    with_file.mkdir()
    (with_file / "gme_inference.py").write_text("raise SystemExit('this is never run')")
    assert told(with_file / "..b") == "none"
    (with_file / "config.json").write_text(json.dumps({"model_type": "qwen2_vl"}))
    assert recipe_of(ModelFolder.read(with_file)) is RECIPES[0]


def test_a_text_that_quotes_the_models_own_marks_is_read_as_a_text(gme: Path, tmp_path: Path):
    encoder = opened(gme, tmp_path)
    quoting = Item(text="<|im_end|><|image_pad|><|vision_start|> \ud800", pictures=(picture(1),))
    assert_unit(encoder.encode([quoting], as_="item").rows, (1, 32))


def test_a_text_is_cut_at_the_most_tokens(gme: Path, tmp_path: Path):
    encoder = opened(gme, tmp_path, "tokens=5")
    long, longer = (encoder.encode([Item(text="heron " * n)], as_="item").rows for n in (20, 30))
    np.testing.assert_array_equal(long, longer)
    short = encoder.encode([Item(text="heron")], as_="item").rows
    assert np.abs(long - short).max() > 1e-4


def test_pictures_of_odd_shapes_are_seen(gme: Path, tmp_path: Path):
    odd = [Item(pictures=(picture(1, *shape),)) for shape in ((1, 1), (1, 900), (900, 3))]
    assert_unit(opened(gme, tmp_path).encode(odd, as_="item").rows, (3, 32))


@pytest.mark.parametrize("save", [tiny_vlm.save_qwen2_vl, tiny_vlm.save_llava_onevision, tiny_vlm.save_idefics3])
def test_fewer_pixels_are_seen_where_that_was_asked_for(save: Callable[[Path], Path], tmp_path: Path):
    folder = save(tmp_path / "model")
    fewer, more = opened(folder, tmp_path, "pixels=900"), opened(folder, tmp_path, "pixels=4000")
    assert fewer.stamp != more.stamp
    rows = [encoder.encode([Item(pictures=(picture(1, 90, 90),))], as_="item").rows for encoder in (fewer, more)]
    assert np.abs(rows[0] - rows[1]).max() > 1e-4


def test_pixels_are_refused_by_a_model_that_sees_one_size(tmp_path: Path):
    encoder = opened(tiny_vlm.save_gemma3(tmp_path / "gemma"), tmp_path, "pixels=900")
    with pytest.raises(ConfigError, match="sees every picture in one size"):
        encoder.encode([SEEN], as_="item")


def test_the_stamp_tells_recipes_poolings_and_limits_apart(gme: Path, tmp_path: Path):
    stamps = {str(opened(gme, tmp_path, options).stamp) for options in ("", "pooling=mean", "tokens=9", "pixels=9000")}
    assert len(stamps) == 4
    renamed = Path(shutil.copytree(gme, tmp_path / "VLM2Vec"))
    assert opened(renamed, tmp_path).stamp.preprocessing != opened(gme, tmp_path).stamp.preprocessing


def test_nothing_to_encode_is_no_rows_and_loads_nothing(copy: Path, tmp_path: Path):
    encoder = opened(copy, tmp_path)
    (copy / "tokenizer.json").unlink()
    assert encoder.encode([], as_="item").rows.shape == (0, 32)
    assert encoder.is_here()


def test_what_is_no_picture_is_refused(gme: Path, tmp_path: Path):
    with pytest.raises(ToolInputError, match="item 0 has float32"):
        opened(gme, tmp_path).encode([Item(pictures=(np.zeros((4, 4, 3), np.float32),))], as_="item")  # pyright: ignore[reportArgumentType]  wrong on purpose


@pytest.mark.parametrize("lost", ["tokenizer.json", "preprocessor_config.json", "model.safetensors", "config.json"])
def test_a_folder_that_lacks_a_part_is_refused_in_one_line(copy: Path, tmp_path: Path, lost: str):
    (copy / lost).unlink()
    with pytest.raises(ConfigError) as caught:
        opened(copy, tmp_path).encode([SEEN], as_="item")
    assert str(copy) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_weights_that_lack_a_tensor_are_refused_and_not_filled_up(copy: Path, tmp_path: Path):
    from safetensors.numpy import load_file, save_file

    tensors = load_file(copy / "model.safetensors")
    lost = next(name for name in tensors if "visual" in name)
    save_file(
        {name: tensors[name] for name in tensors if name != lost}, copy / "model.safetensors", metadata={"format": "pt"}
    )
    with pytest.raises(ConfigError, match="lack 1 tensors"):
        opened(copy, tmp_path).encode([SEEN], as_="item")


def test_a_missing_head_for_words_is_not_missed(copy: Path, tmp_path: Path):
    from safetensors.numpy import load_file, save_file

    before = opened(copy, tmp_path).encode([BOTH], as_="item").rows
    tensors = {name: tensor for name, tensor in load_file(copy / "model.safetensors").items() if "lm_head" not in name}
    save_file(tensors, copy / "model.safetensors", metadata={"format": "pt"})
    np.testing.assert_array_equal(opened(copy, tmp_path).encode([BOTH], as_="item").rows, before)


def test_an_adapter_changes_the_rows_and_the_stamp(copy: Path, tmp_path: Path):
    torch, _ = libraries()
    from safetensors.torch import save_file

    name = "base_model.model.model.language_model.layers.0.self_attn.q_proj"
    sides = {f"{name}.lora_A.weight": torch.randn(2, 32), f"{name}.lora_B.weight": torch.randn(32, 2)}
    (copy / "adapters" / "mine").mkdir(parents=True)
    save_file(sides, copy / "adapters" / "mine" / "adapter_model.safetensors")
    config = {"peft_type": "LORA", "r": 2, "lora_alpha": 4, "bias": "none"}
    (copy / "adapters" / "mine" / "adapter_config.json").write_text(json.dumps(config))
    plain, adapted = opened(copy, tmp_path), opened(copy, tmp_path, "adapter=mine")
    assert plain.stamp.weights != adapted.stamp.weights
    assert np.abs(plain.encode([BOTH], as_="item").rows - adapted.encode([BOTH], as_="item").rows).max() > 1e-4
