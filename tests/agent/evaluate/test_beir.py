from __future__ import annotations

from pathlib import Path

import pytest

from sourcehound.agent.evaluate import beir
from sourcehound.agent.evaluate.collection import Texts
from sourcehound.agent.evaluate.tasks import load
from sourcehound.tools.errors import InputError
from tests.agent.evaluate.conftest import write_lines

CORPUS = [{"_id": "d1", "title": "Kites", "text": "Red kites soar."}, {"_id": "d2", "text": "The harbour."}]
QUERIES = [{"_id": "q1", "text": "which bird soars"}, {"_id": "q2", "text": "where do boats lie"}]


def read_all(folder: Path) -> int:
    material = load("text", folder).material
    assert isinstance(material, Texts)
    return len(list(material.read()))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_lines(tmp_path / "corpus.jsonl", CORPUS)
    write_lines(tmp_path / "queries.jsonl", QUERIES)
    (tmp_path / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t2\nq1\td2\t0\nq2\td2\t1\n")
    return tmp_path


def test_documents_questions_and_grades_are_read(folder: Path):
    collection = load("text", folder)
    assert [(q.id, q.text, q.relevant) for q in collection.questions] == [
        ("q1", "which bird soars", {"d1": 2}),
        ("q2", "where do boats lie", {"d2": 1}),
    ]
    assert isinstance(collection.material, Texts)
    assert [(d.name, d.title, d.text) for d in collection.material.read()] == [
        ("d1", "Kites", "Red kites soar."),
        ("d2", "", "The harbour."),
    ]
    assert collection.material.n_texts == 2


def test_the_test_split_is_taken_where_there_are_several(folder: Path):
    (folder / "qrels.tsv").unlink()
    (folder / "qrels").mkdir()
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\nq1\td1\t1\n")
    (folder / "qrels" / "dev.tsv").write_text("query-id\tcorpus-id\tscore\nq2\td2\t1\n")
    assert beir.load(folder).split == "test"
    assert [q.id for q in beir.load(folder, "dev").questions if q.relevant] == ["q2"]


def test_judgements_in_the_columns_of_trec_are_read(tmp_path: Path):
    (tmp_path / "qrels.txt").write_text("q1 0 d1 1\nq1 0 d2 0\n")
    assert beir.read_qrels(tmp_path / "qrels.txt") == {"q1": {"d1": 1}}


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("corpus.jsonl", '{"_id": "d1"}\n', "corpus.jsonl:1 has no 'text'"),
        ("queries.jsonl", '\n{"_id": "q1", \n', "queries.jsonl:2 is not JSON"),
        ("queries.jsonl", '{"_id": "q1", "text": ["a"]}\n', "'text' must be text"),
        ("queries.jsonl", "[1]\n", "is no JSON object"),
        ("qrels.tsv", "query-id\tcorpus-id\tscore\nq1\td1\n", "qrels.tsv:2 is no judgement"),
        ("qrels.tsv", "query-id\tcorpus-id\tscore\nq1\td1\thigh\n", "qrels.tsv:2 is no judgement"),
    ],
)
def test_a_wrong_line_is_named(folder: Path, name: str, text: str, said: str):
    (folder / name).write_text(text)
    with pytest.raises(InputError, match=said):
        read_all(folder)


def test_a_missing_file_is_named(folder: Path):
    (folder / "qrels.tsv").unlink()
    with pytest.raises(InputError, match=r"has no qrels\.tsv nor qrels/test\.tsv"):
        load("text", folder)
    with pytest.raises(InputError, match=r"has no qrels/dev\.tsv"):
        load("text", folder, "dev")
    with pytest.raises(InputError, match="no such file or folder"):
        load("text", folder / "nowhere")


def test_latin_1_is_refused(folder: Path):
    (folder / "queries.jsonl").write_bytes('{"_id": "q1", "text": "café"}\n'.encode("latin-1"))
    with pytest.raises(InputError, match="is not UTF-8"):
        load("text", folder)


def test_an_unknown_task_is_refused_with_those_there_are(folder: Path):
    with pytest.raises(InputError, match="no task is named 'texts'") as raised:
        load("texts", folder)
    assert raised.value.remedy == "did you mean text?"
