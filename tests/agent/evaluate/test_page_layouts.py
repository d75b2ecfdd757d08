"""MMDocIR, ViDoRe, and boxes beside MMLongBench-Doc's questions."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sourcehound.agent.evaluate.collection import Scope
from sourcehound.agent.evaluate.report import Plan, evaluate
from sourcehound.agent.evaluate.system import System
from sourcehound.agent.evaluate.tasks import load
from sourcehound.tools.errors import InputError
from sourcehound.tools.evidence import Evidence, Locator, Source, Space
from tests.agent.evaluate.conftest import write_lines

BOX = {"page": 4, "page_size": [612.0, 792.0], "bbox": [366, 229, 514, 383]}
DOCUMENT = {
    "doc_name": "report.pdf",
    "questions": [
        {
            "Q": "How do they see it?",
            "A": "well",
            "page_id": [4, 6],
            "type": "['Chart', 'Table']",
            "layout_mapping": [BOX],
        },
        {"Q": "How many are there?", "A": "none", "page_id": [], "type": "Text", "layout_mapping": []},
    ],
}


def files(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(name.encode())


def passage(path: Path, page: int) -> Evidence:
    source = Source(path=str(path), uri="", sha256="", media_type="application/pdf", title="")
    where = Locator(page=page, boxes=((72, 90.5, 310, 104),), space=Space(unit="pt", width=612, height=792))
    return Evidence(kind="text", unit_id="", source=source, locator=where, quote=None, producer="")


def test_mmdocir_counts_pages_from_0_and_labels_boxes(tmp_path: Path):
    files(tmp_path, "pdfs/report.pdf")
    write_lines(tmp_path / "MMDocIR_annotations.jsonl", [DOCUMENT])
    collection = load("pages", tmp_path)
    first, second = collection.questions
    assert first.relevant == {"pdfs/report.pdf#page=5": 1, "pdfs/report.pdf#page=7": 1}
    assert first.layouts == ("pdfs/report.pdf#page=5&boxes=366,229,514,383",)
    assert first.groups == ("Chart", "Table")
    assert (second.relevant, second.groups) == ({}, ("Text",))
    assert [scope.name for scope in collection.scopes] == ["document", "all", "layout"]


def test_boxes_beside_the_questions_are_found_by_their_words(tmp_path: Path):
    files(tmp_path, "pdf/report.pdf")
    question = {"qid": "q1", "question": "What is on it?", "file": "pdf/report.pdf", "evidence_pages_1based": [3]}
    write_lines(tmp_path / "questions.jsonl", [question, question | {"qid": "q2", "question": "Who wrote it?"}])
    box = {"page_0based": 2, "bbox": [10, 20, 30, 40]}
    write_lines(
        tmp_path / "mmdocir_boxes.jsonl", [{"doc": "report.pdf", "question": "What is on it?", "boxes": [box, box]}]
    )
    collection = load("pages", tmp_path)
    first, second = collection.questions
    assert first.layouts == ("pdf/report.pdf#page=3&boxes=10,20,30,40",) * 2
    assert not second.layouts
    layout = collection.scopes[2]
    assert [layout.asks(question) for question in collection.questions] == [True, False]
    found = layout.item_of(passage(tmp_path / "pdf" / "report.pdf", 3))
    assert found == "pdf/report.pdf#page=3&boxes=72,90.5,310,104"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"doc_name": "gone.pdf"}, "names a document that is not there: gone.pdf"),
        ({"questions": "none"}, "'questions' must be a list of objects"),
        ({"questions": [{"Q": "How?", "layout_mapping": [BOX | {"bbox": [1, 2]}]}]}, "a box must be four numbers"),
        ({"questions": [{"A": "well"}]}, "has no 'Q'"),
    ],
)
def test_a_wrong_annotation_is_named(tmp_path: Path, change: dict[str, Any], said: str):
    files(tmp_path, "report.pdf")
    write_lines(tmp_path / "MMDocIR_annotations.jsonl", [DOCUMENT | change])
    with pytest.raises(InputError, match=said):
        load("pages", tmp_path)


def test_vidore_has_pages_as_pictures_and_grades(tmp_path: Path):
    files(tmp_path, "images/p0.png", "images/p1.png")
    write_lines(tmp_path / "corpus.jsonl", [{"corpus-id": n, "image": f"p{n}.png"} for n in (0, 1)])
    write_lines(tmp_path / "queries.jsonl", [{"query-id": 7, "query": "What fell in 2020?"}])
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\n7\t1\t2\n7\t0\t1\n")
    collection = load("pages", tmp_path)
    (question,) = collection.questions
    assert (question.id, question.text, question.relevant) == ("7", "What fell in 2020?", {"1": 2, "0": 1})
    assert collection.scopes[0].measures[0] == "nDCG@5"


def test_vidores_first_version_names_the_page_with_the_query(tmp_path: Path):
    files(tmp_path, "images/p0.png", "images/p1.png")
    rows = [{"query": "What fell?", "image_filename": "p1.png"}, {"query": "What rose?", "image_filename": "p0.png"}]
    write_lines(tmp_path / "queries.jsonl", rows)
    assert [(q.id, q.relevant) for q in load("pages", tmp_path).questions] == [("0", {"0": 1}), ("1", {"1": 1})]


def test_a_folder_of_no_layout_is_refused(tmp_path: Path):
    (tmp_path / "answers.json").write_text(json.dumps([]))
    with pytest.raises(InputError, match=r"has none of questions\.jsonl, MMDocIR_annotations\.jsonl, queries\.jsonl"):
        load("pages", tmp_path)


def test_a_scope_in_which_nothing_can_be_found_is_refused(tmp_path: Path):
    files(tmp_path, "report.pdf")
    write_lines(tmp_path / "MMDocIR_annotations.jsonl", [DOCUMENT | {"questions": [{"Q": "How?", "page_id": [1]}]}])
    collection = load("pages", tmp_path)
    layout = Scope(
        name="layout", kinds=("passage",), item_of=collection.scopes[0].item_of, measures=(), asks=lambda _: False
    )
    with pytest.raises(InputError, match=r"no question of .* has an answer in this scope"):
        evaluate(
            replace(collection, scopes=(*collection.scopes, layout)), System(), Plan(scopes=("layout",)), warn=print
        )


@pytest.mark.parametrize("name", ["questions.jsonl", "MMDocIR_annotations.jsonl"])
def test_these_layouts_have_no_splits(tmp_path: Path, name: str):
    write_lines(tmp_path / name, [])
    with pytest.raises(InputError, match="has no splits"):
        load("pages", tmp_path, "test")
