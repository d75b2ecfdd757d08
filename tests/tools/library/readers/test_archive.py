"""Office files that unpack to too much are refused before anything is unpacked."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import pytest

from sourcehound.tools.errors import MediaError
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers.archive import check_archive

LIMITS = Limits()


def test_names_of_the_members_are_given(tmp_path: Path):
    path = tmp_path / "good.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
        archive.writestr("docProps/core.xml", "<b/>")
    assert check_archive(path, LIMITS) == {"word/document.xml", "docProps/core.xml"}


def test_a_member_that_unpacks_to_a_thousand_times_its_size_is_refused(tmp_path: Path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(40 << 20))
    with pytest.raises(MediaError, match="decompression bomb"):
        check_archive(path, LIMITS)


def test_members_that_share_their_bytes_are_refused(tmp_path: Path):
    path = tmp_path / "overlap.pptx"
    archive: Any
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.xml", bytes(range(256)) * 400)
        for n in range(100):
            archive.filelist.append(archive.filelist[0])
            archive.NameToInfo[f"{n}.xml"] = archive.filelist[0]
        archive._didModify = True
    with pytest.raises(MediaError, match="overlap"):
        check_archive(path, LIMITS)


def test_more_xml_than_the_memory_holds_as_a_tree_is_refused(tmp_path: Path):
    path = tmp_path / "large.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", bytes(2000))
    with pytest.raises(MediaError, match="more than a reader may hold"):
        check_archive(path, Limits(memory_bytes=16_000))


def test_more_parts_than_any_document_has_are_refused(tmp_path: Path):
    path = tmp_path / "many.docx"
    with zipfile.ZipFile(path, "w") as archive:
        for n in range(20_001):
            archive.writestr(str(n), b"")
    with pytest.raises(MediaError, match="20001 parts"):
        check_archive(path, LIMITS)


def test_a_file_locked_by_a_password_is_told_as_such(tmp_path: Path):
    path = tmp_path / "locked.docx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
    data = bytearray(path.read_bytes())
    directory = data.rindex(b"PK\x01\x02")
    data[directory + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(MediaError, match="password"):
        check_archive(path, LIMITS)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"PK\x05\x06" + bytes(10), b"no archive at all"])
def test_what_is_no_archive_raises_media_error(tmp_path: Path, content: bytes):
    path = tmp_path / "torn.docx"
    path.write_bytes(content)
    with pytest.raises(MediaError, match="damaged"):
        check_archive(path, LIMITS)
