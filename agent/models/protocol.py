"""The text protocol: how a model without native tool calls says its plan and its calls, read as leniently as can be.

    Q1: which boat sailed | text, image      a sub-question, with the kinds of source it needs
    Q1: enough E3 E5                         how far it is, with the ids that answer it
    CALL search_text {"query": "boat"}       a tool call
    ASK: which year do you mean?             a question to the person

Also read are the forms that models fall back on: JSON objects, calls in code, calls in tags. Pure functions of text;
knows nothing of what tools there are beyond their names.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, cast

from sourcehound.agent.models.call_forms import calls_in, nearest, plain_name
from sourcehound.agent.models.loose_json import Found, found_in, pairs_in
from sourcehound.agent.models.tool_schemas import KINDS, SET_PLAN, STATES
from sourcehound.agent.state import ItemState

MOST_CHARS = 20_000
MOST_CALLS = 8
MOST_ITEMS = 6
MOST_QUESTION_CHARS = 300
EXAMPLE_TOOL, EXAMPLE_QUESTION = "tool", "sub-question"
"""What stands in the tasks' examples, in prompts/."""

_ID = re.compile(r"\b[Ee](\d{1,6})\b")
_THOUGHT = re.compile(r"<(think|thinking|reasoning)>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_WRAPPING = re.compile(r"</?(?:tool_call|tools?|function_call)>|<\|python_tag\|>|^[ \t]*```\w*[ \t]*$", re.MULTILINE)
_FUNCTION_TAG = re.compile(r"</?function(?:=(\w+))?>")
_BULLET = r"[ \t]*(?:[-*•>]|\d+[.)])?[ \t]*[*_`]*"
_Q_LINE = re.compile(rf"^{_BULLET}Q[ \t]*(\d{{1,2}})\W{{1,6}}(\S.*)$", re.IGNORECASE)
_ASK_LINE = re.compile(rf"^{_BULLET}ASK[*_`]*[ \t]*:[*_` \t]*(\S.*)$")
_CALL_LINE = re.compile(rf"^{_BULLET}CALL[*_`]*\b[ \t:*_`]*([\w.-]+)[*_`]*[ \t:]*(.*)$", re.IGNORECASE)
_CODE_CALL = re.compile(rf"^{_BULLET}([A-Za-z_][\w.]*)\((.*)\)\W*$")
_WORD_BEFORE = re.compile(r"([A-Za-z_][\w.-]*)[*_`\"']*[ \t]*[:(=]?[ \t]*$")
_PLAN_KEYS = ("plan", "items", "sub_questions", "subquestions", "questions", "states")


@dataclass(frozen=True, slots=True, kw_only=True)
class RawCall:
    """A call as the model wrote it; its names may be wrong."""

    tool: str
    args: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What a model says of one sub-question: its words, its state, or both.

    Attributes:
        n: its number, from 1.
        state: None where nothing is said of it.
    """

    n: int
    question: str = ""
    kinds: tuple[str, ...] = ()
    state: ItemState | None = None
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What a reply says.

    Attributes:
        ask: a question to the person, empty for none.
        ids: every evidence id named anywhere, in order.
    """

    lines: tuple[Line, ...] = ()
    calls: tuple[RawCall, ...] = ()
    ask: str = ""
    ids: tuple[str, ...] = ()


@dataclass(slots=True)
class _Sink:
    """What is being gathered from a reply."""

    tools: Collection[str]
    lines: list[Line] = field(default_factory=list[Line])
    calls: list[RawCall] = field(default_factory=list[RawCall])
    ask: str = ""

    @property
    def n_taken(self) -> int:
        return len(self.calls) + len(self.lines) + bool(self.ask)

    def call(self, name: str, args: object) -> None:
        """Take a call down; tools that were given and the example of the task are not calls where models repeat them."""
        if isinstance(args, str):
            args = pairs_in(args)
        if isinstance(args, list) and plain_name(name) == SET_PLAN:
            args = {"items": cast("list[Any]", args)}
        plain = cast("dict[str, Any]", args) if isinstance(args, dict) else {}
        is_schema = plain.get("type") == "object" and isinstance(plain.get("properties"), dict)
        if is_schema or plain_name(name) == EXAMPLE_TOOL:
            return
        if plain_name(name) == SET_PLAN:
            self.plan(plain)
        elif len(self.calls) < MOST_CALLS:
            self.calls.append(RawCall(tool=nearest(name, self.tools) or name, args=plain))

    def line(self, line: Line | None) -> None:
        """Take down what is said of a sub-question; a plan and its states may stand in one reply."""
        is_example = line is not None and line.question == EXAMPLE_QUESTION
        if line is not None and not is_example and len(self.lines) < 2 * MOST_ITEMS:
            self.lines.append(line)

    def plan(self, value: dict[str, Any]) -> None:
        """Take down the sub-questions of an object."""
        for key in _PLAN_KEYS:
            members = value.get(key)
            for place, member in enumerate(cast("list[Any]", members) if isinstance(members, list) else [], 1):
                self.line(_line_of(member, place))


def parse(text: str, tools: Collection[str]) -> Parsed:
    """Read a reply.

    Args:
        text: the reply; what is past `MOST_CHARS` is not read.
        tools: names of the tools that can be called.
    """
    text = cleaned(text)
    sink = _Sink(tools)
    rest = _take_objects(text, found_in(text), sink)
    for line in rest.splitlines():
        _take_line(line, sink)
    return Parsed(lines=tuple(sink.lines), calls=tuple(sink.calls), ask=sink.ask, ids=ids_in(text))


