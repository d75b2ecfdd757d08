"""The web as the tools see it: an engine, a fetcher and a store of snapshots, opened together.

Knows nothing of who may ask: that rule is in flow.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sourcehound.tools.web.choice import choose_engine
from sourcehound.tools.web.clock import Clock, SystemClock
from sourcehound.tools.web.engines import Engine, WebHit
from sourcehound.tools.web.fetch import Fetched, Fetcher
from sourcehound.tools.web.page import Page, ReadsFiles, read_page
from sourcehound.tools.web.snapshots import Snapshot, Snapshots

SEARCH_DEADLINE_S = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """Searches, fetches and keeps."""

    engine: Engine
    fetcher: Fetcher
    snapshots: Snapshots
    readers: ReadsFiles

    def search(self, query: str, *, n: int) -> tuple[WebHit, ...]:
        """Ask the engine; empty only where it answered and had nothing.

        Raises:
            SourceUnavailable: it could not be asked; the reason says why.
        """
        return self.engine.search(query, n=n, deadline_s=SEARCH_DEADLINE_S)

    def read(self, url: str) -> Page:
        """Fetch a page, keep it, and make text of it.

        Raises:
            SourceUnavailable: it cannot be reached, or must not be.
            MediaError: nothing can be made of it.
        """
        return read_page(self.fetcher.fetch(url), snapshots=self.snapshots, readers=self.readers)

    def keep_offer(self, hit: WebHit, at: str) -> Snapshot:
        """Keep an engine's words about a page, so that a quote of them can be found again."""
        body = f"{hit.title}\n{hit.snippet}\n".encode()
        offer = Fetched(
            url=hit.url,
            final_url=hit.url,
            status=200,
            media_type="text/plain",
            charset="utf-8",
            body=body,
            fetched_at=at,
            redirects=(),
        )
        return self.snapshots.put(offer)


def open_web(
    *, engine: str, allow_hosts: Sequence[str], folder: Path, readers: ReadsFiles, clock: Clock | None = None
) -> Web:
    """Open the web.

    Args:
        engine: the setting `web.engine`.
        allow_hosts: the setting `web.allow_hosts`.
        folder: where snapshots are kept.
        readers: make text of fetched pages in a process of their own.
        clock: deadlines and time stamps; the machine's own by default.

    Raises:
        ConfigError: the engine is unknown or may not be reached.
    """
    kept_clock = clock or SystemClock()
    fetcher = Fetcher(kept_clock, allow_hosts=allow_hosts)
    return Web(
        engine=choose_engine(engine, fetcher=fetcher, clock=kept_clock),
        fetcher=fetcher,
        snapshots=Snapshots(folder),
        readers=readers,
    )
