"""jina-embeddings-v4 in both outputs and both published layouts, on tiny random ones made on the spot."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from sourcehound.tools.encoders.encoder import Item
from sourcehound.tools.errors import ConfigError
from tests.tools.encoders import tiny_vlm
from tests.tools.encoders.tiny import assert_unit, libraries, opened, picture

ITEMS = [Item(text="reeds"), Item(pictures=(picture(1),)), Item(text="reeds", pictures=(picture(1),))]
ITEMS.append(Item(frames=(picture(1), picture(2))))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The model with all its tasks."""
    return tiny_vlm.save_jina4(tmp_path_factory.mktemp("models") / "jina-embeddings-v4")


@pytest.fixture
def copy(whole: Path, tmp_path: Path) -> Path:
    """The model once more, to be spoilt."""
    return Path(shutil.copytree(whole, tmp_path / "copy" / whole.name))


def test_an_item_of_any_mix_is_one_row_or_one_for_each_token(whole: Path, tmp_path: Path):
    single, multi = opened(whole, tmp_path), opened(whole, tmp_path, "kind=multi")
    assert (single.gives, multi.gives) == ("single", "multi")
    assert single.stamp != multi.stamp
    vectors = single.encode(ITEMS, as_="item")
    assert_unit(vectors.rows, (len(ITEMS), 32))
    vectors = multi.encode(ITEMS, as_="item")
    assert_unit(vectors.rows, (len(vectors.owner), 8))
    assert sorted(set(vectors.owner.tolist())) == [0, 1, 2, 3]
    assert np.all(np.diff(vectors.owner) >= 0)
    assert min(np.bincount(vectors.owner)) > 1


def test_rows_are_the_same_in_any_company(whole: Path, tmp_path: Path):
    for kind in ("single", "multi"):
        encoder = opened(whole, tmp_path, f"kind={kind}")
        items = [Item(text="reeds " * n) for n in range(1, 11)] + ITEMS
        together = encoder.encode(items, as_="item").rows
        alone = np.concatenate([encoder.encode([item], as_="item").rows for item in items])
        np.testing.assert_allclose(together, alone, atol=1e-5)


def test_a_picture_is_the_mean_of_its_own_tokens(whole: Path, tmp_path: Path):
    torch, transformers = libraries()
    from safetensors.torch import load_file

    network = transformers.Qwen2_5_VLForConditionalGeneration.from_pretrained(whole).eval()
    adapters = load_file(whole / "adapters" / "adapter_model.safetensors")
    name = "base_model.model.model.language_model.layers.0.mlp.down_proj.lora_{}.retrieval.weight"
    with torch.no_grad():
        change = adapters[name.format("B")] @ adapters[name.format("A")]
        network.model.language_model.layers[0].mlp.down_proj.weight += change
    words = transformers.AutoTokenizer.from_pretrained(whole)
    seen = transformers.Qwen2VLImageProcessorPil.from_pretrained(whole)(images=[picture(1)], return_tensors="pt")
    patches = int(seen["image_grid_thw"].prod()) // 4
    marks = f"<|vision_start|>{'<|image_pad|>' * patches}<|vision_end|>"
    inputs = dict(words(f"<|im_start|>user\n{marks}Describe the image.<|im_end|>\n", return_tensors="pt"), **seen)
    inputs["mm_token_type_ids"] = (inputs["input_ids"] == network.config.image_token_id).int()
    inputs.pop("token_type_ids", None)
    with torch.inference_mode():
        states = network.model(**inputs).last_hidden_state[0]
    ids = inputs["input_ids"][0].tolist()
    begin, end = (ids.index(words.convert_tokens_to_ids(mark)) for mark in ("<|vision_start|>", "<|vision_end|>"))
    expected = states[begin : end + 1].mean(dim=0).numpy()
    row = opened(whole, tmp_path).encode([ITEMS[1]], as_="item").rows[0]
    np.testing.assert_allclose(row, expected / np.linalg.norm(expected), atol=1e-5)


def test_each_task_has_its_own_rows_in_both_outputs(whole: Path, tmp_path: Path):
    for kind in ("single", "multi"):
        rows = {
            task: opened(whole, tmp_path, f"kind={kind}&adapter={task}").encode(ITEMS, as_="query").rows
            for task in ("retrieval", "text-matching", "code")
        }
        assert np.abs(rows["retrieval"] - rows["code"]).max() > 1e-3
        assert np.abs(rows["code"] - rows["text-matching"]).max() > 1e-3
        by_default = opened(whole, tmp_path, f"kind={kind}").encode(ITEMS, as_="query").rows
        np.testing.assert_array_equal(by_default, rows["retrieval"])


def test_queries_and_passages_differ_but_where_texts_are_matched(whole: Path, tmp_path: Path):
    for task, same in (("retrieval", False), ("text-matching", True)):
        encoder = opened(whole, tmp_path, f"adapter={task}")
        query, passage = (encoder.encode([ITEMS[0]], as_=as_).rows for as_ in ("query", "item"))
        assert np.array_equal(query, passage) is same


def test_the_first_numbers_are_kept(whole: Path, tmp_path: Path):
    rows = opened(whole, tmp_path).encode(ITEMS, as_="item").rows[:, :8]
    cut = opened(whole, tmp_path, "dimension=8").encode(ITEMS, as_="item").rows
    np.testing.assert_allclose(cut, rows / np.linalg.norm(rows, axis=1, keepdims=True), atol=1e-6)


def test_a_model_with_one_task_merged_in_gives_single_rows_only(tmp_path: Path):
    folder = tiny_vlm.save_qwen2_5_vl(tmp_path / "jina-embeddings-v4-vllm-text-matching")
    encoder = opened(folder, tmp_path)
    query, passage = (encoder.encode(ITEMS, as_=as_).rows for as_ in ("query", "item"))
    assert_unit(query, (len(ITEMS), 32))
    np.testing.assert_array_equal(query, passage)
    with pytest.raises(ConfigError, match="gives single vectors, not multi"):
        opened(folder, tmp_path, "kind=multi")


def test_a_missing_adapter_or_projection_is_refused_by_name(copy: Path, tmp_path: Path):
    from safetensors.numpy import load_file, save_file

    with pytest.raises(ConfigError, match="no adapter 'nonsense'"):
        opened(copy, tmp_path, "adapter=nonsense")
    adapters = copy / "adapters" / "adapter_model.safetensors"
    save_file({name: value for name, value in load_file(adapters).items() if ".code." not in name}, adapters)
    with pytest.raises(ConfigError, match="nothing for the task 'code'"):
        opened(copy, tmp_path, "adapter=code").encode(ITEMS, as_="item")
    weights = copy / "model.safetensors"
    kept = {name: value for name, value in load_file(weights).items() if name != "multi_vector_projector.bias"}
    save_file(kept, weights, metadata={"format": "pt"})
    with pytest.raises(ConfigError, match=r"lack multi_vector_projector\.bias"):
        opened(copy, tmp_path, "kind=multi").encode(ITEMS, as_="item")
