"""The command `encoders` tells what is known and what is here, and loads nothing."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from sourcehound.agent.doors.cli import run
from tests.tools.encoders.tiny import save_text


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with a folder of models that holds a bge-small whole and an e5-small without weights."""
    models = tmp_path / "models"
    save_text(models / "BAAI" / "bge-small-en-v1.5")
    shutil.copytree(models / "BAAI" / "bge-small-en-v1.5", models / "e5-small-v2")
    (models / "e5-small-v2" / "model.safetensors").unlink()
    monkeypatch.setenv("SOURCEHOUND_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SOURCEHOUND_WEIGHTS__PATH", str(models))
    return tmp_path


def test_what_lies_here_is_told_from_what_does_not(home: Path, capsys: Any):
    assert run(["encoders", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    rows = {row["name"]: row for row in document["encoders"]}
    whole, broken, absent = (rows[name] for name in ("bge-small-en-v1.5", "e5-small-v2", "bge-m3"))
    assert (whole["here"], whole["spec"]) == (True, f"hf:{home}/models/BAAI/bge-small-en-v1.5")
    assert not broken["here"]
    assert "no weights in safetensors" in broken["problem"]
    assert (absent["here"], absent["spec"], absent["problem"]) == (False, None, None)
    assert [used["setting"] for used in document["in_use"]] == ["encoders.text", "encoders.picture"]


def test_a_person_reads_the_same_in_lines(home: Path, capsys: Any):
    assert run(["encoders"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("+ bge-small-en-v1.5") for line in lines)
    assert f"    hf:{home}/models/BAAI/bge-small-en-v1.5" in lines
    assert any(line.startswith("  e5-small-v2 ") for line in lines)
    assert any("they were not tried here" in line for line in lines)
    assert any(line.startswith("encoders.text = minilm: ") for line in lines)


def test_a_setting_that_names_no_encoder_is_told_with_why(home: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SOURCEHOUND_ENCODERS__TEXT", f"hf:{home}/nowhere")
    assert run(["encoders", "--json"]) == 0
    used = json.loads(capsys.readouterr().out)["in_use"][0]
    assert (used["here"], used["stamp"]) == (False, None)
    assert "is not a folder" in used["problem"]


@pytest.mark.usefixtures("home")
def test_it_imports_no_network():
    script = (
        "import sys; from sourcehound.agent.doors.cli import run; code = run(['encoders', '-q']); "
        "print(code, {'torch', 'transformers', 'onnxruntime', 'langgraph', 'sentence_transformers'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0 set()"
