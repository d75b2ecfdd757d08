"""Which addresses the web tools may reach: pure functions over URLs and IP addresses.

Whatever two parsers could read differently is refused, not interpreted. Knows nothing of sockets; names are looked up
elsewhere, and every address that they give comes back to `is_public`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import quote, urljoin

from sourcehound.tools.errors import ConfigError, SourceUnavailable

IpAddress = IPv4Address | IPv6Address
HostPort = tuple[str, int]

MAX_URL: Final = 4096
WEB_PORTS: Final = frozenset({80, 443})

# The standard library's `is_global` is asked too, but it takes multicast, 6to4, NAT64, site-local and the 6to4 relays
# for public, and its answers for 192.0.0.0/24 changed between versions: so these lists stand on their own.
_NOT_PUBLIC_V4: Final = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carrier NAT; one cloud keeps its metadata here
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # a cloud's host agent behind a public-looking address
        "169.254.0.0/16",  # link-local, cloud metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")
_NOT_PUBLIC_V6: Final = tuple(
    IPv6Network(block)
    for block in (
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",  # documentation
        "3fff::/20",  # documentation
    )
)
_NAT64: Final = IPv6Network("64:ff9b::/96")
_ISATAP: Final = frozenset({0x00005EFE, 0x02005EFE})

_URL: Final = re.compile(r"(https?)://([^/?#]*)([^?#]*)(\?[^#]*)?(?:#.*)?", re.IGNORECASE | re.DOTALL)
_AUTHORITY: Final = re.compile(r"(\[[^\]]*\]|[^:\[\]]*)(?::([0-9]{1,5}))?")
_LABEL: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
_HOME_NAMES: Final = (".localhost", ".local", ".localdomain", ".internal", ".intranet", ".lan", ".home.arpa", ".onion")
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"})


@dataclass(frozen=True, slots=True, kw_only=True)
class WebAddress:
    """An address whose form is fit to be fetched. Where its name leads is not known yet.

    Attributes:
        url: the request's URL in ASCII, without a fragment.
        host: lower-case ASCII name or canonical IP, IPv6 without brackets.
        target: path and query, ASCII, beginning with a slash.
        ip: the host, where it is an IP and not a name.
        allowed: whether the person named this host and port, so that it may be private.
    """

    url: str
    scheme: str
    host: str
    port: int
    target: str
    ip: IpAddress | None
    allowed: bool


def is_public(address: IpAddress | str) -> bool:
    """Whether an IP address belongs to the open internet, as do the IPv4 addresses packed inside it.

    Args:
        address: an address, or its text.

    Raises:
        ValueError: the text is no IP address.

    Source:
        IANA special-purpose address registries; RFC 4291, 6052 (NAT64), 3056 (6to4), 5214 (ISATAP). Teredo and
        everything outside 2000::/3 except NAT64 and mapped addresses is taken as not public.
    """
    ip = ip_address(address) if isinstance(address, str) else address
    if isinstance(ip, IPv4Address):
        return ip.is_global and not any(ip in block for block in _NOT_PUBLIC_V4)
    if ip.scope_id is not None:
        return False
    packed = packed_v4(ip)
    if not all(is_public(inner) for inner in packed):
        return False
    if ip.ipv4_mapped is not None or ip in _NAT64:
        return True
    return ip in _GLOBAL_UNICAST and not any(ip in block for block in _NOT_PUBLIC_V6)


def packed_v4(ip: IPv6Address) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses that traffic to an IPv6 address may end at: mapped, NAT64, 6to4, ISATAP."""
    number = int(ip)
    found: list[IPv4Address] = []
    if ip.ipv4_mapped is not None:
        found.append(ip.ipv4_mapped)
    if ip in _NAT64:
        found.append(IPv4Address(number & 0xFFFFFFFF))
    if ip.sixtofour is not None:
        found.append(ip.sixtofour)
    if (number >> 32) & 0xFFFFFFFF in _ISATAP:
        found.append(IPv4Address(number & 0xFFFFFFFF))
    return tuple(found)


def read_allowed(entries: Iterable[str]) -> frozenset[HostPort]:
    """Read the setting `web.allow_hosts`: hosts that may be private, by name and port.

    Args:
        entries: `host:port` each, as `127.0.0.1:8888`, `search.lan:80` or `[::1]:8080`.

    Raises:
        ConfigError: an entry has no port or is no host.
    """
    pairs: set[HostPort] = set()
    for entry in entries:
        try:
            host, port, _ = _split_authority(entry.strip())
        except ValueError as error:
            raise _bad_entry(entry) from error
        if port is None:
            raise _bad_entry(entry)
        pairs.add((host, port))
    return frozenset(pairs)


