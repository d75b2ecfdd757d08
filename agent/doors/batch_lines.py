"""The lines of a batch: what each asks, under which id and options; a wrong one is named by its number.

Knows nothing of how a question is answered, or of results files.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from sourcehound.agent.asking import dates_of, kinds_of
from sourcehound.tools.errors import InputError
from sourcehound.tools.evidence import digest

_EXAMPLE = 'write {"id": …, "question": …}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A question of a batch.

    Attributes:
        id: as it was given, or a hash of the line's place and words.
        options: of `ask`, by their names in Python, over the batch's own.
        fault: why it cannot be asked; empty if it can.
    """

    id: str | float
    question: str
    options: dict[str, Any]
    fault: str = ""

    @property
    def key(self) -> str:
        """The id as its JSON: the number 1 and the text "1" are two ids."""
        return json.dumps(self.id)


def parse(lines: Iterable[bytes]) -> Iterator[Line]:
    """Read the lines of a batch; empty ones are skipped, one that is not UTF-8 is a `Line` with a fault.

    Raises:
        InputError: a line is malformed, an option unknown or of a wrong type, or an id double; names the line's number.
    """
    seen: set[str] = set()
    for number, raw in enumerate(lines, 1):
        line = _line(raw.removeprefix(b"\xef\xbb\xbf") if number == 1 else raw, number)
        if line is None:
            continue
        if line.key in seen:
            raise InputError(f"line {number}: the id {line.id} is there twice", remedy="give every line its own id")
        seen.add(line.key)
        yield line


def _line(raw: bytes, number: int) -> Line | None:
    fault = ""
    try:
        text = raw.decode("utf-8").strip()
    except UnicodeDecodeError:
        text, fault = raw.decode("utf-8", "replace").strip(), f"line {number}: not valid UTF-8"
    if not text:
        return None
    if text.startswith("{"):
        return replace(_from_json(text, number), fault=fault)
    return Line(id=digest(str(number), text), question=text, options={}, fault=fault)


def _from_json(text: str, number: int) -> Line:
    try:
        data: dict[str, Any] = json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise InputError(f"line {number}: not valid JSON ({error})", remedy=_EXAMPLE) from error
    question, given = data.pop("question", None), data.pop("id", None)
    if not isinstance(question, str) or not question.strip():
        raise InputError(f"line {number}: no question", remedy=_EXAMPLE)
    if given is not None and not (_is_text(given) or _is_number(given)):
        raise InputError(f"line {number}: the id is neither text nor a number", remedy=_EXAMPLE)
    name = given if given is not None else digest(str(number), question)
    return Line(id=name, question=question.strip(), options=_options(data, number))


def _options(data: dict[str, Any], number: int) -> dict[str, Any]:
    """The options of a line; one that is null is left out."""
    unknown = set(data) - set(_OPTIONS)
    if unknown:
        raise InputError(f"line {number}: unknown option {min(unknown)!r}", remedy=f"known: {', '.join(_OPTIONS)}")
    options = {name: value for name, value in data.items() if value is not None}
    for name, value in options.items():
        is_right, wanted = _OPTIONS[name]
        if not is_right(value):
            raise InputError(f"line {number}: {name} is {json.dumps(value)}", remedy=f"give {wanted}")
    try:
        kinds_of(options.get("type", ()))
        dates_of(options.get("since"), options.get("until"))
    except InputError as error:
        raise InputError(f"line {number}: {error.message}", remedy=error.remedy) from error
    return {"within" if name == "in" else name: value for name, value in options.items()}


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _is_texts(value: Any) -> bool:
    return _is_text(value) or (isinstance(value, list) and all(map(_is_text, value)))  # pyright: ignore[reportUnknownArgumentType]  JSON


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _is_switch(value: object) -> bool:
    return isinstance(value, bool)


def _is_seconds(value: Any) -> bool:
    return _is_number(value) and value >= 0


def _no_constant(name: str) -> NoReturn:
    message = f"{name} is no JSON"
    raise ValueError(message)


_Check = tuple[Callable[[Any], bool], str]
_TEXT: _Check = (_is_text, "a text")
_TEXTS: _Check = (_is_texts, "a text or a list of texts")
_COUNT: _Check = (_is_count, "a whole number from 1")
_OPTIONS: dict[str, _Check] = {
    "model": _TEXT,
    "seer": _TEXT,
    "judge": _TEXT,
    "web": (_is_switch, "true or false"),
    "in": _TEXT,
    "since": _TEXT,
    "until": _TEXT,
    "type": _TEXTS,
    "max_steps": _COUNT,
    "max_tool_calls": _COUNT,
    "max_tokens": _COUNT,
    "timeout": (_is_seconds, "a number of seconds from 0"),
    "attach": _TEXTS,
}
"""The options of `ask` that a line may have: whether a value is right, and what would be."""
