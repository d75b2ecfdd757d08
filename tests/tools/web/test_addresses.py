"""Every way to write an address that must not be reached, and the ways that must stay open."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sourcehound.tools.errors import ConfigError, SourceUnavailable
from sourcehound.tools.web.addresses import is_public, join, parse, read_allowed, shown

PRIVATE_IPS = [
    "0.0.0.0",  # noqa: S104  an address to refuse, nothing is bound
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.100.100.200",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.9",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.7",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::10.0.0.1",
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::7f00:1",
    "100::1",
    "2001::1",
    "2001:0:7f00:1::",
    "2001:0:4136:e378:8000:63bf:80ff:fffe",
    "2001:2::1",
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "2002:a9fe:a9fe::1",
    "2002:c0a8:101::",
    "2606:4700::5efe:127.0.0.1",
    "2606:4700::200:5efe:10.0.0.1",
    "3fff::1",
    "4000::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456:789a::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "2606:4700::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
]
PUBLIC_IPS = [
    "1.1.1.1",
    "8.8.8.8",
    "93.184.215.14",
    "100.63.255.255",
    "100.128.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.167.255.255",
    "223.255.255.255",
    "2606:4700:4700::1111",
    "2a00:1450:4001:80b::200e",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
    "2002:808:808::1",
]
REFUSED_URLS = [
    # schemes
    "file:///etc/passwd",
    "FILE:///etc/passwd",
    "ftp://example.com/",
    "gopher://example.com/_x",
    "dict://example.com:11211/stat",
    "data:text/html,hello",
    "javascript:alert(1)",
    "jar:http://example.com!/",
    "ws://example.com/",
    "//example.com/",
    "/etc/passwd",
    "example.com",
    "http:example.com",
    "http:/example.com",
    "http:///example.com",
    "http://",
    "https://?x=1",
    "https://#x",
    "view-source:http://example.com/",
    "",
    # private hosts by name
    "http://localhost/",
    "http://LOCALHOST/",
    "http://localhost./",
    "http://foo.localhost/",
    "http://localhost.localdomain/",
    "http://printer.local/",
    "http://metadata/",
    "http://metadata.google.internal/computeMetadata/v1/",
    "http://wiki.lan/",
    "http://router.home.arpa/",
    "http://abcdefghij.onion/",
    "http://intranet/",
    # private IPs in plain and odd spelling
    "http://127.0.0.1/",
    "http://127.0.0.1./",
    "http://127.1/",
    "http://127.0.1/",
    "http://127/",
    "http://0/",
    "http://0.0.0.0/",
    "http://2130706433/",
    "http://017700000001/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://0x7F.0x0.0x0.0x1/",
    "http://0177.0.0.1/",
    "http://0177.0x0.0.1/",
    "http://00000177.0.0.1/",
    "http://127.0.0.01/",
    "http://127.000.000.001/",
    "http://425.510.425.510/",
    "http://7147006462/",
    "http://0x/",
    "http://1.2.3.4.5/",
    "http://3232235777/",
    "http://169.254.169.254/latest/meta-data/",
    "http://2852039166/",
    "http://0xA9FEA9FE/",
    "http://100.100.100.200/latest/meta-data/",
    "http://192.0.0.192/latest/user-data/",
    "http://[::1]/",
    "http://[::]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[2001:0:7f00:1::]/",
    "http://[fec0::1]/",
    "http://[fe80::1]/",
    "http://[fe80::1%25eth0]/",
    "http://[2606:4700::1%25eth0]/",
    "http://[fd00:ec2::254]/",
    "http://[::1/",
    "http://[]/",
    "http://[127.0.0.1]/",
    "http://[v1.fe80::a]/",
    "http://::1/",
    # other scripts that fold to the same host
    "http://１２７.0.0.1/",
    "http://127。0。0。1/",
    "http://①②⑦.0.0.1/",
    "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/",
    "http://locaⅼhost/",
    "http://ex\u00admple\u200b.com/",
    "http://\u202eexample.com/",
    # user names, backslashes, percent signs, characters that cannot be seen
    "http://user@example.com/",
    "http://user:word@example.com/",
    "http://example.com@127.0.0.1/",
    "http://127.0.0.1@example.com/",
    "http://example.com:80@127.0.0.1/",
    "http://example.com%40127.0.0.1/",
    "http://example.com\\@127.0.0.1/",
    "http://127.0.0.1\\.example.com/",
    "http:\\\\127.0.0.1\\",
    "http://example.com\\/",
    "http://%31%32%37.0.0.1/",
    "http://local%68ost/",
    "http://exam ple.com/",
    " http://example.com/",
    "http://example.com/\n",
    "http://example.com/\r\nHost: localhost",
    "http://exa\tmple.com/",
    "http://example.com\x00.evil.org/",
    "http://example.com/\u2028",
    "http://example.com/\ufeff",
    "http://example..com/",
    "http://.example.com/",
    "http://-example.com/",
    "http://exa,mple.com/",
    "http://" + "a" * 64 + ".com/",
    "http://" + "abcdefgh." * 30 + "com/",
    "http://example.com/" + "a" * 5000,
    # ports
    "http://example.com:22/",
    "http://example.com:8080/",
    "http://example.com:6379/",
    "http://example.com:0/",
    "http://example.com:65536/",
    "http://example.com:99999999999/",
    "http://example.com:-80/",
    "http://example.com:80:80/",
    "http://example.com:8o/",
    "http://example.com:/",
    "http://8.8.8.8:53/",
]
ACCEPTED_URLS = [
    ("https://example.com", "https://example.com/"),
    ("HTTPS://Example.COM/A?b=C#d", "https://example.com/A?b=C"),
    ("http://example.com:80/x", "http://example.com/x"),
    ("https://example.com:443/x", "https://example.com/x"),
    ("http://example.com:443/x", "http://example.com:443/x"),
    ("https://example.com./x", "https://example.com/x"),
    ("https://example.com?q=1", "https://example.com/?q=1"),
    ("https://8.8.8.8/x", "https://8.8.8.8/x"),
    ("https://[2606:4700:4700::1111]/x", "https://[2606:4700:4700::1111]/x"),
    ("https://[2606:4700:4700:0:0:0:0:1111]/", "https://[2606:4700:4700::1111]/"),
    ("https://bücher.example/ä?ö=ü", "https://xn--bcher-kva.example/%C3%A4?%C3%B6=%C3%BC"),
    ("https://a_b.example.com/", "https://a_b.example.com/"),
    ("https://example.com/a@b:c/../d%2Fe", "https://example.com/a@b:c/../d%2Fe"),
    ("https://123.example.com/", "https://123.example.com/"),
    ("https://localhost.example.com/", "https://localhost.example.com/"),
]


@pytest.mark.parametrize("ip", PRIVATE_IPS)
def test_private_and_special_addresses_are_not_public(ip: str):
    assert not is_public(ip)


@pytest.mark.parametrize("ip", PUBLIC_IPS)
def test_addresses_of_the_open_internet_are_public(ip: str):
    assert is_public(ip)


@pytest.mark.parametrize("url", REFUSED_URLS)
def test_dangerous_and_ambiguous_urls_are_refused(url: str):
    with pytest.raises(SourceUnavailable) as caught:
        parse(url)
    assert caught.value.reason == "refused"
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("url", "normal"), ACCEPTED_URLS)
def test_ordinary_urls_are_accepted_in_their_normal_form(url: str, normal: str):
    assert parse(url).url == normal
    assert parse(normal).url == normal


def test_the_tables_are_as_large_as_promised():
    assert len(set(REFUSED_URLS)) >= 80


def test_a_private_host_is_accepted_only_by_the_name_and_port_that_the_person_wrote():
    allowed = read_allowed(["127.0.0.1:8888", "search.lan:80", "[::1]:8080"])
    assert parse("http://127.0.0.1:8888/search?q=x", allowed=allowed).allowed
    assert parse("http://search.lan/", allowed=allowed).allowed
    assert parse("http://[::1]:8080/", allowed=allowed).allowed
    for url in (
        "http://127.0.0.1:8889/",
        "http://127.0.0.1/",
        "http://127.1:8888/",
        "http://2130706433:8888/",
        "http://localhost:8888/",
        "https://search.lan/",
        "http://user@127.0.0.1:8888/",
    ):
        with pytest.raises(SourceUnavailable):
            parse(url, allowed=allowed)


@pytest.mark.parametrize("entry", ["localhost", "http://localhost:80", "", ":80", "a@b:80", "127.1:80", "host:0"])
def test_an_allowed_host_without_name_and_port_is_a_configuration_error(entry: str):
    with pytest.raises(ConfigError, match="allow_hosts"):
        read_allowed([entry])


def test_redirects_are_joined_as_browsers_do():
    base = parse("https://example.com/a/b?c")
    assert join(base, "d") == "https://example.com/a/d"
    assert join(base, "/x y ") == "https://example.com/x%20y"
    assert join(base, "//other.example/x") == "https://other.example/x"
    assert join(base, "file:///etc/passwd") == "file:///etc/passwd"
    assert join(base, "http://[bad/") == "http://[bad/"


def test_a_hostile_address_is_shown_on_one_bounded_line():
    assert shown("http://x/\x1b]0;\n") == r"'http://x/\x1b]0;\n'"
    assert len(shown("http://x/" + "y" * 9999)) <= 201


@given(st.text(max_size=60))
def test_any_text_is_accepted_in_a_safe_form_or_refused(text: str):
    try:
        address = parse("http://" + text)
    except SourceUnavailable:
        return
    assert address.url.isascii()
    assert address.ip is None or is_public(address.ip)
    assert address.port in {80, 443}
    assert parse(address.url).url == address.url


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_judged_alike_when_packed_into_ipv6(ip: IPv4Address):
    for packed in (f"::ffff:{ip}", f"64:ff9b::{ip}", IPv6Address((0x2002 << 112) + (int(ip) << 80))):
        assert is_public(packed) == is_public(ip)
