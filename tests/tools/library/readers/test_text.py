"""Plain text: the file's own characters, and unseen ones reported."""

from pathlib import Path

import pytest

from sourcehound.tools.errors import MediaError
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers import text
from sourcehound.tools.library.reading import Reading


def read(path: Path, data: bytes, limits: Limits | None = None) -> Reading:
    path.write_bytes(data)
    return text.read(path, limits or Limits())


def test_offsets_are_those_of_the_file_with_its_line_ends(tmp_path: Path) -> None:
    whole = "eins\r\nzwei ☂\r\ndrei"
    reading = read(tmp_path / "a_long-name.v2.txt", whole.encode())
    (section,) = reading.sections
    assert section.text == whole
    assert section.start == 0
    assert reading.title == "a long name v2"


def test_a_byte_order_mark_counts_as_the_first_character(tmp_path: Path) -> None:
    data = "\ufeffhello".encode()
    (section,) = read(tmp_path / "a.txt", data).sections
    assert (section.text, section.start) == ("hello", 1)
    whole = data.decode()
    assert whole[section.start : section.start + 5] == "hello"


def test_unseen_characters_stay_and_are_reported(tmp_path: Path) -> None:
    tags = "".join(chr(0xE0000 + ord(letter)) for letter in "obey")
    sneaky = f"pay\u200bment \u202edesrever\u202c {tags} ok"
    reading = read(tmp_path / "a.txt", sneaky.encode())
    assert reading.sections[0].text == sneaky
    assert reading.warnings == (
        "holds 1 zero-width character that a reader does not see",
        "holds 2 bidirectional control characters that a reader does not see",
        "holds 4 tag characters that a reader does not see",
    )


def test_an_emoji_of_several_characters_is_no_warning(tmp_path: Path) -> None:
    assert read(tmp_path / "a.txt", "family 👨‍👩‍👧 and heart ❤️".encode()).warnings == ()


def test_too_long_a_text_is_cut_with_a_warning(tmp_path: Path) -> None:
    reading = read(tmp_path / "a.txt", b"0123456789", Limits(max_text_chars=4))
    assert reading.sections[0].text == "0123"
    assert reading.warnings == ("only the first 4 of 10 characters are read",)


def test_a_guessed_encoding_and_damage_are_said(tmp_path: Path) -> None:
    assert "Windows-1252" in read(tmp_path / "a.txt", "schöner Tag im Mai".encode("cp1252")).warnings[0]
    damaged = ("ä" * 100).encode() + b"\xff" + b" end"
    assert read(tmp_path / "b.txt", damaged).warnings == ("1 characters are damaged",)


def test_bytes_that_are_no_text_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="no text"):
        read(tmp_path / "a.txt", bytes(range(256)))


def test_white_space_alone_has_no_section(tmp_path: Path) -> None:
    assert read(tmp_path / "a.txt", b" \n\n ").sections == ()
