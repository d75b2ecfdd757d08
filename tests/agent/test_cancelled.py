"""Ctrl-C makes a question's answer a cancelled one, and the same question can be resumed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sourcehound.agent.doors.cli import run
from sourcehound.agent.hound import Sourcehound
from sourcehound.agent.models.planner import View
from tests.agent.conftest import Scripted, use

LAMP = "Who lit the lamp on Needle Island?"


@pytest.fixture
def pressed(tmp_path: Path, notes_folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every command opens a library whose planner is interrupted when it assesses for the first time; its steps."""
    steps: list[str] = []

    def before(step: str, _: View) -> None:
        steps.append(step)
        if step == "assess" and steps.count(step) == 1:
            raise KeyboardInterrupt

    planner = Scripted(before=before)

    def opened(*_: Any, **__: Any) -> Sourcehound:
        hound = Sourcehound(home=tmp_path / "home")
        use(hound, planner)
        return hound

    with Sourcehound(home=tmp_path / "home") as hound:
        hound.add(notes_folder)
    monkeypatch.setattr("sourcehound.agent.hound.Sourcehound", opened)
    return steps


def test_a_question_that_was_stopped_is_cancelled_in_json_and_can_be_resumed(
    pressed: list[str], tmp_path: Path, capsys: Any
):
    output = tmp_path / "answer.json"
    assert run(["ask", LAMP, "--json", "-o", str(output)]) == 130
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert (document["status"], document["stop"]["reason"], document["sentences"]) == ("cancelled", "cancelled", [])
    assert document["usage"]["tool_calls"] == 1
    assert "--resume" in err
    assert not output.exists()
    assert pressed == ["plan", "assess"]
    assert run(["ask", "--resume", "--json"]) == 0
    assert "Ruth Calloway" in json.loads(capsys.readouterr().out)["text"]


def test_the_events_of_a_question_that_was_stopped_end_with_its_answer(pressed: list[str], capsys: Any):
    assert run(["ask", LAMP, "--ndjson"]) == 130
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [event["seq"] for event in events] == list(range(len(events)))
    assert (events[-1]["type"], events[-1]["data"]["status"]) == ("done", "cancelled")
    assert pressed == ["plan", "assess"]


def test_an_answer_that_was_there_before_ctrl_c_is_kept(hound: Sourcehound):
    answer = hound.ask(LAMP)
    assert hound.runner.cancelled(answer.thread) == answer.to_json()


def test_another_command_that_was_stopped_says_so_in_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any):
    def interrupt(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Sourcehound, "status", interrupt)
    assert run(["status", "--json", "--home", str(tmp_path)]) == 130
    document = json.loads(capsys.readouterr().out)
    assert (document["schema"], document["code"]) == ("sourcehound.error/1", 130)
