"""The command line holds its contract: pure stdout, one exit code for each cause, and batches that go on where they were."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import zipfile
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from sourcehound.agent.doors.cli import run
from sourcehound.agent.events import EVENT_TYPES
from sourcehound.tools.library.lock import exclusive

LAMP = "Who lit the lamp on Needle Island?"
UNKNOWN = "Who painted the zebra crossing in Oslo?"
LIMIT_S = 120
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)
"""One pixel."""
COMMAND = [sys.executable, "-m", "sourcehound.agent"]


def environ(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SOURCEHOUND_", "OPENAI_"))}
    return kept | {"SOURCEHOUND_HOME": str(home), "PYTHONIOENCODING": "utf-8"}


def sourcehound(home: Path, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments],
        input=given,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=LIMIT_S,
        check=False,
        env=environ(home),
    )


def started(home: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*COMMAND, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=environ(home),
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a library of two notes."""
    folder = tmp_path_factory.mktemp("cli")
    notes = folder / "notes"
    notes.mkdir()
    (notes / "lamp.txt").write_text("The lamp on Needle Island was lit by Ruth Calloway in 1961.\n", encoding="utf-8")
    (notes / "harbour.txt").write_text("The harbour master is called Ann Sims.\n", encoding="utf-8")
    added = sourcehound(folder / "home", "add", str(notes), "--json")
    assert added.returncode == 0, added.stderr
    return folder / "home"


