"""Cross-encoders, loaded through the real code path from tiny random checkpoints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sourcehound.tools.encoders.cross_encoder import CrossEncoder
from sourcehound.tools.errors import ConfigError
from sourcehound.tools.senses.ranker import Candidate
from tests.tools.encoders.tiny import SIZES, libraries, save_text, tokenizer

WORDS = ["a red kite over a lake", "a boat", "", "bread " * 400]


def save(folder: Path, labels: int) -> Path:
    _, transformers = libraries()
    words = tokenizer()
    config = transformers.BertConfig(**SIZES, vocab_size=len(words), num_labels=labels, pad_token_id=0)
    transformers.BertForSequenceClassification(config).save_pretrained(folder)
    words.save_pretrained(folder)
    return folder


def candidates(*texts: str) -> list[Candidate]:
    return [Candidate(words=text) for text in texts]


@pytest.mark.parametrize("labels", [1, 2])
def test_scores_are_chances_and_make_the_order(tmp_path: Path, labels: int):
    encoder = CrossEncoder(save(tmp_path / "model", labels), cache_dir=tmp_path)
    chances = encoder.chances("kite", WORDS)
    found = encoder.rank("kite", candidates(*WORDS))
    assert chances.shape == (4,)
    assert ((chances > 0) & (chances < 1)).all()
    assert [judged.place for judged in found] == sorted(range(4), key=lambda place: -chances[place])
    assert [judged.chance for judged in found] == pytest.approx(sorted(chances.tolist(), reverse=True))


def test_a_text_has_the_same_chance_alone_and_in_a_batch(tmp_path: Path):
    encoder = CrossEncoder(save(tmp_path / "model", 1), cache_dir=tmp_path)
    assert encoder.chances("kite", WORDS[:1])[0] == pytest.approx(encoder.chances("kite", WORDS)[0], abs=1e-5)


def test_nothing_to_rank_loads_nothing(tmp_path: Path):
    assert CrossEncoder(save(tmp_path / "model", 1), cache_dir=tmp_path).rank("kite", []) == ()


def test_a_folder_of_another_kind_is_refused(tmp_path: Path):
    with pytest.raises(ConfigError, match="no cross-encoder"):
        CrossEncoder(save_text(tmp_path / "text"), cache_dir=tmp_path)


def test_more_than_two_classes_are_refused(tmp_path: Path):
    encoder: Any = CrossEncoder(save(tmp_path / "model", 3), cache_dir=tmp_path)
    with pytest.raises(ConfigError, match="3 classes"):
        encoder.rank("kite", candidates("a"))
