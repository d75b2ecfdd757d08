"""`eval pages` end to end over a PDF of three pages that is made here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sourcehound.agent.doors.cli import run
from sourcehound.agent.schemas import check
from sourcehound.tools.sample.pdf_writer import PdfWriter
from tests.agent.evaluate.conftest import write_lines

PAGES = (
    "The red kite is a bird of prey with a forked tail.",
    "The lamp of the lighthouse was lit by Ruth Calloway in 1961.",
    "Bread is baked of flour, water, salt and yeast.",
)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pages")
    for name in ("one", "two"):
        writer = PdfWriter(title=name, author="test", created="D:20240422090000Z")
        for number, words in enumerate(PAGES, 1):
            writer.page(str(number)).words(72, 90, f"{words} This is document {name}.", size=11)
        (folder / "pdf").mkdir(exist_ok=True)
        (folder / "pdf" / f"{name}.pdf").write_bytes(writer.to_bytes())
    rows = [
        {"qid": "a", "question": "Who lit the lamp?", "evidence_pages_1based": [2], "evidence_sources": ["Table"]},
        {"qid": "b", "question": "How is bread baked?", "evidence_pages_1based": [3], "evidence_sources": ["Figure"]},
        {"qid": "c", "question": "Who painted the moon?", "evidence_pages_1based": [], "evidence_sources": ["Table"]},
    ]
    write_lines(folder / "questions.jsonl", [row | {"file": "pdf/one.pdf"} for row in rows])
    box = {"page_0based": 1, "bbox": [60, 60, 560, 120]}
    write_lines(folder / "mmdocir_boxes.jsonl", [{"doc": "one.pdf", "question": "Who lit the lamp?", "boxes": [box]}])
    return folder


def test_pages_are_found_in_their_document_and_among_all(
    pages: Path, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    given = ["eval", "pages", str(pages), "--home", str(home), "--fresh", "--run", str(tmp_path / "run.trec")]
    assert run([*given, "--json"]) == 0
    printed = capsys.readouterr().out
    check("eval", printed)
    document = json.loads(printed)
    assert (document["data"]["queries"], document["data"]["items"]) == (2, 6)
    assert document["measures"]["document:Success@1"]["mean"] == 1.0
    # two documents of the same words: the right page is one of the first two
    assert document["measures"]["all:Success@5"]["mean"] == 1.0
    assert 0 < document["measures"]["layout:LayoutR@5"]["mean"] < 1
    assert document["groups"]["Table"]["queries"] == 1
    assert document["groups"]["Table"]["layout:LayoutR@5"] > 0
    assert "layout:LayoutR@5" not in document["groups"]["Figure"]
    lines = (tmp_path / "run.document.trec").read_text().splitlines()
    assert {line.split()[2].partition("#")[0] for line in lines} == {"pdf/one.pdf"}
    assert (tmp_path / "run.all.trec").is_file()


def test_groups_are_shown_where_there_are_some(pages: Path, home: Path, capsys: pytest.CaptureFixture[str]):
    assert run(["eval", "pages", str(pages), "--home", str(home), "-q"]) == 0
    printed = capsys.readouterr().out
    head = next(line for line in printed.splitlines() if line.startswith("group"))
    assert head.split() == ["group", "queries", "document:Success@5", "all:Success@5", "layout:LayoutR@5"]
    assert next(line for line in printed.splitlines() if line.startswith("Figure")).split()[:2] == ["Figure", "1"]
