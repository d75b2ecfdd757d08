"""Errors of any provider's package are told apart by their status, their class and the server's own words."""

from __future__ import annotations

import ssl

import pytest
from langchain_core.exceptions import ContextOverflowError, ModelAuthenticationError, ModelTimeoutError

from sourcehound.agent.models.faults import fault_of


class StatusError(Exception):
    """As providers raise it: a status beside the message."""

    def __init__(self, status_code: int, message: str = "") -> None:
        super().__init__(message)
        self.status_code = status_code


def caused_by(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (StatusError(401), "key"),
        (StatusError(403), "key"),
        (StatusError(404, "model not found"), "missing"),
        (StatusError(408), "down"),
        (StatusError(429), "busy"),
        (StatusError(429, "insufficient_quota"), "refused"),
        (StatusError(413, "too large"), "refused"),
        (StatusError(502), "down"),
        (StatusError(400, "Unknown field: tools"), "tools"),
        (StatusError(400, "image_url is not supported"), "pictures"),
        (StatusError(400, "maximum context length is 4096"), "context"),
        (ContextOverflowError("x"), "context"),
        (ModelAuthenticationError("x"), "key"),
        (ModelTimeoutError("x"), "timeout"),
        (TimeoutError(), "timeout"),
        (TypeError("Could not resolve authentication method"), "key"),
        (TypeError("'NoneType' object is not iterable"), "garbled"),
        (RuntimeError("qwen does not support tools"), "tools"),
        (ConnectionResetError(), "down"),
        (caused_by(RuntimeError("Connection error."), ConnectionRefusedError("refused")), "down"),
        (caused_by(ConnectionError("Connection error."), ssl.SSLCertVerificationError("self-signed")), "refused"),
        (RuntimeError("weird"), "refused"),
    ],
)
def test_an_error_is_told_by_what_must_be_done_about_it(error: Exception, kind: str):
    assert fault_of(error).kind == kind


def test_the_cause_speaks_where_the_error_says_nothing():
    error = caused_by(ConnectionError("Connection error."), ConnectionRefusedError("nobody listens"))
    assert fault_of(error).said == "nobody listens"


@pytest.mark.parametrize("secret", ["sk-abcdef123456", "Bearer abcdef123456", "key-abcdef123456", "pk_abcdef123456"])
def test_keys_in_a_servers_words_are_not_repeated(secret: str):
    assert "abcdef" not in fault_of(StatusError(400, f"wrong: {secret} there")).said


def test_what_a_server_says_is_one_short_line():
    said = fault_of(StatusError(400, "bad\n" * 500)).said
    assert len(said) == 200
    assert "\n" not in said
