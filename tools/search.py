"""What the four search tools share: running a query within the person's scope, and saying why nothing came.

Knows nothing of ranking.
"""

from __future__ import annotations

from pydantic import Field

from sourcehound.tools.encoders.encoder import Pixels
from sourcehound.tools.evidence import UnitKind
from sourcehound.tools.index.find import find
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
    args: SearchArguments, desk: Desk, kinds: tuple[UnitKind, ...], *, pictures: tuple[Pixels, ...] = ()
) -> Outcome:
    """Search the library for units of some kinds within the scope that the person gave."""
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
        n=args.n,
        min_score=CUT,
        phrases="preferred",
    )
    found = tuple(hit.evidence for hit in find(desk.library, query))
    return Outcome(
        evidence=found,
        note=f"{len(found)} found" if found else "nothing above the threshold",
        facts={"query": args.query, "kinds": list(wanted)},
    )
