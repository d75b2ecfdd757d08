from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sourcehound.agent.evaluate.tasks import load
from sourcehound.tools.errors import InputError
from sourcehound.tools.evidence import Evidence, Locator, Source


def folder_with(tmp_path: Path, **fields: Any) -> Path:
    (tmp_path / "pdf").mkdir()
    (tmp_path / "pdf" / "report.pdf").write_bytes(b"%PDF-1.4")
    row = {"qid": "q1", "question": "What is on it?", "file": "pdf/report.pdf", "evidence_pages_1based": [3, 4]}
    (tmp_path / "questions.jsonl").write_text(json.dumps(row | {"evidence_sources": ["Table"]} | fields) + "\n")
    return tmp_path


def hit(path: Path, page: int | None) -> Evidence:
    source = Source(path=str(path), uri="", sha256="", media_type="application/pdf", title="")
    return Evidence(kind="page", unit_id="", source=source, locator=Locator(page=page), quote=None, producer="")


def test_questions_name_the_pages_that_hold_their_evidence(tmp_path: Path):
    collection = load("pages", folder_with(tmp_path))
    (question,) = collection.questions
    assert question.relevant == {"pdf/report.pdf#page=3": 1, "pdf/report.pdf#page=4": 1}
    assert question.file == str(tmp_path / "pdf" / "report.pdf")
    assert question.groups == ("Table",)
    assert [scope.name for scope in collection.scopes] == ["document", "all"]
    assert [scope.own_document for scope in collection.scopes] == [True, False]


def test_a_hit_is_the_page_it_lies_on(tmp_path: Path):
    collection = load("pages", folder_with(tmp_path))
    pdf = tmp_path / "pdf" / "report.pdf"
    item_of = collection.scopes[0].item_of
    assert item_of(hit(pdf, 3)) in collection.questions[0].relevant
    assert item_of(hit(pdf, 5)) == "pdf/report.pdf#page=5"
    assert item_of(hit(pdf, None)) is None


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"file": "pdf/gone.pdf"}, "names a file that is not there"),
        ({"evidence_pages_1based": "3"}, "must be a list of whole numbers"),
        ({"question": None}, "has no 'question'"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, fields: dict[str, Any], said: str):
    with pytest.raises(InputError, match=f"questions.jsonl:1.*{said}"):
        load("pages", folder_with(tmp_path, **fields))
