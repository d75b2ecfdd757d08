"""JSON as models write it: valid JSON reads exactly, ugly JSON reads as meant, and nothing at all raises."""

from __future__ import annotations

import itertools
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sourcehound.agent.models.loose_json import first_object, found_in, pairs_in

words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12)
plain_words = st.from_regex(r"[A-Za-z][A-Za-z0-9 ]{0,10}[A-Za-z0-9]", fullmatch=True)
leaves = st.none() | st.booleans() | st.integers(-(10**12), 10**12) | words
values = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3))
calls = st.dictionaries(
    st.from_regex(r"[a-z]{1,8}", fullmatch=True), plain_words | st.integers(0, 99), min_size=1, max_size=3
)


@given(st.dictionaries(words, values, max_size=4))
def test_valid_json_reads_exactly_as_json_reads_it(value: dict[str, Any]):
    assert first_object(f"Here it is: {json.dumps(value)} and so on") == value


@given(calls)
def test_single_quotes_trailing_commas_and_doubled_braces_read_as_meant(value: dict[str, Any]):
    text = json.dumps(value)
    assert first_object(text.replace('"', "'")) == value
    assert first_object(text[:-1] + ",}") == value
    assert first_object("{" + text + "}") == value
    assert first_object(re.sub(r'"(\w+)":', r"\1:", text)) == value
    assert first_object(f"```json\n{text}\n```") == value
    assert first_object(text.replace('"', "“", 1).replace('"', "”", 1)) == value


@given(calls)
def test_json_that_was_cut_keeps_what_came_before_the_cut(value: dict[str, Any]):
    text = json.dumps(value)
    cut = first_object(text[:-1])
    assert cut == value


@given(st.text(max_size=300))
def test_any_text_at_all_is_read_without_raising(text: str):
    places = [(found.start, found.end) for found in found_in(text)]
    assert all(start < end for start, end in places)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(places))
    assert isinstance(pairs_in(text), dict)


@given(st.text(alphabet="{}[]\"',: \n\\ab1", max_size=200))
def test_any_heap_of_brackets_and_quotes_is_read_without_raising(text: str):
    assert all(found.end <= len(text) for found in found_in(text))


@pytest.mark.parametrize(
    "text", ["[" * 50_000, '{"a":' * 20_000, "{{" * 20_000, '{"a": "' + "x" * 100_000, "}]" * 30_000]
)
def test_deep_and_endless_texts_end(text: str):
    assert len(list(found_in(text))) <= 40_000


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"query": "the "new" gauge", "n": 3}', {"query": 'the "new" gauge', "n": 3}),
        ("{'query': 'the keeper's log'}", {"query": "the keeper's log"}),
        ("{query: tide gauge 1961, n: 3}", {"query": "tide gauge 1961", "n": 3}),
        ('{"a": True, "b": None, "c": -1.5e2}', {"a": True, "b": None, "c": -150.0}),
        ('{"a": "line one\nline two"}', {"a": "line one\nline two"}),
        ('{"a": "\\u00e9\\ud800x", "b": [1, 2,],}', {"a": "é\ud800x".replace("\ud800", "�"), "b": [1, 2]}),
    ],
)
def test_what_models_really_write_reads_as_meant(text: str, value: dict[str, Any]):
    assert first_object(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('query="cat", n=3', {"query": "cat", "n": 3}),
        ('"green lighthouse"', {"": "green lighthouse"}),
        ('{"query": "cat"}', {"query": "cat"}),
        ("evidence=['E1', 'E2'], question='which boat?'", {"evidence": ["E1", "E2"], "question": "which boat?"}),
        ("", {}),
    ],
)
def test_arguments_of_code_read_as_pairs(text: str, value: dict[str, Any]):
    assert pairs_in(text) == value
