"""Formats: told by first bytes, by name only among texts; what is not read says why."""

from pathlib import Path

import pytest

from sourcehound.tools.library.readers.detect import detect
from sourcehound.tools.library.readers.formats import (
    FORMATS,
    SUBTITLES,
    XLSX,
    Format,
    Skip,
    film_beside,
    subtitles_beside,
)

MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF"
TS = (b"\x47" + bytes(187)) * 4
ENGLISH = b"A plain sentence about kites and lakes.\n"


@pytest.mark.parametrize(
    ("name", "head", "found"),
    [
        ("a.jpg", JPEG, "JPEG"),
        ("a.txt", JPEG, "JPEG"),
        ("photo", b"\x89PNG\r\n\x1a\n", "PNG"),
        ("a.png", b"RIFF\x00\x00\x00\x00WEBPVP8 ", "WebP"),
        ("a.jpg", b"GIF89a", "GIF"),
        ("a", b"II*\x00", "TIFF"),
        ("a", b"MM\x00*", "TIFF"),
        ("a.dat", b"BM" + bytes(12) + b"\x28\x00\x00\x00", "BMP"),
        ("a.jpg", b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "HEIF"),
        ("a.txt", b"%PDF-1.4\n", "PDF"),
        ("a.pdf", b"junk before the head\n%PDF-1.4\n", "PDF"),
        ("a.exe", b"MZ\x90\x00 and more %PDF-1.4", "PDF"),
        ("broken.pdf", b"1 0 obj\n<< /Type /Catalog >>\nendobj\n", "PDF"),
        ("a.docx", b"PK\x03\x04" + bytes(40), "Word"),
        ("noname", b"PK\x03\x04" + bytes(26) + b"word/document.xml", "Word"),
        ("a.bin", b"PK\x03\x04" + bytes(26) + b"ppt/presentation.xml", "PowerPoint"),
        ("a.docx", b"PK\x03\x04" + bytes(26) + b"xl/workbook.xml", "Word"),
        ("a.mov", MP4, "MP4"),
        ("a.mp4", b"\x00\x00\x00\x14ftypqt  ", "QuickTime"),
        ("a.mp3", b"\x00\x00\x00\x14ftypM4A ", "M4A"),
        ("a.mov", b"\x00\x00\x00\x08wide\x00\x00\x00\x00mdat", "QuickTime"),
        ("a.avi", b"\x1a\x45\xdf\xa3\x01\x00\x00\x00\x00\x00\x00\x1f\x42\x86matroska", "Matroska"),
        ("a.avi", b"\x1a\x45\xdf\xa3\x01\x00\x00\x00\x00\x00\x00\x1f\x42\x86webm", "WebM"),
        ("a", b"RIFF\x00\x00\x00\x00AVI LIST", "AVI"),
        ("a", b"RIFF\x00\x00\x00\x00WAVEfmt ", "WAV"),
        ("a.ts", TS, "MPEG-TS"),
        ("a.m2ts", bytes(4) + (b"\x47" + bytes(191)) * 4, "MPEG-TS"),
        ("a.mpg", b"\x00\x00\x01\xba", "MPEG"),
        ("a.ogg", b"OggS\x00\x02" + bytes(22) + b"\x01vorbis", "Ogg"),
        ("a.ogg", b"OggS\x00\x02" + bytes(22) + b"\x80theora", "Ogg video"),
        ("a", b"FLV\x01\x05", "Flash video"),
        ("a", b"fLaC\x00", "FLAC"),
        ("a", b"ID3\x04\x00", "MP3"),
        ("a.mp3", b"\xff\xfb\x90\x00", "MP3"),
        ("a.aac", b"\xff\xf1\x50\x80", "AAC"),
        ("module.ts", b"export const kite: number = 1;\n", "text"),
        ("a.md", b"# Title\n", "Markdown"),
        ("a.HTML", b"<p>hello</p>", "HTML"),
        ("saved", b"<!DOCTYPE html><html><body>x", "HTML"),
        ("saved.txt", b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- x --><html>", "HTML"),
        ("page.py", b"<html> is a tag\n", "text"),
        ("a.csv", b"a,b\n1,2\n", "CSV"),
        ("a.tsv", b"a\tb\n", "TSV"),
        ("a.srt", b"1\n00:00:01,000 --> 00:00:02,000\nHello\n", "subtitles"),
        ("Makefile", b"all:\n\techo x\n", "text"),
        ("a.tex", b"\\documentclass{article}\n", "text"),
        ("holiday.jpg", ENGLISH, "text"),
        ("notes.txt", b"BM is a pair of letters, and this is a text\n", "text"),
        ("latin.txt", "Ein schöner Tag für Füchse.\n".encode("cp1252"), "text"),
        ("wide.txt", "wide words\n".encode("utf-16"), "text"),
        ("a.zip", b"PK\x03\x04" + bytes(40), "zip"),
        ("a.zip", b"PK\x03\x04" + bytes(26) + b"a.docx" + b"PK\x03\x04" + bytes(26) + b"word/document.xml", "zip"),
        ("a.zip", b"PK\x03\x04" + bytes(26) + b"[Content_Types].xml and word/document.xml", "Word"),
        ("download", b"PK\x03\x04" + bytes(40), "zip"),
        ("a.epub", b"PK\x03\x04" + bytes(40), "EPUB"),
        ("book", b"PK\x03\x04" + bytes(26) + b"mimetypeapplication/epub+zip", "EPUB"),
        ("a.json", b'{"a": 1}', "JSON"),
        ("places.geojson", b'{"type": "FeatureCollection"}', "JSON"),
        ("a.jsonl", b'{"a": 1}\n', "JSON Lines"),
        ("a.NDJSON", b'{"a": 1}\n', "JSON Lines"),
        ("a.ipynb", b'{"cells": []}', "notebook"),
        ("a.eml", b"Subject: Hello\r\n\r\nHello\r\n", "e-mail"),
        ("a.eml", b"Content-Type: application/octet-stream\n\n" + bytes(range(256)), "e-mail"),
        ("letter.txt", b"Subject: Hello\r\n\r\nHello\r\n", "text"),
    ],
)
def test_a_format_is_told_by_its_first_bytes(tmp_path: Path, name: str, head: bytes, found: str) -> None:
    kind = detect(str(tmp_path / name), head)
    assert isinstance(kind, Format)
    assert kind.name == found


@pytest.mark.parametrize(
    ("name", "head", "reason", "broken"),
    [
        ("a.txt", b"", "empty", False),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Office", False),
        ("a.zip", b"PK\x03\x04\x14\x00\x01\x00" + bytes(40), "locked by a password", False),
        ("a.zip", b"PK\x05\x06" + bytes(18), "an empty zip archive", False),
        ("a.jar", b"PK\x03\x04" + bytes(40), r"a zip archive named \.jar", False),
        (
            "a.odt",
            b"PK\x03\x04" + bytes(26) + b"mimetypeapplication/vnd.oasis.opendocument.text",
            "OpenDocument",
            False,
        ),
        ("a.epub", b"PK\x03\x04" + bytes(26) + b"mimetypeapplication/epub+zip META-INF/rights.xml", "DRM", False),
        ("a.gz", b"\x1f\x8b\x08", "gzip", False),
        ("a.svg", b"<?xml version='1.0'?>\n<svg onload='x()'>", "SVG", False),
        ("a.rtf", b"{\\rtf1 x}", "RTF", False),
        ("a.eps", b"%!PS-Adobe-3.0", "PostScript", False),
        ("a.avif", b"\x00\x00\x00\x1cftypavif", "AVIF", False),
        ("a.mp4", b"#EXTM3U\nfile:///etc/passwd\n", "named .mp4 but a playlist", True),
        ("a.mp4", b"ffconcat version 1.0\nfile x\n", "playlist", True),
        ("a.mkv", b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\n", "playlist", True),
        ("a.webm", b"<?xml version='1.0'?>\n<MPD xmlns='x'>", "playlist", True),
        ("a.wav", b"[playlist]\nFile1=http://x/\n", "playlist", True),
        ("list.m3u8", b"\xef\xbb\xbf#EXTM3U\n#EXTINF:1,\nx.ts\n", "playlist", False),
        ("a.jpg", b"\x01\x02\x03\x04" * 20, "not those of a JPEG", True),
        ("a.mkv", b"\x01\x02\x03\x04" * 20, "not those of a Matroska", True),
        ("a.png", bytes(4000), "zero bytes", True),
        ("a.fli", b"\x01\x02\x03\x04" * 20, r"\.fli is not among", False),
        ("noname", b"\x01\x02\x03\x04" * 20, "this format is not among", False),
        ("a.\x1b[31m", b"\x01\x02\x03\x04" * 20, "this format is not among", False),
    ],
)
def test_what_is_not_read_says_why(tmp_path: Path, name: str, head: bytes, reason: str, broken: bool) -> None:
    kind = detect(str(tmp_path / name), head)
    assert isinstance(kind, Skip)
    with pytest.raises(ValueError, match=reason):
        raise ValueError(kind.reason)
    assert kind.broken is broken
    assert kind.reason.isprintable()


def test_an_office_file_is_known_by_the_list_at_its_end(tmp_path: Path) -> None:
    path = tmp_path / "download"
    head = b"PK\x03\x04" + bytes(9000)
    path.write_bytes(head + bytes(100_000) + b"xl/workbook.xml" + bytes(100))
    kind = detect(str(path), head[:8192])
    assert isinstance(kind, Format)
    assert kind.name == "Excel"


def test_a_member_of_another_file_is_told_without_a_look_at_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "talk.mp4").write_bytes(MP4)
    cues = b"1\n00:00:01,000 --> 00:00:02,000\nHello\n"
    assert detect("talk.srt", cues, held=cues) == SUBTITLES
    packed = b"PK\x03\x04" + bytes(9000) + b"xl/workbook.xml"
    assert detect("download", packed[:8192], held=packed) == XLSX


def test_subtitles_beside_their_film_are_read_with_it(tmp_path: Path) -> None:
    film, other = tmp_path / "talk.mp4", tmp_path / "talk2.mp4"
    film.write_bytes(MP4)
    other.write_bytes(MP4)
    for name in ("talk.srt", "talk.de.vtt", "talk.txt", "lecture.srt"):
        (tmp_path / name).write_text("1\n00:00:01,000 --> 00:00:02,000\nHello\n", encoding="utf-8")
    head = (tmp_path / "talk.srt").read_bytes()
    assert detect(str(tmp_path / "talk.srt"), head) == Skip(reason="subtitles, read with talk.mp4")
    assert film_beside(str(tmp_path / "talk.de.vtt")) == str(film)
    assert subtitles_beside(str(film)) == (str(tmp_path / "talk.de.vtt"), str(tmp_path / "talk.srt"))
    assert subtitles_beside(str(other)) == ()
    alone = detect(str(tmp_path / "lecture.srt"), head)
    assert isinstance(alone, Format)
    assert alone.name == "subtitles"


def test_every_format_names_a_module_of_this_package() -> None:
    assert len({kind.name for kind in FORMATS}) == len(FORMATS)
    for kind in FORMATS:
        assert kind.module.startswith("sourcehound.tools.library.readers.")
        assert kind.can <= {"picture", "frames", "film", "samples"}