@pytest.fixture
def here(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same home for commands that run in this process, which is quicker."""
    monkeypatch.setenv("SOURCEHOUND_HOME", str(home))
    return home


def test_a_whole_process_answers_with_one_document_and_nothing_else(home: Path):
    done = sourcehound(home, "ask", LAMP, "--json")
    assert done.returncode == 0
    document = json.loads(done.stdout)
    assert document["schema"] == "sourcehound.answer/1"
    assert "Ruth Calloway" in document["text"]
    assert "\x1b" not in done.stdout + done.stderr
    assert done.stdout.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "code", "schema"),
    [
        (["status"], 0, "sourcehound.status/1"),
        (["find", "lamp"], 0, "sourcehound.find/1"),
        (["find", "zebra"], 1, "sourcehound.find/1"),
        (["ask", UNKNOWN], 1, "sourcehound.answer/1"),
        (["ask", LAMP, "--timeout", "0"], 124, "sourcehound.answer/1"),
        (["threads"], 0, "sourcehound.threads/1"),
        (["add", "/nowhere"], 2, "sourcehound.error/1"),
        (["rm", "/nowhere"], 2, "sourcehound.error/1"),
        (["find"], 2, "sourcehound.error/1"),
        (["find", "x", "--type", "smell"], 2, "sourcehound.error/1"),
        (["find", "x", "--like", "/nowhere.png"], 2, "sourcehound.error/1"),
        (["ask"], 2, "sourcehound.error/1"),
        (["ask", LAMP, "-o", "a.pdf"], 2, "sourcehound.error/1"),
        (["ask", LAMP, "--frob"], 2, "sourcehound.error/1"),
        (["ask", LAMP, "--max-steps", "0"], 2, "sourcehound.error/1"),
        (["ask", LAMP, "--attach", "/nowhere"], 2, "sourcehound.error/1"),
        (["show", "99"], 2, "sourcehound.error/1"),
        (["show", "nowhere:1"], 2, "sourcehound.error/1"),
        (["threads", "show", "nowhere"], 2, "sourcehound.error/1"),
        (["status", "--library", "a/b"], 2, "sourcehound.error/1"),
        (["status", "--home", "/dev/null"], 78, "sourcehound.error/1"),
        (["find", "lamp", "-n", "0"], 2, "sourcehound.error/1"),
        (["nonsense"], 2, "sourcehound.error/1"),
        (["ask", LAMP, "--model", "nobody:nothing"], 78, "sourcehound.error/1"),
        (["chat", "--model", "nobody:nothing"], 78, "sourcehound.error/1"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_each_end_has_its_code_and_one_document(here: Path, capsys: Any, arguments: list[str], code: int, schema: str):
    assert run([*arguments, "--json"]) == code
    out, err = capsys.readouterr()
    document = json.loads(out)
    assert document["schema"] == schema
    if schema == "sourcehound.error/1":
        assert document["code"] == code
        assert document["message"]
        assert document["message"] in err
    assert "\x1b" not in out + err
    assert here.is_dir()


def test_a_wrong_value_is_told_with_the_name_of_its_option(here: Path, capsys: Any):
    assert run(["find", "lamp", "-n", "none"]) == 2
    assert "'-n'" in capsys.readouterr().err


def test_an_unknown_option_is_named_in_one_line(here: Path, capsys: Any):
    assert run(["find", "x", "--frob"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert "--frob" in err
    assert here.is_dir()


@pytest.mark.parametrize("command", [["find", "lamp"], ["ask", LAMP], ["ask", "-"], ["chat"]])
@pytest.mark.parametrize("wrong", [["--since", "May"], ["--until", "2024-13"], ["--since", "2025", "--until", "2024"]])
def test_a_wrong_date_is_told_in_one_line(here: Path, capsys: Any, command: list[str], wrong: list[str]):
    assert run([*command, *wrong]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert wrong[0] in err
    assert here.is_dir()


def test_find_takes_a_period(here: Path, capsys: Any):
    assert run(["find", "lamp", "--until", "1999", "--json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["nothing_because"] == "no indexed file is dated until 1999"
    assert run(["find", "lamp", "--since", "2000", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["hits"][0]["evidence"]["detail"]["dated"].endswith("by its file")
    assert here.is_dir()


def test_a_missing_folder_does_not_stop_a_good_one(notes_folder: Path, tmp_path: Path, capsys: Any):
    done = run(["add", str(notes_folder), "/nowhere", "--home", str(tmp_path / "home"), "--json"])
    out, err = capsys.readouterr()
    assert done == 3
    assert json.loads(out)["changes"]["new"] == 2
    assert "/nowhere" in err


def test_a_file_that_cannot_be_read_is_part_of_the_account(notes_folder: Path, tmp_path: Path, capsys: Any):
    (notes_folder / "broken.pdf").write_bytes(b"%PDF-1.7\nnothing more")
    assert run(["add", str(notes_folder), "--home", str(tmp_path / "home"), "--json"]) == 3
    files = json.loads(capsys.readouterr().out)["files"]
    assert files["failed"] == 1
    assert files["found"] == files["indexed"] + files["skipped"] + files["failed"] + files["pending"] == 3


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    """A folder with an archive and a message, each with words, a picture, and something that is not opened."""
    folder = tmp_path / "packed"
    folder.mkdir()
    with zipfile.ZipFile(folder / "trip.zip", "w") as archive:
        archive.writestr("notes.txt", "We sailed to Needle Island at dawn.")
        archive.writestr("photo.png", PNG)
        archive.writestr("older.zip", b"PK\x03\x04 of last year")
    message = EmailMessage()
    message["Subject"], message["From"] = "The lamp", "ann@example.org"
    message.set_content("The lamp is lit again.")
    message.add_attachment(PNG, maintype="image", subtype="png", filename="lamp.png")
    (folder / "lamp.eml").write_bytes(message.as_bytes())
    return folder


def test_what_an_archive_and_a_message_leave_out_is_told_once_and_listed(packed: Path, tmp_path: Path, capsys: Any):
    home = ["--home", str(tmp_path / "home")]
    assert run(["add", str(packed), *home, "--json"]) == 0
    out, err = capsys.readouterr()
    document = json.loads(out)
    left_out = {Path(one["path"]).name: one["what"] for one in document["left_out"]}
    assert {name: len(what) for name, what in left_out.items()} == {"lamp.eml": 1, "trip.zip": 2}
    assert document["files"]["indexed"] == 2
    assert f"{packed / 'lamp.eml'} is read in part: {left_out['lamp.eml'][0]}" in err
    assert "lamp.png" in left_out["lamp.eml"][0]
    assert all(name in err for name in ("photo.png", "older.zip"))

    assert run(["add", str(packed), *home]) == 0
    out, err = capsys.readouterr()
    assert "in part" not in err
    assert "2 files read in part: sourcehound status --failed names what is left out" in out

    assert run(["status", "--failed", *home]) == 0
    listed = capsys.readouterr().out
    assert f"in part {packed / 'trip.zip'}\n        {left_out['trip.zip'][0]}" in listed


def test_a_quiet_add_says_nothing_of_what_is_left_out(packed: Path, tmp_path: Path, capsys: Any):
    assert run(["add", str(packed), "--home", str(tmp_path / "home"), "-q"]) == 0
    assert capsys.readouterr().err == ""


def test_a_second_writer_is_told_who_writes_and_to_try_again(notes_folder: Path, tmp_path: Path, capsys: Any):
    lock = tmp_path / "home" / "libraries" / "default" / "library.lock"
    with exclusive(lock, "library default"):
        assert run(["add", str(notes_folder), "--home", str(tmp_path / "home"), "--json"]) == 75
    assert str(os.getpid()) in json.loads(capsys.readouterr().out)["message"]


def test_a_model_that_is_down_leaves_a_question_to_resume(home: Path):
    nobody = "openai:x@http://127.0.0.1:1/v1"
    done = sourcehound(home, "ask", LAMP, "--thread", "down", "--model", nobody, "--json")
    assert done.returncode == 75, done.stderr
    assert "built-in" in json.loads(done.stdout)["remedy"]
    again = sourcehound(home, "ask", "--resume", "--thread", "down", "--model", "built-in", "--json")
    assert again.returncode == 0, again.stderr
    assert "Ruth Calloway" in json.loads(again.stdout)["text"]


def test_a_setting_that_does_not_exist_is_a_fault_of_the_configuration(tmp_path: Path, capsys: Any):
    (tmp_path / "config.toml").write_text("[index]\nengin = 'exact'\n", encoding="utf-8")
    assert run(["status", "--home", str(tmp_path), "--json"]) == 78
    assert "index.engine" in json.loads(capsys.readouterr().out)["remedy"]


def test_ctrl_c_ends_with_130_and_resume_answers(home: Path):
    running = started(home, "ask", LAMP, "--ndjson", "--thread", "stopped")
    assert running.stdout is not None
    assert json.loads(running.stdout.readline())["type"] == "start"
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=LIMIT_S)
    last = json.loads(out.splitlines()[-1])
    assert last["type"] == "done"
    if running.returncode == 0:
        pytest.skip("the answer was there before the signal")
    assert running.returncode == 130, err
    assert "Traceback" not in err
    assert (last["data"]["status"], last["data"]["stop"]["reason"]) == ("cancelled", "cancelled")
    resumed = sourcehound(home, "ask", "--resume", "--json")
    assert resumed.returncode == 0
    answer = json.loads(resumed.stdout)
    assert answer["thread"] == "stopped"
    assert "Ruth Calloway" in answer["text"]


def test_ndjson_is_valid_and_ends_with_the_answer(here: Path, capsys: Any):
    assert run(["ask", LAMP, "--ndjson"]) == 0
    events = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [event["seq"] for event in events] == list(range(len(events)))
    assert {event["type"] for event in events} <= set(EVENT_TYPES)
    assert len({event["thread"] for event in events}) == 1
    assert events[0]["type"] == "start"
    assert (events[-1]["type"], events[-1]["data"]["status"]) == ("done", "answered")
    assert here.is_dir()


def after_one_line(home: Path, *arguments: str, given: str = "") -> tuple[int, str]:
    """The exit code and stderr of a command whose reader leaves after the first line, as `head -1` does."""
    running = started(home, *arguments)
    assert running.stdin is not None
    assert running.stdout is not None
    running.stdin.write(given)
    running.stdin.close()
    running.stdin = None
    assert running.stdout.readline()
    running.stdout.close()
    running.stdout = None
    _, err = running.communicate(timeout=LIMIT_S)
    return running.returncode, err


def test_a_question_whose_reader_leaves_stops_quietly_and_can_be_resumed(home: Path):
    code, err = after_one_line(home, "ask", LAMP, "--ndjson", "--thread", "left")
    assert (code, err) == (75, "")
    resumed = sourcehound(home, "ask", "--resume", "--thread", "left", "--json")
    assert "Ruth Calloway" in json.loads(resumed.stdout)["text"]


def test_a_batch_whose_reader_leaves_stops_quietly(home: Path):
    code, err = after_one_line(home, "ask", "-", "--json", "-q", given=f"{UNKNOWN}\n{LAMP}\n{LAMP}\n")
    assert (code, err) == (75, "")


@pytest.mark.parametrize(
    ("arguments", "code"), [(["find", "lamp"], 0), (["find", "zebra"], 1), (["status", "--json"], 0), (["--help"], 0)]
)
def test_output_that_nobody_reads_changes_no_exit_code_and_says_nothing(home: Path, arguments: list[str], code: int):
    running = started(home, *arguments)
    assert running.stdout is not None
    running.stdout.close()
    running.stdout = None
    _, err = running.communicate("", timeout=LIMIT_S)
    assert (running.returncode, err) == (code, "")


def test_a_batch_answers_in_order_and_says_what_failed(home: Path):
    lines = [
        json.dumps({"id": "lamp", "question": LAMP}),
        json.dumps({"id": "bad", "question": LAMP, "model": "nobody:nothing"}),
        UNKNOWN,
    ]
    done = sourcehound(home, "ask", "-", "--json", given="\n".join(lines))
    assert done.returncode == 3, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["id"] for answer in answers][:2] == ["lamp", "bad"]
    assert [answer["status"] for answer in answers] == ["answered", "failed", "abstained"]
    assert answers[1]["error"]["code"] == 78


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('{"id": "a"}', "line 1: no question"),
        ('{"question": "x", "modle": "y"}', "unknown option 'modle'"),
        ("{", "line 1: not valid JSON"),
        ('{"id": 1, "question": "x"}\n{"id": 1, "question": "y"}', "line 2: the id 1 is there twice"),
        ('x\n{"question": "x", "max_steps": "many"}', 'line 2: max_steps is "many"'),
    ],
)
def test_a_malformed_batch_asks_nothing(
    home: Path, line: str, words: str, monkeypatch: pytest.MonkeyPatch, capsys: Any
):
    monkeypatch.setenv("SOURCEHOUND_HOME", str(home))
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(line.encode())))
    assert run(["ask", "-", "--json"]) == 2
    (document,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert words in document["message"]


@pytest.mark.parametrize("flags", [["-c"], ["--thread", "x"], ["--resume"], ["--ndjson"]], ids=" ".join)
def test_what_makes_no_sense_for_a_batch_is_refused(here: Path, flags: list[str], capsys: Any):
    assert run(["ask", "-", *flags]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert f"{flags[0]} has no meaning for `ask -`" in err
    assert here.is_dir()


def test_a_line_that_is_not_utf_8_fails_alone_and_every_id_comes_back_as_it_was(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
):
    given = json.dumps({"id": 7, "question": LAMP}).encode() + b'\n{"id": "7", "question": "caf\xe9?"}\n'
    output = tmp_path / "answers.jsonl"
    for _ in range(2):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        run(["ask", "-", "-o", str(output)])
        answers = [json.loads(line) for line in output.read_text("utf-8").splitlines()]
        assert [(answer["id"], answer["status"]) for answer in answers] == [(7, "answered"), ("7", "failed")]
        assert answers[1]["error"]["message"] == "line 2: not valid UTF-8"
    assert "line 2" not in capsys.readouterr().out
    assert run(["ask", "-", "-o", str(tmp_path / "nowhere" / "a.jsonl")]) == 2
    assert here.is_dir()


def test_a_batch_that_was_killed_goes_on_where_it_was(home: Path, tmp_path: Path):
    questions = "".join(json.dumps({"id": n, "question": LAMP}) + "\n" for n in ("one", "two", "three", "four"))
    output = tmp_path / "answers.jsonl"
    running = started(home, "ask", "-", "-o", str(output))
    assert running.stdin is not None
    assert running.stderr is not None
    running.stdin.write(questions)
    running.stdin.close()
    for line in running.stderr:
        if line.startswith("2 of 4"):
            break
    running.kill()
    running.wait(LIMIT_S)
    running.stderr.close()
    assert running.stdout is not None
    running.stdout.close()
    kept = output.read_bytes()
    with output.open("ab") as file:
        file.write(b'{"id": "tw')
    again = sourcehound(home, "ask", "-", "-o", str(output), given=questions)
    assert again.returncode == 0, again.stderr
    assert output.read_bytes().startswith(kept)
    answers = [json.loads(line) for line in output.read_text("utf-8").splitlines()]
    assert [answer["id"] for answer in answers] == ["one", "two", "three", "four"]
    assert {answer["status"] for answer in answers} == {"answered"}
    assert sourcehound(home, "ask", "-", "-o", str(output), given=questions).returncode == 0
    assert len(output.read_text("utf-8").splitlines()) == 4


def test_a_chat_of_piped_lines_prints_one_document(home: Path):
    done = sourcehound(home, "chat", "--json", given=f"{LAMP}\n/show 1\n/quit\n")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["schema"] == "sourcehound.chat/1"
    assert [answer["status"] for answer in document["answers"]] == ["answered"]
    assert document["answers"][0]["thread"] == document["thread"]
    assert "lamp.txt" in done.stderr
