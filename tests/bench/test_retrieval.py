"""The table of retrieval over made sets in the layouts of the real ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench import retrieval
from sourcehound.tools.encoders.named import Encoders

TEXTS = {
    "a1": ("Red kite", "The red kite is a bird of prey with a forked tail."),
    "b2": ("Lighthouse", "The lamp of the lighthouse was lit by Ruth Calloway."),
    "c3": ("Bread", "Bread is baked of flour, water, salt and yeast."),
}
QUERIES = {"q0": ("who lit the lamp", "b2"), "q1": ("how is bread baked", "c3"), "q2": ("a forked tail", "a1")}


def write_set(folder: Path) -> None:
    folder.mkdir(parents=True)
    corpus = [{"_id": name, "title": title, "text": text} for name, (title, text) in TEXTS.items()]
    queries = [{"_id": name, "text": text} for name, (text, _) in QUERIES.items()]
    (folder / "corpus.jsonl").write_text("\n".join(map(json.dumps, corpus)), encoding="utf-8")
    (folder / "queries.jsonl").write_text("\n".join(map(json.dumps, queries)), encoding="utf-8")
    qrels = "".join(f"{name}\t{item}\t1\n" for name, (_, item) in QUERIES.items())
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n" + qrels, encoding="utf-8")


def test_text_sets_are_judged_against_their_plain_parts(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    if not Encoders(weights_path=None, cache_dir=tmp_path / "cache").minilm.is_here():
        pytest.skip("the text encoder's weights are not installed")
    for folder in (retrieval.HOTPOT, retrieval.NATURAL, retrieval.MUSIQUE):
        write_set(tmp_path / "data" / folder)
    given = [retrieval.HOTPOT, retrieval.NATURAL, retrieval.MUSIQUE, "--work", str(tmp_path / "work"), "--json"]
    assert retrieval.main([*given, "--data", str(tmp_path / "data")]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [(row["set"], row["queries"]) for row in document["rows"]] == [
        ("text/hotpotqa", 3),
        ("text/hotpotqa, odd queries", 1),
        ("text/nq_oracle", 3),
        ("text/musique", 3),
    ]
    assert set(document["rows"][0]["plain"]) == {"words", "dense", "rrf", "min-max"}
    assert all(row["holds"] for row in document["rows"])
    assert not document["gains"][0]["holds"]  # nobody is better than perfect
    assert document["systems"]["text/musique"]["models"]["text"].startswith("minilm@")


def test_a_set_that_is_not_there_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert retrieval.main([retrieval.PAGES, "--data", str(tmp_path), "--work", str(tmp_path / "work")]) == 3
    assert "docs/mmlongbench was not measured: no such file or folder" in capsys.readouterr().err


def test_without_data_there_is_nothing_to_measure(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("SOURCEHOUND_DATA", raising=False)
    with pytest.raises(SystemExit) as ended:
        retrieval.main([])
    assert ended.value.code == 2
