"""ColPali, ColQwen2 and ColModernVBERT on tiny random ones made on the spot, against transformers' own processors."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sourcehound.tools.encoders.encoder import Item
from sourcehound.tools.errors import ConfigError, ToolInputError
from tests.tools.encoders import tiny_late
from tests.tools.encoders.tiny import assert_unit, libraries, opened, picture

SAVED: dict[str, Callable[[Path], Path]] = {
    "ColPali": tiny_late.save_colpali,
    "ColQwen2": tiny_late.save_colqwen2,
    "ColModernVBert": tiny_late.save_colmodernvbert,
}
PAGE, CLIP = Item(pictures=(picture(1),)), Item(frames=(picture(2), picture(3)))
QUERIES = [Item(text="a heron"), Item(text="over the reeds by the water"), Item(text="")]


@pytest.fixture(scope="module", params=list(SAVED))
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    name = str(request.param)
    return SAVED[name](tmp_path_factory.mktemp("models") / name)


@pytest.fixture
def copy(folder: Path, tmp_path: Path) -> Path:
    """The model once more, to be spoilt."""
    return Path(shutil.copytree(folder, tmp_path / "copy" / folder.name))


def test_pages_and_queries_have_many_unit_rows_each_with_its_owner(folder: Path, tmp_path: Path):
    encoder = opened(folder, tmp_path)
    assert encoder.gives == "multi"
    for items, as_ in (([PAGE, CLIP], "item"), (QUERIES, "query"), ([PAGE, *QUERIES, CLIP], "query")):
        vectors = encoder.encode(items, as_=as_)  # pyright: ignore[reportArgumentType]  a literal in a loop
        assert_unit(vectors.rows, (len(vectors.owner), 8))
        assert sorted(set(vectors.owner.tolist())) == list(range(len(items)))
        assert np.all(np.diff(vectors.owner) >= 0)
        assert min(np.bincount(vectors.owner)) > 1
        np.testing.assert_array_equal(vectors.rows, opened(folder, tmp_path).encode(items, as_=as_).rows)  # pyright: ignore[reportArgumentType]  likewise


def test_rows_are_the_same_in_any_company(folder: Path, tmp_path: Path):
    encoder = opened(folder, tmp_path)
    items = [Item(text="reeds " * n) for n in range(11)] + [PAGE, CLIP]
    together = encoder.encode(items, as_="query")
    for index, item in enumerate(items):
        alone = encoder.encode([item], as_="query").rows
        np.testing.assert_allclose(together.rows[together.owner == index], alone, atol=1e-5)


def test_a_query_has_the_rows_of_the_library(folder: Path, tmp_path: Path):
    torch, transformers = libraries()
    network = getattr(transformers, f"{folder.name}ForRetrieval").from_pretrained(folder).eval()
    processor = getattr(transformers, f"{folder.name}Processor").from_pretrained(folder, backend="pil")
    with torch.inference_mode():
        expected = network(**processor.process_queries(text=["a heron"])).embeddings[0].numpy()
    rows = opened(folder, tmp_path).encode(QUERIES[:1], as_="query").rows
    np.testing.assert_allclose(rows, expected, atol=1e-5)


@pytest.mark.parametrize("name", ["ColPali", "ColModernVBert"])
def test_a_page_has_the_rows_of_the_library(name: str, tmp_path: Path):
    from PIL import Image

    torch, transformers = libraries()
    folder = SAVED[name](tmp_path / name)
    network = getattr(transformers, f"{name}ForRetrieval").from_pretrained(folder).eval()
    processor = getattr(transformers, f"{name}Processor").from_pretrained(folder, backend="pil")
    inputs = processor.process_images(images=[Image.fromarray(picture(1))])
    inputs.pop("labels", None)
    with torch.inference_mode():
        expected = network(**inputs).embeddings[0].numpy()
    rows = opened(folder, tmp_path).encode([PAGE], as_="item").rows
    np.testing.assert_allclose(rows, expected, atol=1e-5)


def test_patches_of_colqwen2_keep_their_places_in_the_picture(tmp_path: Path):
    from PIL import Image

    torch, transformers = libraries()
    folder = tiny_late.save_colqwen2(tmp_path / "ColQwen2")
    network = transformers.ColQwen2ForRetrieval.from_pretrained(folder).eval()
    processor = transformers.ColQwen2Processor.from_pretrained(folder, backend="pil")
    inputs = processor.process_images(images=[Image.fromarray(picture(1))])
    seen = {name: inputs[name] for name in ("input_ids", "attention_mask", "image_grid_thw")}
    kinds = (inputs["input_ids"] == network.vlm.config.image_token_id).int()
    with torch.inference_mode():
        # the network beneath looks places up by itself when it is given the tokens
        states = network.vlm(**seen, pixel_values=inputs["pixel_values"][0], mm_token_type_ids=kinds).last_hidden_state
        expected = torch.nn.functional.normalize(network.embedding_proj_layer(states), dim=-1)[0].numpy()
    rows = opened(folder, tmp_path).encode([PAGE], as_="item").rows
    np.testing.assert_allclose(rows, expected, atol=1e-5)


def test_the_stamp_tells_limits_apart_and_needs_no_model(folder: Path, copy: Path, tmp_path: Path):
    options = ("", "pixels=9000", "tokens=9", "dimension=4")
    encoders = [opened(copy, tmp_path, some) for some in options]
    (copy / "tokenizer.json").unlink()
    assert len({str(encoder.stamp) for encoder in encoders}) == len(options)
    assert all(encoder.is_here() for encoder in encoders)
    assert encoders[0].takes == {"picture", "frames"}
    assert encoders[3].encode([], as_="item").rows.shape == (0, 4)
    assert encoders[0].stamp.weights == opened(folder, tmp_path).stamp.weights


def test_words_are_no_pages(folder: Path, tmp_path: Path):
    encoder = opened(folder, tmp_path)
    for item, held in (
        (Item(text="reeds"), "no picture"),
        (Item(text="reeds", pictures=(picture(1),)), "words beside"),
    ):
        with pytest.raises(ToolInputError, match=f"item 1 holds {held}"):
            encoder.encode([PAGE, item], as_="item")


def test_fewer_pixels_are_fewer_rows(tmp_path: Path):
    for name in ("ColQwen2", "ColModernVBert"):
        folder = SAVED[name](tmp_path / name)
        page = [Item(pictures=(picture(1, 100, 100),))]
        few, many = (opened(folder, tmp_path, f"pixels={n}").encode(page, as_="item").rows for n in (900, 3200))
        assert len(few) < len(many)
    with pytest.raises(ConfigError, match="sees every picture in one size"):
        opened(tiny_late.save_colpali(tmp_path / "ColPali"), tmp_path, "pixels=900").encode([PAGE], as_="item")


def test_a_long_query_is_cut_and_its_marks_are_read_as_words(folder: Path, tmp_path: Path):
    encoder = opened(folder, tmp_path, "tokens=6")
    long, longer = (encoder.encode([Item(text="heron " * n)], as_="query").rows for n in (20, 40))
    np.testing.assert_array_equal(long, longer)
    marks = Item(text="<image> <|image_pad|> <end_of_utterance> \ud800")
    assert len(opened(folder, tmp_path).encode([marks], as_="query").rows) > 10


@pytest.mark.parametrize("lost", ["model.safetensors", "tokenizer.json", "config.json"])
def test_a_folder_that_lacks_a_part_is_refused_in_one_line(copy: Path, tmp_path: Path, lost: str):
    (copy / lost).unlink()
    with pytest.raises(ConfigError) as caught:
        opened(copy, tmp_path).encode([PAGE], as_="item")
    assert str(copy) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_projection_is_refused_and_not_filled_up(copy: Path, tmp_path: Path):
    from safetensors.numpy import load_file, save_file

    tensors = {
        name: value for name, value in load_file(copy / "model.safetensors").items() if "proj_layer.w" not in name
    }
    save_file(tensors, copy / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ConfigError, match=r"lack 1 tensors, as embedding_proj_layer\.weight"):
        opened(copy, tmp_path).encode([PAGE], as_="item")
