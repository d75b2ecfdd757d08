"""The text protocol: what models write, plain or ugly, is read as the plan and the calls it means."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sourcehound.agent.models.protocol import (
    EXAMPLE_QUESTION,
    MOST_CALLS,
    MOST_CHARS,
    Line,
    RawCall,
    from_native,
    parse,
)
from sourcehound.prompts import load

TOOLS = ("search_text", "search_pages", "search_images", "search_moments", "read", "crop", "look", "frames")
BOAT = RawCall(tool="search_text", args={"query": "tide gauge boat"})
queries = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9 ]{0,30}[A-Za-z0-9]", fullmatch=True)


def test_a_plan_in_the_asked_for_lines_is_read():
    said = parse('Q1: which boat sailed | text, image\nQ2: when?\nCALL search_text {"query": "tide gauge boat"}', TOOLS)
    assert said.lines == (
        Line(n=1, question="which boat sailed", kinds=("text", "image")),
        Line(n=2, question="when?"),
    )
    assert said.calls == (BOAT,)


def test_states_and_a_question_to_the_person_are_read():
    said = parse("Q1: enough E3, E5\nq2 - **nothing**\nASK: which year do you mean?", TOOLS)
    assert said.lines == (Line(n=1, state="enough", evidence=("E3", "E5")), Line(n=2, state="nothing"))
    assert said.ask == "which year do you mean?"
    assert said.ids == ("E3", "E5")


@pytest.mark.parametrize(
    "text",
    [
        'CALL search_text {"query": "tide gauge boat"}',
        '- **CALL** `search_text` {"query": "tide gauge boat"}',
        'Call: search_text({"query": "tide gauge boat"})',
        "CALL search_text query='tide gauge boat'",
        'CALL search_text("tide gauge boat")'.replace('("', '(query="'),
        'search_text(query="tide gauge boat")',
        'I will search.\n\nsearch_text({"query": "tide gauge boat",})\n\nThen I will see.',
        '```json\n{"name": "search_text", "arguments": {"query": "tide gauge boat"}}\n```',
        '<tool_call>\n{"name": "search_text", "arguments": {"query": "tide gauge boat"}}\n</tool_call>',
        '{{"name": "search_text", "arguments": {"query": "tide gauge boat"}}}',
        "{'tool': 'search_text', 'args': {'query': 'tide gauge boat'}}",
        '{"action": "search_text", "action_input": {"query": "tide gauge boat"}}',
        '{"search_text": {"query": "tide gauge boat"}}',
        '{"calls": [{"tool": "search_text", "query": "tide gauge boat"}]}',
        '{"tool_calls": [{"function": {"name": "search_text", "arguments": "{\\"query\\": \\"tide gauge boat\\"}"}}]}',
        '[{"name": "functions.search_text", "parameters": {"query": "tide gauge boat"}}]',
        '<function=search_text>{"query": "tide gauge boat"}</function>',
        '<think>Should I CALL read {"evidence": "E1"}?</think>CALL search_text {"query": "tide gauge boat"}',
        'CALL search_txet {"query": "tide gauge boat"}',
        'CALL Search-Text {"query": "tide gauge boat"}',
        'CALL search {"query": "tide gauge boat"}',
        'CALL search_text {"query": "tide gauge boat"',
        'CALL search_text\n{"query": "tide gauge boat"}',
    ],
)
def test_a_call_is_read_in_every_form_that_models_write(text: str):
    assert parse(text, TOOLS).calls == (BOAT,)


def test_words_alone_after_a_tool_are_kept_for_its_first_argument():
    assert parse("CALL search_text tide gauge boat", TOOLS).calls == (
        RawCall(tool="search_text", args={"": "tide gauge boat"}),
    )


def test_a_small_models_reply_with_its_own_tools_repeated_gives_the_one_call_it_means():
    text = (
        "To find it, I'll search.\n<tools></tools>\n<tools>\n"
        '{"type": "function", "function": {"name": "search_text", "description": "find passages", "parameters": '
        '{"type": "object", "properties": {"query": {"type": "string"}}, "required": ["query"]}}}\n</tools>\n\n'
        '{{"name": "search_text", "arguments": {"query": "tide gauge boat"}}}\n\nThis will return the passage.'
    )
    assert parse(text, TOOLS).calls == (BOAT,)


def test_prose_that_only_mentions_tools_makes_no_call():
    assert parse("I could use search_text or look (at E3) to find {it}. See [E3].", TOOLS).calls == ()


def test_the_examples_of_the_tasks_said_back_are_neither_plan_nor_call():
    said = parse('Q1: sub-question | kinds\nCALL tool {"argument": "value"}', TOOLS)
    assert (said.lines, said.calls) == ((), ())
    assert EXAMPLE_QUESTION in load("plan").text


def test_a_plan_as_json_is_read_with_its_calls():
    text = json.dumps(
        {
            "plan": [{"question": "which boat?", "kinds": ["text"]}, "when?"],
            "calls": [{"name": "search_text", "args": {"query": "tide gauge boat"}}],
        }
    )
    said = parse(text, TOOLS)
    assert said.lines == (Line(n=1, question="which boat?", kinds=("text",)), Line(n=2, question="when?"))
    assert said.calls == (BOAT,)


def test_native_calls_take_the_plan_from_the_pseudo_tool():
    calls = [
        RawCall(tool="set_plan", args={"items": [{"question": "which boat?", "state": "enough", "evidence": "E1 E2"}]}),
        BOAT,
    ]
    said = from_native(calls, "", TOOLS)
    assert said.calls == (BOAT,)
    assert said.lines == (Line(n=1, question="which boat?", state="enough", evidence=("E1", "E2")),)


def test_the_plan_may_come_as_a_bare_list_of_arguments():
    text = '```json\n{"name": "set_plan", "arguments": [{"question": "which boat?", "kinds": "text"}]}\n```'
    assert parse(text, TOOLS).lines == (Line(n=1, question="which boat?", kinds=("text",)),)


def test_native_calls_take_the_plan_from_the_text_beside_them():
    assert from_native([BOAT], "Q1: which boat? | text", TOOLS).lines == (
        Line(n=1, question="which boat?", kinds=("text",)),
    )


def test_ten_thousand_calls_are_cut_to_a_handful():
    assert len(parse('CALL search_text {"query": "x"}\n' * 10_000, TOOLS).calls) == MOST_CALLS
    assert len(from_native([BOAT] * 10_000, "", TOOLS).calls) == MOST_CALLS


@given(st.lists(st.tuples(st.sampled_from(TOOLS), queries), min_size=1, max_size=4), st.booleans())
def test_what_is_written_in_the_protocol_is_read_back(calls: list[tuple[str, str]], single: bool):
    lines = [f"CALL {tool} {json.dumps({'query': query})}" for tool, query in calls]
    text = "\n".join(lines)
    said = parse(text.replace('"', "'") if single else text, TOOLS)
    assert [(call.tool, call.args) for call in said.calls] == [(tool, {"query": query}) for tool, query in calls]


@given(st.text(max_size=400))
def test_any_text_is_read_without_raising(text: str):
    assert len(parse(text, TOOLS).calls) <= MOST_CALLS


@given(
    st.lists(
        st.sampled_from(
            ["Q1:", "CALL", "search_text", "{", "}", '"', "ASK:", "E3", "\n", "(", ")", "name", "[", "enough"]
        )
    )
)
def test_any_heap_of_the_protocols_own_words_is_read_without_raising(parts: list[str]):
    said: Any = parse(" ".join(parts), TOOLS)
    assert all(line.n >= 1 for line in said.lines)


def test_a_reply_longer_than_is_read_is_cut():
    assert parse("x" * MOST_CHARS + '\nCALL search_text {"query": "late"}', TOOLS).calls == ()
