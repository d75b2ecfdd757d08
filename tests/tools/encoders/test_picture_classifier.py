"""EfficientNet-lite1: the logits of the network it was taken from, and what is made of them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sourcehound.tools.encoders.efficientnet_lite import convert
from sourcehound.tools.encoders.named import Encoders
from sourcehound.tools.encoders.picture_classifier import class_names
from sourcehound.tools.encoders.weights import known, locate
from sourcehound.tools.errors import BusyError, ConfigError


@pytest.fixture(scope="module")
def checkpoint(encoders: Encoders, cache_dir: Path) -> Path:
    del encoders
    folder = locate("efficientnet-lite1", weights_path=None, cache_dir=cache_dir)
    return folder / known("efficientnet-lite1").files[0].name


@pytest.fixture
def square() -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Smooth blobs of colour, already of the network's size."""
    across, down = np.meshgrid(np.arange(240), np.arange(240))
    channels = [np.sin(across / 17 + down / (20 + 9 * channel)) * 100 + 127 for channel in range(3)]
    return np.stack(channels, axis=-1).astype(np.uint8)


def test_the_logits_are_those_of_the_network_they_come_from(encoders: Encoders, checkpoint: Path, square: Any):
    package = pytest.importorskip("efficientnet_lite_pytorch")
    torch = pytest.importorskip("torch")
    network = package.EfficientNet.from_name("efficientnet-lite1")
    network.load_state_dict(torch.load(checkpoint, weights_only=True, map_location="cpu"))
    pixels = torch.from_numpy((square.astype(np.float32) - 127) / 128).permute(2, 0, 1)[None]
    with torch.inference_mode():
        expected = network.eval()(pixels).numpy()

    looks = encoders.classifier.look([square])

    np.testing.assert_allclose(looks.logits, expected, atol=1e-3, rtol=0)
    assert looks.features.shape == (1, 1280)
    assert looks.features.min() >= 0


def test_a_picture_has_the_same_logits_in_any_company_and_a_second_time(encoders: Encoders, square: Any):
    others = [np.full((30 + n, 50, 3), 20 * n, dtype=np.uint8) for n in range(9)]
    first = encoders.classifier.look([*others, square, others[0]])
    np.testing.assert_allclose(first.logits[-2], encoders.classifier.look([square]).logits[0], atol=1e-4)
    np.testing.assert_array_equal(first.logits[-1], first.logits[0])


def test_more_pictures_than_a_batch_come_back_in_their_order(encoders: Encoders):
    pictures = [np.full((20 + n, 31, 3), 9 * n, dtype=np.uint8) for n in range(19)]
    together = encoders.classifier.look(pictures).features
    backwards = encoders.classifier.look(pictures[::-1]).features
    np.testing.assert_array_equal(together, backwards[::-1])
    assert len({row.tobytes() for row in together}) == len(pictures)


def test_no_pictures_give_no_rows(encoders: Encoders):
    assert encoders.classifier.look([]).logits.shape == (0, 1000)


def test_tags_are_the_likeliest_classes_best_first(encoders: Encoders, square: Any):
    tags = encoders.classifier.tags(square, top=3)
    assert [tag.chance for tag in tags] == sorted((tag.chance for tag in tags), reverse=True)
    assert tags[0].name == class_names()[int(encoders.classifier.look([square]).logits[0].argmax())]


def test_there_are_1000_classes_with_different_names():
    names = class_names()
    assert len(set(names)) == 1000
    assert (names[0], names[207], names[999]) == ("tench", "Golden Retriever", "toilet paper")


def test_another_pickle_is_refused_by_name(tmp_path: Path):
    torch = pytest.importorskip("torch")
    torch.save({"weight": torch.zeros(2)}, tmp_path / "other.pth")
    with pytest.raises(ConfigError, match=r"other\.pth does not hold EfficientNet-lite1"):
        convert(tmp_path / "other.pth", tmp_path / "out.safetensors")


def test_a_pickle_that_would_run_code_is_refused_and_does_not_run(tmp_path: Path):
    import pickle

    torch = pytest.importorskip("torch")

    class Evil:
        def __reduce__(self) -> tuple[Any, tuple[str]]:
            return os.mkdir, (str(tmp_path / "ran"),)

    torch.save({"weight": Evil()}, tmp_path / "evil.pth", pickle_module=pickle)
    with pytest.raises(ConfigError, match=r"evil\.pth"):
        convert(tmp_path / "evil.pth", tmp_path / "out.safetensors")
    assert not (tmp_path / "ran").exists()


def test_a_conversion_that_cannot_be_written_is_said_to_be_so(checkpoint: Path, tmp_path: Path):
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(BusyError, match="cannot write"):
        convert(checkpoint, tmp_path / "file" / "out.safetensors")
