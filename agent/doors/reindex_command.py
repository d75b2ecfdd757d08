"""The command `reindex`."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from sourcehound.agent.doors.console import Console, ProgressBar
from sourcehound.agent.doors.options import Home, Json, Library, Quiet, opened

PARTLY = 3


def reindex(
    text: Annotated[str, typer.Option("--text", metavar="SPEC", help="text encoder", show_default=False)] = "",
    picture: Annotated[str, typer.Option("--picture", metavar="SPEC", help="picture encoder", show_default=False)] = "",
    page: Annotated[str, typer.Option("--page", metavar="SPEC", help="page encoder", show_default=False)] = "",
    background: Annotated[bool, typer.Option("--background", help="in a process of its own; see status")] = False,
    home: Home = None,
    library: Library = "default",
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Encode everything by other encoders, the old ones answering until it is done; alone: rebuild what is derived."""
    console = Console(json=json, quiet=quiet)
    with opened(home, library, console) as hound, ProgressBar(console) as progress:
        report = hound.reindex(text=text, picture=picture, page=page, background=background, progress=progress)
    _print(console, report.document)
    return PARTLY if report.document.get("reindexed", {}).get("unseen") else 0


def _print(console: Console, document: dict[str, Any]) -> None:
    if console.json:
        console.data(document)
        return
    from sourcehound.agent.doors.terminal import report_text

    for line in _told(document):
        console.note(line)
    console.text(report_text(document, failed=False))


def _told(document: dict[str, Any]) -> list[str]:
    """What was done, or who is at it, one line each."""
    from sourcehound.agent.doors.card import counted

    begun, done = document.get("background"), document.get("reindexed")
    if begun:
        return [f"reindexing in process {begun['pid']}; see sourcehound status, or {begun['log']}"]
    if not done:
        return []
    told = [
        f"{role}: {change['to']} answers now" + (f", {change['from']} no more" if change["from"] else "")
        for role, change in done["switched"].items()
    ]
    if done["parted"]:
        told.append(f"{counted(done['parted'], 'picture')} found by parts now too, not by the whole alone")
    if done["unseen"]:
        told.append(f"pictures of {done['unseen']} files could not be opened; the next add tries again")
    return told or ["everything is up to date"]
