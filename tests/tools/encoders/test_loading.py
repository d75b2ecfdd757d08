"""The setting of threads reaches torch with every family of models that runs on it, and with the one that judges hits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest

from sourcehound.agent.library_options import library_options
from sourcehound.agent.settings import Settings
from sourcehound.tools.encoders.encoder import Item
from sourcehound.tools.library.library import Library
from sourcehound.tools.senses.ranker import Candidate
from tests.tools.encoders import tiny_late, tiny_vlm
from tests.tools.encoders.test_cross_encoder import save as save_cross_encoder
from tests.tools.encoders.tiny import libraries, picture, save_clip, save_text

WORDS = [Item(text="a red kite")]
PICTURES = [Item(pictures=(picture(1),))]
THREADS = 3
"""As no machine has by default."""


@pytest.fixture
def torch() -> Iterator[Any]:
    """torch with one thread, and afterwards with as many as before."""
    found, _ = libraries()
    before = found.get_num_threads()
    found.set_num_threads(1)
    yield found
    found.set_num_threads(before)


def library(home: Path, **more: Any) -> Library:
    settings = Settings.load(home, {"SOURCEHOUND_COMPUTE__THREADS": str(THREADS)}, more)
    return Library(home=home, name="default", now=lambda: "", options=library_options(settings))


@pytest.mark.parametrize(
    ("save", "role", "items"),
    [
        (save_text, "text", WORDS),
        (save_clip, "pictures", PICTURES),
        (tiny_late.save_pylate, "text", WORDS),
        (tiny_late.save_colqwen2, "pages", PICTURES),
        (tiny_vlm.save_qwen3_vl, "pictures", PICTURES),
        (tiny_vlm.save_jina4, "pictures", PICTURES),
    ],
)
def test_a_model_in_a_folder_runs_on_as_many_threads_as_the_setting_says(
    torch: Any,
    tmp_path: Path,
    save: Callable[[Path], Path],
    role: Literal["text", "pictures", "pages"],
    items: list[Item],
):
    folder = save(tmp_path / "model")
    encoder = getattr(library(tmp_path / "home").encoders, role)(f"hf:{folder}")
    assert torch.get_num_threads() == 1  # opening loads nothing
    encoder.encode(items, as_="item")
    assert torch.get_num_threads() == THREADS


def test_a_model_that_judges_hits_does_too(torch: Any, tmp_path: Path):
    folder = save_cross_encoder(tmp_path / "model", 1)
    ranker = library(tmp_path / "home", **{"find.rerank": f"hf:{folder}"}).ranker
    assert ranker is not None
    ranker.rank("kite", [Candidate(words="a red kite")])
    assert torch.get_num_threads() == THREADS
