"""The tool `web_search`: asks a search engine of the web; what may go out is decided by tools/web/flow.py."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from sourcehound.tools.errors import ToolInputError
from sourcehound.tools.evidence import Evidence, Locator, Source, unit_id
from sourcehound.tools.tool import Arguments, Desk, Event, Outcome
from sourcehound.tools.web.engines import WebHit
from sourcehound.tools.web.flow import check_query
from sourcehound.tools.web.web import Web

OFF = "the web is off: the person did not ask for it (--web)"


class WebSearchArguments(Arguments):
    """Arguments of `web_search`."""

    query: str = Field(min_length=2, max_length=400, description="what to look for")
    n: int = Field(default=6, ge=1, le=10, description="most results")


class WebSearch:
    """Searches the web; its results are offers, which `read_page` opens."""

    name: ClassVar[str] = "web_search"
    purpose: ClassVar[str] = "search the web; then read_page the address that looks right"
    event: ClassVar[Event] = "search"
    Args: ClassVar[type[Arguments]] = WebSearchArguments

    def run(self, args: WebSearchArguments, desk: Desk) -> Outcome:
        """Search the web."""
        if desk.web is None:
            raise ToolInputError(OFF, tool=self.name)
        known = desk.known()
        verdict = check_query(
            args.query,
            question=desk.question,
            public_texts=[evidence.quote or "" for evidence in known if evidence.kind == "web"],
            private_read=any(evidence.kind != "web" for evidence in known),
        )
        if not verdict.allowed:
            words = ", ".join(verdict.offending_words[:8])
            raise ToolInputError(
                f"these words come from private files and must not go to the web: {words};"
                " use words of the question or of web pages",
                tool=self.name,
            )
        hits = desk.web.search(verdict.outgoing, n=args.n)
        found = tuple(_offer(hit, desk.web, desk.now()) for hit in hits)
        note = (
            f"{len(found)} pages offered by {desk.web.engine.name}" if found else "the engine answered and had nothing"
        )
        return Outcome(evidence=found, note=note, facts={"query": verdict.outgoing})


def _offer(hit: WebHit, web: Web, at: str) -> Evidence:
    kept = web.keep_offer(hit, at)
    where = Locator(part="search result")
    return Evidence(
        kind="web",
        unit_id=unit_id(kept.sha256, "web", where, hit.engine),
        source=Source(path=None, uri=hit.url, sha256=kept.sha256, media_type="text/plain", title=hit.title or hit.url),
        locator=where,
        quote=hit.snippet or hit.title or None,
        producer=hit.engine,
        at=at,
        detail={"found_by": "web search"},
    )
