"""The command `chat`: a conversation in the terminal, each question going on with the same thread.

Where stdin is no terminal its lines are the questions and commands, one each. Knows nothing of how a question is answered.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sourcehound.agent.asking import dates_of
from sourcehound.agent.doors import slash
from sourcehound.agent.doors.ask_command import follow, print_answer
from sourcehound.agent.doors.console import Console
from sourcehound.agent.doors.lines import Lines, lines_here
from sourcehound.agent.doors.options import (
    Attach,
    Continue,
    Home,
    Json,
    Judge,
    Kinds,
    Library,
    MaxSteps,
    MaxTokens,
    MaxToolCalls,
    Model,
    Quiet,
    Seer,
    Since,
    ThreadId,
    Timeout,
    Until,
    Web,
    Within,
    opened,
)
from sourcehound.agent.doors.viewer import has_screen
from sourcehound.tools.errors import InputError, SourcehoundError

if TYPE_CHECKING:
    from sourcehound.agent.events import Event
    from sourcehound.agent.hound import Sourcehound

SCHEMA = "sourcehound.chat/1"
SOME_FAILED = 3
INTERRUPTED = 130
PROMPT = ">"


@dataclass(slots=True, kw_only=True)
class Chat:
    """A session.

    Attributes:
        options: of every question, as `ask` has them; commands change them.
        thread: the thread that the next question goes on with, None for a new one.
        viewer: opens a picture and returns 0 if it did; None where nobody would see it.
        documents: what was answered, or how it failed, in order.
        over: whether the session ends.
    """

    hound: Sourcehound
    console: Console
    lines: Lines
    options: dict[str, Any]
    thread: str | None = None
    viewer: Callable[[str], int] | None = None
    documents: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    over: bool = False

    def run(self) -> int:
        """Take line after line until the person leaves, or whoever reads; returns the exit code.

        Ctrl-C stops a running question, which can be resumed; a second one leaves, as does the end of the lines.
        """
        pressed = False
        while not self.over and not self.console.closed:
            try:
                line = self.lines.read(PROMPT).strip()
                if line:
                    self.take(line)
                pressed = False
            except EOFError:
                break
            except KeyboardInterrupt:
                if pressed:
                    return INTERRUPTED
                pressed = True
                self.console.note("Ctrl-C again leaves, and so does Ctrl-D")
        return 0

    def take(self, line: str) -> None:
        """Do a command or ask a question; what goes wrong with it is said and the session goes on."""
        try:
            if slash.is_command(line):
                slash.obey(self, line)
            else:
                self.ask(line)
        except SourcehoundError as error:
            self.console.error(str(error))

    def ask(self, question: str | None, *, resume: bool = False) -> None:
        """Ask a question of the thread, or go on with the one that was stopped.

        Raises:
            SourcehoundError: as `Sourcehound.stream`; the session's document says that this question failed.
        """
        held: list[str] = []
        events = self.hound.stream(question, thread=self.thread, resume=resume, reply=self._reply, **self.options)
        try:
            with closing(events):
                answer = follow(self._watched(events, held), self.console, ndjson=False)
        except KeyboardInterrupt:
            self.console.note("stopped; /resume goes on with it")
            raise
        except SourcehoundError as error:
            said = {"code": error.exit_code, "message": error.message, "remedy": error.remedy}
            self.documents.append({"status": "failed", "question": question, "thread": self.thread, "error": said})
            raise
        except EOFError:
            self.console.note("the question waits for your answer; /resume goes on with it")
            raise
        self.documents.append(answer)
        if not self.console.json:
            print_answer(self.console, answer)
            self.console.note("")
        for query in dict.fromkeys(held):
            self._offer(answer["question"], query)

    def say(self, words: str) -> None:
        """Write what a command shows: to stdout, which holds one document and nothing else if JSON was asked for."""
        if not self.console.json:
            self.console.write(f"{words}\n")
            return
        for line in words.split("\n"):
            self.console.note(line)

    def go_on_with(self, thread: str) -> None:
        """Make a saved thread the one that the next question belongs to."""
        saved = self.hound.runner.threads.get(thread)
        self.thread = saved.id
        self.console.note(f"going on with {saved.id}: {saved.question}")
        if saved.state != "done":
            self.console.note("its last question was stopped; /resume goes on with it")

    def _watched(self, events: Iterator[Event], held: list[str]) -> Iterator[Event]:
        """The events, while the thread's id and the web queries that were held back are noted."""
        question = ""
        for event in events:
            self.thread = event.thread
            if event.type == "start":
                question = event.data["question"]
            if event.type == "search" and _is_held_back(event.data, question):
                held.append(event.data["args"]["query"])
            yield event

    def _reply(self, question: str) -> str:
        """The person's answer to the planner's question."""
        self.console.note(question)
        return self.lines.read("?").strip()

    def _offer(self, question: str, query: str) -> None:
        """A web query with words of the person's files goes out only if the person says so: then they are theirs."""
        self.console.note(f"not sent to the web, because it holds words of your files: “{query}”")
        if self.lines.read("send it? [y/N]").strip().lower() in {"y", "yes"}:
            self.ask(f"{question} Search the web for “{query}”.")


