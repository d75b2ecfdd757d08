"""What the four search tools share: running a query within the person's scope, and saying why nothing came.

Knows nothing of ranking.
"""

from __future__ import annotations

from dataclasses import replace

from pydantic import Field

from sourcehound.tools.encoders.encoder import Pixels
from sourcehound.tools.evidence import UnitKind
from sourcehound.tools.index.allowed import ANYWHERE, Spot
from sourcehound.tools.index.find import find
from sourcehound.tools.index.listing import on_page
from sourcehound.tools.index.query import Query
from sourcehound.tools.tool import Arguments, Desk, Outcome

CUT = 0.0125
"""Least chance of what an agent's search brings: lower than what people are shown, because what it finds is judged again."""


class SearchArguments(Arguments):
    """Arguments that every search over the library takes."""

    query: str = Field(default="", max_length=400, description="what to look for, in words")
    within: str | None = Field(default=None, max_length=400, description="only in files matching this glob")
    n: int = Field(default=6, ge=1, le=20, description="most results")


def search(
    args: SearchArguments,
    desk: Desk,
    kinds: tuple[UnitKind, ...],
    *,
    pictures: tuple[Pixels, ...] = (),
    spot: Spot = ANYWHERE,
) -> Outcome:
    """Search the library for units of some kinds within the scope that the person gave.

    What is named by its place is found in any case: by what fits the words best, else in the order of the documents.
    """
    wanted = desk.wanted(*kinds)
    if not wanted:
        return Outcome(note=f"nothing: the person asked for other kinds than {', '.join(kinds)}")
    query = Query(
        text=args.query,
        pictures=pictures,
        kinds=wanted,
        within=desk.within,
        narrower=args.within,
        since=desk.since,
        until=desk.until,
        spot=spot,
        n=args.n,
        min_score=CUT if spot == ANYWHERE else 0.0,
        phrases="preferred",
    )
    hits = find(desk.library, query)
    if not hits and spot != ANYWHERE:
        hits = find(desk.library, replace(query, text="", pictures=()))
    if spot.page is not None:
        hits = on_page(desk.library.catalogue, hits, spot.page)
    found = tuple(hit.evidence for hit in hits)
    taken = dict.fromkeys(evidence.detail["taken"] for evidence in found if "taken" in evidence.detail)
    nothing = "nothing above the threshold" if spot == ANYWHERE else "no document here has that"
    return Outcome(
        evidence=found,
        note="; ".join((f"{len(found)} found", *taken)) if found else nothing,
        facts={"query": args.query, "kinds": list(wanted)},
    )
