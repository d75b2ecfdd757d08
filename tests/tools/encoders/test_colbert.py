"""ColBERT in both published layouts, on tiny random ones made on the spot and on the real weights of MiniLM."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sourcehound.tools.encoders.encoder import FloatArray, Item, Vectors
from sourcehound.tools.encoders.weights import MissingWeightsError, locate
from sourcehound.tools.errors import ConfigError, ToolInputError
from tests.tools.encoders import tiny_late
from tests.tools.encoders.tiny import assert_unit, libraries, opened, picture

TEXTS = ["heron over the reeds, the water.", "the water", "", "reeds! reeds? " * 20]
ITEMS = [Item(text=text) for text in TEXTS]


@pytest.fixture(scope="module")
def stanford(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_late.save_colbert(tmp_path_factory.mktemp("models") / "colbertv2.0")


@pytest.fixture(scope="module")
def pylate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_late.save_pylate(tmp_path_factory.mktemp("models") / "pylate")


@pytest.fixture(params=["stanford", "pylate"])
def copy(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A model to be spoilt."""
    folder: Path = request.getfixturevalue(request.param)
    return Path(shutil.copytree(folder, tmp_path / folder.name))


def maxsim(query: FloatArray, item: FloatArray) -> float:
    return float((query @ item.T).max(axis=1).sum())


def of(vectors: Vectors, index: int) -> FloatArray:
    return vectors.rows[vectors.owner == index]


def by_hand(folder: Path, text: str, mark: str, *, filled: int = 0) -> tuple[Any, list[str]]:
    """Rows of one text as the papers have them, and its tokens."""
    torch, transformers = libraries()
    from safetensors.torch import load_file

    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    network = transformers.BertModel.from_pretrained(folder, add_pooling_layer=False).eval()
    words = tokenizer.tokenize(text)
    tokens = ["[CLS]", mark, *words, "[SEP]"]
    tokens += ["[MASK]"] * (filled - len(tokens))
    ids = torch.tensor([tokenizer.convert_tokens_to_ids(tokens)])
    seen = (ids != tokenizer.mask_token_id).long()
    with torch.inference_mode():
        states = network(input_ids=ids, attention_mask=seen).last_hidden_state[0]
        rows = states @ load_file(folder / "model.safetensors")["linear.weight"].T
    return torch.nn.functional.normalize(rows, dim=1).numpy(), tokens


def test_a_query_is_filled_up_with_masks_that_its_words_do_not_see(stanford: Path, tmp_path: Path):
    expected, tokens = by_hand(stanford, "heron over", "[unused0]", filled=12)
    assert tokens.count("[MASK]") == 7
    vectors = opened(stanford, tmp_path).encode([Item(text="heron over")], as_="query")
    assert_unit(vectors.rows, (12, 8))
    np.testing.assert_allclose(vectors.rows, expected, atol=1e-5)


def test_an_item_has_a_row_for_each_token_but_its_punctuation(stanford: Path, tmp_path: Path):
    expected, tokens = by_hand(stanford, TEXTS[0], "[unused1]")
    kept = [token not in {",", "."} for token in tokens]
    assert kept.count(False) == 2
    rows = opened(stanford, tmp_path).encode(ITEMS[:1], as_="item").rows
    np.testing.assert_allclose(rows, expected[kept], atol=1e-5)


def test_both_layouts_of_the_same_weights_give_the_same_rows(stanford: Path, pylate: Path, tmp_path: Path):
    for as_ in ("query", "item"):
        first, second = (opened(folder, tmp_path).encode(ITEMS, as_=as_) for folder in (stanford, pylate))
        np.testing.assert_allclose(first.rows, second.rows, atol=1e-6)
        np.testing.assert_array_equal(first.owner, second.owner)


def test_rows_are_the_same_in_any_company_and_their_owners_rise(stanford: Path, tmp_path: Path):
    encoder = opened(stanford, tmp_path)
    items = [*ITEMS, *(Item(text="heron " * n) for n in range(30))]
    for as_ in ("query", "item"):
        together = encoder.encode(items, as_=as_)
        assert np.all(np.diff(together.owner) >= 0)
        assert set(together.owner.tolist()) == set(range(len(items)))
        for index, item in enumerate(items):
            np.testing.assert_allclose(of(together, index), encoder.encode([item], as_=as_).rows, atol=1e-5)


def test_texts_are_cut_at_what_the_folder_or_the_spec_says(stanford: Path, tmp_path: Path):
    for options, tokens in (("", 20), ("tokens=9", 9)):
        rows = opened(stanford, tmp_path, options).encode([Item(text="reeds " * 60)], as_="item").rows
        assert len(rows) == tokens
    assert len(opened(stanford, tmp_path).encode([Item(text="reeds " * 60)], as_="query").rows) == 12


def test_what_pylate_says_of_queries_is_heeded(tmp_path: Path):
    rows: dict[str, FloatArray] = {}
    ways: dict[str, dict[str, Any]] = {
        "blind": {},
        "seeing": {"attend_to_expansion_tokens": True},
        "plain": {"do_query_expansion": False},
        "longer": {"query_length": 16},
        "punctuated": {"skiplist_words": []},
    }
    for name, said in ways.items():
        encoder = opened(tiny_late.save_pylate(tmp_path / name, **said), tmp_path)
        rows[name] = encoder.encode(ITEMS[:1], as_="item" if name == "punctuated" else "query").rows
    assert [len(rows[name]) for name in ("blind", "seeing", "plain", "longer")] == [12, 12, 11, 16]
    assert np.abs(rows["blind"] - rows["seeing"]).max() > 1e-3
    np.testing.assert_allclose(rows["blind"][:11], rows["plain"], atol=1e-5)
    assert len(rows["punctuated"]) == 11


