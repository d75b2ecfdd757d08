"""The engine that a setting names."""

from __future__ import annotations

import pytest

from sourcehound.tools.errors import ConfigError
from sourcehound.tools.web.choice import choose_engine
from sourcehound.tools.web.clock import SystemClock
from sourcehound.tools.web.fetch import Fetcher


def test_the_setting_names_the_engine():
    clock = SystemClock()
    assert choose_engine("ddgs", fetcher=Fetcher(clock), clock=clock).name == "ddgs"
    allowed = Fetcher(clock, allow_hosts=["127.0.0.1:8888"])
    assert choose_engine("http://127.0.0.1:8888", fetcher=allowed, clock=clock).name == "127.0.0.1"
    assert (
        choose_engine("https://search.example.org/", fetcher=Fetcher(clock), clock=clock).name == "search.example.org"
    )


@pytest.mark.parametrize(
    "setting", ["", "google", "file:///etc", "http://127.0.0.1:8888", "http://search.lan/", "https://"]
)
def test_an_engine_that_cannot_be_is_a_configuration_error(setting: str):
    clock = SystemClock()
    with pytest.raises(ConfigError, match=r"web\.engine"):
        choose_engine(setting, fetcher=Fetcher(clock), clock=clock)