def from_native(calls: Iterable[RawCall], text: str, tools: Collection[str]) -> Parsed:
    """Read a reply whose calls came natively; its plan may be a call of `set_plan` or lines of its text."""
    sink = _Sink(tools)
    for call in calls:
        sink.call(call.tool, call.args)
    said = parse(text, tools)
    return Parsed(
        lines=tuple(sink.lines) or said.lines,
        calls=tuple(sink.calls) or said.calls,
        ask=sink.ask or said.ask,
        ids=said.ids,
    )


def cleaned(text: str) -> str:
    """A reply without thoughts, code fences and call tags; cut to `MOST_CHARS`."""
    text = _THOUGHT.sub("\n", text[:MOST_CHARS])
    text = _WRAPPING.sub("\n", text)
    return _FUNCTION_TAG.sub(lambda match: f"\nCALL {match[1]} " if match[1] else "\n", text).strip()


def ids_in(words: str) -> tuple[str, ...]:
    """The evidence ids named in some words, in order, each once."""
    return tuple(dict.fromkeys(f"E{int(match[1])}" for match in _ID.finditer(words)))


def _take_objects(text: str, objects: Iterable[Found], sink: _Sink) -> str:
    """Take calls and plans from JSON; returns the text without what was taken, its other lines kept."""
    rest: list[str] = []
    place = 0
    for found in objects:
        head, _, last = text[place : found.start].rstrip().rpartition("\n")
        word = _WORD_BEFORE.search(last)
        before = sink.n_taken
        is_line = _Q_LINE.match(last) is not None
        if not is_line:
            _take_value(found.value, word[1] if word else "", sink, is_call=_CALL_LINE.match(last) is not None)
        taken = sink.n_taken > before
        rest.append(f"{head}\n" if taken else text[place : found.end])
        place = found.end
    return "".join(rest) + text[place:]


def _take_value(value: Any, named: str, sink: _Sink, *, is_call: bool) -> None:
    """Take one JSON value, which may be a call, a list of calls, a plan, or the arguments of the name before it."""
    if isinstance(value, list):
        for member in cast("list[Any]", value):
            if isinstance(member, dict):
                _take_value(cast("dict[str, Any]", member), "", sink, is_call=False)
        return
    if not isinstance(value, dict):
        return
    plain = cast("dict[str, Any]", value)
    calls = list(calls_in(plain, {*sink.tools, SET_PLAN}))
    if not calls and named and (is_call or nearest(named, {*sink.tools, SET_PLAN}, loosely=False)):
        calls = [(named, plain)]
    for name, args in calls:
        sink.call(name, args)
    sink.plan(plain)


def _take_line(line: str, sink: _Sink) -> None:
    if (match := _Q_LINE.match(line)) is not None:
        sink.line(_item(int(match[1]), match[2]))
    elif (match := _ASK_LINE.match(line)) is not None:
        sink.ask = sink.ask or _short(match[1])
    elif (match := _CODE_CALL.match(line)) is not None and nearest(match[1], sink.tools) is not None:
        sink.call(match[1], pairs_in(match[2]))
    elif (match := _CALL_LINE.match(line)) is not None:
        _take_call_line(match[1], match[2].strip(" `*"), sink)


def _take_call_line(name: str, rest: str, sink: _Sink) -> None:
    """A call without braces: `CALL search_text query="boat"`, `CALL read(E3)`, `CALL search_text green boat`."""
    inner = rest[1:-1] if rest.startswith("(") and rest.endswith(")") else rest
    has_names = re.match(r"\w+\s*[=:]", inner) is not None
    sink.call(name, pairs_in(inner) if has_names or inner[:1] in {'"', "'"} else {"": inner} if inner else {})


def _item(n: int, words: str) -> Line | None:
    """What follows `Q1:`: a state with ids, or a sub-question with kinds."""
    if n < 1 or n > MOST_ITEMS:
        return None
    first = re.match(r"[*_`\"\[(]*(\w+)", words)
    state = _state(first[1]) if first is not None else None
    if state is not None:
        return Line(n=n, state=state, evidence=ids_in(words))
    question, bar, kinds = words.rpartition("|")
    if not bar:
        question, kinds = words, ""
    question = _short(question.strip(' |*_`"'))
    return Line(n=n, question=question, kinds=_kinds(kinds)) if question else None


def _line_of(member: object, place: int) -> Line | None:
    if isinstance(member, str):
        member = {"question": member}
    if not isinstance(member, dict):
        return None
    data = cast("dict[str, Any]", member)
    number = data.get("n", data.get("id", place))
    question = next((data[key] for key in ("question", "sub_question", "q", "text") if data.get(key)), "")
    line = Line(
        n=number if isinstance(number, int) and 0 < number <= MOST_ITEMS else min(place, MOST_ITEMS),
        question=_short(str(question)),
        kinds=_kinds(str(data.get("kinds", data.get("kind", "")))),
        state=_state(str(data.get("state", data.get("status", "")))),
        evidence=ids_in(str(data.get("evidence", data.get("ids", "")))),
    )
    return line if line.question or line.state else None


def _state(word: str) -> ItemState | None:
    states: tuple[ItemState, ...] = STATES
    return next((state for state in states if state == word.strip().lower()), None)


def _kinds(words: str) -> tuple[str, ...]:
    low = words.lower()
    return tuple(kind for kind in KINDS if re.search(rf"\b{kind}s?\b", low))


def _short(words: str) -> str:
    return " ".join(words.split())[:MOST_QUESTION_CHARS]
