"""JSON: records as sections, their fields as lines at their paths; what breaks costs only what stands after it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sourcehound.tools.errors import MediaError
from sourcehound.tools.library.limits import Limits
from sourcehound.tools.library.readers import json_document, json_stream, json_text
from sourcehound.tools.library.reading import Reading, Section

LIMITS = Limits()


def read(tmp_path: Path, content: Any) -> Reading:
    path = tmp_path / "data.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return json_document.read(path, LIMITS)


def parts(section: Section) -> dict[str, str | None]:
    return {section.text[anchor.start : anchor.end]: anchor.part for anchor in section.anchors}


def test_records_of_an_array_are_sections_with_title_text_and_other_fields(tmp_path: Path):
    items = [{"price": 12.5, "name": "Kite", "text": "It flies.", "maker": {"town": "Bergen"}}, {"name": "Boat"}]
    reading = read(tmp_path, {"items": items})
    kite, boat = reading.sections
    assert kite.text == "Kite\n\nIt flies.\nprice: 12.5\n\nmaker.town: Bergen\n\n"
    assert (kite.part, kite.headings, boat.part) == ("$.items[0]", ("Kite",), "$.items[1]")
    assert parts(kite)["price: 12.5"] == "$.items[0].price"
    assert parts(kite)["maker.town: Bergen"] == "$.items[0].maker.town"


def test_sections_stand_where_the_reader_says(tmp_path: Path):
    reading = read(tmp_path, [{"name": "Kite", "text": "It flies."}, {"name": "Boat"}, "plain"])
    whole = "\n".join(section.text for section in reading.sections)
    for section in reading.sections:
        assert whole[section.start :].startswith(section.text)


def test_numbers_stay_as_they_are_written(tmp_path: Path):
    huge = "1" * 5000
    reading = read(tmp_path, f'{{"price": 12.50, "big": {huge}, "tiny": 1e-400, "none": NaN}}')
    assert "price: 12.50\n" in reading.sections[0].text
    assert f"big: {huge}" in reading.sections[0].text
    assert "tiny: 1e-400" in reading.sections[0].text


def test_lists_of_scalars_are_one_line_and_long_vectors_are_left_out(tmp_path: Path):
    reading = read(tmp_path, {"title": "Kite", "tags": ["red", True, None, "big"], "vector": list(range(33))})
    assert reading.sections[0].text == "Kite\n\ntags: red, true, big\n\n"
    assert reading.warnings == ("lists of more than 32 numbers are left out (1)",)


def test_the_outermost_title_is_the_documents(tmp_path: Path):
    assert read(tmp_path, {"title": "All my kites", "kites": [{"name": "Red"}]}).title == "All my kites"
    assert read(tmp_path, [{"title": "One"}]).title == "data"


def test_an_object_with_a_title_is_one_record(tmp_path: Path):
    reading = read(tmp_path, {"name": "Kite", "body": "It flies.", "meta": {"pages": 3}})
    assert [section.text for section in reading.sections] == ["Kite\n\nIt flies.\nmeta.pages: 3\n\n"]


def test_members_that_are_objects_are_records_under_their_keys(tmp_path: Path):
    reading = read(tmp_path, {"version": 2, "ann": {"town": "Bergen"}, "odd key": {"town": "Oslo"}})
    assert [(section.part, section.headings) for section in reading.sections] == [
        ("$", ()),
        ("$.ann", ("ann",)),
        ("$['odd key']", ("odd key",)),
    ]


@pytest.mark.parametrize("content", ["[]", "{}", "null", '""', "[[], {}, null]"])
def test_a_document_without_words_has_no_sections(tmp_path: Path, content: str):
    assert read(tmp_path, content).sections == ()


def test_a_scalar_alone_is_read(tmp_path: Path):
    assert read(tmp_path, '"A red kite."').sections[0].text == "A red kite.\n\n"


def test_a_damaged_document_keeps_what_stands_before(tmp_path: Path):
    content = '[{"name": "Kite"}, {"name": "Boat"}, {"name": Oar}]'
    reading = read(tmp_path, content)
    assert [section.headings for section in reading.sections] == [("Kite",), ("Boat",)]
    assert reading.warnings == (
        f"is damaged (character {content.index('Oar') + 1} is wrong): only what stands before is read",
    )


def test_a_document_that_ends_too_early_keeps_what_stands_before(tmp_path: Path):
    reading = read(tmp_path, '{"a": {"name": "Kite"}, "b": {"na')
    assert reading.sections[0].headings == ("Kite",)
    assert "damaged" in reading.warnings[0]


def test_what_is_no_json_is_read_as_text_and_said_so(tmp_path: Path):
    reading = read(tmp_path, "// settings\n{port: 80}\n")
    assert reading.sections[0].text == "// settings\n{port: 80}\n"
    assert reading.warnings == ("is no JSON (character 1 is wrong): read as plain text",)


def test_json_lines_under_the_name_of_json_are_read_as_lines(tmp_path: Path):
    reading = read(tmp_path, '{"name": "Kite"}\n{"name": "Boat"}\n')
    assert [section.part for section in reading.sections] == ["line 1", "line 2"]
    assert reading.media_type == "application/json"


def test_what_follows_the_first_value_is_told(tmp_path: Path):
    assert read(tmp_path, '{"a": "b"} trailing').warnings == ("what stands after its first value is left out",)


def test_values_too_large_to_be_decoded_at_once_are_taken_member_by_member(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    content = {"rows": [{"name": f"kite {n}", "text": "It flies over the lake."} for n in range(20_000)], "end": "last"}
    whole = read(tmp_path, content)
    monkeypatch.setattr(json_stream, "MOST_CHARS", 1 << 16)
    piecewise = read(tmp_path, content)
    assert len(piecewise.sections) == 20_001
    assert piecewise.sections == whole.sections
    assert piecewise.warnings == ()


@pytest.mark.parametrize("content", ["[" * 200_000, '{"a":' * 200_000, "[" * 90 + "1" + "]" * 90])
def test_what_is_nested_without_end_ends(tmp_path: Path, content: str):
    reading = read(tmp_path, content)
    assert reading.warnings


def test_no_more_records_and_characters_than_allowed_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(json_document, "MOST_RECORDS", 3)
    reading = read(tmp_path, {"rows": [{"name": f"kite {n}"} for n in range(9)], "more": [{"name": "last"}]})
    assert len(reading.sections) == 3
    assert reading.warnings == ("only the first 3 records are read",)
    path = tmp_path / "long.json"
    path.write_text(json.dumps([{"text": "word " * 100}] * 10), encoding="utf-8")
    cut = json_document.read(path, Limits(max_text_chars=1200))
    assert sum(len(section.text) for section in cut.sections) <= 1200
    assert "only the first 1200 characters are read" in cut.warnings


@pytest.mark.parametrize(
    "content", [[[n, n] for n in range(500)], {f"k{n}": n for n in range(500)}, [{"a": list("abc" * 99)}]]
)
def test_no_more_values_than_allowed_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: Any):
    monkeypatch.setattr(json_text, "MOST_LINES", 100)
    monkeypatch.setattr(json_text, "_LONGEST_LINE", 10)
    reading = read(tmp_path, content)
    assert sum(len(section.anchors) for section in reading.sections) == 100
    assert reading.warnings == ("only the first 100 values are read",)


def test_data_in_letters_is_left_out(tmp_path: Path):
    reading = read(tmp_path, {"name": "Kite", "picture": "iVBORw0KGgo" * 200})
    assert reading.sections[0].text == "Kite\n\n"
    assert reading.warnings == ("values that are data in letters are left out (1)",)


def test_utf_16_with_a_mark_is_read_and_binary_is_not(tmp_path: Path):
    path = tmp_path / "wide.json"
    path.write_text('{"name": "Köln"}', encoding="utf-16")
    assert json_document.read(path, LIMITS).title == "Köln"
    path.write_bytes(b"{" + bytes(range(256)))
    with pytest.raises(MediaError, match="no text"):
        json_document.read(path, LIMITS)
