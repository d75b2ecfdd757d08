"""The tool `search_pages`: whole pages of documents, found by what stands on them, and their tables and figures."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from sourcehound.tools.evidence import UnitKind
from sourcehound.tools.index.allowed import Spot
from sourcehound.tools.search import SearchArguments, search
from sourcehound.tools.tool import Arguments, Desk, Event, Outcome, PageName

_KINDS: dict[str | None, tuple[UnitKind, ...]] = {
    None: ("page",),
    "table": ("passage", "image"),
    "figure": ("image",),
}


class SearchPagesArguments(SearchArguments):
    """Arguments of `search_pages`."""

    page: PageName | None = Field(default=None, description="only this page: its printed number, else its count")
    part: Literal["table", "figure"] | None = Field(default=None, description="only tables or figures")
    label: str | None = Field(default=None, max_length=40, description="only the one called so, as Table 3")
    number: int | None = Field(
        default=None, ge=-1, description="only this one of them, counted from 1; -1 for the last"
    )


class SearchPages:
    """Searches pages; a page scores as its best passage. What is named by its page, label or number is found in any case."""

    name: ClassVar[str] = "search_pages"
    purpose: ClassVar[str] = "find pages of documents, or the very page, table or figure that is named"
    event: ClassVar[Event] = "search"
    Args: ClassVar[type[Arguments]] = SearchPagesArguments

    def run(self, args: SearchPagesArguments, desk: Desk) -> Outcome:
        """Search pages."""
        part = args.part or ("table" if args.label else None)
        spot = Spot(page=args.page, part=args.part, label=args.label, number=args.number)
        return search(args, desk, _KINDS[part], spot=spot)
