"""The tool `search_pages`: whole pages of documents, found by what stands on them."""

from __future__ import annotations

from typing import ClassVar

from sourcehound.tools.search import SearchArguments, search
from sourcehound.tools.tool import Arguments, Desk, Event, Outcome


class SearchPagesArguments(SearchArguments):
    """Arguments of `search_pages`."""


class SearchPages:
    """Searches pages; a page scores as its best passage."""

    name: ClassVar[str] = "search_pages"
    purpose: ClassVar[str] = "find whole pages of documents (tables, charts, layouts)"
    event: ClassVar[Event] = "search"
    Args: ClassVar[type[Arguments]] = SearchPagesArguments

    def run(self, args: SearchPagesArguments, desk: Desk) -> Outcome:
        """Search pages."""
        return search(args, desk, ("page",))
