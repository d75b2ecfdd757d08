"""The command `ablate`: what each option of the search is worth, on labelled data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from sourcehound.agent.doors.console import Console, ProgressBar
from sourcehound.agent.doors.eval_command import (
    DEFAULT_LIBRARY,
    Data,
    Fresh,
    Limit,
    Queries,
    Scope,
    Seed,
    Set,
    Split,
    Task,
    Without,
    plan_of,
    system_of,
)
from sourcehound.agent.doors.options import Home, Json, Library, Quiet
from sourcehound.agent.errors import Interrupted
from sourcehound.tools.errors import InputError

if TYPE_CHECKING:
    from sourcehound.agent.evaluate.ablation import Vary


def ablate(
    task: Task,
    path: Data,
    vary: Annotated[
        list[str] | None,
        typer.Option("--vary", metavar="KEY=V1,V2", help="a setting and its values", show_default=False),
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
    """Measure the search with one option changed at a time, with paired 95 % intervals."""
    console = Console(json=json, quiet=quiet)
    from sourcehound.agent.evaluate import ablation, tasks

    varied = vary_of(vary) or ablation.DEFAULT
    collection = tasks.load(task, path, split)
    system = system_of(set_, without, fresh=fresh, home=home, library=library)
    plan = plan_of([one.name for one in collection.scopes], scope, queries, limit, seed)
    with ProgressBar(console) as progress:
        try:
            found = ablation.ablate(collection, system, plan, varied, warn=console.note, progress=progress)
        except KeyboardInterrupt as error:
            raise Interrupted("interrupted", remedy="the same command goes on where it was") from error
    if json:
        console.data(found.to_json())
    else:
        from sourcehound.agent.doors.measure_words import ablation_text

        console.write(ablation_text(found.to_json()))
    return 0


def vary_of(texts: list[str] | None) -> tuple[Vary, ...]:
    """The settings that the options of the command vary.

    Raises:
        InputError: one is not KEY=V1,V2.
    """
    from sourcehound.agent.evaluate.ablation import Vary

    varied: list[Vary] = []
    for text in texts or ():
        key, _, values = text.partition("=")
        parts = tuple(value.strip() for value in values.split(",") if value.strip())
        if not key or not parts:
            raise InputError(f"--vary {text!r} is not KEY=V1,V2", remedy="as --vary find.fusion=rrf,min-max")
        varied.append(Vary(key=key.strip(), values=parts))
    return tuple(varied)
