"""What the fetcher reaches, refuses, and says when it cannot, against a site on this machine."""

from __future__ import annotations

import gzip
import socket
import threading
import zlib
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

import pytest

from sourcehound.tools.errors import SourceUnavailable
from sourcehound.tools.web.clock import SystemClock
from sourcehound.tools.web.fetch import Fetcher, FetchLimits, look_up

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.tools.web.conftest import OpenWeb, Site

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])
PUBLIC, OTHER_PUBLIC = "93.184.215.14", "151.101.1.69"


def reason_of(fetcher: Fetcher, url: str, **options: Any) -> SourceUnavailable:
    with pytest.raises(SourceUnavailable) as caught:
        fetcher.fetch(url, **options)
    assert "\n" not in str(caught.value)
    return caught.value


def small(site: Site, **limits: Any) -> Fetcher:
    limits = {"seconds": 5.0, "interval_s": 0.0, **limits}
    return Fetcher(SystemClock(), allow_hosts=[site.name], limits=FetchLimits(**limits))


# what comes back


def test_a_page_comes_back_whole_with_where_and_when(site: Site, fetcher: Fetcher):
    url = site.says("/page", "<p>Grüße</p>", media_type='text/html; Charset="UTF-8"')
    page = fetcher.fetch(url + "#part")
    assert page.body == "<p>Grüße</p>".encode()
    assert (page.status, page.media_type, page.charset) == (200, "text/html", "utf-8")
    assert (page.url, page.final_url, page.redirects) == (url + "#part", url, ())
    assert page.fetched_at.endswith("Z")


def test_a_request_carries_no_cookie_no_referrer_and_an_honest_name(site: Site, fetcher: Fetcher):
    site.says("/set", "x", status=302, Location="/seen", Set_Cookie="id=1; Path=/")
    site.says("/seen", "<p>x</p>", Set_Cookie="id=1; Path=/")
    fetcher.fetch(site.base + "/set")
    fetcher.fetch(site.base + "/seen")
    for _, headers in site.asked:
        assert set(headers) == {"host", "user-agent", "accept", "accept-encoding", "connection"}
        assert headers["user-agent"].startswith("Sourcehound/")
        assert headers["host"] == site.name


def test_settings_of_the_environment_do_not_lead_the_fetcher_elsewhere(
    site: Site, fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert fetcher.fetch(site.says("/page", "<p>direct</p>")).body == b"<p>direct</p>"


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "raw deflate", "two gzip members", "identity"])
def test_packed_pages_are_unpacked(site: Site, fetcher: Fetcher, encoding: str):
    raw = b"<p>word</p>" * 500
    packed = {
        "gzip": gzip.compress(raw),
        "deflate": zlib.compress(raw),
        "raw deflate": zlib.compress(raw)[2:-4],
        "two gzip members": gzip.compress(raw[:100]) + gzip.compress(raw[100:]),
        "identity": raw,
    }[encoding]
    name = {"raw deflate": "deflate", "two gzip members": "gzip"}.get(encoding, encoding)
    assert fetcher.fetch(site.says("/packed", packed, Content_Encoding=name)).body == raw


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"%PDF-1.7 ...", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n...", "image/png"),
        (b"\xff\xd8\xff\xe0...", "image/jpeg"),
        (b"\xef\xbb\xbf \n<!DOCTYPE html><p>x", "text/html"),
        (b"GIF89a...", "image/gif"),
    ],
)
@pytest.mark.parametrize("declared", ["", "application/octet-stream"])
def test_a_page_of_unstated_type_is_told_by_its_first_bytes(
    site: Site, fetcher: Fetcher, body: bytes, found: str, declared: str
):
    assert fetcher.fetch(site.says("/untyped", body, media_type=declared)).media_type == found


def test_a_caller_may_ask_for_another_type(site: Site, fetcher: Fetcher):
    url = site.says("/api", "{}", media_type="application/json")
    assert fetcher.fetch(url, media_types={"application/json"}).body == b"{}"
    assert reason_of(fetcher, url).reason == "refused"


# redirects


