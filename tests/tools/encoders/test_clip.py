"""CLIP-like models from a folder, tried on tiny random ones made on the spot."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from sourcehound.tools.encoders.clip import find_clip_like
from sourcehound.tools.encoders.encoder import Item
from sourcehound.tools.errors import ConfigError, ToolInputError
from tests.tools.encoders.tiny import opened, picture, save_clip, save_siglip


@pytest.fixture(scope="module", params=["clip", "siglip"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("models") / str(request.param)
    return {"clip": save_clip, "siglip": save_siglip}[path.name](path)


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    """The model once more, to be spoilt."""
    return Path(shutil.copytree(folder, tmp_path / "models" / folder.name))


def test_texts_and_pictures_share_one_space_of_unit_rows(folder: Path, tmp_path: Path):
    model = opened(folder, tmp_path)
    queries = model.encode([Item(text="a heron"), Item(text="reeds " * 99)], as_="query")
    vectors = model.encode([Item(pictures=(picture(1),)), Item(frames=(picture(2), picture(3)))], as_="item")
    assert queries.rows.shape == (2, model.stamp.dimension)
    assert vectors.rows.shape == (3, model.stamp.dimension)
    assert vectors.owner.tolist() == [0, 1, 1]
    for rows in (queries.rows, vectors.rows):
        np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_the_vectors_are_those_of_the_library(folder: Path, tmp_path: Path):
    from PIL import Image

    torch, transformers = pytest.importorskip("torch"), pytest.importorskip("transformers")
    network = transformers.AutoModel.from_pretrained(folder, local_files_only=True).eval()
    processor = transformers.AutoImageProcessor.from_pretrained(folder, local_files_only=True, backend="pil")
    with torch.inference_mode():
        pixels = processor(images=[Image.fromarray(picture(1))], return_tensors="pt")["pixel_values"]
        expected = network.get_image_features(pixel_values=pixels).pooler_output
    rows = opened(folder, tmp_path).encode([Item(pictures=(picture(1),))], as_="item").rows
    np.testing.assert_allclose(rows, torch.nn.functional.normalize(expected, dim=1).numpy(), atol=1e-5)


def test_a_text_has_the_same_row_in_any_company(folder: Path, tmp_path: Path):
    model = opened(folder, tmp_path)
    together = model.encode([Item(text="a heron over the reeds by the water"), Item(text="a")], as_="query").rows
    np.testing.assert_allclose(together[1], model.encode([Item(text="a")], as_="query").rows[0], atol=1e-5)


def test_the_stamp_holds_the_weights_hash_and_needs_no_model(folder: Path, tmp_path: Path):
    stamp = opened(folder, tmp_path).stamp
    assert stamp.weights == hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()[:16]
    assert stamp.encoder == f"hf:{folder}"


def test_texts_as_items_are_refused(folder: Path, tmp_path: Path):
    with pytest.raises(ToolInputError, match="holds text"):
        opened(folder, tmp_path).encode([Item(text="a heron")], as_="item")


@pytest.mark.parametrize(
    "lost", ["config.json", "model.safetensors", "preprocessor_config.json", "tokenizer_config.json"]
)
def test_a_folder_that_lacks_a_part_is_refused_at_once(copy: Path, tmp_path: Path, lost: str):
    (copy / lost).unlink()
    with pytest.raises(ConfigError, match=str(copy)):
        opened(copy, tmp_path)


def test_a_model_of_another_type_is_refused_by_its_type(copy: Path, tmp_path: Path):
    (copy / "config.json").write_text(json.dumps({"model_type": "vit"}))
    with pytest.raises(ConfigError, match="'vit'"):
        opened(copy, tmp_path)


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


def test_a_model_is_found_in_the_given_folder_and_in_the_hubs_cache(copy: Path, tmp_path: Path):
    nowhere = tmp_path / "nowhere"
    assert find_clip_like(weights_path=None, hub_cache=nowhere) is None
    assert find_clip_like(weights_path=copy.parent, hub_cache=nowhere) == copy
    snapshot = tmp_path / "hub" / "models--somebody--clip" / "snapshots" / "abc"
    shutil.copytree(copy, snapshot)
    assert find_clip_like(weights_path=None, hub_cache=tmp_path / "hub") == snapshot
