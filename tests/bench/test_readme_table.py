"""What `python -m bench --json` prints can be put into README as a table."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

from bench.row import Row

SCRIPT = Path(__file__).parents[2] / ".ci" / "write_readme.py"


@pytest.fixture
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("write_readme", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def row(name: str, ours: float) -> Row:
    return Row(name=name, ours=ours, against="a fixed bar, 40 a second", other=25.0, goal=1.0, unit="ms a passage")


def test_rows_become_a_table_with_missed_goals_in_bold(script: ModuleType, tmp_path: Path):
    rows = [row("encoder", 17.512).to_json(), row("slow", 30).to_json()]
    measured = tmp_path / "bench.json"
    measured.write_text(
        json.dumps({"rows": rows, "missing": {"help": "no clock"}, "machine": {"cores": 2, "load": 0.25}})
    )
    lines = script.bench_block(measured).split("\n")
    assert lines[2] == "| `encoder` | 17.5 | 25 | ms a passage | 0.70 | ≤ 1.00 | a fixed bar, 40 a second |"
    assert "**1.20**" in lines[3]
    assert lines[4:] == [
        "",
        "Measured on 2 cores, load at most 0.25 a core.",
        "`help` was not measured: no clock",
    ]
    assert len({line.count("|") for line in lines[:4]}) == 1


def test_a_block_replaces_what_stood_there_and_nothing_else(script: ModuleType):
    text = "a\n<!-- bench -->\nold\n<!-- /bench -->\nb\n<!-- other -->\nkept\n<!-- /other -->\n"
    assert script.put(text, "bench", "new") == text.replace("old", "new")
