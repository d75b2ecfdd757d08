"""`rm` leaves no word of a file in the home: not in the library, not in threads, not in any cache or log."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sourcehound.agent.doors.cli import run

CANARY = "Zuleikacanary"
QUESTION = "Who lit the lamp on Canary Island?"
Command = Callable[..., tuple[int, Any]]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SOURCEHOUND_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def command(home: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command line with `--json`; gives exit code and document."""

    def call(*arguments: str) -> tuple[int, Any]:
        assert home.is_absolute()
        code = run([*arguments, "--json", "-q"])
        return code, json.loads(capsys.readouterr().out)

    return call


@pytest.fixture
def secret(notes_folder: Path, command: Command) -> Path:
    """A file whose secret was indexed, found, asked for in two turns and shown."""
    path = notes_folder / "secret.md"
    path.write_text(
        f"# Lamps\n\nThe lamp on Canary Island was lit by {CANARY} Bell in 1961. {CANARY} Bell lives in Falmouth.\n",
        encoding="utf-8",
    )
    command("add", str(notes_folder))
    assert command("find", CANARY)[1]["hits"]
    assert CANARY in command("ask", QUESTION)[1]["text"]
    assert (
        CANARY
        in command("ask", "-c", "Where does that person live, the one who lit the lamp on Canary Island?")[1]["text"]
    )
    return path


def holding(home: Path) -> list[str]:
    """The files of a home in which the secret stands, whole or folded."""
    wanted = [form.encode(encoding) for form in (CANARY, CANARY.lower()) for encoding in ("utf-8", "utf-16-le")]
    return [
        str(path.relative_to(home))
        for path in sorted(home.rglob("*"))
        if path.is_file() and any(form in path.read_bytes() for form in wanted)
    ]


def test_a_forgotten_file_leaves_no_word_anywhere_and_its_citations_are_unreachable(
    command: Command, home: Path, secret: Path
):
    command("show", "1")
    assert {"libraries/default/library.db", "libraries/default/threads.db"} <= set(holding(home))
    assert command("rm", str(secret))[0] == 0
    assert holding(home) == []
    assert command("find", CANARY)[1]["hits"] == []
    assert command("status")[1]["files"]["indexed"] == 2
    [thread] = command("threads")[1]["threads"]
    _, answer = command("threads", "show", thread["id"])
    assert {s["verdict"] for s in answer["sentences"] if s["citations"]} == {"unreachable"}
    assert {citation["quote"] for citation in answer["citations"]} == {None}


def test_what_a_copy_still_holds_or_what_was_not_there_touches_no_thread(command: Command, home: Path, secret: Path):
    before = holding(home)
    code, document = command("rm", str(secret.with_name("nothing.md")))
    assert (code, document["code"]) == (2, 2)
    assert holding(home) == before
    secret.with_name("copy.md").write_bytes(secret.read_bytes())
    command("add", str(secret.parent))
    assert command("rm", str(secret))[0] == 0
    assert command("find", CANARY)[1]["hits"]
    assert "libraries/default/threads.db" in holding(home)
