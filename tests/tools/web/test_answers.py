"""What headers mean."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sourcehound.tools.web.answers import Reply, lower_headers, retry_after

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        (" 120 ", 120.0),
        ("1000000", 86_400.0),
        ("Mon, 23 Nov 2026 12:01:00 GMT", 60.0),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 0.0),
        ("Mon, 23 Nov 2026 14:01:00 +0200", 60.0),
        ("Mon, 23 Nov 2026 12:01:00 -0000", 60.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("Mon, 99 Nov 2026 12:01:00 GMT", None),
        ("Mon, 23 Nov 99999 12:01:00 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: float | None):
    assert retry_after(value, NOON) == seconds


@given(st.text() | st.from_regex(r"\w{3}, \d{1,9} \w{3} \d{1,9} \d+:\d+:\d+ [+-]?\d{1,12}", fullmatch=True))
def test_no_retry_after_harms(value: str):
    seconds = retry_after(value, NOON)
    assert seconds is None or 0 <= seconds <= 86_400


@pytest.mark.parametrize(
    ("content_type", "charset"),
    [
        ("text/html", ""),
        ("text/html; charset=utf-8", "utf-8"),
        ('text/html;CHARSET="ISO-8859-1"; x=y', "iso-8859-1"),
        ("text/html; charset='windows-1252'", "windows-1252"),
        ("text/html; charset=", ""),
    ],
)
def test_the_charset_is_read_however_it_is_written(content_type: str, charset: str):
    reply = Reply(status=200, headers={"content-type": content_type})
    assert (reply.declared, reply.charset()) == ("text/html", charset)


def test_header_names_fold_and_odd_bytes_are_kept():
    assert lower_headers([(b"Location", "/ü".encode()), (b"X-Old", b"/\xfc")]) == {"location": "/ü", "x-old": "/ü"}
