from __future__ import annotations

from pathlib import Path

import pytest

from sourcehound.tools.encoders.languages import languages_of


def test_minilm_knows_english_only():
    assert languages_of("minilm") == {"en"}


@pytest.mark.parametrize(
    ("card", "languages"),
    [
        ("---\nlicence: mit\nlanguage: en\npipeline_tag: x\n---\n# A model", {"en"}),
        ("---\nlanguage:\n- en\n- de\nlicense: mit\n---\n", {"en", "de"}),
        ("---\nlanguage: [en, fr]\n---\n", {"en", "fr"}),
        ("---\nlanguage:\n- multilingual\n- en\n---\n", None),
        ("---\nlicense: mit\n---\nlanguage: de", None),
        ("# No head\nlanguage: de", None),
    ],
)
def test_a_model_s_card_says_its_languages(tmp_path: Path, card: str, languages: set[str] | None):
    (tmp_path / "README.md").write_text(card, encoding="utf-8")

    assert languages_of(f"hf:{tmp_path}?tokens=256") == languages


def test_nothing_is_claimed_of_others(tmp_path: Path):
    assert languages_of(f"hf:{tmp_path}") is None
    assert languages_of("conse") is None
    assert languages_of("no such encoder") is None
