"""ConSE: a picture stands where the names of its classes stand, and words find it there."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from sourcehound.tools.encoders.conse import TEMPERATURE, TOP
from sourcehound.tools.encoders.encoder import Item, Pixels
from sourcehound.tools.encoders.named import Encoders
from sourcehound.tools.encoders.picture_classifier import class_names
from sourcehound.tools.errors import ToolInputError

N_PHOTOS = 60


@pytest.fixture(scope="module")
def pictures() -> list[Pixels]:
    rng = np.random.default_rng(3)
    return [rng.integers(0, 256, (40, 60, 3), dtype=np.uint8), np.full((9, 9, 3), 200, dtype=np.uint8)]


def test_a_picture_is_the_weighted_mean_of_its_likely_classes_names(encoders: Encoders, pictures: list[Pixels]):
    """Equation 3 of Norouzi et al., worked out one class after the other."""
    logits = encoders.classifier.look(pictures[:1]).logits[0].astype(np.float64)
    names = encoders.minilm.encode_texts(class_names()).astype(np.float64)
    expected = np.zeros(384)
    for index in np.argsort(-logits)[:TOP]:
        expected += np.exp((logits[index] - logits.max()) / TEMPERATURE) * (names[index] - names.mean(axis=0))
    row = encoders.pictures("conse").encode([Item(pictures=(pictures[0],))], as_="item").rows[0]
    np.testing.assert_allclose(row, expected / np.linalg.norm(expected), atol=1e-4)


def test_the_class_names_are_encoded_once_and_kept(encoders: Encoders, cache_dir: Path, pictures: list[Pixels]):
    item = [Item(pictures=(pictures[1],))]
    rows = encoders.pictures("conse").encode(item, as_="item").rows
    (kept,) = (cache_dir / "weights").glob("class-names-*.npy")
    kept.write_bytes(kept.read_bytes()[:1000])
    again = Encoders(weights_path=None, cache_dir=cache_dir).pictures("conse")
    np.testing.assert_allclose(again.encode(item, as_="item").rows, rows, atol=1e-5)
    assert np.load(kept).shape == (1000, 384)


def test_every_picture_and_frame_is_a_row_of_its_item(encoders: Encoders, pictures: list[Pixels]):
    one, two = pictures
    vectors = encoders.pictures("conse").encode([Item(frames=(one, two)), Item(pictures=(two,))], as_="item")
    assert vectors.owner.tolist() == [0, 0, 1]
    np.testing.assert_allclose(vectors.rows[1], vectors.rows[2], atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(vectors.rows, axis=1), 1, atol=1e-5)


def test_a_picture_is_the_same_as_query_and_as_item(encoders: Encoders, pictures: list[Pixels]):
    items = [Item(pictures=(pictures[0],))]
    conse = encoders.pictures("conse")
    np.testing.assert_array_equal(conse.encode(items, as_="query").rows, conse.encode(items, as_="item").rows)


@pytest.mark.parametrize("spec", ["conse", "effnet-features"])
@pytest.mark.parametrize(
    "item",
    [
        Item(text="words"),
        Item(),
        Item(pictures=(np.zeros((4, 4), dtype=np.uint8),)),
        Item(pictures=(np.zeros((0, 4, 3), dtype=np.uint8),)),
        Item(pictures=(np.zeros((4, 4, 3), dtype=np.float32),)),  # pyright: ignore[reportArgumentType]  what is refused
    ],
)
def test_what_is_not_a_picture_is_refused_as_an_item(encoders: Encoders, spec: str, item: Item):
    with pytest.raises(ToolInputError):
        encoders.pictures(spec).encode([item], as_="item")


def test_words_and_pictures_in_one_call_are_refused(encoders: Encoders, pictures: list[Pixels]):
    with pytest.raises(ToolInputError, match="item 0 holds text"):
        encoders.pictures("conse").encode([Item(text="a dog"), Item(pictures=(pictures[0],))], as_="query")


def test_likeness_prefers_the_same_picture_made_smaller(encoders: Encoders):
    across, down = np.meshgrid(np.arange(400), np.arange(300))
    picture = np.stack([across % 256, down % 256, (across + down) % 256], axis=-1).astype(np.uint8)
    other = np.random.default_rng(0).integers(0, 256, (300, 400, 3), dtype=np.uint8)
    rows = (
        encoders.pictures("effnet-features")
        .encode([Item(pictures=(image,)) for image in (picture, picture[::2, ::2], other)], as_="item")
        .rows
    )
    assert rows[0] @ rows[1] > rows[0] @ rows[2] + 0.1
    assert rows.shape == (3, 1280)


def test_captions_find_their_photos_far_more_often_than_chance(encoders: Encoders):
    """Of 60 photos the right one is expected among the first five of one caption in two; chance is one in twelve."""
    data = os.environ.get("SOURCEHOUND_DATA")
    if not data:
        pytest.skip("SOURCEHOUND_DATA names no folder")
    from PIL import Image

    folder = Path(data) / "images" / "flickr8k_thumbs"
    lines = (folder / "captions.jsonl").read_text(encoding="utf-8").splitlines()[:N_PHOTOS]
    photos = [json.loads(line) for line in lines]
    pictures = [np.asarray(Image.open(folder / "img" / photo["image"]).convert("RGB")) for photo in photos]
    captions = [photo["captions"][0] for photo in photos]
    conse = encoders.pictures("conse")
    rows = conse.encode([Item(pictures=(picture,)) for picture in pictures], as_="item").rows
    queries = conse.encode([Item(text=caption) for caption in captions], as_="query").rows
    scores = queries @ rows.T
    ranks = (scores > np.diag(scores)[:, None]).sum(axis=1) + 1
    assert (ranks <= 5).mean() > 0.4
