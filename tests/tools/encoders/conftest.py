"""Encoders on the real weights, made once; without the weights their tests are skipped and say so."""

from __future__ import annotations

from pathlib import Path

import pytest

from sourcehound.tools.encoders.named import Encoders
from sourcehound.tools.encoders.weights import MissingWeightsError, locate


@pytest.fixture(scope="session")
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def encoders(cache_dir: Path) -> Encoders:
    try:
        for name in ("minilm", "efficientnet-lite1"):
            locate(name, weights_path=None, cache_dir=cache_dir)
    except MissingWeightsError as missing:
        pytest.skip(str(missing))
    return Encoders(weights_path=None, cache_dir=cache_dir)
