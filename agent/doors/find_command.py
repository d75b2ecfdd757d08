"""The command `find`."""

from __future__ import annotations

from typing import Annotated

import typer

from sourcehound.agent.doors.console import Console
from sourcehound.agent.doors.options import Home, Json, Kinds, Library, Quiet, Since, Until, Within, opened

NOTHING = 1

Page = Annotated[
    str | None,
    typer.Option("--page", metavar="N", help="only this page: its printed number, else its count", show_default=False),
]
Part = Annotated[
    str | None,
    typer.Option("--part", metavar="table|figure|heading", help="only these; a list without words", show_default=False),
]


def find(
    query: Annotated[str, typer.Argument(help="what to look for", show_default=False)] = "",
    more: Annotated[
        list[str] | None, typer.Option("--more", metavar="TEXT[:WEIGHT]", help="pull towards this", show_default=False)
    ] = None,
    less: Annotated[
        list[str] | None,
        typer.Option("--less", metavar="TEXT[:WEIGHT]", help="push away from this", show_default=False),
    ] = None,
    type_: Kinds = "",
    within: Within = None,
    since: Since = None,
    until: Until = None,
    like: Annotated[
        str | None,
        typer.Option(
            "--like", metavar="FILE[#page=3|#t=12,18|#xywh=l,t,w,h]", help="a picture or clip", show_default=False
        ),
    ] = None,
    page: Page = None,
    part: Part = None,
    n: Annotated[int, typer.Option("-n", min=1, max=200, help="most hits")] = 10,
    min_score: Annotated[
        float | None, typer.Option("--min-score", min=0, max=1, help="least chance shown, 0..1", show_default=False)
    ] = None,
    verbose: Annotated[bool, typer.Option("-v", help="print the default cut of each kind")] = False,
    home: Home = None,
    library: Library = "default",
    json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Rank passages, pages, images, moments and speech; no language model."""
    console = Console(json=json, quiet=quiet)
    with opened(home, library, console) as hound:
        hits = hound.find(
            query,
            like=like,
            more=more or (),
            less=less or (),
            type=type_,
            within=within,
            since=since,
            until=until,
            page=page,
            part=part,
            n=n,
            min_score=min_score,
        )
    if verbose:
        from sourcehound.tools.index.chance import CUT, ESTIMATED_CUT

        cuts = ", ".join(f"{kind} {cut:g}" for kind, cut in CUT.items())
        console.note(f"default cuts: {cuts}; {ESTIMATED_CUT:g} where another encoder than the default one takes part")
    if json:
        console.data(hits.to_json())
    else:
        from sourcehound.agent.doors.terminal import hits_text

        console.text(hits_text(hits.to_json()))
    return 0 if len(hits) else NOTHING
