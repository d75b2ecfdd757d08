"""The forms in which models put a tool call into a JSON object, and the name that a misspelt name means.

Pure functions; knows nothing of the text around.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterator
from typing import Any, cast

_MOST_DEPTH = 3
_NAME_KEYS = ("name", "tool", "tool_name", "function", "function_name", "action", "call")
_ARGS_KEYS = ("arguments", "args", "parameters", "params", "input", "action_input", "tool_input", "kwargs")
_LIST_KEYS = ("calls", "tool_calls", "tools", "actions", "function_calls")
_NO_ARGUMENTS = {*_NAME_KEYS, "type", "id", "description"}


def calls_in(value: dict[str, Any], tools: Collection[str], depth: int = 0) -> Iterator[tuple[str, Any]]:
    """Every call in an object, as its name and arguments.

    The name is under one key and the arguments under another, or beside it; or the name itself is the key; or calls stand
    in a list.

    Args:
        value: the object.
        tools: names that tell a call from other objects where it has no arguments of its own.
        depth: how far inside others it stands.
    """
    if depth > _MOST_DEPTH:
        return
    for member in _members(value):
        yield from calls_in(member, tools, depth + 1)
    name = next((value[key] for key in _NAME_KEYS if value.get(key)), None)
    if isinstance(name, dict):
        yield from calls_in(cast("dict[str, Any]", name), tools, depth + 1)
    elif isinstance(name, str):
        key = next((key for key in _ARGS_KEYS if key in value), None)
        if key is not None:
            yield name, value[key]
        elif nearest(name, tools) is not None:
            yield name, {key: part for key, part in value.items() if key not in _NO_ARGUMENTS}
    else:
        for key, args in value.items():
            if isinstance(args, dict | str) and plain_name(key) in tools:
                yield key, args


def _members(value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The objects in the lists of calls that an object has."""
    for key in _LIST_KEYS:
        members = value.get(key)
        for member in cast("list[Any]", members) if isinstance(members, list) else []:
            if isinstance(member, dict):
                yield cast("dict[str, Any]", member)


def nearest(name: str, known: Collection[str], *, loosely: bool = True) -> str | None:
    """The known name that a name means: itself or a slip of the pen; loosely, also the plain search that `find` means."""
    plain = plain_name(name)
    if plain in known:
        return plain
    close = difflib.get_close_matches(plain, sorted(known), n=1, cutoff=0.8)
    if close:
        return close[0]
    if loosely and re.match(r"(search|find|lookup|look_up|query)(_|$)", plain) and "search_text" in known:
        return "search_text"
    return None


def plain_name(name: str) -> str:
    """A tool's or argument's name without a prefix as `functions.`, in lower case, with underscores."""
    return re.sub(r"[\s-]+", "_", name.strip()[:80].rpartition(".")[2].lower())
