"""Mapping a safetensors file gives what the library itself reads."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from sourcehound.tools.encoders.tensors import map_tensors
from sourcehound.tools.errors import ConfigError


def test_float32_tensors_are_mapped_and_others_left_out(tmp_path: Path):
    rng = np.random.default_rng(0)
    tensors = {"a": rng.random((3, 5), dtype=np.float32), "b": rng.random(7, dtype=np.float32)}
    save_file(tensors | {"positions": np.arange(4)}, tmp_path / "t.safetensors", metadata={"format": "pt"})
    found = map_tensors(tmp_path / "t.safetensors")
    assert found.keys() == tensors.keys()
    for name, tensor in tensors.items():
        np.testing.assert_array_equal(found[name], tensor)
    assert not found["a"].flags.writeable


@pytest.mark.parametrize("kept", [0, 5, 40, 120])
def test_a_file_cut_short_is_a_configuration_error(tmp_path: Path, kept: int):
    save_file({"a": np.ones((9, 9), dtype=np.float32)}, tmp_path / "t.safetensors")
    whole = (tmp_path / "t.safetensors").read_bytes()
    (tmp_path / "t.safetensors").write_bytes(whole[:kept])
    with pytest.raises(ConfigError, match="not a safetensors file"):
        map_tensors(tmp_path / "t.safetensors")


def test_another_kind_of_file_is_a_configuration_error(tmp_path: Path):
    (tmp_path / "t.safetensors").write_bytes(b"PK\x03\x04 a zip archive, not tensors")
    with pytest.raises(ConfigError, match=r"t\.safetensors"):
        map_tensors(tmp_path / "t.safetensors")
