"""MiniLM: the vectors of the original, whichever way they are computed."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from sourcehound.tools.encoders import minilm, minilm_arrays
from sourcehound.tools.encoders.encoder import FloatArray, Item
from sourcehound.tools.encoders.minilm import MAX_TOKENS, MiniLm
from sourcehound.tools.encoders.weights import MissingWeightsError, known, locate
from sourcehound.tools.errors import ToolInputError

TEXTS = (
    "A heron waits at the edge of the reeds.",
    "",
    "Où est passée la clé de l'écluse ? 水門の鍵",
    "The bridge was closed for repairs between March and May, " * 12,
    "word " * 400,
)


@pytest.fixture(scope="module")
def folder(cache_dir: Path) -> Path:
    try:
        return locate("minilm", weights_path=None, cache_dir=cache_dir)
    except MissingWeightsError as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="module")
def encoder(cache_dir: Path, folder: Path) -> MiniLm:
    del folder
    return MiniLm(weights_path=None, cache_dir=cache_dir)


def items(*texts: str) -> list[Item]:
    return [Item(text=text) for text in texts]


def test_the_vectors_are_those_of_transformers(encoder: MiniLm, folder: Path):
    transformers = pytest.importorskip("transformers")
    torch = pytest.importorskip("torch")
    transformers.utils.logging.disable_progress_bar()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)
    model = transformers.AutoModel.from_pretrained(folder, local_files_only=True).eval()
    inputs = tokenizer(list(TEXTS), padding=True, truncation=True, max_length=MAX_TOKENS, return_tensors="pt")
    with torch.inference_mode():
        states = model(**inputs).last_hidden_state
    counted = inputs["attention_mask"].unsqueeze(-1).float()
    expected = torch.nn.functional.normalize((states * counted).sum(1) / counted.sum(1), dim=1).numpy()

    rows = encoder.encode(items(*TEXTS), as_="item").rows

    np.testing.assert_allclose(rows, expected, atol=1e-5, rtol=0)


def test_a_cold_query_on_arrays_equals_the_same_text_run_as_a_graph(cache_dir: Path, encoder: MiniLm):
    cold = MiniLm(weights_path=None, cache_dir=cache_dir)
    for text in TEXTS[:-1]:
        query = cold.encode(items(text), as_="query").rows
        np.testing.assert_allclose(query, encoder.encode(items(text), as_="item").rows, atol=2e-6, rtol=0)


def test_a_query_asked_again_is_not_run_again_and_has_rows_of_its_own(
    cache_dir: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    del folder
    n_run: list[int] = []

    def counted(tensors: Mapping[str, FloatArray], token_ids: NDArray[np.int64]) -> FloatArray:
        n_run.append(len(token_ids))
        return minilm_arrays.token_states(tensors, token_ids)

    monkeypatch.setattr(minilm, "token_states", counted)
    encoder = MiniLm(weights_path=None, cache_dir=cache_dir)
    first = encoder.encode(items("where is the heron?"), as_="query").rows
    expected = first.copy()
    first[:] = 0
    np.testing.assert_array_equal(encoder.encode(items("where is the heron?"), as_="query").rows, expected)
    assert len(n_run) == 1
    other = encoder.encode(items("where is the key?"), as_="query").rows
    assert len(n_run) == 2
    assert np.abs(other - expected).max() > 0.01
    np.testing.assert_array_equal(encoder.encode_texts(["where is the heron?"], few=True), expected)


def test_rows_keep_the_order_of_the_items_and_do_not_depend_on_their_company(encoder: MiniLm):
    texts = [f"{'long ' * (count % 17)}passage number {count}" for count in range(40)]
    together = encoder.encode(items(*texts), as_="item")
    alone = np.concatenate([encoder.encode(items(text), as_="item").rows for text in texts])
    np.testing.assert_allclose(together.rows, alone, atol=1e-5, rtol=0)
    assert together.owner.tolist() == list(range(40))
    np.testing.assert_allclose(np.linalg.norm(together.rows, axis=1), 1, atol=1e-5)


def test_what_lies_beyond_256_tokens_does_not_count(encoder: MiniLm):
    longer, cut = encoder.encode(items("word " * 400, "word " * (MAX_TOKENS - 2)), as_="item").rows
    np.testing.assert_allclose(longer, cut, atol=1e-6)


def test_no_items_give_no_rows(encoder: MiniLm):
    assert encoder.encode([], as_="item").rows.shape == (0, 384)


def test_a_lone_surrogate_is_encoded_and_not_refused(encoder: MiniLm):
    assert np.isfinite(encoder.encode(items("r\udce9sum\udce9.txt"), as_="query").rows).all()


def test_meaning_is_closer_than_words(encoder: MiniLm):
    query, same_meaning, same_words = encoder.encode(
        items("How do I repair a flat tyre?", "Mending a punctured bicycle wheel", "He lives in a flat in Lyon"),
        as_="item",
    ).rows
    assert query @ same_meaning > query @ same_words


def test_pictures_are_refused_by_name(encoder: MiniLm):
    picture = np.zeros((4, 4, 3), dtype=np.uint8)
    with pytest.raises(ToolInputError, match="text only"):
        encoder.encode([Item(pictures=(picture,))], as_="item")


def test_threads_share_one_encoder(encoder: MiniLm):
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda text: encoder.encode(items(text), as_="item").rows[0], TEXTS * 3))
    np.testing.assert_allclose(np.stack(found[:5]), np.stack(found[10:]), atol=1e-6)


def test_the_stamp_needs_no_weights(tmp_path: Path):
    stamp = MiniLm(weights_path=tmp_path / "nowhere", cache_dir=tmp_path).stamp
    assert str(stamp) == f"minilm@{known('minilm').fingerprint}:384:256tok-mean-1"


def test_a_cold_query_imports_no_runtime(cache_dir: Path, folder: Path):
    del folder
    script = (
        "import sys; from pathlib import Path; from sourcehound.tools.encoders.minilm import MiniLm; "
        "MiniLm(weights_path=None, cache_dir=Path(sys.argv[1])).encode_texts(['where?'], few=True); "
        "print({'onnx', 'onnxruntime', 'torch', 'transformers', 'huggingface_hub'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(cache_dir)], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    assert done.stdout.strip() == "set()"