def test_the_first_numbers_are_kept_and_stamped(stanford: Path, tmp_path: Path):
    encoder = opened(stanford, tmp_path, "dimension=4")
    whole = opened(stanford, tmp_path).encode(ITEMS, as_="item").rows[:, :4]
    np.testing.assert_allclose(
        encoder.encode(ITEMS, as_="item").rows, whole / np.linalg.norm(whole, axis=1, keepdims=True), atol=1e-6
    )
    assert (encoder.takes, encoder.gives, encoder.stamp.dimension) == ({"text"}, "multi", 4)
    assert encoder.is_here()
    assert encoder.encode([], as_="item").rows.shape == (0, 4)
    assert len({str(opened(stanford, tmp_path, options).stamp) for options in ("", "dimension=4", "tokens=9")}) == 3


def test_pictures_are_refused(stanford: Path, tmp_path: Path):
    with pytest.raises(ToolInputError, match="takes text only"):
        opened(stanford, tmp_path).encode([Item(pictures=(picture(1),))], as_="item")


def test_options_that_do_not_fit_are_refused(stanford: Path, tmp_path: Path):
    for options, why in (
        ("tokens=65", "does not fit"),
        ("kind=single", "not single"),
        ("dimension=9", "more than the 8"),
    ):
        with pytest.raises(ConfigError, match=why):
            opened(stanford, tmp_path, options)


def test_a_spoilt_folder_is_refused_in_one_line(copy: Path, tmp_path: Path):
    from safetensors.numpy import load_file, save_file

    (copy / "tokenizer.json").rename(copy / "kept.json")
    with pytest.raises(ConfigError, match=str(copy)):
        opened(copy, tmp_path).encode(ITEMS, as_="item")
    (copy / "kept.json").rename(copy / "tokenizer.json")
    projection = next(
        path for path in (copy / "1_Dense" / "model.safetensors", copy / "model.safetensors") if path.exists()
    )
    tensors = load_file(projection)
    save_file({name: value for name, value in tensors.items() if name != "linear.weight"}, projection)
    with pytest.raises(ConfigError, match=r"lacks the projection linear\.weight"):
        opened(copy, tmp_path)
    projection.write_bytes(b"no tensors")
    with pytest.raises(ConfigError, match="not a safetensors file"):
        opened(copy, tmp_path)


def test_a_mark_that_the_tokenizer_lacks_and_a_bent_projection_are_refused(tmp_path: Path):
    folder = tiny_late.save_pylate(tmp_path / "unmarked", query_prefix="[Q] ")
    with pytest.raises(ConfigError, match=r"lacks the mark '\[Q\] '"):
        opened(folder, tmp_path).encode(ITEMS, as_="query")
    dense = folder / "1_Dense" / "config.json"
    dense.write_text(dense.read_text().replace("Identity", "Tanh"))
    with pytest.raises(ConfigError, match="no plain projection"):
        opened(folder, tmp_path)


def test_with_real_weights_a_passage_is_most_like_itself(tmp_path: Path):
    libraries()
    from safetensors.numpy import load_file, save_file

    try:
        minilm = locate("minilm", weights_path=None, cache_dir=tmp_path)
    except MissingWeightsError as missing:
        pytest.skip(str(missing))
    folder = tmp_path / "colbert-minilm"
    folder.mkdir()
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(minilm / name, folder)
    tensors = {f"bert.{name}": tensor for name, tensor in load_file(minilm / "model.safetensors").items()}
    square = np.random.default_rng(0).standard_normal((384, 384))
    turned: FloatArray = np.linalg.qr(square)[0][:128].astype(np.float32)  # keeps angles as well as 128 numbers can
    save_file(tensors | {"linear.weight": turned.copy()}, folder / "model.safetensors", metadata={"format": "pt"})
    config = json.loads((minilm / "config.json").read_text()) | {"architectures": ["HF_ColBERT"]}
    (folder / "config.json").write_text(json.dumps(config))
    passages = [
        "A grey heron stands over the reeds by the water.",
        "The committee approved the budget for the next year.",
        "Graphene is a single layer of carbon atoms.",
        "The train to the coast leaves at seven in the morning.",
        "Bread rises because yeast makes carbon dioxide.",
    ]
    encoder = opened(folder, tmp_path, "tokens=64")
    items = [Item(text=text) for text in passages]
    kept = encoder.encode(items, as_="item")
    asked = encoder.encode(items, as_="query")
    for index in range(len(passages)):
        scores = [maxsim(of(asked, index), of(kept, other)) for other in range(len(passages))]
        assert int(np.argmax(scores)) == index
        own = [maxsim(of(kept, index), of(kept, other)) for other in range(len(passages))]
        assert int(np.argmax(own)) == index
        assert own[index] == pytest.approx(len(of(kept, index)), abs=1e-3)