def test_redirects_are_followed_and_told(site: Site, fetcher: Fetcher):
    site.says("/a", status=301, Location="b?x=1")
    site.says("/b", status=307, Location=site.base + "/c#top")
    site.says("/c", "<p>here</p>")
    page = fetcher.fetch(site.base + "/a")
    assert page.final_url == site.base + "/c"
    assert page.redirects == (site.base + "/a", site.base + "/b?x=1")


def test_five_redirects_are_followed_and_a_sixth_is_refused(site: Site, fetcher: Fetcher):
    for n in range(6):
        site.says(f"/{n}", status=302, Location=f"/{n + 1}")
    site.says("/6", "<p>end</p>")
    assert fetcher.fetch(site.base + "/1").body == b"<p>end</p>"
    assert reason_of(fetcher, site.base + "/0").reason == "refused"
    assert site.asked[-1][0] == "/5"


def test_a_circle_of_redirects_ends(site: Site, fetcher: Fetcher):
    site.says("/round", status=302, Location="/round")
    assert reason_of(fetcher, site.base + "/round").reason == "refused"
    assert len(site.asked) == 6


def test_a_redirect_without_a_place_is_missing(site: Site, fetcher: Fetcher):
    assert reason_of(fetcher, site.says("/nowhere", status=302)).reason == "missing"


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1/",
        "http://127.0.0.1:{port}/secret",
        "http://localhost:{port}/secret",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[2002:7f00:1::]/",
        "//127.0.0.1/",
        "http://example.com@127.0.0.1/",
        "file:///etc/passwd",
        "gopher://127.0.0.1:6379/_FLUSHALL",
        "http://inside.example/",
        "http://example.com:6379/",
        "/hop",
    ],
)
def test_a_public_page_cannot_lead_to_a_private_place(site: Site, web: OpenWeb, target: str):
    web.names["inside.example"] = [["10.0.0.7"]]
    site.says("/start", status=302, Location=target.format(port=site.port))
    site.says("/hop", status=302, Location="http://192.168.0.1/admin")
    site.says("/secret", "<p>secret</p>")
    fetcher = web.fetcher(allow_hosts=[site.name])  # allowed to the person, not to a page
    assert reason_of(fetcher, "http://example.com/start").reason == "refused"
    assert {ip for ip, _ in web.dialled} == {PUBLIC}
    assert "/secret" not in [path for path, _ in site.asked]


def test_an_allowed_host_may_redirect_to_another_allowed_host(site: Site):
    site.says("/a", status=302, Location=f"http://localhost:{site.port}/b")
    site.says("/b", "<p>b</p>")
    both = Fetcher(
        SystemClock(),
        allow_hosts=[site.name, f"localhost:{site.port}"],
        limits=FetchLimits(interval_s=0.0),
        resolve=lambda name, port: ["127.0.0.1"],
    )
    assert both.fetch(site.base + "/a").body == b"<p>b</p>"
    assert reason_of(small(site), site.base + "/a").reason == "refused"


# where names lead


def test_the_connection_goes_to_the_address_that_was_checked_and_keeps_the_name(site: Site, web: OpenWeb):
    site.says("/", "<p>x</p>")
    web.names["example.com"] = [[PUBLIC], ["127.0.0.1"], ["10.0.0.1"]]
    assert web.fetcher().fetch("http://example.com/").body == b"<p>x</p>"
    assert web.looked_up == ["example.com"]
    assert web.dialled == [(PUBLIC, 80)]
    assert site.asked[0][1]["host"] == "example.com"


def test_a_name_that_turns_private_at_the_second_look_up_is_refused_then(site: Site, web: OpenWeb):
    web.names["rebind.example"] = [[PUBLIC], ["127.0.0.1"]]
    site.says("/", status=302, Location="/again")
    site.says("/again", "<p>secret</p>")
    assert reason_of(web.fetcher(), "http://rebind.example/").reason == "refused"
    assert web.dialled == [(PUBLIC, 80)]


