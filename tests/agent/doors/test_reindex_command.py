"""The command `reindex`: another encoder takes over, in this process or in one of its own; a mismatch is refused by name."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from sourcehound.agent import reindexing
from sourcehound.agent.doors.cli import run
from sourcehound.agent.hound import Sourcehound
from sourcehound.agent.reindexing import Started, start
from sourcehound.agent.settings import Settings
from sourcehound.tools.errors import BusyError, SourcehoundError
from sourcehound.tools.library.lock import exclusive, holder
from tests.tools.encoders.tiny import save_text

Command = Callable[..., tuple[int, Any]]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, notes_folder: Path) -> Path:
    """A home with a library of two notes."""
    monkeypatch.setenv("SOURCEHOUND_HOME", str(tmp_path / "home"))
    with Sourcehound(home=tmp_path / "home") as hound:
        if not hound.library.text_encoder.is_here():
            pytest.skip("the weights are not installed")
        hound.add(notes_folder)
    return tmp_path / "home"


@pytest.fixture
def command(home: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command line with `--json`; gives exit code and document."""

    def call(*arguments: str) -> tuple[int, Any]:
        assert home.is_absolute()
        code = run([*arguments, "--json", "-q"])
        return code, json.loads(capsys.readouterr().out)

    return call


def test_another_text_encoder_takes_over_and_settings_that_name_the_former_are_refused(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("sourcehound.tools.library.reindex.GRACE_S", 0.0)
    spec = f"hf:{save_text(tmp_path / 'model')}"
    code, document = command("reindex", "--text", spec)
    assert code == 0
    former, now = (document["reindexed"]["switched"]["text"][name] for name in ("from", "to"))
    assert (former.split("@")[0], now.split("@")[0]) == ("minilm", spec)
    assert document["encoders"]["text"] == now
    assert document["making"] == []
    assert command("find", "lamp oil")[0] == 0

    monkeypatch.setenv("SOURCEHOUND_ENCODERS__TEXT", "minilm")
    for arguments in (["find", "lamp oil"], ["add", str(tmp_path / "notes")]):
        code, refused = command(*arguments)
        assert (code, refused["message"]) == (78, f"the index was made with {now}, not with {former}")
        assert refused["remedy"].startswith("run `sourcehound reindex --text minilm`, or set encoders.text back to hf:")
    assert command("reindex", "--text", "minilm")[0] == 0
    code, found = command("find", "lamp oil")
    assert (code, found["hits"][0]["scores"]["dense"] > 0.3) == (0, True)


def test_alone_it_makes_the_word_index_anew(command: Command, home: Path):
    with Sourcehound(home=home) as hound, hound.library.catalogue.transaction() as connection:
        connection.execute("INSERT INTO words (words) VALUES ('delete-all')")
    code, document = command("reindex")
    assert (code, document["reindexed"]["switched"]) == (0, {})
    assert command("find", '"burns oil"')[1]["hits"]


def test_an_unknown_encoder_changes_nothing(command: Command):
    code, refused = command("reindex", "--text", "maxilm")
    assert (code, "maxilm" in refused["message"]) == (78, True)
    assert command("status")[1]["making"] == []


def test_the_second_writer_is_told_whom_it_waits_for(command: Command, home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sourcehound.tools.library.library.exclusive", partial(exclusive, wait_s=0))
    with exclusive(home / "libraries" / "default" / "library.lock", "library default"):
        code, document = command("reindex")
        assert (code, document["message"]) == (75, f"library default is being written by process {os.getpid()}")
        assert command("status")[1]["writer"] == os.getpid()
    assert command("status")[1]["writer"] is None


def test_in_the_background_it_goes_on_in_a_process_of_its_own(command: Command, home: Path):
    code, document = command("reindex", "--background")
    begun = document["background"]
    lock = home / "libraries" / "default" / "library.lock"
    assert (code, document["writer"] in {begun["pid"], None}) == (0, True)
    assert os.getpgid(0) != begun["pid"]
    pause = threading.Event()
    for _ in range(1200):
        if holder(lock) is None:
            break
        pause.wait(0.05)
    log = ""
    for _ in range(200):
        if log := Path(begun["log"]).read_text(encoding="utf-8"):
            break
        pause.wait(0.05)
    assert json.loads(log.splitlines()[-1])["reindexed"]["switched"] == {}


class Ended:
    """A process that ended at once, having said something."""

    said = ""

    def __init__(self, command: list[str], *, stdout: Any, env: dict[str, str], **_: Any) -> None:
        self.pid = 1
        self.command = command
        stdout.write(self.said.encode())
        assert env["SOURCEHOUND_INDEX__ENGINE"] == "exact"

    def poll(self) -> int:
        return 75


@pytest.mark.parametrize(
    ("said", "kind", "message"),
    [
        (
            'encoding: 1 of 2\n{"schema": "sourcehound.error/1", "code": 75, "message": "held by 7", "remedy": "wait"}\nx\n',
            BusyError,
            r"held by 7 \(wait\)",
        ),
        ("Killed\n", SourcehoundError, "the process ended: Killed"),
    ],
)
def test_what_ends_it_at_once_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, kind: type[SourcehoundError], message: str
):
    monkeypatch.setattr(Ended, "said", said)
    monkeypatch.setattr(reindexing.subprocess, "Popen", Ended)
    settings = Settings.load(tmp_path, {}, {"index.engine": "exact"})
    with pytest.raises(kind, match=message):
        start(tmp_path, "default", settings, text="minilm")


def test_what_was_started_is_printed_as_it_is(tmp_path: Path):
    assert Started(pid=7, log=tmp_path / "a").to_json() == {"pid": 7, "log": str(tmp_path / "a")}