def parse(url: str, *, allowed: frozenset[HostPort] = frozenset()) -> WebAddress:
    """Check an address's form.

    Args:
        url: an absolute http or https URL.
        allowed: hosts and ports that may be private and use any port, from `read_allowed`.

    Raises:
        SourceUnavailable: reason `refused`: another scheme, a user name, an odd spelling of an IP, a private address or
            name, another port than 80 and 443, characters that cannot be seen.
    """
    try:
        return _parse(url, allowed)
    except ValueError as error:
        raise SourceUnavailable(f"will not fetch {shown(url)}: {error}", reason="refused") from error


def join(base: WebAddress, location: str) -> str:
    """Where a redirect leads, as an absolute URL that has yet to be parsed."""
    try:
        return urljoin(base.url, location.strip().replace(" ", "%20"))
    except ValueError:  # a malformed IPv6 host; `parse` will refuse it by name
        return location


def shown(url: str) -> str:
    """An address that may be hostile, for a message: one line, printable, bounded."""
    text = url if len(url) <= 200 else url[:200] + "…"
    return text if text.isprintable() else ascii(text)


def _parse(url: str, allowed: frozenset[HostPort]) -> WebAddress:
    if len(url) > MAX_URL:
        raise ValueError(f"longer than {MAX_URL} characters")
    if "\\" in url or any(unicodedata.category(character) in _UNSEEN for character in url):
        raise ValueError("a backslash, a space or a character that cannot be seen")
    match = _URL.fullmatch(url)
    if match is None:
        raise ValueError("not an absolute http or https address")
    scheme, authority = match[1].lower(), match[2]
    host, port, ip = _split_authority(authority)
    port = port or (443 if scheme == "https" else 80)
    is_allowed = (host, port) in allowed
    if not is_allowed:
        _refuse_private(host, port, ip)
    path, query = match[3] or "/", match[4] or ""
    target = "".join(c if c.isascii() else quote(c) for c in path + query)
    shown_host = f"[{host}]" if isinstance(ip, IPv6Address) else host
    suffix = "" if port == (443 if scheme == "https" else 80) else f":{port}"
    return WebAddress(
        url=f"{scheme}://{shown_host}{suffix}{target}",
        scheme=scheme,
        host=host,
        port=port,
        target=target,
        ip=ip,
        allowed=is_allowed,
    )


def _refuse_private(host: str, port: int, ip: IpAddress | None) -> None:
    if port not in WEB_PORTS:
        raise ValueError(f"port {port} is not a web port; a person may allow it by web.allow_hosts")
    if ip is not None and not is_public(ip):
        raise ValueError(f"{ip} is not a public address; a person may allow it by web.allow_hosts")
    if ip is None and ("." not in host or f".{host}".endswith(_HOME_NAMES)):
        raise ValueError(f"{host} is a private name; a person may allow it by web.allow_hosts")


def _split_authority(authority: str) -> tuple[str, int | None, IpAddress | None]:
    if "@" in authority:
        raise ValueError("a user name in front of the host")
    match = _AUTHORITY.fullmatch(authority)
    if match is None:
        raise ValueError("no readable host and port")
    port = None if match[2] is None else int(match[2])
    if port is not None and not 0 < port < 65536:
        raise ValueError(f"no port {port}")
    host, ip = _read_host(match[1])
    return host, port, ip


def _read_host(written: str) -> tuple[str, IpAddress | None]:
    if written.startswith("["):
        if "%" in written:
            raise ValueError("a zone id in the host")
        v6 = IPv6Address(written[1:-1])
        return str(v6), v6
    host = (written if written.isascii() else _to_ascii(written)).lower().removesuffix(".")
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError("not a host name")
    if _NUMBER.fullmatch(labels[-1]):
        v4 = IPv4Address(host)  # takes four plain decimals only: 127.1, 0x7f.1 and 2130706433 end here
        return str(v4), v4
    return host, None


def _to_ascii(host: str) -> str:
    import idna

    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError as error:
        raise ValueError("not a host name") from error


def _bad_entry(entry: str) -> ConfigError:
    return ConfigError(
        f"web.allow_hosts: {shown(entry)} is not a host with a port",
        remedy="write host:port, as 127.0.0.1:8888 or [::1]:8080",
    )
