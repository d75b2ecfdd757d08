"""Connections that go only to addresses already checked, and end when their time is over.

Knows nothing of which addresses are fit: it is handed IPs, and never looks a name up.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import httpcore

from sourcehound.tools.errors import SourceUnavailable

Dial = Callable[[str, int, float], socket.socket]
"""(ip, port, seconds) -> a connected socket; raises OSError."""


class PinnedBackend(httpcore.NetworkBackend):
    """Connects to given IPs whatever host the request names; Host header and SNI stay the request's own.

    Args:
        ips: checked addresses, tried in order.
        dial: opens a connection.
        remaining: seconds left for the whole fetch; may be negative.
        connect_s: seconds for one address.
    """

    def __init__(self, ips: Sequence[str], *, dial: Dial, remaining: Callable[[], float], connect_s: float) -> None:
        self._ips = tuple(ips)
        self._dial = dial
        self._remaining = remaining
        self._connect_s = connect_s

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002  the deadline of the fetch stands in for it
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        """Connect to the first of the checked addresses that answers."""
        last: OSError | None = None
        for ip in self._ips:
            seconds = min(self._connect_s, self._remaining())
            if seconds <= 0:
                break
            try:
                return DeadlineStream(self._dial(ip, port, seconds), remaining=self._remaining)
            except OSError as error:
                last = error
        if last is None or isinstance(last, TimeoutError):
            raise httpcore.ConnectTimeout(f"no connection to {host} in time")
        raise httpcore.ConnectError(str(last)) from last


class DeadlineStream(httpcore.NetworkStream):
    """A socket whose every read and write ends at one deadline, so that a server cannot drip for ever."""

    def __init__(self, sock: socket.socket, *, remaining: Callable[[], float]) -> None:
        self._sock = sock
        self._remaining = remaining

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002
        """Read what has come."""
        try:
            self._arm()
            return self._sock.recv(max_bytes)
        except TimeoutError as error:
            raise httpcore.ReadTimeout("no answer in time") from error
        except OSError as error:
            raise httpcore.ReadError(str(error)) from error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        """Send all of it."""
        try:
            self._arm()
            self._sock.sendall(buffer)
        except TimeoutError as error:
            raise httpcore.WriteTimeout("not taken in time") from error
        except OSError as error:
            raise httpcore.WriteError(str(error)) from error

    def close(self) -> None:
        """Close the socket."""
        self._sock.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        """Speak TLS from here on, the certificate checked against the request's host.

        Raises:
            SourceUnavailable: reason `refused`: the certificate does not hold.
        """
        try:
            self._arm()
            secure = ssl_context.wrap_socket(self._sock, server_hostname=server_hostname)
        except ssl.SSLCertVerificationError as error:
            self._sock.close()
            message = f"the certificate of {server_hostname} does not hold: {error.verify_message}"
            raise SourceUnavailable(message, reason="refused") from error
        except TimeoutError as error:
            self._sock.close()
            raise httpcore.ConnectTimeout("no TLS handshake in time") from error
        except OSError as error:
            self._sock.close()
            raise httpcore.ConnectError(str(error)) from error
        return DeadlineStream(secure, remaining=self._remaining)

    def get_extra_info(self, info: str) -> Any:
        """What httpcore asks of a stream."""
        if info == "ssl_object":
            return self._sock if isinstance(self._sock, ssl.SSLSocket) else None
        return self._sock if info == "socket" else None

    def _arm(self) -> None:
        seconds = self._remaining()
        if seconds <= 0:
            raise TimeoutError
        self._sock.settimeout(seconds)


def dial(ip: str, port: int, seconds: float) -> socket.socket:
    """Open a TCP connection to an IP."""
    return socket.create_connection((ip, port), timeout=seconds)


def trusted_roots() -> ssl.SSLContext:
    """TLS settings that trust the usual public authorities, whatever the environment says."""
    import certifi

    return ssl.create_default_context(cafile=certifi.where())
