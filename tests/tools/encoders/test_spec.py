"""Spec strings: read, written in one form, and refused by what is wrong with them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sourcehound.tools.encoders.spec import BUILT_IN, OPTIONS, Spec
from sourcehound.tools.errors import ConfigError

texts = st.text(max_size=30)


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_built_in_name_stands_alone(name: str):
    assert str(Spec.parse(name)) == name
    assert Spec.parse(name).folder is None


def test_every_option_is_read_and_written_in_one_order():
    text = (
        "hf:/m/x?vectors=32&tokens=64&text_weight=0.8&pixels=9000&kind=multi&item_instruction=a+b"
        "&instruction=Find%20a%26b%3A&dimension=16&adapter=retrieval"
    )
    spec = Spec.parse(text)
    assert (spec.folder, spec.instruction, spec.item_instruction) == (Path("/m/x"), "Find a&b:", "a b")
    assert (spec.vectors, spec.tokens, spec.pixels, spec.dimension) == (32, 64, 9000, 16)
    assert (spec.kind, spec.text_weight, spec.adapter) == ("multi", 0.8, "retrieval")
    assert str(spec) == (
        "hf:/m/x?adapter=retrieval&dimension=16&instruction=Find%20a%26b:&item_instruction=a%20b&kind=multi"
        "&pixels=9000&text_weight=0.8&tokens=64&vectors=32"
    )
    assert Spec.parse("hf:/m/x?pooling=cls").pooling == "cls"


def test_a_relative_folder_becomes_absolute_and_a_tilde_the_home():
    assert Spec.parse("hf:models/x").folder == Path.cwd() / "models/x"
    assert Spec.parse("hf:~/x").folder == Path.home() / "x"


@given(
    folder=st.text(st.characters(exclude_characters="\0"), min_size=1).map(lambda name: "/m/" + name),
    instruction=texts.filter(lambda text: text.isprintable()),
    dimension=st.none() | st.integers(1, 4096),
)
def test_what_is_written_is_read_back(folder: str, instruction: str, dimension: int | None):
    spec = Spec(name="hf", folder=Path(folder), instruction=instruction, dimension=dimension)
    assert Spec.parse(str(spec)) == spec


def test_a_folder_whose_name_is_not_utf8_has_a_spec_that_is():
    spec = Spec.of_folder(Path(os.fsdecode(b"/m/\xff%?")))
    assert str(spec).encode() == b"hf:/m/%FF%25%3F"
    assert Spec.parse(str(spec)) == spec


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("size=3", "unknown option 'size'"),
        ("tokens=many", "tokens must be a whole number from 2, not 'many'"),
        ("dimension=0", "dimension must be a whole number from 1"),
        ("pooling=sum", "pooling must be mean or cls or last or max"),
        ("text_weight=1.5", "text_weight must be a number from 0 to 1"),
        ("text_weight=nan", "text_weight must be a number from 0 to 1"),
        ("kind=both", "kind must be single or multi"),
        ("tokens=3&tokens=4", "tokens is given twice"),
        ("adapter=", "adapter is empty"),
        ("kind=single&vectors=3", "kind=single and vectors contradict"),
        ("kind=multi&pooling=cls", "kind=multi and pooling contradict"),
    ],
)
def test_a_wrong_option_is_refused_by_name(query: str, told: str):
    with pytest.raises(ConfigError, match=f"^{told}.*hf:/m") as caught:
        Spec.parse(f"hf:/m?{query}")
    assert caught.value.remedy


def test_an_unknown_option_is_answered_with_the_known_ones():
    with pytest.raises(ConfigError) as caught:
        Spec.parse("hf:/m?size=3")
    assert all(name in str(caught.value.remedy) for name in OPTIONS)


@pytest.mark.parametrize("text", ["", "hf", "hf:", "hf:?tokens=3", "bert", "minilm?dimension=3"])
def test_an_unknown_name_is_answered_with_the_known_ones(text: str):
    with pytest.raises(ConfigError, match="unknown encoder") as caught:
        Spec.parse(text)
    assert "minilm" in str(caught.value.remedy)
