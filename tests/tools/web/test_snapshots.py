"""Pages kept under their hash."""

from __future__ import annotations

import codecs
import hashlib
import os
import threading
from pathlib import Path

import pytest

from sourcehound.tools.errors import BusyError, SourceUnavailable
from sourcehound.tools.web.fetch import Fetched
from sourcehound.tools.web.snapshots import Snapshots, stored_bytes


def fetched(body: bytes, media_type: str = "text/html", charset: str = "") -> Fetched:
    return Fetched(
        url="https://a.example/",
        final_url="https://a.example/",
        status=200,
        media_type=media_type,
        charset=charset,
        body=body,
        fetched_at="2026-11-23T12:00:00Z",
    )


def test_a_page_is_found_again_by_its_hash(tmp_path: Path):
    snapshots = Snapshots(tmp_path / "pages")
    kept = snapshots.put(fetched(b"<p>x</p>"))
    assert kept.sha256 == hashlib.sha256(b"<p>x</p>").hexdigest()
    assert kept.path.suffix == ".html"
    assert snapshots.get(kept.sha256) == b"<p>x</p>"
    assert snapshots.find(kept.sha256) == kept
    assert snapshots.put(fetched(b"<p>x</p>")) == kept


@pytest.mark.parametrize(
    ("media_type", "suffix"), [("application/pdf", ".pdf"), ("image/png", ".png"), ("text/plain", ".txt")]
)
def test_the_suffix_tells_a_reader_the_type(tmp_path: Path, media_type: str, suffix: str):
    assert Snapshots(tmp_path).put(fetched(b"x", media_type)).path.suffix == suffix


def test_nobody_else_may_look_into_the_store(tmp_path: Path):
    kept = Snapshots(tmp_path / "pages").put(fetched(b"x"))
    assert kept.path.parent.stat().st_mode & 0o077 == 0
    assert kept.path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("key", ["", "..", "../../etc/passwd", "*", "0" * 63, "0" * 64, "G" * 64, "\x1b[2J"])
def test_an_unknown_or_hostile_hash_is_missing(tmp_path: Path, key: str):
    snapshots = Snapshots(tmp_path / "pages")
    (tmp_path / "secret.html").write_text("secret", encoding="utf-8")
    for ask in (snapshots.get, snapshots.find):
        with pytest.raises(SourceUnavailable) as caught:
            ask(key)
        assert caught.value.reason == "missing"
        assert str(caught.value).isprintable()
    snapshots.forget(key)
    assert (tmp_path / "secret.html").exists()


def test_an_altered_page_is_never_handed_out(tmp_path: Path):
    snapshots = Snapshots(tmp_path)
    kept = snapshots.put(fetched(b"<p>12 kites</p>"))
    kept.path.write_bytes(b"<p>13 kites</p>")
    with pytest.raises(SourceUnavailable, match="altered"):
        snapshots.get(kept.sha256)


def test_a_forgotten_page_is_gone(tmp_path: Path):
    snapshots = Snapshots(tmp_path)
    kept = snapshots.put(fetched(b"x"))
    snapshots.forget(kept.sha256)
    assert not kept.path.exists()
    snapshots.forget(kept.sha256)


def test_a_page_half_written_by_a_killed_program_is_not_found(tmp_path: Path):
    snapshots = Snapshots(tmp_path)
    kept = snapshots.put(fetched(b"x"))
    kept.path.rename(kept.path.with_suffix(".tmp"))
    with pytest.raises(SourceUnavailable):
        snapshots.find(kept.sha256)
    assert snapshots.put(fetched(b"x")) == kept


def test_threads_that_keep_the_same_page_do_not_harm_it(tmp_path: Path):
    snapshots = Snapshots(tmp_path)
    body = os.urandom(200_000)
    threads = [threading.Thread(target=lambda: snapshots.put(fetched(body))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert snapshots.get(hashlib.sha256(body).hexdigest()) == body
    assert len(list(tmp_path.rglob("*.*"))) == 1


def test_a_folder_that_cannot_be_written_is_busy(tmp_path: Path):
    (tmp_path / "pages").write_text("a file stands in the way", encoding="utf-8")
    with pytest.raises(BusyError):
        Snapshots(tmp_path / "pages").put(fetched(b"x"))


@pytest.mark.parametrize(
    ("text", "charset"),
    [("Grüße", "ISO-8859-1"), ("“quoted”", "iso-8859-1"), ("Привет", "koi8-r"), ("東京", "shift_jis"), ("é", "UTF-8")],
)
def test_text_in_an_encoding_that_only_the_header_names_is_kept_as_utf8(text: str, charset: str):
    body = text.encode("cp1252" if charset.lower() == "iso-8859-1" else charset)
    assert stored_bytes(fetched(body, charset=charset)) == codecs.BOM_UTF8 + text.encode()


def test_only_html_needs_a_mark():
    assert stored_bytes(fetched(b"Gr\xfc\xdfe", "text/plain", "iso-8859-1")) == "Grüße".encode()
    assert stored_bytes(fetched(b"x", "text/plain", "utf-8")) == b"x"


def test_a_mark_that_is_there_is_not_doubled():
    assert stored_bytes(fetched(codecs.BOM_UTF8 + b"x", charset="utf-8")) == codecs.BOM_UTF8 + b"x"


@pytest.mark.parametrize(
    "charset", ["", "no-such", "zip", "rot13", "punycode", "idna", "unicode_escape", "utf-7", "hex"]
)
def test_a_charset_that_is_none_leaves_the_bytes_alone(charset: str):
    assert stored_bytes(fetched(b"\xfcber", charset=charset)) == b"\xfcber"


def test_bytes_that_are_not_in_the_named_encoding_are_left_alone():
    assert stored_bytes(fetched(b"\xfcber", charset="utf-8")) == b"\xfcber"
    assert stored_bytes(fetched(b"%PDF-1.7", "application/pdf", "iso-8859-1")) == b"%PDF-1.7"
