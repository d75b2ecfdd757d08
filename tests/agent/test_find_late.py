"""Late interaction from the door to the ranking: pages as they look, and text by many vectors, with tiny random models."""

from __future__ import annotations

from pathlib import Path

from sourcehound.agent import Sourcehound
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