@pytest.mark.parametrize(
    "ips",
    [
        ["127.0.0.1"],
        [PUBLIC, "127.0.0.1"],
        [PUBLIC, "10.0.0.1", OTHER_PUBLIC],
        ["::1"],
        ["fe80::1%eth0"],
        ["2002:7f00:1::"],
        ["64:ff9b::a00:1"],
        ["169.254.169.254"],
        ["not an address"],
        ["127.1"],
    ],
)
def test_a_name_is_refused_if_any_of_its_addresses_is_not_public(web: OpenWeb, ips: list[str]):
    web.names["mixed.example"] = [ips]
    assert reason_of(web.fetcher(), "https://mixed.example/").reason == "refused"
    assert web.dialled == []


def test_a_second_address_is_tried_where_the_first_does_not_answer(site: Site, web: OpenWeb):
    site.says("/", "<p>x</p>")
    web.names["example.com"] = [["8.8.8.8", OTHER_PUBLIC]]
    assert web.fetcher().fetch("http://example.com/").status == 200
    assert web.dialled == [("8.8.8.8", 80), (OTHER_PUBLIC, 80)]


def test_nobody_listening_is_offline(web: OpenWeb):
    web.names["example.com"] = [["8.8.8.8"]]
    assert reason_of(web.fetcher(), "http://example.com/").reason == "offline"


def test_an_unknown_name_is_offline_and_says_both_causes():
    def resolve(name: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    error = reason_of(Fetcher(SystemClock(), resolve=resolve), "https://nowhere.example/")
    assert error.reason == "offline"
    assert "no such name, or no network" in str(error)


def test_a_name_without_addresses_is_offline():
    assert reason_of(Fetcher(SystemClock(), resolve=lambda n, p: []), "https://empty.example/").reason == "offline"


def test_a_look_up_that_hangs_ends_with_the_time():
    hang = threading.Event()
    fetcher = Fetcher(SystemClock(), limits=FetchLimits(seconds=0.05), resolve=lambda n, p: [str(hang.wait())])
    assert reason_of(fetcher, "https://slow.example/").reason == "timeout"
    hang.set()


def test_the_systems_resolver_gives_bare_addresses():
    assert look_up("127.0.0.1", 80) == ("127.0.0.1",)


def test_tls_is_asked_for_by_name_and_a_plain_server_is_offline(web: OpenWeb):
    greeting: list[bytes] = []
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()

        def answer() -> None:
            connection, _ = listener.accept()
            with connection:
                greeting.append(connection.recv(4096))
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        web.site.port = listener.getsockname()[1]
        assert reason_of(web.fetcher(), "https://secure.example/").reason == "offline"
        thread.join()
    assert b"secure.example" in greeting[0]
    assert web.dialled == [(PUBLIC, 443)]


# how much and how long


def test_a_page_that_says_it_is_too_large_is_not_read(site: Site):
    url = site.says("/large", b"x" * 2000)
    error = reason_of(small(site, max_bytes=1000), url)
    assert error.reason == "refused"
    assert "2,000 bytes" in str(error)
    assert small(site, max_bytes=2000).fetch(url).status == 200


def test_a_body_without_end_stops_at_the_limit(site: Site):
    sent = 0

    def route(handler: BaseHTTPRequestHandler) -> None:
        nonlocal sent
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html")
        handler.end_headers()
        while True:
            handler.wfile.write(b"x" * 65536)
            sent += 65536

    site.routes["/endless"] = route
    assert reason_of(small(site, max_bytes=200_000), site.base + "/endless").reason == "refused"
    assert sent < 20_000_000


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_a_bomb_is_not_unpacked_past_the_limit(site: Site, pack: Callable[[bytes], bytes]):
    bomb = pack(b"\0" * 50_000_000)
    encoding = "gzip" if pack is gzip.compress else "deflate"
    url = site.says("/bomb", bomb, Content_Encoding=encoding)
    assert len(bomb) < 100_000
    assert reason_of(small(site, max_bytes=100_000), url).reason == "refused"


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (b"not gzip", "gzip"),
        (b"\xff\xff\xff", "deflate"),
        (b"x", "br"),
        (b"x", "gzip, gzip"),
        (gzip.compress(b"x" * 99, mtime=0)[:-9], "gzip"),
    ],
    ids=["not gzip", "not deflate", "brotli", "packed twice", "cut short"],
)
def test_a_body_that_does_not_unpack_is_refused(site: Site, fetcher: Fetcher, body: bytes, encoding: str):
    assert reason_of(fetcher, site.says("/bad", body, Content_Encoding=encoding)).reason == "refused"


