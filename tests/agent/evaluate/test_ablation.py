from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from sourcehound.agent.doors.cli import run
from sourcehound.agent.evaluate.ablation import DEFAULT
from sourcehound.agent.schemas import check
from sourcehound.agent.settings import Settings


def test_everything_that_is_varied_by_default_is_a_setting_with_such_a_value():
    here = Settings.load(Path("nowhere"), {})
    for one in DEFAULT:
        values = {Settings.load(Path("nowhere"), {}, {one.key: value})[one.key] for value in one.values}
        assert values - {here[one.key]}, one.key


def ablated(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert run(["ablate", *arguments, "--json"]) == 0
    printed = capsys.readouterr().out
    check("ablation", printed)
    return json.loads(printed)


def test_each_value_is_a_row_beside_the_system_as_it_is_set(
    texts: Path, home: Path, capsys: pytest.CaptureFixture[str]
):
    document = ablated(capsys, "text", str(texts), "--home", str(home), "--vary", "find.fusion=words,dense")
    assert [row["set"] for row in document["rows"]] == [{}, {"find.fusion": "words"}, {"find.fusion": "dense"}]
    base = document["rows"][0]
    assert base["measures"]["nDCG@10"]["mean"] == 1.0
    assert base["differences"]["nDCG@10"] == {"mean": 0.0, "low": 0.0, "high": 0.0}
    assert document["system"]["settings"]["find.fusion"] == "follow"
    assert len(list((home / "libraries").iterdir())) == 1


def test_a_value_that_is_set_already_is_no_variant(texts: Path, home: Path, capsys: pytest.CaptureFixture[str]):
    given = ("--set", "find.fusion=rrf", "--vary", "find.fusion=rrf,words")
    document = ablated(capsys, "text", str(texts), "--home", str(home), *given)
    assert [row["set"] for row in document["rows"]] == [{}, {"find.fusion": "words"}]


def test_the_table_has_one_line_for_each_variant(texts: Path, home: Path, capsys: pytest.CaptureFixture[str]):
    assert run(["ablate", "text", str(texts), "--home", str(home), "--vary", "find.fusion=words", "-q"]) == 0
    lines = capsys.readouterr().out.splitlines()
    head = next(number for number, line in enumerate(lines) if line.startswith("variant"))
    assert lines[head].split() == ["variant", "nDCG@10", "difference", "95", "%", "interval", "ms"]
    assert lines[head + 1].startswith("as it is set")
    assert lines[head + 2].startswith("find.fusion=words")


@pytest.mark.parametrize(
    ("vary", "code", "said"),
    [
        ("find.fusion", 2, "is not KEY=V1,V2"),
        ("find.magic=1", 78, "unknown setting find.magic"),
        ("find.fusion=words,magic", 78, "find.fusion in the call must be one of"),
        ("ask.max_steps=3", 2, "ask.max_steps changes nothing that is searched"),
    ],
)
def test_wrong_use_is_refused_before_anything_is_indexed(
    texts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], vary: str, code: int, said: str
):
    given: Sequence[str] = ["ablate", "text", os.fspath(texts), "--vary", vary]
    assert run([*given, "--home", str(tmp_path), "-q"]) == code
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert said in lines[0]
    assert not (tmp_path / "libraries").exists()
