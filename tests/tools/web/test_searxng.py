"""A SearXNG server on this machine: what it finds, and what it says when it cannot."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from sourcehound.tools.errors import SourceUnavailable
from sourcehound.tools.web.searxng import SearxngEngine

if TYPE_CHECKING:
    from sourcehound.tools.web.fetch import Fetcher
    from tests.tools.web.conftest import Site

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
RESULTS = [
    {"title": "One", "url": "https://one.example/a?b=c", "content": "first\n words", "engine": "brave", "score": 2.0},
    {"title": None, "url": "https://two.example/"},
    {"title": "no page", "url": "magnet:?xt=1"},
    "nonsense",
    {"title": "Three", "url": "http://three.example/", "content": 7, "engine": "mojeek"},
]


def serve(site: Site, document: Any, **options: Any) -> None:
    site.says("/search", json.dumps(document), media_type="application/json", **options)


def test_results_become_hits_in_their_order(site: Site, fetcher: Fetcher):
    serve(site, {"results": RESULTS})
    hits = SearxngEngine(site.base, fetcher=fetcher).search("red kite", n=10, deadline_s=5)
    assert [(h.rank, h.title, h.url, h.snippet, h.engine) for h in hits] == [
        (1, "One", "https://one.example/a?b=c", "first words", "brave"),
        (2, "", "https://two.example/", "", "127.0.0.1"),
        (3, "Three", "http://three.example/", "", "mojeek"),
    ]
    assert site.asked[0][0] == "/search?q=red+kite&format=json"


def test_no_more_hits_come_than_asked_for(site: Site, fetcher: Fetcher):
    serve(site, {"results": RESULTS})
    assert len(SearxngEngine(site.base, fetcher=fetcher).search("x", n=2, deadline_s=5)) == 2


@pytest.mark.parametrize("tail", ["", "/", "/search", "/search/", "/search?q=old#x"])
def test_the_address_may_be_written_with_or_without_its_end(site: Site, fetcher: Fetcher, tail: str):
    serve(site, {"results": []})
    SearxngEngine(site.base + tail, fetcher=fetcher).search("a&b=c #d", n=5, deadline_s=5)
    assert site.asked[0][0] == "/search?q=a%26b%3Dc+%23d&format=json"


def test_a_server_under_a_path_is_asked_there(site: Site, fetcher: Fetcher):
    site.says("/searx/search", '{"results": []}', media_type="application/json")
    assert SearxngEngine(site.base + "/searx/", fetcher=fetcher).search("x", n=5, deadline_s=5) == ()


def test_nothing_found_is_empty_and_no_error(site: Site, fetcher: Fetcher):
    serve(site, {"results": [], "unresponsive_engines": []})
    assert SearxngEngine(site.base, fetcher=fetcher).search("x", n=5, deadline_s=5) == ()


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("Suspended: too many requests", "rate_limited"),
        ("HTTP error 429", "rate_limited"),
        ("CAPTCHA", "blocked"),
        ("Suspended: access denied", "blocked"),
        ("timeout", "timeout"),
        ("unexpected crash", "offline"),
    ],
)
def test_nothing_from_engines_that_did_not_answer_is_no_empty_result(
    site: Site, fetcher: Fetcher, said: str, reason: str
):
    serve(site, {"results": [], "unresponsive_engines": [["brave", said]]})
    with pytest.raises(SourceUnavailable, match="brave") as caught:
        SearxngEngine(site.base, fetcher=fetcher).search("x", n=5, deadline_s=5)
    assert caught.value.reason == reason


@pytest.mark.parametrize("status", [202, 403, 429, 500])
def test_a_status_keeps_its_reason(site: Site, fetcher: Fetcher, status: int):
    serve(site, {"results": RESULTS}, status=status, Retry_After="9")
    with pytest.raises(SourceUnavailable) as caught:
        SearxngEngine(site.base, fetcher=fetcher).search("x", n=5, deadline_s=5)
    assert caught.value.reason == {202: "rate_limited", 403: "blocked", 429: "rate_limited", 500: "offline"}[status]
    if status == 403:
        assert "search.formats" in str(caught.value)


@pytest.mark.parametrize("body", ["", "<html>", "[]", "{}", '{"results": {}}', '{"results": null}', "[" * 100_000])
def test_an_answer_that_is_not_searxngs_is_refused(site: Site, fetcher: Fetcher, body: str):
    site.says("/search", body, media_type="application/json")
    with pytest.raises(SourceUnavailable, match="SearXNG") as caught:
        SearxngEngine(site.base, fetcher=fetcher).search("x", n=5, deadline_s=5)
    assert caught.value.reason == "refused"


def test_a_page_instead_of_json_is_refused(site: Site, fetcher: Fetcher):
    site.says("/search", "<html>results</html>")
    with pytest.raises(SourceUnavailable) as caught:
        SearxngEngine(site.base, fetcher=fetcher).search("x", n=5, deadline_s=5)
    assert caught.value.reason == "refused"
