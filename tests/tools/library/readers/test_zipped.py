"""Zip archives: members read by their own readers under their names; what is left out is accounted for."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from sourcehound.tools.errors import MediaError
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers import zipped
from sourcehound.tools.library.readers.members import is_safe, shown_name
from sourcehound.tools.library.reading import Reading

LIMITS = Limits()


def pack(members: Mapping[str, bytes | str]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return data.getvalue()


def read(tmp_path: Path, archive: Mapping[str, bytes | str] | bytes, limits: Limits = LIMITS) -> Reading:
    path = tmp_path / "papers.zip"
    path.write_bytes(archive if isinstance(archive, bytes) else pack(archive))
    return zipped.read(path, limits)


def small_pdf(words: str) -> bytes:
    """A page of one line, its cross-references left to be rebuilt."""
    stream = f"BT /F1 24 Tf 72 700 Td ({words}) Tj ET".encode()
    return (
        b"%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R"
        b"/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>endobj\n"
        b"4 0 obj<</Length %d>>stream\n%s\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%%%EOF\n" % (len(stream), stream)
    )


def test_members_are_read_under_their_names(tmp_path: Path):
    members = {
        "notes/lake.txt": "The lake is 40 m deep.",
        "kites.csv": "Bird,N\nKite,3\n",
        "people.json": '[{"name": "Ann", "text": "likes boats"}]',
        "page.html": "<title>Of boats</title><h1>Boats</h1><p>They float.</p>",
    }
    reading = read(tmp_path, members)
    lake, kites, people, page = reading.sections
    assert (lake.part, lake.text) == ("notes/lake.txt", "The lake is 40 m deep.")
    assert kites.anchors[1].part == "kites.csv, kites!A2:B2"
    assert people.part == "people.json, $[0]"
    assert page.headings == ("Of boats",)
    assert reading.warnings == ()


def test_sections_stand_where_the_reader_says(tmp_path: Path):
    reading = read(tmp_path, {"a.txt": "\ufeffeins", "b.md": "# Zwei\nwords", "c.txt": "drei"})
    whole = "\n".join(section.text for section in reading.sections)
    assert [whole.find(section.text) for section in reading.sections] == [section.start for section in reading.sections]


def test_a_page_of_a_document_inside_becomes_part_of_its_name(tmp_path: Path):
    reading = read(tmp_path, {"deep/report.pdf": small_pdf("The harbour opens at noon.")})
    (section,) = reading.sections
    assert (section.part, section.page, section.anchors, section.space) == ("deep/report.pdf, page 1", None, (), None)
    assert "The harbour opens at noon." in section.text
    assert (reading.n_pages, reading.figures) == (0, ())


def test_what_is_left_out_is_named_by_reason(tmp_path: Path):
    members: dict[str, bytes | str] = {
        "a.jpg": b"\xff\xd8\xff\xe0",
        "b.png": b"\x89PNG\r\n\x1a\n",
        "inner.zip": pack({"x.txt": "x"}),
        ".hidden": "x",
        "__MACOSX/a.txt": "x",
        "odd.bin": bytes(range(1, 200)),
        "empty.txt": "",
        "words.txt": "words",
    }
    reading = read(tmp_path, members)
    assert [section.part for section in reading.sections] == ["words.txt"]
    told = "\n".join(reading.warnings)
    assert "not looked into inside another file: save it on its own: a.jpg, b.png" in told
    assert "an archive inside another file, which is not opened: unpack it to have it read: inner.zip" in told
    assert "left out, hidden: .hidden, __MACOSX/a.txt" in told
    assert "not among the formats that are read: odd.bin" in told
    assert "left out, an empty file: empty.txt" in told


def test_a_broken_member_costs_itself_alone(tmp_path: Path):
    reading = read(tmp_path, {"a.docx": b"PK\x03\x04 no more", "b.pdf": b"%PDF-1.4 no more", "c.txt": "words"})
    assert [section.text for section in reading.sections] == ["words"]
    assert "a damaged office file" in reading.warnings[0]
    assert "b.pdf" in reading.warnings[1]


def test_a_member_whose_bytes_are_damaged_costs_itself_alone(tmp_path: Path):
    data = pack({"a.txt": "the first words " * 50, "b.txt": "other words"})
    torn = bytearray(data)
    torn[40:50] = bytes(10)
    reading = read(tmp_path, bytes(torn))
    assert [section.part for section in reading.sections] == ["b.txt"]
    assert reading.warnings == ("left out, damaged: a.txt",)


def test_names_that_lead_out_are_shown_safely_and_told(tmp_path: Path):
    reading = read(tmp_path, {"../../etc/evil.txt": "one", "/abs/\x1b[31mred.txt": "two", "C:\\x\\win.txt": "three"})
    assert [section.part for section in reading.sections] == ["etc/evil.txt", "abs/ [31mred.txt", "x/win.txt"]
    assert (
        reading.warnings[0]
        == "etc/evil.txt: its name leads out of the archive; it is read where it is and never written"
    )
    assert len(reading.warnings) == 3


@pytest.mark.parametrize("where", ["", "..", "../..", "C:", "a\u202eb", "x" * 500, "a//b/./c"])
def test_every_name_can_be_shown(where: str):
    assert shown_name(where)
    assert shown_name(where).isprintable()
    assert len(shown_name(where)) <= 80
    assert is_safe(shown_name(where))


def test_two_members_of_one_name_are_told_apart(tmp_path: Path):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("a.txt", "one")
        archive.writestr("a.txt", "two")
    reading = read(tmp_path, data.getvalue())
    assert [(section.part, section.text) for section in reading.sections] == [("a.txt", "one"), ("a.txt (2)", "two")]


def test_links_are_never_followed(tmp_path: Path):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        link = zipfile.ZipInfo("link.txt")
        link.create_system, link.external_attr = 3, 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("a.txt", "words")
    reading = read(tmp_path, data.getvalue())
    assert reading.warnings == ("left out, links, never followed: link.txt",)


def locked(data: bytes, *, only: str | None = None) -> bytes:
    """The same archive, its members' flags saying that they are encrypted."""
    changed = bytearray(data)
    for mark, flag, name_at, length_at in ((b"PK\x03\x04", 6, 30, 26), (b"PK\x01\x02", 8, 46, 28)):
        at = changed.find(mark)
        while at >= 0:
            (length,) = struct.unpack_from("<H", changed, at + length_at)
            name = changed[at + name_at : at + name_at + length].decode()
            if only in {None, name}:
                changed[at + flag] |= 1
            at = changed.find(mark, at + 4)
    return bytes(changed)


