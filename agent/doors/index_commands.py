"""The commands `add`, `rm` and `status`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from sourcehound.agent.doors.console import Console, ProgressBar
from sourcehound.agent.doors.options import Home, Json, Library, Quiet, opened

if TYPE_CHECKING:
    from sourcehound.agent.documents import IndexReport

PARTLY = 3


def add(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="files and folders", show_default=False)],
    include: Annotated[
        list[str] | None, typer.Option("--include", help="glob of files to take", show_default=False)
    ] = None,
    exclude: Annotated[
        list[str] | None, typer.Option("--exclude", help="glob to leave out", show_default=False)
    ] = None,
    home: Home = None,
    library: Library = "default",
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Index files and folders; again touches only what changed."""
    console = Console(json=json, quiet=quiet)
    with opened(home, library, console) as hound, ProgressBar(console) as progress:
        report = hound.add(*paths, include=include or (), exclude=exclude or (), progress=progress)
    _print(console, report.document)
    return _exit_code(console, report)


def rm(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="files and folders", show_default=False)],
    home: Home = None,
    library: Library = "default",
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Forget files and folders, and the quotes that saved threads took from them."""
    console = Console(json=json, quiet=quiet)
    with opened(home, library, console) as hound:
        n_files = hound.forget(*paths)
        document = hound.status()
    from sourcehound.agent.doors.card import counted

    console.note(f"{counted(n_files, 'file')} forgotten")
    if json:
        console.data(document)
    return 0


def status(
    failed: Annotated[
        bool, typer.Option("--failed", help="name every skipped and failed file with its reason, and what is left out")
    ] = False,
    home: Home = None,
    library: Library = "default",
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Account for every file: indexed, skipped, failed or pending."""
    console = Console(json=json, quiet=quiet)
    with opened(home, library, console) as hound:
        document = hound.status()
    _print(console, document, failed=failed)
    return 0


def _print(console: Console, document: dict[str, Any], *, failed: bool = False) -> None:
    if console.json:
        console.data(document)
    else:
        from sourcehound.agent.doors.terminal import report_text

        console.text(report_text(document, failed=failed))


def _exit_code(console: Console, report: IndexReport) -> int:
    for path in report.missing:
        console.error(f"no such file or folder: {path} (check the spelling of the path)")
    return PARTLY if report.missing or report.n_failed else 0
