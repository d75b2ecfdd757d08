"""The commands `show`, `demo` and `threads`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sourcehound.agent.doors.ask_command import exit_code, follow, print_answer
from sourcehound.agent.doors.console import Console, ProgressBar
from sourcehound.agent.doors.options import Home, Json, Library, Quiet, opened
from sourcehound.agent.doors.viewer import not_opened
from sourcehound.agent.doors.written import check_place, write_whole
from sourcehound.tools.errors import InputError

if TYPE_CHECKING:
    from sourcehound.agent.hound import Sourcehound
    from sourcehound.agent.showing import Exhibit

HOLDS_NO_LONGER = 3
threads_app = typer.Typer(help="Saved threads: list, show, rm.", invoke_without_command=True, rich_markup_mode=None)


def show(
    citation: Annotated[
        str, typer.Argument(metavar="N", help="N, THREAD:N, or an evidence id as E7", show_default=False)
    ],
    save: Annotated[
        Path | None, typer.Option("--save", metavar="FILE", help="write the PNG here", show_default=False)
    ] = None,
    open_: Annotated[bool, typer.Option("--open", help="open it in the system's viewer")] = False,
    home: Home = None,
    library: Library = "default",
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Make the picture of a citation: the page with its boxes, the crop beside its whole, the frames of the moment."""
    console = Console(json=json, quiet=quiet)
    with opened(home, library, console) as hound:
        path, exhibit = save_picture(hound, citation, save)
    if json:
        console.data(
            {
                "schema": "sourcehound.show/1",
                "png": str(path),
                "text": exhibit.text,
                "evidence": exhibit.cited.evidence.to_json(),
                "thread": exhibit.cited.thread,
                "source": {"state": exhibit.held.state, "path": exhibit.held.path or None, "why": exhibit.held.why},
            }
        )
    else:
        console.write(f"{path}\n{exhibit.text}\n")
    if open_ and (why := not_opened(path, typer.launch, platform=sys.platform, environ=os.environ)):
        console.error(why)
    return 0 if exhibit.is_whole else HOLDS_NO_LONGER


def demo(
    home: Home = None,
    library: Library = "demo",
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Index the sample that comes with the project and ask it a question of several hops and kinds."""
    from sourcehound.tools.sample import QUESTION, sample_folder

    console = Console(json=json, quiet=quiet)
    with opened(home, library, console) as hound:
        console.note(f"indexing {sample_folder()}")
        with ProgressBar(console) as progress:
            hound.add(sample_folder(), progress=progress)
        console.note(f"asking: {QUESTION}")
        answer = follow(hound.stream(QUESTION), console, ndjson=False)
        print_answer(console, answer)
        for citation in answer["citations"]:
            path, _ = save_picture(hound, f"{answer['thread']}:{citation['n']}", None)
            console.note(f"[{citation['n']}] {path}")
    return exit_code(answer)


def save_picture(hound: Sourcehound, citation: str, save: Path | None) -> tuple[Path, Exhibit]:
    """Make a citation's picture and write it, whole or not at all; returns its absolute path and what it shows.

    Raises:
        InputError: there is no such citation, or the file cannot be written.
        BusyError: the disk is full.
    """
    exhibit = hound.show(citation)
    path = (save or hound.library.folder / "shown" / f"{exhibit.cited.name}.png").expanduser().absolute()
    if save is None:
        path.parent.mkdir(parents=True, exist_ok=True)
    check_place(path)
    write_whole(path, exhibit.png)
    return path, exhibit


@threads_app.callback(invoke_without_command=True)
def threads(
    context: typer.Context,
    home: Home = None,
    library: Library = "default",
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """List the saved threads, newest first."""
    if context.invoked_subcommand is not None:
        if home is not None or library != "default" or json or quiet:
            raise InputError("options stand after list, show or rm", remedy="sourcehound threads list --home DIR")
        return 0
    return list_threads(home=home, library=library, json=json, quiet=quiet)


@threads_app.command("list")
def list_threads(home: Home = None, library: Library = "default", json: Json = False, quiet: Quiet = False) -> int:
    """List the saved threads, newest first."""
    console = Console(json=json, quiet=quiet)
    with opened(home, library, console) as hound:
        saved = hound.runner.threads.all()
    if json:
        console.data({"schema": "sourcehound.threads/1", "threads": [thread.to_json() for thread in saved]})
    else:
        for thread in saved:
            status = thread.answer["status"] if thread.answer else thread.state
            console.write(f"{thread.id}  {thread.updated}  {status:<9}  {thread.question}\n")
    return 0


@threads_app.command("show")
def show_thread(
    thread: Annotated[str, typer.Argument(metavar="ID", show_default=False)],
    home: Home = None,
    library: Library = "default",
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Print a thread's last answer."""
    console = Console(json=json, quiet=quiet)
    with opened(home, library, console) as hound:
        saved = hound.runner.threads.get(thread)
    if saved.answer is None:
        raise InputError(f"thread {thread} has no answer yet", remedy=f"sourcehound ask --resume --thread {thread}")
    print_answer(console, saved.answer)
    return 0


@threads_app.command("rm")
def remove_thread(
    thread: Annotated[str, typer.Argument(metavar="ID", show_default=False)],
    home: Home = None,
    library: Library = "default",
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Forget a thread: its answer, evidence and checkpoints."""
    console = Console(json=json, quiet=quiet)
    with opened(home, library, console) as hound:
        hound.runner.threads.remove(thread)
    console.note(f"thread {thread} is forgotten")
    if json:
        console.data({"schema": "sourcehound.threads/1", "removed": thread})
    return 0
