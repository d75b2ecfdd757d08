"""Two processes over one library: writers exclude each other by name, readers never wait."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial, partialmethod
from pathlib import Path
from typing import Any

import pytest

from sourcehound.agent.doors.cli import run
from sourcehound.agent.hound import Sourcehound
from sourcehound.agent.threads import Threads
from sourcehound.tools.library.lock import exclusive

TEMPORARY = 75
QUESTION = "Who lit the lamp on Needle Island?"
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
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Writers give up at once instead of after five seconds."""
    at_once = partial(exclusive, wait_s=0)
    monkeypatch.setattr("sourcehound.tools.library.library.exclusive", at_once)
    monkeypatch.setattr(Threads, "writing", partialmethod(Threads.writing, wait_s=0))


def libraries(home: Path) -> Path:
    return home / "libraries" / "default"


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("arguments", [["add"], ["rm"]])
def test_the_second_writer_of_a_library_is_told_whom_it_waits_for(
    command: Command, home: Path, notes_folder: Path, arguments: list[str]
):
    command("add", str(notes_folder))
    with exclusive(libraries(home) / "library.lock", "library default"):
        code, document = command(*arguments, str(notes_folder))
    assert code == document["code"] == TEMPORARY
    assert document["message"] == f"library default is being written by process {os.getpid()}"
    assert command("status")[1]["files"]["indexed"] == 2


@pytest.mark.usefixtures("impatient")
def test_readers_do_not_wait_for_a_writer(command: Command, home: Path, notes_folder: Path):
    command("add", str(notes_folder))
    with (
        Sourcehound(home=home) as other,
        exclusive(libraries(home) / "library.lock", "library default"),
        other.library.catalogue.transaction() as connection,
    ):
        connection.execute("DELETE FROM files")
        assert command("status")[1]["files"]["indexed"] == 2
        assert command("find", "lamp oil")[1]["searched"]["files"] == 2
        code, answer = command("ask", QUESTION)
        assert (code, answer["coverage"]["files"]) == (0, 2)


@pytest.mark.usefixtures("impatient")
def test_the_second_process_at_a_thread_is_told_whom_it_waits_for(command: Command, home: Path, notes_folder: Path):
    command("add", str(notes_folder))
    _, answer = command("ask", QUESTION)
    thread = answer["thread"]
    with Sourcehound(home=home) as other:
        threads = other.runner.threads
        threads.end(thread, "stopped", None, "")
        lock = exclusive(next((libraries(home) / "locks").iterdir()), f"thread {thread}")
        with lock:
            code, document = command("ask", "--resume", "--thread", thread)
        assert code == document["code"] == TEMPORARY
        assert document["message"] == f"thread {thread} is being written by process {os.getpid()}"
        assert len(other.runner.ledger.records(thread)) == answer["usage"]["tool_calls"]
    # once the other is gone it goes on, and does nothing twice
    code, again = command("ask", "--resume", "--thread", thread)
    assert (code, again["text"], again["usage"]["steps"]) == (0, answer["text"], answer["usage"]["steps"])


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("arguments", [["threads", "rm", "{thread}"], ["rm", "{folder}"]], ids=["thread", "file"])
def test_a_thread_at_work_is_neither_removed_nor_made_to_forget(
    command: Command, home: Path, notes_folder: Path, arguments: list[str]
):
    command("add", str(notes_folder))
    _, answer = command("ask", QUESTION)
    thread = answer["thread"]
    given = [part.format(thread=thread, folder=notes_folder) for part in arguments]
    with Sourcehound(home=home) as other:
        with other.runner.threads.writing(thread):
            code, document = command(*given)
        assert code == document["code"] == TEMPORARY
        assert document["message"] == f"thread {thread} is being written by process {os.getpid()}"
        assert other.runner.threads.get(thread).answer == answer
        assert other.status()["files"]["indexed"] == 2
    assert command(*given)[0] == 0


@pytest.fixture
def indexing(home: Path, notes_folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that indexes three hundred files."""
    for n in range(300):
        (notes_folder / f"log-{n}.txt").write_text(f"Boat {n} lay at mooring {n}.", encoding="utf-8")
    command = [sys.executable, "-m", "sourcehound.agent", "add", str(notes_folder), "-q"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ}) as process:
        yield process
        process.kill()
    assert home.exists()


def test_one_process_searches_and_asks_while_another_indexes(command: Command, indexing: subprocess.Popen[bytes]):
    found: list[int] = []
    codes: set[int] = set()
    while indexing.poll() is None or not found:
        code, document = command("status")
        counts = document["files"]
        assert counts["found"] == sum(counts[state] for state in ("indexed", "skipped", "failed", "pending"))
        found.append(counts["indexed"] + counts["pending"])
        codes |= {code, command("find", "boat 7")[0], command("ask", QUESTION)[0]}
    assert indexing.returncode == 0, indexing.communicate()
    assert codes <= {0, 1, 3}
    assert found == sorted(found)
    code, answer = command("ask", QUESTION)
    assert (code, answer["status"], answer["coverage"]["pending"]) == (0, "answered", 0)
    assert command("status")[1]["files"]["indexed"] == 302
