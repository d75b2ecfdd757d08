"""Which engine the setting `web.engine` names."""

from __future__ import annotations

from sourcehound.tools.errors import ConfigError, SourceUnavailable
from sourcehound.tools.web.clock import Clock
from sourcehound.tools.web.ddgs_engine import DdgsEngine
from sourcehound.tools.web.engines import Engine
from sourcehound.tools.web.fetch import Fetcher
from sourcehound.tools.web.searxng import SearxngEngine


def choose_engine(setting: str, *, fetcher: Fetcher, clock: Clock) -> Engine:
    """The engine that the setting `web.engine` names.

    Args:
        setting: `ddgs`, or the URL of a server that speaks SearXNG's JSON.
        fetcher: asks such a server; knows the private hosts that the person allows.
        clock: for deadlines.

    Raises:
        ConfigError: neither, or a server that may not be reached.
    """
    if setting == "ddgs":
        return DdgsEngine(clock)
    if not setting.lower().startswith(("http://", "https://")):
        raise ConfigError(
            f"web.engine: no engine {setting[:100]!r}", remedy="set it to ddgs or to the URL of a SearXNG server"
        )
    try:
        return SearxngEngine(setting, fetcher=fetcher)
    except SourceUnavailable as error:
        raise ConfigError(
            f"web.engine: {error.message}", remedy="a server of your own must stand in web.allow_hosts as host:port"
        ) from error
