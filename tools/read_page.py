"""The tool `read_page`: opens a page of the web that a search or the person gave; keeps it, and quotes what fits."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from sourcehound.tools.encoders.encoder import Item
from sourcehound.tools.errors import ToolInputError
from sourcehound.tools.evidence import Evidence, Source, unit_id
from sourcehound.tools.tool import Arguments, Desk, Event, Outcome
from sourcehound.tools.web.flow import check_address
from sourcehound.tools.web.page import Page, Quotable
from sourcehound.tools.web_search import OFF


class ReadPageArguments(Arguments):
    """Arguments of `read_page`."""

    url: str = Field(max_length=2000, description="address exactly as web_search gave it")
    about: str = Field(default="", max_length=400, description="what to look for in it; the question if left out")
    n: int = Field(default=6, ge=1, le=20, description="most passages")


class ReadPage:
    """Reads one page; quotes the passages nearest to what is looked for."""

    name: ClassVar[str] = "read_page"
    purpose: ClassVar[str] = "open a page that web_search offered and quote it"
    event: ClassVar[Event] = "read"
    Args: ClassVar[type[Arguments]] = ReadPageArguments

    def run(self, args: ReadPageArguments, desk: Desk) -> Outcome:
        """Fetch, keep and quote a page."""
        if desk.web is None:
            raise ToolInputError(OFF, tool=self.name)
        offered = {evidence.source.uri for evidence in desk.known() if evidence.kind == "web"}
        verdict = check_address(args.url, offered=offered, question=desk.question)
        if not verdict.allowed:
            raise ToolInputError(
                "only addresses that web_search offered or the person gave can be opened", tool=self.name
            )
        page = desk.web.read(verdict.outgoing)
        if page.state != "readable":
            return Outcome(note=f"{page.url}: {page.why}", facts={"state": page.state})
        best = _nearest(page.quotables(), args.about or desk.question, args.n, desk)
        found = tuple(_evidence(page, quotable) for quotable in best)
        return Outcome(evidence=found, note=f"{page.title}: {len(found)} passages", facts={"url": page.url})


def _nearest(quotables: tuple[Quotable, ...], about: str, n: int, desk: Desk) -> list[Quotable]:
    """The passages nearest in meaning, in reading order; the first ones without an encoder."""
    encoder = desk.library.text_encoder
    if len(quotables) <= n or not encoder.is_here():
        return list(quotables[:n])
    query = encoder.encode([Item(text=about)], as_="query").rows[0]
    rows = encoder.encode([Item(text=quotable.text) for quotable in quotables], as_="item").rows
    best = np.sort(np.argsort(-(rows @ query))[:n])
    return [quotables[int(place)] for place in best]


def _evidence(page: Page, quotable: Quotable) -> Evidence:
    sha256 = page.snapshot.sha256
    return Evidence(
        kind="web",
        unit_id=unit_id(sha256, "web", quotable.locator, page.reader),
        source=Source(path=None, uri=page.url, sha256=sha256, media_type=page.media_type, title=page.title),
        locator=quotable.locator,
        quote=quotable.text,
        producer=page.reader,
        at=page.fetched_at,
        detail={"snapshot": str(page.snapshot.path)},
    )
