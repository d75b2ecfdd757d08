"""Encodings: certain ones are told, doubtful ones are guessed only where the bytes look like words."""

import pytest

from sourcehound.tools.library.readers.encoding import decode, encoding_of, looks_like_text

WORDS = "Grüße aus Łódź – 東京, καλημέρα\n" * 20


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_is_told_and_every_character_comes_back(encoding: str) -> None:
    text = "plain words first, then " + WORDS if encoding in {"utf-16-le", "utf-16-be"} else WORDS
    data = text.encode(encoding)
    found = encoding_of(data)
    assert found is not None
    assert decode(data, found).removeprefix("\ufeff") == text


@pytest.mark.parametrize("length", range(1, 60))
def test_a_cut_in_the_middle_of_a_character_is_no_fault(length: int) -> None:
    assert encoding_of(WORDS.encode()[:length]) == "utf-8" or length < 4


def test_rare_damage_leaves_utf_8_what_it_is() -> None:
    data = WORDS.encode()
    assert encoding_of(data[:300] + b"\xff" + data[300:]) == "utf-8"


def test_western_letters_are_taken_for_windows_1252() -> None:
    assert encoding_of("Ein schöner „Tag“ für 5 €".encode("cp1252")) == "cp1252"


@pytest.mark.parametrize(
    "data",
    [bytes(range(256)) * 8, b"\x00" * 50, b"text and a \x00 in it", bytes(range(128, 256)) * 4, b"\x01\x02\x03" * 9],
)
def test_what_is_no_text_is_told(data: bytes) -> None:
    assert not looks_like_text(data)


def test_colours_of_a_terminal_log_are_text() -> None:
    assert looks_like_text(b"\x1b[31mred\x1b[0m plain\n" * 10)
