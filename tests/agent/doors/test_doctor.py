"""What the doctor saw is said in words."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sourcehound.agent.doors.cli import run
from sourcehound.agent.doors.doctor import protection_words
from sourcehound.tools.library.sandbox import Protections
from tests.tools.encoders.tiny import save_clip, save_text


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


def findings_of(home: Path, capsys: Any, config: str) -> dict[str, Any]:
    (home / "config.toml").write_text(f"[encoders]\n{config}\n", encoding="utf-8")
    code = run(["doctor", "--json", "--home", str(home)])
    findings = json.loads(capsys.readouterr().out)["findings"]
    return {finding["name"]: finding for finding in findings} | {"code": code}


def test_encoders_in_folders_are_loaded_and_asked(tmp_path: Path, capsys: Any):
    text, clip = save_text(tmp_path / "bert"), save_clip(tmp_path / "clip")
    findings = findings_of(tmp_path, capsys, f'text = "hf:{text}?dimension=8"\npicture = "hf:{clip}"')
    assert findings["text encoder"]["seen"] == f"hf:{text}?dimension=8 loads: one row of 8 numbers"
    assert findings["pictures by words"]["seen"] == f"hf:{clip} loads: one row of 16 numbers"
    assert findings["pictures like this"]["works"]


def test_an_encoder_that_does_not_load_is_told_with_the_rest(tmp_path: Path, capsys: Any):
    text = save_text(tmp_path / "bert")
    weights = text / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:3000])
    findings = findings_of(tmp_path, capsys, f'text = "hf:{text}"\npicture = "hf:{tmp_path}/none"')
    assert "cannot load the model" in findings["text encoder"]["seen"]
    assert "is not a folder" in findings["pictures by words"]["seen"]
    assert not findings["pictures like this"]["works"]
    assert findings["planner"]["works"]
    assert findings["code"] == 78
