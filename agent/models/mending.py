"""From a call as a model wrote it to one that a tool takes: near misses of names mended, values brought into bounds.

What cannot be mended is told in words that help to write it right. Knows nothing of the graph.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Mapping
from typing import Any, cast

from pydantic import ValidationError

from sourcehound.agent.models.call_forms import plain_name
from sourcehound.agent.models.planner import ToolCall
from sourcehound.agent.models.protocol import RawCall
from sourcehound.agent.models.tool_schemas import parameters_of, signature
from sourcehound.tools.errors import ToolInputError
from sourcehound.tools.tool import Tool

_ALIASES = {
    "q": "query",
    "text": "query",
    "keywords": "query",
    "id": "evidence",
    "ids": "evidence",
    "top_k": "n",
    "k": "n",
    "limit": "n",
}
LEAST_RESULTS = 3
_ID = re.compile(r"[\[(\"' ]*[Ee](\d{1,6})[\])\"' ]*")


def mended(call: RawCall, tools: Mapping[str, Tool]) -> ToolCall:
    """The call that a model meant.

    Args:
        call: as it was written.
        tools: the tools that can be called, by name.

    Raises:
        ToolInputError: there is no such tool, or its arguments cannot be made right; the message says how to call it.
    """
    tool = tools.get(call.tool)
    if tool is None:
        raise ToolInputError(f"there is no tool {call.tool[:40]!r}; there are {', '.join(tools)}", tool=call.tool[:40])
    schema = parameters_of(tool.Args)
    args: dict[str, Any] = {}
    for key, value in call.args.items():
        name = _argument(key, schema, n_given=len(call.args))
        if name is not None and name not in args and not _is_empty(value):
            args[name] = _value(name, value, schema["properties"][name])
    try:
        tool.Args.model_validate(args)
    except ValidationError as error:
        problems = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'arguments'}: {e['msg']}" for e in error.errors()[:3])
        raise ToolInputError(f"{tool.name}: {problems}. It is called as {signature(tool)}", tool=tool.name) from error
    if tool.name.startswith("search"):
        args = _sensible(args)
    if tool.name.startswith("search") and not args.get("query") and not args.get("like"):
        raise ToolInputError(f"{tool.name} needs a query. It is called as {signature(tool)}", tool=tool.name)
    return ToolCall(tool=tool.name, args=args)


def _sensible(args: dict[str, Any]) -> dict[str, Any]:
    """A search without what small models make up: a `within` that is no glob or path, so few results that none helps."""
    kept = {name: value for name, value in args.items() if name != "within" or re.search(r"[*?./]", str(value))}
    return kept | ({"n": max(LEAST_RESULTS, kept["n"])} if isinstance(kept.get("n"), int) else {})


def _argument(key: str, schema: Mapping[str, Any], *, n_given: int) -> str | None:
    """The argument that a key means; None drops it. A lone unknown key means the tool's first argument."""
    known = list(schema["properties"])
    plain = plain_name(key)
    if plain in known:
        return plain
    if _ALIASES.get(plain) in known:
        return _ALIASES[plain]
    close = difflib.get_close_matches(plain, known, n=1, cutoff=0.75)
    if close:
        return close[0]
    return known[0] if n_given == 1 else None


def _is_empty(value: Any) -> bool:
    return value is None or value in ("", "null", "None", [], {})


def _value(name: str, value: Any, prop: Mapping[str, Any]) -> Any:
    """A value of the kind and within the bounds that an argument has."""
    kind = prop.get("type")
    if kind == "array":
        listed = isinstance(value, list)
        members = cast("list[Any]", value) if listed else re.split(r"[\s,;]+", str(value).strip("[]() "))
        return [_id(member) if name == "evidence" else member for member in members[: prop.get("maxItems")]]
    if kind in {"integer", "number"}:
        return _bounded(value, prop)
    if isinstance(value, list):
        value = " ".join(str(member) for member in cast("list[Any]", value)[:8])
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str):
        value = value.encode("utf-8", "replace").decode()  # half a surrogate pair is no text for a database
        value = _id(value) if name in {"evidence", "like"} else value.strip()[: prop.get("maxLength")]
    return value


def _bounded(value: Any, prop: Mapping[str, Any]) -> Any:
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return value
    if not math.isfinite(number):
        return None
    number = min(max(number, prop.get("minimum", number)), prop.get("maximum", number))
    return int(number) if prop["type"] == "integer" else number


def _id(value: Any) -> Any:
    match = _ID.match(value) if isinstance(value, str) else None
    return f"E{int(match[1])}" if match is not None else value
