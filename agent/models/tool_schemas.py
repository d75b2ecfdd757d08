"""How tools are told to a model: as JSON schemas for native calls, as one line each for the text protocol.

Both come from the tools' own arguments. Knows nothing of any one model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sourcehound.tools.tool import Arguments, Tool

SET_PLAN = "set_plan"
KINDS = ("text", "page", "image", "moment", "speech", "web")
STATES = ("enough", "partly", "nothing", "disagree")

_PLAIN = {"query", "within", "n", "before", "after", "start_s", "end_s", "question"}
"""Arguments that need no description beside their names."""

_PLAN_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "question": {"type": "string"},
                    "kinds": {"type": "string", "description": ", ".join(KINDS)},
                    "state": {"type": "string", "enum": list(STATES)},
                    "evidence": {"type": "string", "description": "ids, as E3 E5"},
                },
                "required": ["question"],
            },
        },
    },
    "required": ["items"],
}


def native_schemas(tools: Sequence[Tool]) -> list[dict[str, Any]]:
    """The tools as OpenAI functions, and the pseudo-tool that takes the plan; LangChain turns them into any provider's."""
    described = [(tool.name, tool.purpose, _brief(parameters_of(tool.Args))) for tool in tools]
    described.append((SET_PLAN, "say the sub-questions and how far each is", _PLAN_SCHEMA))
    return [
        {"type": "function", "function": {"name": name, "description": purpose, "parameters": parameters}}
        for name, purpose, parameters in described
    ]


def parameters_of(arguments: type[Arguments]) -> dict[str, Any]:
    """A plain JSON schema: without titles, nullable unions and tuple forms, which some servers refuse."""
    schema = arguments.model_json_schema()
    properties = {name: _plain(prop) for name, prop in schema["properties"].items()}
    required: list[str] = schema.get("required", [])
    if "query" in properties and "like" not in properties and "query" not in required:
        required = ["query", *required]  # such a search takes no query only so that a picture may stand for it
    return {"type": "object", "properties": properties, "required": required}


def signature(tool: Tool) -> str:
    """A tool in one line: `read(evidence, page=number?, after=number?): read more of …`."""
    schema = parameters_of(tool.Args)
    names = [_argument(name, prop, name in schema["required"]) for name, prop in schema["properties"].items()]
    return f"{tool.name}({', '.join(names)}): {tool.purpose}"


def _brief(schema: dict[str, Any]) -> dict[str, Any]:
    """A schema without what its names say already, and without bounds: values are brought into them when they come."""
    return schema | {
        "properties": {
            name: {
                key: value
                for key, value in prop.items()
                if key in {"type", "items"} or (key == "description" and name not in _PLAIN)
            }
            for name, prop in schema["properties"].items()
        }
    }


def _argument(name: str, prop: Mapping[str, Any], required: bool) -> str:  # noqa: FBT001  read beside its schema
    kind = prop.get("type")
    if kind == "array":
        name += "=[left, top, right, bottom]" if prop.get("maxItems") == 4 and name == "box" else "=[ids]"
    elif kind in {"integer", "number"}:
        name += "=number"
    return name if required else name + "?"


def _plain(prop: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in prop.items() if key not in {"title", "default", "anyOf", "prefixItems"}}
    for option in prop.get("anyOf", ()):
        if option.get("type") != "null":
            kept = _plain(option) | kept
    if "prefixItems" in prop:
        kept["items"] = _plain(prop["prefixItems"][0])
    return kept
