"""ddgs' own engine classes against a site on this machine, so that a change of theirs shows here."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from sourcehound.tools.errors import ConfigError, SourceUnavailable
from sourcehound.tools.web.clock import SystemClock
from sourcehound.tools.web.ddgs_engine import BACKENDS, Backend, DdgsEngine, open_ddgs

if TYPE_CHECKING:
    from tests.tools.web.conftest import Site

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
PAGE = "<html><body><ul class='results'>{}</ul></body></html>"
ITEM = "<li><h2><a href='https://{0}.example/{1}'>Title {1}</a></h2><p class='s'>Words {1}</p></li>"


def page(host: str, *numbers: int) -> str:
    return PAGE.format("".join(ITEM.format(host, number) for number in numbers))


def engine(site: Site, *names: str) -> DdgsEngine:
    """Backends that read pages as Mojeek's class does, each from its own path of the local site."""

    def open_local(name: str, seconds: int) -> Backend:
        backend: Any = open_ddgs("mojeek", seconds)
        backend.search_url = f"{site.base}/{name}"
        return backend

    return DdgsEngine(SystemClock(), backends=names, open_backend=open_local)


def failing(site: Site, *names: str, deadline_s: float = 5.0) -> SourceUnavailable:
    with pytest.raises(SourceUnavailable) as caught:
        engine(site, *names).search("kite", n=5, deadline_s=deadline_s)
    return caught.value


def test_hits_come_with_the_engine_that_found_them(site: Site):
    site.says("/one", page("one", 1, 2))
    hits = engine(site, "one").search("red kite", n=5, deadline_s=5)
    assert [(h.rank, h.title, h.url, h.snippet, h.engine) for h in hits] == [
        (1, "Title 1", "https://one.example/1", "Words 1", "one"),
        (2, "Title 2", "https://one.example/2", "Words 2", "one"),
    ]
    assert site.asked[0][0] == "/one?q=red+kite"


def test_two_engines_are_merged(site: Site):
    site.says("/one", page("same", 1, 2))
    site.says("/two", page("same", 2, 3))
    hits = engine(site, "one", "two").search("kite", n=5, deadline_s=5)
    assert [h.url[-1] for h in hits] == ["2", "1", "3"]


def test_further_engines_are_asked_only_where_the_first_found_too_little(site: Site):
    site.says("/one", page("one", 1, 2, 3))
    site.says("/two", page("two", 1, 2, 3))
    site.says("/three", page("three", 1, 2, 3))
    assert len(engine(site, "one", "two", "three").search("kite", n=3, deadline_s=5)) == 3
    assert "/three?q=kite" not in [path for path, _ in site.asked]
    assert len(engine(site, "one", "two", "three").search("kite", n=9, deadline_s=5)) == 9


def test_a_page_without_results_is_truly_empty(site: Site):
    site.says("/one", page("one"))
    site.says("/two", page("two"))
    assert engine(site, "one", "two").search("kite", n=5, deadline_s=5) == ()


@pytest.mark.parametrize(
    ("status", "reason"),
    [(202, "rate_limited"), (429, "rate_limited"), (403, "blocked"), (500, "offline"), (404, "offline")],
)
def test_a_status_but_200_is_no_empty_result(site: Site, status: int, reason: str):
    site.says("/one", page("one", 1), status=status)
    site.says("/two", page("two"))
    error = failing(site, "one", "two")
    assert error.reason == reason
    assert "one " + reason.replace("_", " ") in str(error)


def test_a_rate_limit_tells_when_to_come_back(site: Site):
    site.says("/one", status=429, Retry_After="30")
    site.says("/two", status=403)
    error = failing(site, "one", "two")
    assert (error.reason, error.retry_after_s) == ("rate_limited", 30.0)


def test_a_wall_that_answers_200_is_blocked(site: Site):
    site.says("/one", "<html><body><form>Please solve this CAPTCHA to go on</form></body></html>")
    assert failing(site, "one").reason == "blocked"


def test_a_page_that_cannot_be_read_is_blocked(site: Site):
    site.says("/one", "<!-- only a comment -->")
    assert failing(site, "one").reason == "blocked"


def test_an_engine_that_found_something_hides_one_that_could_not_be_asked(site: Site):
    site.says("/one", status=429)
    site.says("/two", page("two", 1))
    assert [h.engine for h in engine(site, "one", "two").search("kite", n=5, deadline_s=5)] == ["two"]


def test_nobody_listening_is_offline(site: Site):
    site.close()
    assert failing(site, "one", "two").reason == "offline"


def test_a_search_ends_with_its_time_and_keeps_what_was_found(site: Site):
    stop = threading.Event()
    site.routes["/slow"] = lambda handler: stop.wait(10)
    site.says("/quick", page("quick", 1))
    hits = engine(site, "slow", "quick").search("kite", n=5, deadline_s=1.5)
    assert [h.engine for h in hits] == ["quick"]
    error = failing(site, "slow", "slow", deadline_s=0.2)
    assert error.reason == "timeout"
    stop.set()


def test_a_broken_client_of_ddgs_is_never_taken_for_an_empty_web(site: Site):
    class Silent:
        http_client: Any = None

        def search(self, query: str, *, region: str) -> list[Any]:
            return []  # never asked anything through the recorder

    silent = DdgsEngine(SystemClock(), backends=["one"], open_backend=lambda name, seconds: Silent())
    with pytest.raises(SourceUnavailable):
        silent.search("kite", n=5, deadline_s=5)


def test_concurrent_searches_keep_their_reasons_apart(site: Site):
    site.says("/empty", page("empty"))
    site.says("/barred", status=429)
    outcomes: list[str] = []

    def ask(name: str) -> None:
        try:
            outcomes.append(f"{name} {len(engine(site, name).search('kite', n=5, deadline_s=5))}")
        except SourceUnavailable as error:
            outcomes.append(f"{name} {error.reason}")

    threads = [threading.Thread(target=ask, args=[name]) for name in ("empty", "barred") * 8]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["barred rate_limited"] * 8 + ["empty 0"] * 8


@pytest.mark.parametrize("name", BACKENDS)
def test_ddgs_still_has_the_engines_and_the_client_that_we_record(name: str):
    backend: Any = open_ddgs(name, 1)
    assert callable(backend.http_client.request)
    assert callable(backend.search)
    assert backend.search_url.startswith("https://")


def test_an_unknown_engine_is_a_configuration_error():
    with pytest.raises(ConfigError, match="mojeek"):
        DdgsEngine(SystemClock(), backends=["altavista"]).search("kite", n=5, deadline_s=5)
