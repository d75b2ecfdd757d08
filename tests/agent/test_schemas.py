"""The published JSON Schemas are those of the models, and what is really printed is as the models say."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from sourcehound.agent.doors.cli import run
from sourcehound.agent.errors import ModelError
from sourcehound.agent.events import EVENT_TYPES
from sourcehound.agent.hound import Sourcehound
from sourcehound.agent.models.planner import ToolCall
from sourcehound.agent.schemas import DOCUMENTS, check, json_schema
from tests.agent.conftest import Scripted

PUBLISHED = Path(__file__).parent.parent.parent / "docs" / "schemas"
LAMP = "Who lit the lamp on Needle Island?"
ZEBRA = "Who painted the zebra crossing in Oslo?"
REMOVED = "removed"


def events_of(hound: Sourcehound, **options: Any) -> Iterator[dict[str, Any]]:
    """The events of a question as documents, each held against its model; an error at the end is one of them."""
    with suppress(ModelError):
        for event in hound.stream(LAMP, **options):
            check("event", json.dumps(event.to_json()))
            yield event.to_json()


def test_every_schema_is_published_as_the_models_have_it():
    assert {path.name for path in PUBLISHED.iterdir()} == {f"{name}.json" for name in DOCUMENTS}
    stale = [name for name in DOCUMENTS if (PUBLISHED / f"{name}.json").read_text("utf-8") != json_schema(name)]
    assert not stale, "run python .ci/write_schemas.py"


def test_every_type_of_event_has_a_schema():
    assert set(json.loads(json_schema("event"))["discriminator"]["mapping"]) == set(EVENT_TYPES)


def test_every_event_of_a_question_is_as_promised(hound: Sourcehound, scripted: Scripted):
    scripted.calls = (
        ToolCall(tool="search_text", args={"query": LAMP}),
        ToolCall(tool="read", args={"evidence": "E99"}),
    )
    told = {event["type"] for event in events_of(hound)}
    assert told == {
        "start", "plan", "search", "hits", "read", "warning", "assess", "draft", "verify", "usage", "done",
    }  # fmt: skip


def test_a_question_to_the_person_and_its_reply_are_as_promised(hound: Sourcehound, scripted: Scripted):
    scripted.asks = "Which island?"
    told = [event["type"] for event in events_of(hound, reply=lambda _: "Needle Island")]
    assert "interrupt" in told
    assert told[-1] == "done"


def test_the_error_that_ends_a_stream_is_as_promised(hound: Sourcehound, scripted: Scripted):
    def down(step: str, _: object) -> None:
        if step == "draft":
            raise ModelError("the model is down", remedy="try again")

    scripted.before = down
    assert [event["type"] for event in events_of(hound)][-1] == "error"


def test_the_answer_of_a_stopped_question_is_as_promised(hound: Sourcehound, scripted: Scripted):
    thread = next(iter(events_of(hound)))["thread"]
    document = hound.runner.cancelled(thread)
    assert document["status"] == "cancelled"
    check("answer", json.dumps(document))
    del scripted


@pytest.mark.parametrize(
    ("name", "arguments", "code"),
    [
        ("answer", ["ask", LAMP], 0),
        ("answer", ["ask", ZEBRA], 1),
        ("answer", ["ask", LAMP, "--timeout", "0"], 124),
        ("find", ["find", "lamp"], 0),
        ("find", ["find", "zebra"], 1),
        ("status", ["status"], 0),
        ("doctor", ["doctor"], None),
        ("encoders", ["encoders"], 0),
        ("error", ["find"], 2),
        ("error", ["ask", LAMP, "--frob"], 2),
        ("error", ["status", "--home", "/dev/null"], 78),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_what_a_command_prints_is_as_promised(
    hound: Sourcehound, capsys: Any, monkeypatch: pytest.MonkeyPatch, name: str, arguments: list[str], code: int | None
):
    monkeypatch.setenv("SOURCEHOUND_HOME", str(hound.home))
    ended = run([*arguments, "--json"])
    assert code is None or ended == code
    printed = capsys.readouterr().out
    check(name, printed)
    for hit in json.loads(printed).get("hits", ()):
        check("evidence", json.dumps(hit["evidence"]))


def test_the_account_of_an_add_names_skipped_and_failed_files_as_promised(
    notes_folder: Path, tmp_path: Path, capsys: Any
):
    (notes_folder / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing more")
    assert run(["add", str(notes_folder), "--home", str(tmp_path / "home"), "--json"]) == 3
    printed = capsys.readouterr().out
    check("status", printed)
    assert [problem["state"] for problem in json.loads(printed)["problems"]] == ["failed"]
    assert json.loads(printed)["changes"]["new"] == 3


def test_threads_their_pictures_and_their_end_are_as_promised(
    hound: Sourcehound, scripted: Scripted, capsys: Any, tmp_path: Path
):
    answer = hound.ask(LAMP)
    home = ["--home", str(hound.home), "--json"]
    for name, arguments in (
        ("answer", ["threads", "show", answer.thread]),
        ("show", ["show", f"{answer.thread}:1", "--save", str(tmp_path / "lamp.png")]),
        ("threads", ["threads", "list"]),
        ("threads", ["threads", "rm", answer.thread]),
    ):
        assert run([*arguments, *home]) == 0
        check(name, capsys.readouterr().out)
    del scripted


def test_every_line_of_a_batch_is_as_promised(hound: Sourcehound, capsys: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SOURCEHOUND_HOME", str(hound.home))
    batch = f"{json.dumps({'id': 7, 'question': LAMP})}\n".encode() + b'{"id": "a", "question": "caf\xe9?"}\n'
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(batch)))
    assert run(["ask", "-", "--json"]) == 3
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["status"] for line in lines] == ["answered", "failed"]
    for line in lines:
        check("answer", line)


@pytest.mark.parametrize(("options", "status"), [([], "answered"), (["--attach", "/nowhere"], "failed")])
def test_a_session_is_as_promised(
    hound: Sourcehound, capsys: Any, monkeypatch: pytest.MonkeyPatch, options: list[str], status: str
):
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{LAMP}\n"))
    run(["chat", *options, "--home", str(hound.home), "--json"])
    printed = capsys.readouterr().out
    check("chat", printed)
    assert [answer["status"] for answer in json.loads(printed)["answers"]] == [status]


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("status",), "sure"),
        (("status",), REMOVED),
        (("schema",), "sourcehound.answer/2"),
        (("text",), None),
        (("short",), REMOVED),
        (("sentences", 0, "verdict"), "fine"),
        (("sentences", 0, "span"), [0]),
        (("sentences", 0, "checks", 0, "result"), "ok"),
        (("citations", 0, "n"), 0),
        (("citations", 0, "kind"), "smell"),
        (("citations", 0, "source", "also"), REMOVED),
        (("citations", 0, "locator", "boxes"), [[1, 2, 3]]),
        (("plan", 0, "state"), "open"),
        (("coverage", "changed_since"), REMOVED),
        (("stop", "reason"), "bored"),
        (("usage", "tokens_in"), "7"),
        (("models", "judge"), REMOVED),
    ],
    ids=str,
)
def test_a_wrong_or_missing_field_of_an_answer_is_refused(
    hound: Sourcehound, scripted: Scripted, place: tuple[str | int, ...], value: object
):
    document = json.loads(json.dumps(hound.ask(LAMP).to_json()))
    check("answer", json.dumps(document | {"a field of tomorrow": 1}))
    *way, last = place
    part = document
    for step in way:
        part = part[step]
    if value is REMOVED:
        del part[last]
    else:
        part[last] = value
    with pytest.raises(ValidationError, match=str(last)):
        check("answer", json.dumps(document))
    del scripted
