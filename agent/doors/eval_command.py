"""The command `eval`: measures the real system on labelled data."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sourcehound.agent.doors.console import Console, ProgressBar
from sourcehound.agent.doors.options import Home, Json, Library, Quiet
from sourcehound.agent.errors import Interrupted
from sourcehound.tools.errors import InputError

if TYPE_CHECKING:
    from sourcehound.agent.evaluate.measures import Run
    from sourcehound.agent.evaluate.report import Plan
    from sourcehound.agent.evaluate.system import System

DEFAULT_LIBRARY = "default"

Task = Annotated[str, typer.Argument(metavar="TASK", help="text, pages, images, composed or moments")]
Data = Annotated[str, typer.Argument(metavar="PATH", help="folder or file of the labelled data")]
Split = Annotated[str, typer.Option("--split", help="split of the labels, as test", show_default=False)]
Queries = Annotated[
    str, typer.Option("--queries", metavar="all|even|odd", help="every query, or every other one from 0 or 1")
]
Limit = Annotated[int | None, typer.Option("--limit", min=1, help="the first so many queries", show_default=False)]
Scope = Annotated[
    str, typer.Option("--scope", metavar="all|document|layout", help="one scope instead of all", show_default=False)
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="a setting, as find.fusion=rrf", show_default=False),
]
Without = Annotated[
    list[str] | None, typer.Option("--without", metavar="ocr|speech", help="a slow sense left out", show_default=False)
]
Fresh = Annotated[bool, typer.Option("--fresh", help="index anew what an earlier run indexed")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="of the bootstrap's draws")]


def evaluate(
    task: Task,
    path: Data,
    run: Annotated[
        str | None, typer.Option("--run", metavar="FILE", help="write the TREC run there", show_default=False)
    ] = None,
    split: Split = "",
    queries: Queries = "all",
    limit: Limit = None,
    scope: Scope = "",
    set_: Set = None,
    without: Without = None,
    fresh: Fresh = False,
    seed: Seed = 0,
    home: Home = None,
    library: Library = DEFAULT_LIBRARY,
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Measure the real search on labelled data, with 95 % intervals."""
    console = Console(json=json, quiet=quiet)
    from sourcehound.agent.evaluate import report, tasks

    collection = tasks.load(task, path, split)
    system = system_of(set_, without, fresh=fresh, home=home, library=library)
    scopes = [one.name for one in collection.scopes]
    plan = plan_of(scopes, scope, queries, limit, seed)
    files = run_files(run, plan.scopes or scopes)
    with ProgressBar(console) as progress:
        try:
            measured = report.evaluate(collection, system, plan, warn=console.note, progress=progress)
        except KeyboardInterrupt as error:
            raise Interrupted("interrupted", remedy="the same command goes on where it was") from error
    for one in measured.runs if files else ():
        _write_run(files[one.scope.name], one.found)
        console.note(f"run written to {files[one.scope.name]}")
    if json:
        console.data(measured.to_json())
    else:
        from sourcehound.agent.doors.measure_words import eval_text

        console.write(eval_text(measured.to_json()))
    return 0


def run_files(run: str | None, scopes: Sequence[str]) -> dict[str, Path]:
    """Where each scope's run is to be written: the file, or with several scopes `run.document.trec` and so on.

    Raises:
        InputError: a file cannot be written there.
        BusyError: the disk is full.
    """
    if run is None:
        return {}
    from sourcehound.agent.doors.written import check_place

    path = Path(run).expanduser()
    several = len(scopes) > 1
    files = {scope: path.with_name(f"{path.stem}.{scope}{path.suffix}") if several else path for scope in scopes}
    for file in files.values():
        check_place(file)
    return files


def _write_run(file: Path, found: Run) -> None:
    from sourcehound.agent.doors.written import write_whole
    from sourcehound.agent.evaluate.trec import run_file

    write_whole(file, run_file(found).encode("utf-8", "surrogateescape"))


def system_of(
    settings: list[str] | None, without: list[str] | None, *, fresh: bool, home: str | None, library: str
) -> System:
    """The system that the options of the command name.

    Raises:
        InputError: a setting is not KEY=VALUE, or there is no such sense.
    """
    from sourcehound.agent.evaluate.system import System

    values: dict[str, Any] = {}
    for text in settings or ():
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise InputError(f"--set {text!r} is not KEY=VALUE", remedy="as --set find.fusion=rrf")
        values[key] = value
    return System(
        settings=values,
        without=tuple(without or ()),
        home=home,
        library="" if library == DEFAULT_LIBRARY else library,
        fresh=fresh,
    )


def plan_of(scopes: Sequence[str], scope: str, queries: str, limit: int | None, seed: int) -> Plan:
    """What is asked, by the options of the command.

    Raises:
        InputError: there is no such scope or half.
    """
    from sourcehound.agent.evaluate.bootstrap import Bootstrap
    from sourcehound.agent.evaluate.report import Plan
    from sourcehound.agent.evaluate.runs import HALVES, Half

    halves: dict[str, Half] = {half: half for half in HALVES}
    if queries not in halves:
        raise InputError(f"--queries must be one of {', '.join(HALVES)}, not {queries!r}")
    if scope and scope not in scopes:
        raise InputError(f"--scope must be one of {', '.join(scopes)}, not {scope!r}")
    return Plan(half=halves[queries], limit=limit, scopes=(scope,) if scope else (), bootstrap=Bootstrap(seed=seed))
