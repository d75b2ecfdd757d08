"""CLIP-like models from a folder, tried on tiny random ones of each type made on the spot."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sourcehound.tools.encoders.clip import ITEM_TEXT_WEIGHT, QUERY_TEXT_WEIGHT
from sourcehound.tools.encoders.encoder import FloatArray, Item
from sourcehound.tools.encoders.families import CLIP_LIKE, FAMILIES
from sourcehound.tools.encoders.named import Encoders
from sourcehound.tools.encoders.towers_torch import TYPES
from sourcehound.tools.encoders.whereabouts import find_clip_like, find_model
from sourcehound.tools.errors import ConfigError, ToolInputError
from tests.tools.encoders.tiny import assert_unit, change_json, libraries, opened, picture, save_clip, save_lora

WIDTHS = dict.fromkeys(TYPES, 16) | {"siglip": 32, "siglip2": 32}


@pytest.fixture(scope="module", params=TYPES)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_clip(tmp_path_factory.mktemp("models") / str(request.param), str(request.param))


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_clip(tmp_path_factory.mktemp("models") / "clip")


@pytest.fixture
def copy(clip: Path, tmp_path: Path) -> Path:
    """The model once more, to be spoilt."""
    return Path(shutil.copytree(clip, tmp_path / "models" / clip.name))


def unit(row: Any) -> Any:
    return row / np.linalg.norm(row)


def row_of(folder: Path, item: Item, options: str = "", as_: Any = "item") -> FloatArray:
    (row,) = opened(folder, folder, options).encode([item], as_=as_).rows
    return row


def test_every_type_that_can_be_opened_has_a_family():
    assert {name for family in FAMILIES if family.name == CLIP_LIKE[0] for name in family.model_types} == set(TYPES)


def test_texts_and_pictures_share_one_space_of_unit_rows(folder: Path, tmp_path: Path):
    model = opened(folder, tmp_path)
    queries = model.encode([Item(text="a heron"), Item(text="reeds " * 99)], as_="query")
    vectors = model.encode([Item(pictures=(picture(1),)), Item(frames=(picture(2), picture(3)))], as_="item")
    assert model.stamp.dimension == WIDTHS[folder.name]
    assert_unit(queries.rows, (2, WIDTHS[folder.name]))
    assert_unit(vectors.rows, (3, WIDTHS[folder.name]))
    assert vectors.owner.tolist() == [0, 1, 1]
    assert (model.takes, model.gives) == ({"text", "picture", "frames"}, "single")
    assert model.encode([], as_="item").rows.shape == (0, WIDTHS[folder.name])


def test_the_rows_of_pictures_are_those_of_the_library(folder: Path):
    from PIL import Image

    torch, transformers = libraries()
    network = transformers.AutoModel.from_pretrained(folder, local_files_only=True).eval()
    processor = transformers.AutoImageProcessor.from_pretrained(folder, local_files_only=True, backend="pil")
    with torch.inference_mode():
        pixels = processor(images=[Image.fromarray(picture(1))], return_tensors="pt")
        expected = network.get_image_features(**pixels).pooler_output
    row = row_of(folder, Item(pictures=(picture(1),)))
    np.testing.assert_allclose(row, unit(expected[0].numpy()), atol=1e-5)


def test_the_rows_of_texts_are_those_of_the_library(folder: Path):
    torch, transformers = libraries()
    network = transformers.AutoModel.from_pretrained(folder, local_files_only=True).eval()
    words = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True, padding_side="right")
    text, how = "A Heron", {}
    if folder.name.startswith("siglip"):  # as their processors do: small letters, full length, no mask
        text, how = text.lower(), {"padding": "max_length", "max_length": 24}
    with torch.inference_mode():
        expected = network.get_text_features(words(text, return_tensors="pt", **how)["input_ids"]).pooler_output
    np.testing.assert_allclose(row_of(folder, Item(text="A Heron")), unit(expected[0].numpy()), atol=1e-5)


def test_a_text_has_the_same_row_in_any_company(folder: Path, tmp_path: Path):
    model = opened(folder, tmp_path)
    together = model.encode([Item(text="a heron over the reeds by the water"), Item(text="a")], as_="query").rows
    np.testing.assert_allclose(together[1], row_of(folder, Item(text="a")), atol=1e-5)


def test_the_stamp_holds_the_weights_hash_and_needs_no_model(folder: Path, tmp_path: Path):
    stamp = opened(folder, tmp_path).stamp
    assert stamp.weights == hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()[:16]
    assert stamp.encoder == f"hf:{folder}"


@pytest.mark.parametrize(
    ("options", "as_", "weight"),
    [
        ("", "query", QUERY_TEXT_WEIGHT),
        ("", "item", ITEM_TEXT_WEIGHT),
        ("text_weight=0.3", "query", 0.3),
        ("text_weight=0.3", "item", 0.3),
        ("text_weight=0", "item", 0.0),
    ],
)
def test_words_and_pictures_in_one_item_are_one_weighted_sum(clip: Path, options: str, as_: Any, weight: float):
    words = row_of(clip, Item(text="a heron"))
    seen = [row_of(clip, Item(pictures=(picture(seed),))) for seed in (1, 2)]
    expected = unit(weight * words + (1 - weight) * unit(np.mean(seen, axis=0)))
    item = Item(text="a heron", pictures=(picture(1),), frames=(picture(2),))
    np.testing.assert_allclose(row_of(clip, item, options, as_), expected, atol=1e-6)


def test_a_model_trained_with_plain_sums_is_asked_by_plain_sums(copy: Path):
    item = Item(text="a heron", pictures=(picture(1),))
    asked = row_of(copy, item, as_="query")
    change_json(copy / "config.json", auto_map={"AutoModel": "modeling_MMRet_CLIP.CLIPModel"})
    assert not np.allclose(row_of(copy, item, as_="query"), asked, atol=1e-3)
    np.testing.assert_allclose(row_of(copy, item, as_="query"), row_of(copy, item, "text_weight=0.5"), atol=1e-6)


def test_items_of_every_kind_go_in_one_call(clip: Path, tmp_path: Path):
    items = [
        Item(pictures=(picture(1), picture(2))),
        Item(text="a heron", pictures=(picture(1),)),
        Item(text="a heron"),
    ]
    vectors = opened(clip, tmp_path).encode(items, as_="item")
    assert vectors.owner.tolist() == [0, 0, 1, 2]
    np.testing.assert_allclose(vectors.rows[3], row_of(clip, items[2]), atol=1e-6)


def test_an_item_without_anything_among_pictures_is_refused(clip: Path, tmp_path: Path):
    with pytest.raises(ToolInputError, match="neither words nor pictures"):
        opened(clip, tmp_path).encode([Item(), Item(pictures=(picture(1),))], as_="item")


def test_a_matryoshka_row_is_the_beginning_of_the_whole_one(clip: Path, tmp_path: Path):
    item = Item(pictures=(picture(1),))
    np.testing.assert_allclose(row_of(clip, item, "dimension=4"), unit(row_of(clip, item)[:4]), atol=1e-6)
    assert opened(clip, tmp_path, "dimension=4").stamp.dimension == 4
    with pytest.raises(ConfigError, match="dimension=17 is more than the 16"):
        opened(clip, tmp_path, "dimension=17")


def test_a_network_of_patches_looks_at_as_many_pixels_as_it_is_told(tmp_path: Path):
    folder = save_clip(tmp_path, "siglip2")
    item = Item(pictures=(picture(1, 300, 200),))
    assert not np.allclose(row_of(folder, item), row_of(folder, item, "pixels=256"), atol=1e-4)
    np.testing.assert_allclose(row_of(folder, item), row_of(folder, item, "pixels=1024"), atol=1e-6)
    with pytest.raises(ConfigError, match="less than one patch"):
        opened(folder, tmp_path, "pixels=63")


def test_a_network_of_one_size_has_no_pixels_to_choose(clip: Path, tmp_path: Path):
    with pytest.raises(ConfigError, match="pictures of one size"):
        opened(clip, tmp_path, "pixels=999")


def test_an_adapter_changes_rows_and_stamp(clip: Path, tmp_path: Path):
    adapter = save_lora(tmp_path, ["text_model.encoder.layers.0.self_attn.out_proj"])
    item = Item(text="a heron")
    assert not np.allclose(row_of(clip, item), row_of(clip, item, f"adapter={adapter}"), atol=1e-4)
    assert opened(clip, tmp_path).stamp.weights != opened(clip, tmp_path, f"adapter={adapter}").stamp.weights


@pytest.mark.parametrize(
    "lost", ["config.json", "model.safetensors", "preprocessor_config.json", "tokenizer_config.json"]
)
def test_a_folder_that_lacks_a_part_is_refused_at_once(copy: Path, tmp_path: Path, lost: str):
    (copy / lost).unlink()
    with pytest.raises(ConfigError, match=str(copy)):
        opened(copy, tmp_path)


@pytest.mark.parametrize(
    ("config", "told"),
    [
        ({"model_type": "vit"}, "knows pictures and no words"),
        ({"model_type": "jina_clip"}, "needs Python code of its own, which is never run"),
        ({"model_type": "odd", "auto_map": {"AutoModel": "x.Y"}}, "needs Python code of its own"),
        ({"model_type": "odd"}, "of type 'odd'"),
    ],
)
def test_a_model_of_another_type_is_refused_with_why_and_what_instead(
    copy: Path, tmp_path: Path, config: dict[str, Any], told: str
):
    (copy / "config.json").write_text(json.dumps(config))
    with pytest.raises(ConfigError, match=told) as caught:
        opened(copy, tmp_path)
    assert caught.value.remedy
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("held", "told"),
    [("adapter_config.json", "it is an adapter"), ("open_clip_config.json", "made for open_clip"), ("x", "name a")],
)
def test_a_folder_that_is_no_model_is_answered_with_what_it_is(tmp_path: Path, held: str, told: str):
    (tmp_path / held).write_text("{}")
    with pytest.raises(ConfigError, match=told):
        opened(tmp_path, tmp_path)


def test_weights_cut_short_are_refused(copy: Path, tmp_path: Path):
    weights = copy / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:5000])
    with pytest.raises(ConfigError, match="cannot load the model"):
        opened(copy, tmp_path).encode([Item(text="a")], as_="query")


def test_weights_that_lack_a_tensor_are_refused_and_not_filled_up(copy: Path, tmp_path: Path):
    from safetensors.numpy import load_file, save_file

    tensors = load_file(copy / "model.safetensors")
    del tensors["logit_scale"]
    save_file(tensors, copy / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ConfigError, match="logit_scale"):
        opened(copy, tmp_path).encode([Item(text="a")], as_="query")


def test_weights_that_go_away_are_not_here(copy: Path, tmp_path: Path):
    model = opened(copy, tmp_path)
    assert model.is_here()
    (copy / "model.safetensors").unlink()
    assert not model.is_here()


def test_a_model_is_found_in_the_given_folder_and_in_the_hubs_cache(copy: Path, tmp_path: Path):
    nowhere = tmp_path / "nowhere"
    assert find_clip_like(weights_path=None, hub_cache=nowhere) is None
    assert find_clip_like(weights_path=copy.parent, hub_cache=nowhere) == copy
    snapshot = tmp_path / "hub" / "models--somebody--clip" / "snapshots" / "abc"
    shutil.copytree(copy, snapshot)
    assert find_clip_like(weights_path=None, hub_cache=tmp_path / "hub") == snapshot
    assert find_model("somebody/clip", weights_path=None, hub_cache=tmp_path / "hub") == snapshot
    assert find_model("somebody/clip", weights_path=copy.parent, hub_cache=nowhere) == copy
    assert find_model("somebody/clap", weights_path=copy.parent, hub_cache=tmp_path / "hub") is None
    named = Encoders(weights_path=copy.parent, cache_dir=tmp_path, hub_cache=nowhere)
    assert named.pictures("auto").stamp.encoder == f"hf:{copy}"
    assert named.pages("") is None
    assert named.pages(f"hf:{copy}") is named.pictures("auto")