@pytest.mark.parametrize("part", ["headers", "body", "nothing"])
def test_a_server_that_drips_ends_with_the_time(site: Site, part: str):
    stop = threading.Event()

    def route(handler: BaseHTTPRequestHandler) -> None:
        start = {
            "headers": b"HTTP/1.1 200 OK\r\nX-Slow: ",
            "body": b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n",
        }
        handler.wfile.write(start.get(part, b""))
        for _ in range(200):  # long enough for any deadline of ours, and then an end that is no time-out
            if stop.wait(0.02):
                break
            if part != "nothing":
                handler.wfile.write(b"x")
        handler.close_connection = True

    site.routes["/drip"] = route
    assert reason_of(small(site, seconds=0.3), site.base + "/drip").reason == "timeout"
    stop.set()


def test_a_caller_may_give_less_time_but_not_more(site: Site):
    stop = threading.Event()
    site.routes["/hang"] = lambda handler: stop.wait(5)
    assert reason_of(small(site), site.base + "/hang", seconds=0.1).reason == "timeout"
    assert reason_of(small(site, seconds=0.1), site.base + "/hang", seconds=60).reason == "timeout"
    stop.set()


# what servers say


@pytest.mark.parametrize(
    ("status", "headers", "reason", "pause"),
    [
        (202, {}, "rate_limited", None),
        (204, {}, "missing", None),
        (304, {}, "missing", None),
        (401, {}, "blocked", None),
        (403, {}, "blocked", None),
        (404, {}, "missing", None),
        (410, {}, "missing", None),
        (418, {}, "missing", None),
        (429, {}, "rate_limited", None),
        (429, {"Retry_After": "120"}, "rate_limited", 120.0),
        (429, {"Retry_After": "never"}, "rate_limited", None),
        (429, {"Retry_After": "99999999999999999999"}, "rate_limited", 86400.0),
        (451, {}, "blocked", None),
        (500, {}, "offline", None),
        (500, {"Retry_After": "7"}, "offline", 7.0),
        (503, {}, "offline", None),
        (503, {"Retry_After": "30"}, "rate_limited", 30.0),
        (504, {}, "timeout", None),
        (599, {}, "offline", None),
    ],
)
def test_a_status_is_told_by_its_reason(
    site: Site, fetcher: Fetcher, status: int, headers: dict[str, str], reason: str, pause: float | None
):
    error = reason_of(fetcher, site.says("/status", "<p>x</p>", status=status, **headers))
    assert (error.reason, error.retry_after_s) == (reason, pause)
    assert str(status) in str(error)


@pytest.mark.parametrize(
    "media_type", ["video/mp4", "application/javascript", "application/zip", "image/svg+xml", "text/css"]
)
def test_another_type_is_refused_unread(site: Site, fetcher: Fetcher, media_type: str):
    error = reason_of(fetcher, site.says("/typed", "x", media_type=media_type))
    assert error.reason == "refused"
    assert media_type in str(error)


def test_bytes_of_no_known_kind_are_refused(site: Site, fetcher: Fetcher):
    assert reason_of(fetcher, site.says("/blob", b"\0\1\2", media_type="")).reason == "refused"


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\x16\x03\x01 nonsense",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\n" + b"X-Y: z\r\n" * 50_000,
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    ],
    ids=["nothing", "not http", "cut short", "headers without end", "bad chunks"],
)
def test_an_answer_that_breaks_off_is_offline(site: Site, fetcher: Fetcher, answer: bytes):
    def route(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(answer)
        handler.close_connection = True

    site.routes["/broken"] = route
    assert reason_of(fetcher, site.base + "/broken").reason == "offline"


# politeness


def test_a_host_that_asked_for_a_pause_is_not_asked_again_before(site: Site, fetcher: Fetcher):
    url = site.says("/busy", status=429, Retry_After="120")
    reason_of(fetcher, url)
    error = reason_of(fetcher, site.base + "/other")
    assert error.reason == "rate_limited"
    assert 100 < (error.retry_after_s or 0) <= 120
    assert len(site.asked) == 1
