"""docs/EVALUATION.md names every option, task, scope and measure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import typer.main

from sourcehound.agent.doors.cli import app
from sourcehound.agent.evaluate.own_measures import OWN
from sourcehound.agent.evaluate.tasks import PAGE_LAYOUTS, TASKS

WORDS = (Path(__file__).parents[3] / "docs" / "EVALUATION.md").read_text(encoding="utf-8")
SHARED = {"--home", "--library", "--json", "--quiet", "-q", "--help"}
"""Every command has them."""


@pytest.mark.parametrize("name", ["eval", "ablate"])
def test_every_option_is_explained(name: str):
    group: Any = typer.main.get_command(app)
    flags = {flag for option in group.commands[name].params for flag in option.opts if flag.startswith("-")}
    assert not [flag for flag in flags - SHARED if f"{flag} " not in WORDS and f"{flag}`" not in WORDS]


def test_every_task_layout_and_measure_is_explained():
    assert not [task for task in TASKS if f"| `{task}` |" not in WORDS]
    assert not [file for file in PAGE_LAYOUTS if f"`{file}`" not in WORDS]
    assert not [measure for measure in OWN if f"`{measure}" not in WORDS]
