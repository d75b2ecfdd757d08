"""TLS as the fetcher speaks it: the name is checked although the connection goes to an IP."""

from __future__ import annotations

import shutil
import ssl
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sourcehound.tools.errors import SourceUnavailable
from sourcehound.tools.web.transport import trusted_roots

if TYPE_CHECKING:
    from tests.tools.web.conftest import OpenWeb

OPENSSL = shutil.which("openssl")
pytestmark = [
    pytest.mark.allow_hosts(["127.0.0.1"]),
    pytest.mark.skipif(OPENSSL is None, reason="no openssl here to make a certificate with"),
]


class Hello(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the base class names it so
        pass


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for secure.example, and its key, in one file."""
    folder = tmp_path_factory.mktemp("tls")
    subject = ["-subj", "/CN=secure.example", "-addext", "subjectAltName=DNS:secure.example"]
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", folder / "key.pem"]
    command = [str(OPENSSL), "req", "-x509", "-days", "3650", *key, "-out", folder / "cert.pem", *subject]
    subprocess.run(command, check=True, capture_output=True)
    both = folder / "both.pem"
    both.write_bytes((folder / "cert.pem").read_bytes() + (folder / "key.pem").read_bytes())
    return both


@pytest.fixture
def secure_web(web: OpenWeb, certificate: Path) -> Iterator[OpenWeb]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hello)
    server.handle_error = lambda request, client_address: None  # a handshake that we break off is no error here
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    web.site.port = server.server_address[1]
    yield web
    server.shutdown()
    server.server_close()


def test_a_page_comes_over_tls_from_the_checked_address(secure_web: OpenWeb, certificate: Path):
    trusting = ssl.create_default_context(cafile=certificate)
    assert secure_web.fetcher(tls=trusting).fetch("https://secure.example/").body == b"hello"
    assert secure_web.dialled == [("93.184.215.14", 443)]


def test_a_certificate_of_another_name_is_refused(secure_web: OpenWeb, certificate: Path):
    trusting = ssl.create_default_context(cafile=certificate)
    with pytest.raises(SourceUnavailable, match=r"other\.example") as caught:
        secure_web.fetcher(tls=trusting).fetch("https://other.example/")
    assert caught.value.reason == "refused"


def test_a_certificate_that_nobody_vouches_for_is_refused(secure_web: OpenWeb):
    with pytest.raises(SourceUnavailable, match="certificate") as caught:
        secure_web.fetcher().fetch("https://secure.example/")
    assert caught.value.reason == "refused"


def test_the_roots_are_those_of_the_package_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch, certificate: Path
):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    roots = trusted_roots()
    assert roots.verify_mode == ssl.CERT_REQUIRED
    assert roots.check_hostname
    assert "secure.example" not in str(roots.get_ca_certs())
