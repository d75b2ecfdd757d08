"""JSON Lines: each line a section under its number; a broken one costs itself alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from sourcehound.tools.errors import MediaError
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers import json_lines
from sourcehound.tools.library.reading import Reading

LIMITS = Limits()


def read(tmp_path: Path, content: str, encoding: str = "utf-8") -> Reading:
    path = tmp_path / "kites.jsonl"
    path.write_text(content, encoding=encoding)
    return json_lines.read(path, LIMITS)


def test_each_line_is_a_section_under_its_number(tmp_path: Path):
    reading = read(tmp_path, '{"_id": "7", "title": "Kite", "text": "It flies."}\n\n{"text": "No title."}\n')
    first, second = reading.sections
    assert (first.part, first.headings, first.text) == ("line 1", ("Kite",), "Kite\n\nIt flies.\n_id: 7\n\n")
    assert (second.part, second.headings, second.text) == ("line 3", (), "No title.\n")
    assert first.anchors == ()
    assert reading.warnings == ()


def test_a_broken_line_is_a_warning_with_its_number(tmp_path: Path):
    reading = read(tmp_path, '{"text": "one"}\n{"text": "two"\n[1, 2]\n{"text": "four"}')
    assert [section.part for section in reading.sections] == ["line 1", "line 3", "line 4"]
    assert reading.warnings == ("line 2 is no JSON and left out",)


def test_many_broken_lines_are_named_in_part_and_counted(tmp_path: Path):
    reading = read(tmp_path, '{"text": "one"}\n' + "broken\n" * 50)
    assert len(reading.warnings) == 21
    assert reading.warnings[-1] == "30 more lines are no JSON and left out"


def test_a_file_of_no_json_line_is_read_as_text(tmp_path: Path):
    reading = read(tmp_path, "a plain\ntext\n")
    assert reading.sections[0].text == "a plain\ntext\n"
    assert reading.warnings[0] == "not one of its lines is JSON: read as plain text"


def test_line_ends_marks_and_wide_letters_are_read(tmp_path: Path):
    reading = read(tmp_path, '{"text": "eins"}\r\n{"text": "zwei \u2028 und \x85 drei"}\r\n', "utf-16")
    assert [section.part for section in reading.sections] == ["line 1", "line 2"]
    marked = read(tmp_path, '\ufeff{"text": "eins"}\n')
    assert marked.sections[0].text == "eins\n\n"


def test_a_line_longer_than_a_value_may_be_costs_itself_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(json_lines, "MOST_CHARS", 1000)
    reading = read(tmp_path, '{"text": "' + "x " * 5000 + '"}\n{"text": "next"}\n')
    assert [section.part for section in reading.sections] == ["line 2"]
    assert reading.warnings == ("line 1 is no JSON and left out",)


def test_no_more_records_than_allowed_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(json_lines, "MOST_RECORDS", 2)
    reading = read(tmp_path, '{"text": "kite"}\n' * 5)
    assert len(reading.sections) == 2
    assert reading.warnings == ("only the first 2 records are read",)


def test_a_line_nested_without_end_costs_itself_alone(tmp_path: Path):
    reading = read(tmp_path, "[" * 100_000 + '\n{"text": "next"}\n')
    assert [section.part for section in reading.sections] == ["line 2"]


def test_what_is_no_text_raises_media_error(tmp_path: Path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(bytes(range(256)))
    with pytest.raises(MediaError, match="no text"):
        json_lines.read(path, LIMITS)
