"""CLIP-like models in ONNX, tried on small graphs made on the spot."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sourcehound.tools.encoders.encoder import FloatArray, Item
from sourcehound.tools.encoders.picture_input import PictureInput
from sourcehound.tools.encoders.whereabouts import find_clip_like
from sourcehound.tools.errors import ConfigError
from tests.tools.encoders.tiny import assert_unit, change_json, libraries, opened, picture, save_onnx

CONFIGS = {
    "clip": {"size": {"shortest_edge": 24}, "crop_size": {"height": 20, "width": 20}},
    "clip, old": {"size": 24, "crop_size": 30, "resample": 2, "image_mean": [0.1, 0.2, 0.3], "image_std": [1, 2, 3]},
    "mobileclip": {"size": {"shortest_edge": 24}, "crop_size": 24, "do_normalize": False, "resample": 2},
    "siglip": {"size": {"height": 16, "width": 24}, "image_mean": [0.5] * 3, "image_std": [0.5] * 3},
}


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_onnx(tmp_path_factory.mktemp("models") / "mobileclip", projection_dim=6)


def rows_of(folder: Path, *items: Item) -> FloatArray:
    return opened(folder, folder).encode(items, as_="item").rows


def test_words_and_pictures_share_one_space_of_unit_rows(apart: Path, tmp_path: Path):
    model = opened(apart, tmp_path)
    items = [Item(text="a heron"), Item(text="reeds " * 40), Item(pictures=(picture(1),), text="a heron")]
    assert_unit(model.encode([*items, Item(frames=(picture(2), picture(3)))], as_="item").rows, (5, 6))
    assert model.stamp.preprocessing == "clip-onnx-12tok-1"
    assert model.stamp.dimension == 6
    assert model.is_here()


def test_a_text_has_the_same_row_in_any_company(apart: Path):
    together = rows_of(apart, Item(text="a heron over the reeds"), Item(text="a"), Item(text=""))
    np.testing.assert_allclose(together[1], rows_of(apart, Item(text="a"))[0], atol=1e-6)


def test_one_graph_that_takes_both_gives_the_same(apart: Path, tmp_path: Path):
    both = save_onnx(tmp_path / "jina", together=True, model_type="jina_clip", auto_map={"AutoModel": "x.Y"})
    items = Item(text="a heron"), Item(text="reeds"), Item(pictures=(picture(1),)), Item(pictures=(picture(2),))
    np.testing.assert_allclose(rows_of(both, *items), rows_of(apart, *items), atol=1e-6)


def test_without_a_mask_every_text_is_filled_up_to_the_full_length(tmp_path: Path):
    from tokenizers import Tokenizer

    folder = save_onnx(tmp_path / "model", mask=False)
    rows = rows_of(folder, Item(text="a heron"), Item(text="a heron over the reeds"))
    np.testing.assert_allclose(rows[0], rows_of(folder, Item(text="a heron"))[0], atol=1e-6)
    import onnxruntime

    ids = Tokenizer.from_file(str(folder / "tokenizer.json")).encode("a heron").ids
    session = onnxruntime.InferenceSession(str(folder / "onnx" / "text_model.onnx"))
    (expected,) = session.run(None, {"input_ids": np.array([ids + [0] * (12 - len(ids))])})
    np.testing.assert_allclose(rows[0], np.asarray(expected)[0] / np.linalg.norm(np.asarray(expected)), atol=1e-6)


def test_the_graph_is_asked_for_its_width_where_the_configuration_is_silent(tmp_path: Path):
    assert opened(save_onnx(tmp_path / "model"), tmp_path).stamp.dimension == 6


def test_a_configuration_that_contradicts_the_graph_is_refused(tmp_path: Path):
    folder = save_onnx(tmp_path / "model", projection_dim=7)
    with pytest.raises(ConfigError, match="says 7 numbers, the graph gives 6"):
        rows_of(folder, Item(text="a"))


def test_the_stamp_tells_graphs_and_their_data_apart(apart: Path, tmp_path: Path):
    copy = Path(shutil.copytree(apart, tmp_path / "copy"))
    before = opened(copy, tmp_path).stamp.weights
    assert opened(apart, tmp_path).stamp.weights == before
    (copy / "onnx" / "vision_model.onnx_data").write_bytes(b"more")
    assert opened(copy, tmp_path).stamp.weights != before


@pytest.mark.parametrize("lost", ["tokenizer.json", "preprocessor_config.json", "onnx/text_model.onnx"])
def test_a_folder_that_lacks_a_part_is_refused_at_once(apart: Path, tmp_path: Path, lost: str):
    copy = Path(shutil.copytree(apart, tmp_path / "copy"))
    (copy / lost).unlink()
    with pytest.raises(ConfigError, match=str(copy)):
        opened(copy, tmp_path)


def test_a_graph_cut_short_is_refused(apart: Path, tmp_path: Path):
    copy = Path(shutil.copytree(apart, tmp_path / "copy"))
    graph = copy / "onnx" / "text_model.onnx"
    graph.write_bytes(graph.read_bytes()[:300])
    with pytest.raises(ConfigError, match="cannot load the graph"):
        rows_of(copy, Item(text="a"))


def test_pictures_that_are_prepared_in_an_unknown_way_are_refused(apart: Path, tmp_path: Path):
    copy = Path(shutil.copytree(apart, tmp_path / "copy"))
    change_json(copy / "preprocessor_config.json", size={"longest_edge": 9})
    with pytest.raises(ConfigError, match=r"preprocessor_config.json prepares pictures in a way"):
        opened(copy, tmp_path)


@pytest.mark.parametrize("name", CONFIGS)
@pytest.mark.parametrize("shape", [(40, 50), (50, 40), (7, 90), (24, 24)])
def test_pictures_are_prepared_as_the_library_does(name: str, shape: tuple[int, int]):
    _, transformers = libraries()
    config: dict[str, Any] = CONFIGS[name]
    library = transformers.SiglipImageProcessorPil if name == "siglip" else transformers.CLIPImageProcessorPil
    expected = library(**config)(images=[picture(1, *shape)], return_tensors="np")["pixel_values"]
    np.testing.assert_allclose(PictureInput.read(config, where="")([picture(1, *shape)]), expected, atol=1e-5)


def test_jinas_own_form_says_the_same_as_clips():
    jina = {"size": 24, "resize_mode": "shortest", "interpolation": "bicubic", "mean": [0.1] * 3, "std": [0.2] * 3}
    clip = {"size": 24, "crop_size": 24, "image_mean": [0.1] * 3, "image_std": [0.2] * 3}
    inputs = [PictureInput.read(config, where="")([picture(1)]) for config in (jina, clip)]
    np.testing.assert_allclose(inputs[0], inputs[1], atol=1e-6)


def test_such_a_model_is_found_and_needs_no_torch(apart: Path, tmp_path: Path):
    assert find_clip_like(weights_path=apart, hub_cache=tmp_path) == apart
    script = (
        "import sys; from pathlib import Path; from sourcehound.tools.encoders.named import Encoders; "
        "from sourcehound.tools.encoders.encoder import Item; "
        "encoders = Encoders(weights_path=None, cache_dir=Path(sys.argv[2]), hub_cache=Path(sys.argv[2])); "
        "encoders.pictures('hf:' + sys.argv[1]).encode([Item(text='a heron')], as_='query'); "
        "print({'torch', 'transformers'} & set(sys.modules))"
    )
    command = [sys.executable, "-c", script, str(apart), str(tmp_path)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == "set()"
