"""Encoders by name: one object for one name, and an error that lists the names for any other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sourcehound.tools.encoders.named import Encoders
from sourcehound.tools.encoders.weights import known
from sourcehound.tools.errors import ConfigError


@pytest.fixture
def unloaded(tmp_path: Path) -> Encoders:
    return Encoders(weights_path=tmp_path, cache_dir=tmp_path / "cache", hub_cache=tmp_path)


def test_a_name_gives_the_same_encoder_every_time(unloaded: Encoders):
    assert unloaded.text("minilm") is unloaded.text()
    for spec in ("conse", "effnet-features"):
        assert unloaded.pictures(spec) is unloaded.pictures(spec)
        assert unloaded.pictures(spec).stamp.encoder == spec
    assert unloaded.text("minilm-late") is unloaded.text("minilm-late")
    assert unloaded.text("minilm-late").gives == "multi"
    assert unloaded.text().takes == {"text"}
    assert unloaded.pictures("conse").takes == {"picture", "frames"}


def test_stamps_tell_encoders_apart_without_weights(unloaded: Encoders):
    conse, likeness = unloaded.pictures("conse").stamp, unloaded.pictures("effnet-features").stamp
    assert conse.weights == likeness.weights == known("efficientnet-lite1").fingerprint
    assert (conse.dimension, likeness.dimension) == (384, 1280)
    assert known("minilm").fingerprint[:8] in conse.preprocessing


def test_encoders_whose_weights_lie_here_say_so(encoders: Encoders):
    assert encoders.text().is_here()
    assert encoders.pictures("conse").is_here()
    assert encoders.pictures("effnet-features").is_here()


def test_pictures_fall_to_conse_where_no_clip_lies(unloaded: Encoders):
    assert unloaded.pictures("auto") is unloaded.pictures("conse")


@pytest.mark.parametrize("spec", ["clip", "minilm", "", "hf", "hf:"])
def test_an_unknown_picture_encoder_is_answered_with_the_known_ones(unloaded: Encoders, spec: str):
    with pytest.raises(ConfigError) as caught:
        unloaded.pictures(spec)
    assert repr(spec) in caught.value.message
    assert "effnet-features" in str(caught.value.remedy)


def test_an_unknown_text_encoder_is_answered_with_the_known_ones(unloaded: Encoders):
    with pytest.raises(ConfigError, match="known are minilm"):
        unloaded.text("bert")


def test_a_folder_without_a_model_is_a_configuration_error(unloaded: Encoders, tmp_path: Path):
    with pytest.raises(ConfigError, match="holds no model"):
        unloaded.pictures(f"hf:{tmp_path}")


def test_naming_encoders_imports_nothing_heavy(tmp_path: Path):
    script = (
        "import sys; from pathlib import Path; from sourcehound.tools.encoders.named import Encoders; "
        "encoders = Encoders(weights_path=None, cache_dir=Path(sys.argv[1]), hub_cache=Path(sys.argv[1])); "
        "encoders.text().stamp, encoders.pictures().stamp; "
        "print({'onnx', 'onnxruntime', 'torch', 'transformers', 'tokenizers', 'PIL', 'cv2'} & set(sys.modules))"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip() == "set()"
