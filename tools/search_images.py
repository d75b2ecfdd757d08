"""The tool `search_images`: photos, drawings and figures by words, by a picture, or by both."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from sourcehound.tools.errors import ToolInputError
from sourcehound.tools.evidence_pixels import pixels_of, recalled
from sourcehound.tools.search import SearchArguments, search
from sourcehound.tools.tool import Arguments, Desk, Event, Outcome


class SearchImagesArguments(SearchArguments):
    """Arguments of `search_images`."""

    like: str | None = Field(default=None, description="id of evidence whose picture to look for, as E3")


class SearchImages:
    """Searches pictures by what is read in them, said about them, roughly recognised in them, or by likeness."""

    name: ClassVar[str] = "search_images"
    purpose: ClassVar[str] = "find photos, drawings and figures by words, by a picture, or both"
    event: ClassVar[Event] = "search"
    Args: ClassVar[type[Arguments]] = SearchImagesArguments

    def run(self, args: SearchImagesArguments, desk: Desk) -> Outcome:
        """Search pictures."""
        if not args.query and not args.like:
            raise ToolInputError("give `query`, `like`, or both", tool=self.name)
        pictures = pixels_of(recalled(args.like, desk, self.name), desk.library) if args.like else ()
        return search(args, desk, ("image",), pictures=pictures)
