"""The table of known encoders is whole, true of what is here, and lends its prompts to folders that have none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sourcehound.tools.encoders.encoder import Item
from sourcehound.tools.encoders.families import FAMILIES
from sourcehound.tools.encoders.folder import ModelFolder
from sourcehound.tools.encoders.known_encoders import BUILT_IN_FAMILY, known_encoders, known_prompts
from sourcehound.tools.encoders.named import Encoders
from sourcehound.tools.encoders.whereabouts import Places, standings
from tests.tools.encoders.tiny import MEAN, lay_out, opened, save_text


def test_every_known_encoder_is_of_a_family_that_gives_what_it_says():
    shapes = {(family.name, family.gives): family.takes for family in FAMILIES}
    for known in known_encoders():
        if known.family != BUILT_IN_FAMILY:
            assert set(known.takes) <= shapes[known.family, known.gives], known.name


def test_names_are_told_apart():
    names = [known.name for known in known_encoders()]
    assert len(set(names)) == len(names)


def test_the_built_in_ones_are_what_the_table_says(encoders: Encoders, cache_dir: Path, tmp_path: Path):
    here = {
        standing.known.name: standing
        for standing in standings(Places(weights_path=None, cache_dir=cache_dir, hub_cache=tmp_path))
    }
    for name, encoder in (("minilm", encoders.text()), ("conse", encoders.pictures("conse"))):
        assert here[name].is_here
        assert here[name].known.dimension == encoder.stamp.dimension
    folder = here["all-MiniLM-L6-v2"]
    assert folder.spec is not None
    assert encoders.text(folder.spec).stamp.weights == encoders.text().stamp.weights


def test_what_is_missing_is_told_with_how_to_get_it(tmp_path: Path):
    places = Places(weights_path=tmp_path, cache_dir=tmp_path, hub_cache=tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"")
    (tmp_path / "tokenizer.json").write_bytes(b"")
    minilm = next(standing for standing in standings(places) if standing.known.name == "minilm")
    assert not minilm.is_here
    assert "is not the minilm that is known" in str(minilm.problem)


@pytest.mark.parametrize(
    "place", ["e5-small-v2", "intfloat/e5-small-v2", "models--intfloat--e5-small-v2/snapshots/abc", "E5-small-v2"]
)
def test_a_known_folder_without_prompts_is_asked_as_it_was_trained(tmp_path: Path, place: str):
    folder, plain = save_text(tmp_path / place), save_text(tmp_path / "plain")
    assert known_prompts(ModelFolder.read(folder)) == ("query: ", "passage: ")
    asked = opened(folder, tmp_path).encode([Item(text="a heron")], as_="query").rows
    expected = opened(plain, tmp_path).encode([Item(text="query: a heron")], as_="item").rows
    np.testing.assert_allclose(asked, expected, atol=1e-6)
    assert opened(folder, tmp_path).stamp.preprocessing != opened(plain, tmp_path).stamp.preprocessing


def test_what_a_folder_says_itself_comes_before_the_table(tmp_path: Path):
    folder = lay_out(save_text(tmp_path / "e5-small-v2"), pooling=MEAN, prompts={"query": "ask: "})
    assert "ask: " in opened(folder, tmp_path).stamp.preprocessing
    assert "query: " not in opened(folder, tmp_path).stamp.preprocessing
