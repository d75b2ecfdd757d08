"""The documents do not lie: every command, option, setting and tool is named in them, and every link leads to a file."""

from __future__ import annotations

import re
from pathlib import Path

import typer.main

from sourcehound.agent.doors.cli import app
from sourcehound.agent.settings import TABLE

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_first_block_holds_exactly_two_commands():
    block = README.split("```")[1].splitlines()[1:]
    assert len(block) == 2
    assert all(line.startswith("python3 -m venv") for line in block)


def test_every_command_is_in_the_readme():
    group = typer.main.get_command(app)
    names = set(getattr(group, "commands", {}))
    assert {"demo", "add", "rm", "status", "find", "ask", "chat", "show", "threads", "doctor"} <= names
    assert not [name for name in names if f"`{name}" not in README]


def test_every_setting_is_in_the_readme():
    assert not [setting.key for setting in TABLE if f"`{setting.key}`" not in README]


def test_every_link_leads_to_a_file():
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", README)
    assert links
    assert not [link for link in links if not (ROOT / link).exists()]


def test_the_readme_stays_short():
    assert len(README.splitlines()) <= 250
