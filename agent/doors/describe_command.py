"""The command `describe`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from sourcehound.agent.doors.console import Console, ProgressBar
from sourcehound.agent.doors.options import Home, Json, Library, Quiet, Within, opened

if TYPE_CHECKING:
    from sourcehound.agent.describing import DescribeOptions, DescribeReport
    from sourcehound.tools.library.describable import Cost

PARTLY = 3


def describe(
    model: Annotated[
        str | None, typer.Option("--model", help="who writes, as openai:NAME[@URL]; else the seer", show_default=False)
    ] = None,
    captions: Annotated[bool, typer.Option("--captions", help="captions and scenes only")] = False,
    questions: Annotated[bool, typer.Option("--questions", help="questions only")] = False,
    within: Within = None,
    limit: Annotated[int, typer.Option("--limit", min=0, help="most calls to the model; 0 for all")] = 0,
    n: Annotated[int, typer.Option("-n", min=1, max=20, help="most questions about each")] = 5,
    anew: Annotated[bool, typer.Option("--anew", help="write again what another model wrote")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask before it starts")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="tell the cost, write nothing")] = False,
    home: Home = None,
    library: Library = "default",
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Have a model write captions and questions about pictures, moments and pages, which help to find them."""
    console = Console(json=json, quiet=quiet)
    is_asked = not (yes or json or dry_run) and sys.stdin.isatty() and sys.stderr.isatty()
    asked: DescribeOptions = {
        "model": model,
        "captions": captions,
        "questions": questions,
        "within": within,
        "limit": limit,
        "n": n,
        "anew": anew,
    }
    with opened(home, library, console) as hound:
        trial: DescribeOptions = {**asked, "dry_run": True}
        told = hound.describe(**trial)
        console.note(cost_line(told.cost))
        goes_on = told.cost.calls and not dry_run
        if goes_on and (not is_asked or typer.confirm("Go on?", err=True)):
            with ProgressBar(console) as progress:
                shown: DescribeOptions = {**asked, "progress": progress}
                told = hound.describe(**shown)
    if json:
        console.data(told.to_json())
    else:
        console.write(f"{done_line(told)}\n")
    return PARTLY if told.n_failed else 0


def cost_line(cost: Cost) -> str:
    """What a run will come to, one line."""
    if not cost.calls:
        return "nothing is left to describe"
    kinds = ", ".join(f"{n:,} for {kind}s" for kind, n in cost.kinds.items())
    left = f"; {cost.left:,} more calls are left for later" if cost.left else ""
    return (
        f"to come: {cost.calls:,} calls ({kinds}) with {cost.pictures:,} pictures, about {cost.tokens_in:,} tokens in"
        f" and {cost.tokens_out:,} out{left}"
    )


def done_line(report: DescribeReport) -> str:
    """What was done, one line."""
    done = report.described
    if done is None:
        return "nothing was written"
    written = ", ".join(f"{n:,} {role}{'s' if n != 1 else ''}" for role, n in done.written.items()) or "nothing"
    failed = "".join(f"; {n:,} failed: {reason}" for reason, n in done.failed.items())
    seen = "; what is seen waits for a model that takes pictures" if done.without_pictures else ""
    return f"written by {report.model} in {done.calls:,} calls: {written}{failed}{seen}"
