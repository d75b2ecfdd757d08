"""`eval text` end to end, over a set of four documents, through the command line."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from sourcehound.agent.doors.cli import run
from sourcehound.agent.schemas import check


def measure(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert run(["eval", *arguments, "--json"]) == 0
    printed = capsys.readouterr().out
    check("eval", printed)
    return json.loads(printed)


def test_the_document_is_as_promised(texts: Path, home: Path, capsys: pytest.CaptureFixture[str]):
    document = measure(capsys, "text", str(texts), "--home", str(home), "--seed", "7")
    assert document["data"]["path"] == str(texts)
    assert (document["data"]["queries"], document["data"]["items"]) == (3, 4)
    assert document["data"]["without_right_items"] == 1
    assert document["measures"]["nDCG@10"] == {"mean": 1.0, "low": 1.0, "high": 1.0}
    assert document["measures"]["P@5"]["mean"] == pytest.approx(1 / 5)
    system = document["system"]
    assert system["models"]["text"].startswith("minilm@53aa51172d142c89")
    assert system["bootstrap"]["seed"] == 7
    assert {"encoders.text", "index.engine", "compute.threads"} <= set(system["settings"])
    assert not [key for key in system["settings"] if key.startswith("web.")]


def test_a_second_run_indexes_nothing_and_says_the_same(texts: Path, home: Path, capsys: pytest.CaptureFixture[str]):
    first = measure(capsys, "text", str(texts), "--home", str(home))
    (library,) = (home / "libraries").iterdir()
    before = encoded(library)
    second = measure(capsys, "text", str(texts), "--home", str(home))
    assert list((home / "libraries").iterdir()) == [library]
    assert encoded(library) == before
    assert second["measures"] == first["measures"]


def encoded(library: Path) -> list[Any]:
    with sqlite3.connect(library / "library.db") as connection:
        rows = connection.execute("SELECT id, unit_id, about, encoded FROM units ORDER BY id").fetchall()
    connection.close()
    return rows


def test_documents_are_known_by_title_and_text_but_not_by_their_id(texts: Path, home: Path):
    (library,) = (home / "libraries").iterdir()
    assert sorted(about for _, _, about, _ in encoded(library)) == ["Bread", "Lighthouse", "Red kite", "Tides"]


def test_every_other_question_is_asked(texts: Path, home: Path, capsys: pytest.CaptureFixture[str]):
    even = measure(capsys, "text", str(texts), "--home", str(home), "--queries", "even")
    odd = measure(capsys, "text", str(texts), "--home", str(home), "--queries", "odd")
    assert (even["data"]["queries"], odd["data"]["queries"]) == (2, 1)
    assert measure(capsys, "text", str(texts), "--home", str(home), "--limit", "1")["data"]["queries"] == 1


def test_a_run_file_is_written_in_the_columns_of_trec(
    texts: Path, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    file = tmp_path / "run.trec"
    measure(capsys, "text", str(texts), "--home", str(home), "--run", str(file))
    rows = [line.split() for line in file.read_text().splitlines()]
    assert {len(row) for row in rows} == {6}
    first = next(row for row in rows if row[0] == "q1")
    assert first == ["q1", "Q0", "d4", "1", "1.000000000", "sourcehound"]
    scores = [float(row[4]) for row in rows if row[0] == "q1"]
    assert scores == sorted(scores, reverse=True)


def test_the_table_shows_each_measure_with_its_interval(texts: Path, home: Path, capsys: pytest.CaptureFixture[str]):
    assert run(["eval", "text", str(texts), "--home", str(home), "-q"]) == 0
    printed = capsys.readouterr().out
    assert "3 queries over 4 items" in printed
    assert "nDCG@10    1.000  [1.000, 1.000]" in printed


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("answers", "."), 2, "no task is named 'answers'"),
        (("text", "{texts}", "--set", "find"), 2, "is not KEY=VALUE"),
        (("text", "{texts}", "--set", "find.magic=1"), 78, "unknown setting find.magic"),
        (("text", "{texts}", "--queries", "some"), 2, "must be one of all, even, odd"),
        (("text", "{texts}", "--scope", "document"), 2, "must be one of all"),
        (("text", "{texts}", "--without", "smell"), 2, "no sense is named 'smell'"),
        (("text", "{texts}", "--run", "/nowhere/run.trec"), 2, "no such folder: /nowhere"),
    ],
)
def test_wrong_use_is_one_line_and_its_code(
    texts: Path, home: Path, capsys: pytest.CaptureFixture[str], arguments: Sequence[str], code: int, said: str
):
    given = [argument.format(texts=texts) for argument in arguments]
    assert run(["eval", *given, "--home", str(home), "-q"]) == code
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert said in lines[0]
