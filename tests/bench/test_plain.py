"""The plain parts against numbers worked by hand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from bench.pdf_text import made_pdf
from bench.plain import Document, Plain, fuse_ranks, fuse_scores, ordered, pieces_of
from bench.plain_pages import pages_of
from bench.plain_pictures import PARTS, PlainPictures
from sourcehound.tools.encoders.named import Encoders

AXES = {"kite": 0, "boat": 1, "bread": 2}


def encode(texts: Sequence[str]) -> NDArray[np.float32]:
    """Each text as the direction of the first word it has in `AXES`."""
    rows = np.zeros((len(texts), len(AXES)), dtype=np.float32)
    for n, text in enumerate(texts):
        rows[n, next(axis for word, axis in AXES.items() if word in text)] = 1
    return rows


def document(name: str, *pieces: str, home: str = "") -> Document:
    return Document(name=name, text=" ".join(pieces), pieces=pieces, home=home)


def test_ranks_are_fused_as_worked_by_hand():
    fused = fuse_ranks({1: 9.0, 2: 8.0}, {2: 0.9, 3: 0.1})
    assert fused == pytest.approx({1: 1 / 61, 2: 1 / 62 + 1 / 61, 3: 1 / 62})
    assert [n for n, _ in ordered(fused)] == [2, 1, 3]


def test_scores_are_fused_as_worked_by_hand():
    fused = fuse_scores({1: 10.0, 2: 5.0, 3: 0.0}, {2: 0.8, 3: 0.4})
    assert fused == pytest.approx({1: 0.5, 2: 0.25 + 0.5, 3: 0.0})


def test_a_list_of_one_score_counts_in_full():
    assert fuse_scores({7: 3.0}, {}) == {7: 0.5}


def test_words_are_stemmed_and_stop_words_left_out():
    plain = Plain([document("a", "a kite soars"), document("b", "the boat of the bay")], encode)
    assert plain.rank("what is soaring over the kite")["words"] == ["a"]
    assert plain.rank("the kite of what")["words"] == ["a"]
    plain.close()


def test_a_page_is_as_near_as_its_nearest_piece():
    plain = Plain([document("a", "a boat", "a kite"), document("b", "bread")], encode)
    assert plain.rank("kite")["dense"] == ["a", "b"]
    assert plain.rank("bread")["dense"] == ["b", "a"]
    plain.close()


def test_pages_of_one_document_only():
    plain = Plain([document("a", "a kite", home="x"), document("b", "a kite", home="y")], encode)
    assert set(plain.rank("kite", "y")["rrf"]) == {"b"}
    assert set(plain.rank("kite", None)["rrf"]) == {"a", "b"}
    plain.close()


def test_pieces_overlap():
    words = " ".join(map(str, range(10)))
    assert pieces_of(words, n_words=4, n_shared=1) == ("0 1 2 3", "3 4 5 6", "6 7 8 9")
    assert pieces_of("one two", n_words=4, n_shared=1) == ("one two",)
    assert pieces_of(" \n", n_words=4, n_shared=1) == ()


def test_pages_are_named_by_their_document_and_number(tmp_path: Path):
    (tmp_path / "made.pdf").write_bytes(made_pdf(2))
    first, second = pages_of(tmp_path / "made.pdf", "pdf/made.pdf")
    assert (first.name, second.name) == ("pdf/made.pdf#page=1", "pdf/made.pdf#page=2")
    assert first.home == str(tmp_path / "made.pdf")
    assert " ".join(first.pieces[0].split()) in " ".join(first.text.split())


def test_pictures_are_ranked_by_their_tags_and_by_what_is_seen(tmp_path: Path):
    encoders = Encoders(weights_path=None, cache_dir=tmp_path / "cache")
    if not encoders.pictures("conse").is_here():
        pytest.skip("the picture classifier's weights are not installed")
    files: list[str] = []
    for name, level in (("dark", 20), ("light", 230)):
        Image.fromarray(np.full((64, 64, 3), level, dtype=np.uint8)).save(tmp_path / f"{name}.png")
        files.append(str(tmp_path / f"{name}.png"))
    plain = PlainPictures(files, encoders)
    found = plain.rank("a dark night over the sea")
    assert set(found) == set(PARTS)
    assert sorted(found["conse"]) == ["0", "1"]
    assert plain.rank("of the")["tags"] == []
    plain.close()