def test_members_locked_by_a_password_are_named_and_an_archive_of_such_is_refused(tmp_path: Path):
    data = pack({"a.txt": "one", "b.txt": "two"})
    assert read(tmp_path, locked(data, only="a.txt")).warnings == ("left out, locked by a password: a.txt",)
    with pytest.raises(MediaError, match="password"):
        read(tmp_path, locked(data))


def test_a_member_that_unpacks_to_a_thousand_times_its_size_is_left_out(tmp_path: Path):
    reading = read(tmp_path, {"bomb.txt": bytes(20 << 20), "a.txt": "words"})
    assert [section.part for section in reading.sections] == ["a.txt"]
    assert "decompression bomb: bomb.txt" in reading.warnings[0]


def test_members_that_share_their_bytes_are_refused(tmp_path: Path):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", bytes(range(256)) * 400)
        for n in range(100):
            archive.filelist.append(archive.filelist[0])
            archive.NameToInfo[f"{n}.txt"] = archive.filelist[0]
        archive.comment = b"changed"
    with pytest.raises(MediaError, match="overlap"):
        read(tmp_path, data.getvalue())


def test_no_more_members_bytes_and_time_than_allowed(tmp_path: Path):
    members = {f"{n:04}.txt": f"words {n}" for n in range(1010)}
    reading = read(tmp_path, members)
    assert len(reading.sections) == 1000
    assert reading.warnings[0].startswith("left out, only 1,000 members are read: 1000.txt, 1001.txt")
    tight = read(tmp_path, {"a.txt": "x" * 2000, "b.txt": "y"}, Limits(memory_bytes=16_000))
    assert tight.warnings == ("left out, larger than a member may be: a.txt",)
    seconds = iter(range(0, 1000, 20))
    late = zipped.read(tmp_path / "papers.zip", LIMITS, clock=lambda: float(next(seconds)))
    assert [section.part for section in late.sections] == ["a.txt"]
    assert late.warnings == ("left out, no time was left: unpack it to have it read: b.txt",)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"PK\x03\x04 torn", "a damaged zip archive"),
        (pack({}), "without a file"),
        (pack({"folder/": ""}), "without a file"),
    ],
)
def test_what_holds_nothing_raises_media_error(tmp_path: Path, data: bytes, why: str):
    with pytest.raises(MediaError, match=why):
        read(tmp_path, data)


def test_an_archive_in_itself_is_not_opened_again(tmp_path: Path):
    data = pack({"a.txt": "words"})
    for _ in range(30):
        data = pack({"again.zip": data, "a.txt": "words"})
    reading = read(tmp_path, data)
    assert [section.part for section in reading.sections] == ["a.txt"]
