"""Notes keep their place, and foreign words stay on one line."""

from __future__ import annotations

from typing import Any

from sourcehound.agent.doors.console import Console


def test_a_note_keeps_the_blanks_before_it_and_no_line_of_anybodys(capsys: Any):
    Console().note("  · a\nb\x1b[31m  c  ")
    assert capsys.readouterr().err == "  · a b c\n"


def test_an_empty_note_is_an_empty_line(capsys: Any):
    Console().note("")
    assert capsys.readouterr().err == "\n"
