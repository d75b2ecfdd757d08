"""The tool `search_moments`: spans of films by what is seen, read or said in them; in one film or in all."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from sourcehound.tools.errors import ToolInputError
from sourcehound.tools.evidence_pixels import pixels_of, recalled
from sourcehound.tools.search import SearchArguments, search
from sourcehound.tools.tool import Arguments, Desk, Event, Outcome


class SearchMomentsArguments(SearchArguments):
    """Arguments of `search_moments`."""

    like: str | None = Field(default=None, description="id of evidence whose picture or frames to look for, as E3")


class SearchMoments:
    """Searches moments of films, and the speech of recordings, by words or by a picture."""

    name: ClassVar[str] = "search_moments"
    purpose: ClassVar[str] = "find the seconds of a film or recording where something is shown or said"
    event: ClassVar[Event] = "search"
    Args: ClassVar[type[Arguments]] = SearchMomentsArguments

    def run(self, args: SearchMomentsArguments, desk: Desk) -> Outcome:
        """Search moments and speech."""
        if not args.query and not args.like:
            raise ToolInputError("give `query`, `like`, or both", tool=self.name)
        pictures = pixels_of(recalled(args.like, desk, self.name), desk.library) if args.like else ()
        return search(args, desk, ("moment", "speech"), pictures=pictures)
