"""A chat takes questions and commands line by line, goes on with one thread, and can be stopped and resumed."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sourcehound.agent.doors import slash
from sourcehound.agent.doors.chat import Chat
from sourcehound.agent.doors.console import Console
from sourcehound.agent.doors.lines import EditedLines, PlainLines, completer
from sourcehound.agent.hound import Sourcehound
from sourcehound.agent.models.planner import ToolCall

LAMP = "Who lit the lamp on Needle Island?"
MASTER = "Who is the harbour master?"


class Script:
    """Lines that a test gives; an exception among them is raised instead."""

    def __init__(self, lines: Iterable[str | type[BaseException]]) -> None:
        self._lines: Iterator[str | type[BaseException]] = iter(lines)
        self.prompts: list[str] = []

    def read(self, prompt: str) -> str:
        self.prompts.append(prompt)
        line = next(self._lines, EOFError)
        if isinstance(line, str):
            return line
        raise line


def session(hound: Sourcehound, *lines: str | type[BaseException], **fields: Any) -> Chat:
    return Chat(hound=hound, console=fields.pop("console", Console()), lines=Script(lines), options={}, **fields)


def test_each_question_goes_on_with_the_same_thread(hound: Sourcehound, scripted: Any, capsys: Any):
    chat = session(hound, LAMP, "", MASTER, "/quit", "never read")
    assert chat.run() == 0
    first, second = chat.documents
    assert "Ruth Calloway" in first["text"]
    assert "Ann Sims" in second["text"]
    assert first["thread"] == second["thread"] == chat.thread
    assert scripted.views[-1].request.history == ((LAMP, first["text"]),)
    assert set(scripted.views[-1].evidence) >= {"E1"}
    assert "Ruth Calloway" in capsys.readouterr().out


def test_new_begins_another_thread_and_threads_lists_and_goes_back(hound: Sourcehound, scripted: Any, capsys: Any):
    chat = session(hound, LAMP, "/new", MASTER, "/threads")
    chat.run()
    first, second = (document["thread"] for document in chat.documents)
    assert first != second
    listed = capsys.readouterr().out
    assert f"* {second}" in listed
    assert f"  {first}" in listed
    chat.take(f"/threads {first}")
    assert chat.thread == first
    del scripted


def test_what_was_found_can_be_shown_listed_and_opened(hound: Sourcehound, scripted: Any, capsys: Any):
    opened: list[str] = []

    def viewer(path: str) -> int:
        opened.append(path)
        return 0

    chat = session(hound, LAMP, viewer=viewer)
    chat.run()
    capsys.readouterr()
    chat.take("/show 1")
    shown = capsys.readouterr().out
    assert shown.startswith("[1] lamp")
    assert "lamp.txt" in shown
    chat.take("/evidence")
    assert capsys.readouterr().out.startswith("E1   text: lamp")
    chat.take("/sources")
    assert "lamp: E1" in capsys.readouterr().out
    chat.take("/open 1")
    path = Path(capsys.readouterr().out.strip())
    assert opened == [str(path)]
    assert path.read_bytes().startswith(b"\x89PNG")
    del scripted


def test_without_a_viewer_open_prints_the_path_alone(hound: Sourcehound, scripted: Any, capsys: Any):
    chat = session(hound, LAMP)
    chat.run()
    capsys.readouterr()
    chat.take("/open [1]")
    assert Path(capsys.readouterr().out.strip()).is_file()
    del scripted


def test_options_last_for_the_session(hound: Sourcehound, scripted: Any, capsys: Any):
    chat = session(hound, "/in *harbour*", "/web on", MASTER, "/in", "/web")
    chat.run()
    request = scripted.views[-1].request
    assert (request.within, request.web) == ("*harbour*", True)
    said = capsys.readouterr().err
    assert "1 file within '*harbour*'" in said
    assert "all 2 files" in said
    assert said.rstrip().endswith("the web is on")


def test_a_period_lasts_for_the_session_and_a_wrong_one_changes_nothing(hound: Sourcehound, scripted: Any, capsys: Any):
    chat = session(hound, "/since 2020", "/until 2019", "/until May", "/until 2021-06", "/in *lamp*", MASTER, "/since")
    chat.run()
    request = scripted.views[-1].request
    assert (request.since, request.until) == ("2020", "2021-06")
    said = capsys.readouterr().err
    assert "0 files within '*lamp*', dated since 2020 until 2021-06" in said
    assert "--since 2020 lies after --until 2019" in said
    assert "'May' is no date" in said
    assert chat.options["since"] is None


def test_a_wrong_command_is_said_and_the_session_goes_on(hound: Sourcehound, scripted: Any, capsys: Any):
    wrong = {
        "/opne 1": "did you mean /open?",
        "/show": "/show takes N",
        "/quit now": "/quit takes nothing",
        "/web perhaps": "/web takes on or off",
        "/show 1": "nothing has been asked yet",
        "/resume": "nothing has been asked yet",
        "/threads nowhere": "there is no thread nowhere",
    }
    chat = session(hound, *wrong, LAMP)
    chat.run()
    said = capsys.readouterr().err
    assert [words for words in wrong.values() if words not in said] == []
    assert [document["status"] for document in chat.documents] == ["answered"]
    chat.take("/resume")
    assert "the last question was answered" in capsys.readouterr().err
    del scripted


def test_a_wrong_model_is_refused_before_a_question_is_asked(notes_folder: Path, tmp_path: Path, capsys: Any):
    with Sourcehound(home=tmp_path / "home") as own:
        chat = session(own, "/model nobody:nothing", "/model", "/model built-in")
        chat.run()
    assert chat.options == {"model": "built-in"}
    said = capsys.readouterr().err
    assert "nobody" in said
    assert said.count("the planner is built-in") == 2
    del notes_folder


def test_a_path_at_the_start_of_a_question_is_no_command():
    assert not slash.is_command("/etc/hosts names which host?")
    assert slash.is_command("/in /etc/*")


def test_help_names_every_command(hound: Sourcehound, capsys: Any):
    session(hound, "/help").run()
    out = capsys.readouterr().out
    assert all(command.name in out and command.help in out for command in slash.COMMANDS)


def test_the_planners_question_is_asked_and_its_answer_reaches_the_planner(
    hound: Sourcehound, scripted: Any, capsys: Any
):
    scripted.asks = "Which island?"
    seen: list[tuple[str, ...]] = []
    scripted.before = lambda step, view: seen.append(view.told) if step == "assess" else None
    chat = session(hound, LAMP, "  Needle Island ")
    chat.run()
    assert "Which island?" in capsys.readouterr().err
    assert seen[0] == ("Which island? Needle Island",)
    assert "Ruth Calloway" in chat.documents[0]["text"]


def test_a_question_to_the_person_outlives_the_session(hound: Sourcehound, scripted: Any, capsys: Any):
    scripted.asks = "Which island?"
    chat = session(hound, LAMP, EOFError)
    assert chat.run() == 0
    assert "waits for your answer" in capsys.readouterr().err
    assert chat.thread is not None
    later = session(hound, "/resume", "Needle", thread=chat.thread)
    later.run()
    assert later.documents[0]["thread"] == chat.thread


def once(step: str, raised: type[BaseException]) -> Callable[[str, Any], None]:
    """Raises at a step, the first time."""
    left = [raised]

    def before(name: str, _view: Any) -> None:
        if name == step and left:
            raise left.pop()

    return before


@pytest.mark.parametrize("step", ["plan", "assess", "draft"])
def test_ctrl_c_stops_the_question_and_resume_answers_it(hound: Sourcehound, scripted: Any, capsys: Any, step: str):
    scripted.before = once(step, KeyboardInterrupt)
    chat = session(hound, LAMP, "/resume")
    assert chat.run() == 0
    assert "stopped; /resume goes on with it" in capsys.readouterr().err
    assert [document["status"] for document in chat.documents] == ["answered"]


def test_ctrl_c_twice_leaves(hound: Sourcehound, scripted: Any):
    scripted.before = once("assess", KeyboardInterrupt)
    assert session(hound, LAMP, KeyboardInterrupt, "never read").run() == 130
    assert session(hound, KeyboardInterrupt, KeyboardInterrupt, "never read").run() == 130
    again = session(hound, KeyboardInterrupt, LAMP, KeyboardInterrupt)
    assert again.run() == 0
    assert len(again.documents) == 1


def test_a_web_query_with_words_of_files_is_sent_only_if_the_person_says_so(
    hound: Sourcehound, scripted: Any, capsys: Any
):
    private = ToolCall(tool="web_search", args={"query": "Ruth Calloway lamp"})
    first = ToolCall(tool="search_text", args={"query": LAMP})
    scripted.calls = (first,)
    chat = session(hound, "/web on", LAMP)
    chat.run()
    scripted.calls = (private,)
    refused = session(hound, LAMP, "n", thread=chat.thread)
    refused.options = {"web": True}
    refused.run()
    assert "holds words of your files: “Ruth Calloway lamp”" in capsys.readouterr().err
    assert len(refused.documents) == 1
    agreed = session(hound, LAMP, "y", thread=chat.thread)
    agreed.options = {"web": True}
    agreed.run()
    assert scripted.views[-1].request.question == f"{LAMP} Search the web for “Ruth Calloway lamp”."


def test_json_keeps_stdout_for_the_document(hound: Sourcehound, scripted: Any, capsys: Any):
    chat = session(hound, LAMP, "/evidence", console=Console(json=True))
    chat.run()
    out, err = capsys.readouterr()
    assert out == ""
    assert "E1 text: lamp" in err
    json.dumps(chat.documents)
    del scripted


def test_plain_lines_end_and_show_prompts_only_to_a_person():
    shown = io.StringIO()
    lines = PlainLines(io.StringIO("one\r\ntwo"), shown)
    assert [lines.read(">"), lines.read(">")] == ["one", "two"]
    assert shown.getvalue() == "> > "
    with pytest.raises(EOFError):
        PlainLines(io.StringIO("")).read(">")


def test_edited_lines_complete_commands_and_keep_a_private_history(tmp_path: Path):
    from prompt_toolkit.completion import CompleteEvent
    from prompt_toolkit.document import Document
    from prompt_toolkit.input import create_pipe_input
    from prompt_toolkit.output import DummyOutput

    history = tmp_path / "home" / "chat_history"
    words = {command.name: command.help for command in slash.COMMANDS}
    with create_pipe_input() as keyboard:
        lines = EditedLines(history, words, keyboard=keyboard, screen=DummyOutput())
        keyboard.send_text("who?\x1b\rwhen?\r")
        assert lines.read(">") == "who?\nwhen?"
        keyboard.send_text("\x1b[A\r")
        assert lines.read(">") == "who?\nwhen?"
        keyboard.send_text("\x03")
        with pytest.raises(KeyboardInterrupt):
            lines.read(">")
        keyboard.send_text("\x04")
        with pytest.raises(EOFError):
            lines.read(">")
    document, event = Document("/ev"), CompleteEvent(completion_requested=True)
    found = list(completer(words).get_completions(document, event))
    assert [completion.text for completion in found] == ["/evidence"]
    assert "who?" in history.read_text(encoding="utf-8")
    assert history.stat().st_mode & 0o077 == 0


def test_a_person_at_a_terminal_converses(notes_folder: Path, tmp_path: Path):
    """One real session in a terminal of its own: prompt, command, Ctrl-C twice."""
    pexpect = pytest.importorskip("pexpect")
    environ = {**os.environ, "SOURCEHOUND_HOME": str(tmp_path), "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"}
    child = pexpect.spawn(
        sys.executable,
        ["-m", "sourcehound.agent", "chat"],
        env=environ,
        encoding="utf-8",
        timeout=60,
        dimensions=(40, 120),
    )
    child.expect_exact("/help names the commands")
    child.expect(">")
    child.send("/sources\r")
    child.expect_exact("nothing has been asked yet")
    child.send("\x03")
    child.expect_exact("Ctrl-C again leaves")
    child.send("\x03")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    del notes_folder
