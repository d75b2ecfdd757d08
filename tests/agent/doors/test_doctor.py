"""What the doctor saw is said in words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sourcehound.agent.doors.cli import run
from sourcehound.agent.doors.doctor import protection_words
from sourcehound.tools.library.sandbox import Protections


def test_the_protections_of_a_reader_are_said_in_words():
    whole = Protections(limits=True, no_network=True, one_file=True)
    assert protection_words(whole) == "bounded in memory and time, without network, sees one file at a time"
    some = Protections(limits=True)
    assert protection_words(some) == "bounded in memory and time; not here: without network, sees one file at a time"
    assert protection_words(Protections()).startswith("works unprotected; not here: bounded")


@pytest.mark.parametrize("role", ["planner", "seer", "judge"])
def test_a_model_that_is_named_wrong_is_found_with_its_remedy(
    role: str, tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    key = "model" if role == "planner" else role
    (tmp_path / "config.toml").write_text(f'{key} = "openai:some"\n', encoding="utf-8")
    assert run(["doctor", "--json", "--home", str(tmp_path)]) == 78
    findings = {finding["name"]: finding for finding in json.loads(capsys.readouterr().out)["findings"]}
    works = {name: findings[name]["works"] for name in ("planner", "seer", "judge")}
    assert works == {"planner": True, "seer": True, "judge": True} | {role: False}
    assert "OPENAI_API_KEY is not set" in findings[role]["seen"]
    assert "export OPENAI_API_KEY" in findings[role]["remedy"]
