"""Tensors of a safetensors file as memory-mapped arrays.

Nothing is read before it is used, and processes share the pages. Knows nothing of networks.

Source:
    The safetensors format: https://github.com/huggingface/safetensors#format
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.errors import ConfigError

_LENGTH_BYTES = 8


def map_tensors(path: Path) -> dict[str, FloatArray]:
    """Map the float32 tensors of a file; tensors of other types are left out.

    Args:
        path: a safetensors file.

    Returns:
        Read-only arrays by name, backed by the file.

    Raises:
        ConfigError: the file is not in the safetensors format, or is cut short.
    """
    try:
        whole = np.memmap(path, dtype=np.uint8, mode="r")
        n_header = int(whole[:_LENGTH_BYTES].view("<u8")[0])
        header = json.loads(whole[_LENGTH_BYTES : _LENGTH_BYTES + n_header].tobytes())
        data = whole[_LENGTH_BYTES + n_header :]
        return {
            name: np.asarray(data[slice(*entry["data_offsets"])]).view(np.float32).reshape(entry["shape"])
            for name, entry in header.items()
            if name != "__metadata__" and entry["dtype"] == "F32"
        }
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise ConfigError(f"{path} is not a safetensors file: {error}", remedy="replace the file") from error
