"""A disk that fills up at any write: a clear line, exit 75, nothing lost, and the same command goes on once there is room."""

from __future__ import annotations

import json
import resource
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sourcehound.agent.doors.cli import run

TEMPORARY = 75
QUESTION = "Who lit the lamp on Needle Island?"


@contextmanager
def no_file_larger_than(n_bytes: int) -> Generator[None]:
    """Let every write beyond so many bytes of a file fail, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, Any, str]]:
    """Runs a command line with `--json` over a home of this test; gives exit code, document and stderr."""
    monkeypatch.setenv("SOURCEHOUND_HOME", str(tmp_path / "home"))

    def call(*arguments: str) -> tuple[int, Any, str]:
        code = run([*arguments, "--json", "-q"])
        output, errors = capsys.readouterr()
        return code, json.loads(output), errors

    return call


def ramp(command: Callable[..., tuple[int, Any, str]], *arguments: str) -> tuple[Any, int]:
    """Run a command again and again with a little more room each time; its document at last, and how often it failed."""
    limit, n_failures = 2048, 0
    while True:
        with no_file_larger_than(limit):
            code, document, errors = command(*arguments)
        if code != TEMPORARY:
            return document, n_failures
        assert document["code"] == TEMPORARY
        assert document["message"].startswith(("no space left", "cannot write"))
        assert document["remedy"]
        assert len(errors.splitlines()) == 1
        assert "Traceback" not in errors
        n_failures += 1
        limit = int(limit * 1.6)


def test_add_stops_with_a_clear_line_and_goes_on_when_there_is_room(
    command: Callable[..., tuple[int, Any, str]], notes_folder: Path, tmp_path: Path
):
    for n in range(6):
        (notes_folder / f"log-{n}.txt").write_text(f"Boat {n} lay at mooring {n}. " * 40, encoding="utf-8")
    report, n_failures = ramp(command, "add", str(notes_folder))
    assert n_failures >= 4
    assert report["files"] == {"found": 8, "indexed": 8, "skipped": 0, "failed": 0, "pending": 0}
    code, undisturbed, _ = command("add", str(notes_folder), "--home", str(tmp_path / "other"))
    assert (code, undisturbed["units"]) == (0, report["units"])


def test_ask_stops_with_a_clear_line_and_is_resumed_when_there_is_room(
    command: Callable[..., tuple[int, Any, str]], notes_folder: Path
):
    command("add", str(notes_folder))
    _, undisturbed, _ = command("ask", QUESTION)
    library = notes_folder.parent / "home" / "libraries" / "default"
    for path in library.glob("threads.db*"):
        path.unlink()
    n_failures = 0
    limit = 1024
    while True:
        with no_file_larger_than(limit):
            code, answer, _ = command("ask", "--resume")
            if code == 2:  # not even the question was written down
                code, answer, _ = command("ask", QUESTION)
        if code != TEMPORARY:
            break
        assert answer["message"].startswith(("no space left", "cannot write"))
        n_failures += 1
        limit = int(limit * 1.5)
    assert n_failures >= 4
    assert (answer["status"], answer["text"]) == (undisturbed["status"], undisturbed["text"])
    assert answer["usage"]["steps"] == undisturbed["usage"]["steps"]
