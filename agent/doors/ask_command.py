"""The command `ask`: one question with its answer, events or files; `ask -` is a batch (batch.py)."""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sourcehound.agent.asking import dates_of
from sourcehound.agent.doors.console import Console
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
from sourcehound.agent.doors.written import check_place, write_whole
from sourcehound.tools.errors import InputError

if TYPE_CHECKING:
    from sourcehound.agent.events import Event
    from sourcehound.agent.hound import Sourcehound

EXIT_OF_STATUS = {"answered": 0, "partial": 3, "abstained": 1, "cancelled": 130, "failed": 70}
TIME_SPENT = 124
STOPPED = 75


def ask(
    question: Annotated[str, typer.Argument(help="the question; - reads a batch from stdin", show_default=False)] = "",
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
    resume: Annotated[bool, typer.Option("--resume", help="go on with a question that was stopped")] = False,
    ndjson: Annotated[bool, typer.Option("--ndjson", help="events on stdout, one JSON object a line")] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="FILE", help=".md, .html or .json; .jsonl for a batch", show_default=False
        ),
    ] = None,
    home: Home = None,
    library: Library = "default",
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Answer a question; every sentence cites its exact place."""
    console = Console(json=json, quiet=quiet)
    dates_of(since, until)
    options: dict[str, Any] = {
        "model": model, "seer": seer, "judge": judge, "web": web, "within": within, "since": since, "until": until,
        "type": type_, "max_steps": max_steps, "max_tool_calls": max_tool_calls, "max_tokens": max_tokens,
        "timeout": timeout, "attach": attach or (),
    }  # fmt: skip
    if question == "-":
        _check_batch({"-c": continue_, "--thread": thread is not None, "--resume": resume, "--ndjson": ndjson})
    with opened(home, library, console) as hound:
        if question == "-":
            from sourcehound.agent.doors.batch import run_batch

            return run_batch(hound, sys.stdin.buffer, console, options=options, output=output)
        _check_output(output)
        events = hound.stream(question, continue_=continue_, thread=thread, resume=resume, **options)
        answer = _answered(hound, events, console, ndjson=ndjson)
        if not answer:
            return STOPPED
        if output is not None and answer["status"] != "cancelled":
            write_answer(hound, answer, output)
            console.note(f"written to {output}")
    if not ndjson:
        print_answer(console, answer)
    return exit_code(answer)


def _answered(hound: Sourcehound, events: Generator[Event], console: Console, *, ndjson: bool) -> dict[str, Any]:
    """Follow a question to its answer; Ctrl-C makes it one that is cancelled, and the question can be resumed."""
    last: list[Event] = []

    def noted() -> Iterator[Event]:
        for event in events:
            last[:] = [event]
            yield event

    try:
        with closing(events):
            return follow(noted(), console, ndjson=ndjson)
    except KeyboardInterrupt:
        if not last:
            raise
        answer = hound.runner.cancelled(last[0].thread)
        if answer["status"] == "cancelled":
            console.note("stopped; `sourcehound ask --resume` goes on with it")
        if ndjson:
            console.data(replace(last[0], seq=last[0].seq + 1, type="done", data=answer).to_json())
        return answer


def _check_batch(given: dict[str, bool]) -> None:
    """Refuse what makes no sense for a batch: options by their flag, and whether they were given."""
    for flag in (flag for flag, is_given in given.items() if is_given):
        raise InputError(f"{flag} has no meaning for `ask -`: each line is a thread of its own", remedy="leave it out")


def _check_output(output: Path | None) -> None:
    """Refuse a file that could not be written before anything is asked."""
    if output is None:
        return
    if output.suffix not in {".md", ".html", ".json"}:
        raise InputError(f"{output}: unknown kind of file", remedy="end it with .md, .html or .json")
    check_place(output)


def follow(events: Iterator[Event], console: Console, *, ndjson: bool) -> dict[str, Any]:
    """Follow the events to the end: as lines of JSON on stdout, or as steps on stderr.

    Returns the answer document, empty if whoever read the lines left before the end.
    """
    answer: dict[str, Any] = {}
    for event in events:
        if ndjson:
            console.data(event.to_json())
        else:
            tell(event, console)
        if event.type == "done":
            answer = event.data
        if ndjson and console.closed:
            break
    return answer


def tell(event: Event, console: Console) -> None:
    """Say on stderr what is happening, a line for each step."""
    data = event.data
    if event.type == "plan":
        for item in data["plan"]:
            console.note(f"  · {item['question']}")
    elif event.type in {"search", "read", "crop", "look", "moment"}:
        wanted = data["args"].get("query") or data["args"].get("phrase") or data["args"].get("question") or ""
        of = data["args"].get("evidence") or data["args"].get("url") or ""
        found = ", ".join(data["evidence"][:6]) or data["error"] or data["note"]
        console.note(f"  {data['tool']} {wanted or of} → {found}"[:200])
    elif event.type == "warning":
        console.note(f"  ! {data['message']}")


def print_answer(console: Console, answer: dict[str, Any]) -> None:
    """Write the answer to stdout."""
    if console.json:
        console.data(answer)
    else:
        from sourcehound.agent.doors.terminal import answer_text

        console.text(answer_text(answer))


def exit_code(answer: dict[str, Any]) -> int:
    """The contract's exit code of an answer."""
    if answer["stop"]["reason"] == "seconds" and answer["status"] == "abstained":
        return TIME_SPENT
    return EXIT_OF_STATUS[answer["status"]]


def write_answer(hound: Sourcehound, answer: dict[str, Any], output: Path) -> None:
    """Write an answer as Markdown, HTML or JSON; the file appears whole or not at all."""
    if output.suffix == ".json":
        import json

        text = json.dumps(answer, indent=2)
    elif output.suffix == ".md":
        from sourcehound.agent.doors.markdown import answer_markdown

        text = answer_markdown(answer)
    else:
        from sourcehound.agent.doors.html import answer_html

        text = answer_html(answer, hound.pictures_of(answer))
    write_whole(output, text.encode("utf-8"))
