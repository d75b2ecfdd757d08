"""Foreign words lose what a person could not see or a terminal would obey, and nothing else."""

import pytest

from sourcehound.tools.show.printable import one_line, printable


@pytest.mark.parametrize(
    ("raw", "seen"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]8;;https://evil.example\x07click\x1b]8;;\x07", "click"),
        ("\x1b]0;title\x1b\\after", "after"),
        ("\x9b31mC1", "C1"),
        ("\x9d0;title\x9cafter", "after"),
        ("\x1bPq#0\x1b\\sixel", "sixel"),
        ("bell\x07 back\x08space null\x00", "bell backspace null"),
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ("a\u200bb\ufeffc\u2066d\U000e0041e", "abcde"),
        ("reason\ufffeing", "reasoning"),
        ("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour"),
        ("tab\tkept", "tab\tkept"),
        ("e\u0301", "é"),
        ("odd\udcffname", "odd\ufffdname"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("naïve Straße 日本語 €", "naïve Straße 日本語 €"),
    ],
)
def test_what_cannot_be_seen_goes_and_the_rest_stays(raw: str, seen: str):
    assert printable(raw) == seen


def test_none_is_no_words_and_numbers_are_written():
    assert printable(None) == ""
    assert printable(12.5) == "12.5"


def test_one_line_is_cut_with_an_ellipsis_within_its_limit():
    assert one_line(" a\n b\t c ") == "a b c"
    assert one_line("x" * 50, 10) == "x" * 9 + "…"
    assert len(one_line("word " * 50, 20)) <= 20