def _is_held_back(data: dict[str, Any], question: str) -> bool:
    """Whether a web search failed by the rule of what may go out, not by the network."""
    from sourcehound.tools.web.flow import check_query

    query = data["args"].get("query")
    if data["tool"] != "web_search" or not data["error"] or not isinstance(query, str):
        return False
    return not check_query(query, question=question, public_texts=(), private_read=True).allowed


def chat(
    model: Model = None,
    seer: Seer = None,
    judge: Judge = None,
    web: Web = None,
    within: Within = None,
    since: Since = None,
    until: Until = None,
    type_: Kinds = "",
    max_steps: MaxSteps = None,
    max_tool_calls: MaxToolCalls = None,
    max_tokens: MaxTokens = None,
    timeout: Timeout = None,
    attach: Attach = None,
    continue_: Continue = False,
    thread: ThreadId = None,
    open_: Annotated[bool, typer.Option("--open", help="/open uses the system's viewer wherever this runs")] = False,
    home: Home = None,
    library: Library = "default",
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Converse: questions that build on each other, with /open, /show and other commands."""
    console = Console(json=json, quiet=quiet)
    options: dict[str, Any] = {
        "model": model, "seer": seer, "judge": judge, "web": web, "within": within, "since": since, "until": until,
        "type": type_, "max_steps": max_steps, "max_tool_calls": max_tool_calls, "max_tokens": max_tokens,
        "timeout": timeout, "attach": attach or (),
    }  # fmt: skip
    dates_of(since, until)
    with opened(home, library, console) as hound:
        words = {command.name: command.help for command in slash.COMMANDS}
        session = Chat(
            hound=hound,
            console=console,
            lines=lines_here(hound.home / "chat_history", words),
            options=options,
            viewer=typer.launch if open_ or (sys.stdout.isatty() and has_screen(sys.platform, os.environ)) else None,
        )
        _begin(session, thread, continue_=continue_)
        code = session.run()
    if json:
        console.data({"schema": SCHEMA, "thread": session.thread, "answers": session.documents})
    failed = any(document["status"] == "failed" for document in session.documents)
    return SOME_FAILED if failed and not code else code


def _begin(session: Chat, thread: str | None, *, continue_: bool) -> None:
    """Say where we are, and go on with a thread if the person named one."""
    n_files = session.hound.library.searched()["files"]
    session.console.note(f"{n_files:,} files; /help names the commands, Ctrl-D leaves")
    session.hound.check_models(**{role: session.options[role] for role in ("model", "seer", "judge")})
    if thread is not None:
        session.go_on_with(thread)
    elif continue_:
        last = session.hound.runner.threads.last()
        if last is None:
            raise InputError("there is no thread yet", remedy="leave out -c")
        session.go_on_with(last.id)
