from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from sourcehound.tools.encoders.encoder import FloatArray
from sourcehound.tools.errors import ConfigError
from sourcehound.tools.index import vectors
from sourcehound.tools.index.choose import AUTO_ABOVE, EngineSetting, choose, open_engine

STAMP = "minilm@0123456789abcdef:8:1"


@pytest.mark.parametrize(
    ("setting", "n_units", "server", "expected"),
    [
        ("auto", AUTO_ABOVE, "", "exact"),
        ("auto", AUTO_ABOVE + 1, "", "chroma"),
        ("auto", 3, "http://127.0.0.1:8000", "chroma"),
        ("exact", AUTO_ABOVE + 1, "http://127.0.0.1:8000", "exact"),
        ("chroma", 3, "", "chroma"),
    ],
)
def test_auto_takes_chroma_for_many_units_or_a_server(setting: EngineSetting, n_units: int, server: str, expected: str):
    assert choose(setting, n_units=n_units, server=server) == expected


def test_a_small_library_is_searched_exactly_by_itself(
    library: sqlite3.Connection,
    tmp_path: Path,
    add_unit: Callable[..., int],
    cloud: Callable[..., FloatArray],
):
    unit = add_unit()
    vectors.put(library, unit, STAMP, cloud(1, 8))
    warnings: list[str] = []

    engine = open_engine(lambda: library, tmp_path / "vectors", warn=warnings.append)

    assert engine.refresh("passage", STAMP).how == "built"
    assert [scored.unit for scored in engine.search("passage", STAMP, cloud(1, 8)[0], k=3)] == [unit]
    assert not (tmp_path / "vectors").exists()
    assert warnings == []
    engine.close()


def test_an_address_that_is_none_is_refused_at_once(library: sqlite3.Connection, tmp_path: Path):
    for server in ("localhost:8000", "ftp://host", "http://", "http://host/path", "http://me:secret@host"):
        with pytest.raises(ConfigError, match="no address of a Chroma server"):
            open_engine(lambda: library, tmp_path, warn=print, server=server)


def test_opening_an_engine_imports_nothing_heavy():
    code = (
        "import sys, sourcehound.tools.index.choose, sourcehound.tools.index.words, sourcehound.tools.index.fusion\n"
        "print(sorted({'chromadb', 'torch', 'httpx', 'onnxruntime'} & set(sys.modules)))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
