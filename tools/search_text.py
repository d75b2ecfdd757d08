"""The tool `search_text`: passages of documents and what is said in recordings and films."""

from __future__ import annotations

from typing import ClassVar

from sourcehound.tools.search import SearchArguments, search
from sourcehound.tools.tool import Arguments, Desk, Event, Outcome


class SearchTextArguments(SearchArguments):
    """Arguments of `search_text`."""


class SearchText:
    """Searches passages and speech by words and meaning."""

    name: ClassVar[str] = "search_text"
    purpose: ClassVar[str] = "find passages of documents and spoken words"
    event: ClassVar[Event] = "search"
    Args: ClassVar[type[Arguments]] = SearchTextArguments

    def run(self, args: SearchTextArguments, desk: Desk) -> Outcome:
        """Search passages and speech."""
        return search(args, desk, ("passage", "speech"))
