"""The lines of a batch are checked before anything is asked."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sourcehound.agent.doors.batch_lines import Line, parse
from sourcehound.tools.errors import InputError


def lines(*given: str | bytes) -> list[Line]:
    return list(parse(line if isinstance(line, bytes) else line.encode() for line in given))


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("model", 3, "a text"),
        ("seer", ["a"], "a text"),
        ("web", "yes", "true or false"),
        ("web", 1, "true or false"),
        ("in", ["a"], "a text"),
        ("since", 2024, "a text"),
        ("until", [], "a text"),
        ("type", 5, "a text or a list of texts"),
        ("max_steps", "many", "a whole number from 1"),
        ("max_steps", True, "a whole number from 1"),
        ("max_steps", 2.5, "a whole number from 1"),
        ("max_tool_calls", 0, "a whole number from 1"),
        ("max_tokens", -1, "a whole number from 1"),
        ("timeout", "1", "a number of seconds from 0"),
        ("timeout", -0.5, "a number of seconds from 0"),
        ("attach", [1], "a text or a list of texts"),
        ("attach", {}, "a text or a list of texts"),
    ],
)
def test_an_option_of_a_wrong_type_is_named_with_its_line(name: str, value: Any, wanted: str):
    with pytest.raises(InputError) as caught:
        lines("fine", json.dumps({"question": "x", name: value}))
    assert caught.value.message == f"line 2: {name} is {json.dumps(value)}"
    assert caught.value.remedy == f"give {wanted}"


@pytest.mark.parametrize(
    "line",
    [
        '{"question": "x", "timeout": NaN}',
        '{"question": "x", "timeout": 1e999}',
        '{"question": "x", "id": []}',
        '{"question": "x", "id": true}',
        '{"question": "x", "type": "smell"}',
        '{"question": "x", "since": "May"}',
        '{"question": "x", "since": "2024", "until": "2023"}',
        '{"question": ' + "[" * 100_000,
    ],
    ids=lambda line: line[:40],
)
def test_a_malformed_line_is_refused_with_its_number(line: str):
    with pytest.raises(InputError, match="line 1: "):
        lines(line)


def test_every_option_of_ask_reaches_its_question_and_null_leaves_one_out():
    options = {"model": "m", "seer": "s", "judge": "j", "web": False, "type": "image,page", "max_steps": 1}
    options |= {"since": "2024", "until": "2024-05"}
    options |= {"max_tool_calls": 2, "max_tokens": 3, "timeout": 0.5, "attach": ["a.png"]}
    (line,) = lines(json.dumps({"question": " x ", "in": "*.txt", **options}))
    assert (line.question, line.options) == ("x", {"within": "*.txt", **options})
    (line,) = lines(json.dumps({"question": "x", **dict.fromkeys(options)}))
    assert line.options == {}


@pytest.mark.parametrize("given", ["a", "7", 7, 7.5])
def test_an_id_stays_as_it_was(given: str | float):
    (line,) = lines(json.dumps({"id": given, "question": "x"}))
    assert line.id == given
    assert type(line.id) is type(given)


def test_a_number_and_its_text_are_two_ids():
    first, second = lines('{"id": 1, "question": "x"}', '{"id": "1", "question": "x"}')
    assert first.key != second.key


def test_a_line_that_is_not_utf_8_has_a_fault_and_keeps_its_id():
    first, second, third = lines(b"caf\xe9?", b'{"id": 3, "question": "caf\xe9?"}', "\ufeffcaf\u00e9?")
    assert (first.fault, second.fault, third.fault) == ("line 1: not valid UTF-8", "line 2: not valid UTF-8", "")
    assert second.id == 3


def test_a_mark_of_the_byte_order_at_the_start_is_no_part_of_the_first_question():
    first, second = lines('\ufeff{"id": 1, "question": "x"}', "", "y")[:2]
    assert (first.id, first.question, second.question) == (1, "x", "y")
