"""Late interaction from the door to the ranking: pages as they look, and text by many vectors, with tiny random models."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sourcehound.agent import Sourcehound
from sourcehound.tools.index import vectors
from sourcehound.tools.sample.library import sample_folder
from tests.tools.encoders.tiny_late import save_colbert, save_colpali

SETTINGS = {"compute.threads": 1, "index.vectors": 3}


def test_pages_are_sought_as_they_look_beside_their_words(tmp_path: Path):
    model = save_colpali(tmp_path / "colpali")
    report = tmp_path / "report.pdf"
    report.write_bytes((Path(sample_folder()) / "report.pdf").read_bytes())
    with Sourcehound(home=tmp_path / "home", settings=SETTINGS | {"encoders.page": f"hf:{model}"}) as hound:
        added = hound.add(report).document
        found = hound.find("fuse of the battery", type="page", min_score=0, n=20).document["hits"]
        like = hound.find(like=f"{report}#page=4", type="page", min_score=0, n=20).document["hits"]
    assert "colpali" in added["encoders"]["page"]
    assert len(found) == 7
    assert all(-1 <= hit["scores"]["seen"] <= 1 for hit in found)
    # a network of random numbers finds all pages alike
    assert {hit["evidence"]["locator"]["page"] for hit in like} == set(range(1, 8))
    assert all(-1 <= hit["scores"]["like"] <= 1 for hit in like)


def test_text_is_sought_by_many_vectors_in_two_stages(tmp_path: Path):
    model = save_colbert(tmp_path / "colbert")
    notes = tmp_path / "notes"
    notes.mkdir()
    texts = ("a red kite over the lake", "bread with olives", "the boat lies at the quay")
    for name, text in enumerate(texts):
        (notes / f"{name}.txt").write_text(text, encoding="utf-8")
    with Sourcehound(home=tmp_path / "home", settings=SETTINGS | {"encoders.text": f"hf:{model}"}) as hound:
        hound.add(notes)
        hits = hound.find(texts[1], type="passage", min_score=0).document["hits"]
        weighed = hound.find("kite", more=["bread with olives:3"], less=["boat"], type="passage", min_score=0)
        kept = hound.library.catalogue.connection.execute("SELECT MAX(rows) FROM vectors").fetchone()
    assert len(hits) == len(texts)
    assert all(-1 <= hit["scores"]["dense"] <= 1 for hit in hits)
    assert len(weighed) == len(texts)
    assert kept == (3,)


def test_a_refined_query_of_many_vectors_answers(tmp_path: Path):
    model = save_colbert(tmp_path / "colbert")
    (tmp_path / "note.txt").write_text("a red kite over the lake", encoding="utf-8")
    chosen = SETTINGS | {"encoders.text": f"hf:{model}", "find.refine": "gqr"}
    with Sourcehound(home=tmp_path / "home", settings=chosen) as hound:
        hound.add(tmp_path / "note.txt")
        assert len(hound.find("red kite", type="passage", min_score=0)) == 1


def test_a_few_notes_are_not_cut_by_the_default_encoders_curve(tmp_path: Path):
    model = save_colbert(tmp_path / "colbert")
    for name, text in enumerate(("a red kite over the lake", "bread with olives", "the boat lies at the quay")):
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    with Sourcehound(home=tmp_path / "home", settings=SETTINGS | {"encoders.text": f"hf:{model}"}) as hound:
        hound.add(*tmp_path.glob("*.txt"))
        hits = hound.find("zeppelin", type="passage").document["hits"]
    assert len(hits) == 3
    assert all(hit["score"] < 0.3 for hit in hits)


def test_of_many_lines_most_stay_below_the_cut_and_words_carry_the_one_that_has_them(tmp_path: Path):
    model = save_colbert(tmp_path / "colbert")
    lines = _lines(tmp_path / "lines.jsonl", 60)
    with Sourcehound(home=tmp_path / "home", settings=SETTINGS | {"encoders.text": f"hf:{model}"}) as hound:
        hound.add(lines)
        every = hound.find("zeppelin vineyard", type="passage", n=100, min_score=0).document["hits"]
        shown = hound.find("zeppelin vineyard", type="passage", n=100).document["hits"]
        asked = hound.find(every[7]["evidence"]["quote"], type="passage", n=5).document["hits"]
    assert len(every) == 60
    assert len(shown) < 30
    assert asked[0]["evidence"]["quote"] == every[7]["evidence"]["quote"]


def test_pages_by_a_foreign_encoder_neither_bury_nor_are_buried_by_text_of_the_default_one(tmp_path: Path):
    model = save_colpali(tmp_path / "colpali")
    (tmp_path / "report.pdf").write_bytes((Path(sample_folder()) / "report.pdf").read_bytes())
    (tmp_path / "kite.txt").write_text("A red kite circled over the lake at noon.", encoding="utf-8")
    settings = SETTINGS | {"encoders.page": f"hf:{model}"}
    with Sourcehound(home=tmp_path / "home", settings=settings) as hound:
        if not hound.library.text_encoder.is_here():
            pytest.skip("the weights of minilm are missing")
        hound.add(tmp_path / "report.pdf", tmp_path / "kite.txt")
        hits = hound.find("red kite over the lake", n=20).document["hits"]
        plain = hound.find("red kite over the lake", type="passage", n=20).document["hits"]
    kinds = [hit["type"] for hit in hits]
    assert kinds[0] == "passage"
    assert kinds.count("page") == 7
    assert [hit["score"] for hit in hits if hit["type"] == "passage"] == [hit["score"] for hit in plain]


def test_refining_a_query_of_many_vectors_reads_only_what_was_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    model = save_colbert(tmp_path / "colbert")
    chosen = {"encoders.text": f"hf:{model}", "find.refine": "gqr", "find.depth": 5, "find.candidates": 8}
    lines = _lines(tmp_path / "lines.jsonl", 60)
    read: list[tuple[int, int]] = []
    load = vectors.load_units

    def counting(connection: Any, kind: Any, stamp: str, units: Any, *, first: int = 0) -> vectors.Matrix:
        read.append((len(units), first))
        return load(connection, kind, stamp, units, first=first)

    with Sourcehound(home=tmp_path / "home", settings=SETTINGS | chosen | {"find.vectors": 2}) as hound:
        hound.add(lines)
        monkeypatch.setattr(vectors, "load_units", counting)
        hits = hound.find("kite lake", type="passage", min_score=0, n=20)
    assert len(hits) > 0
    # the candidates of stage one; the cohort, some at a time; then twice what meaning and words had found
    assert [n for n, _ in read][:3] == [8, 32, 28]
    assert len(read) == 5
    assert all(n <= 10 for n, _ in read[3:])
    assert {first for _, first in read} == {2}


def _lines(path: Path, n: int) -> Path:
    words = ("kite", "lake", "bread", "olives", "boat", "quay", "lamp", "oil", "stone", "rain", "wheel")
    rows = [f"{words[i % 11]} {words[i % 7]} {words[(i * i) % 11]} {words[(i // 5) % 11]} number {i}" for i in range(n)]
    path.write_text("".join(json.dumps({"note": row}) + "\n" for row in rows), encoding="utf-8")
    return path
