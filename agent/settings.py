"""Settings: one table of keys; flag over environment over HOME/config.toml over default.

`index.engine` is `SOURCEHOUND_INDEX__ENGINE` in the environment and `engine` under `[index]` in the file. Knows nothing of
what the settings do.
"""

from __future__ import annotations

import difflib
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sourcehound.tools.errors import ConfigError
from sourcehound.tools.index.compact import MANY_SCHEMES, POOLINGS
from sourcehound.tools.index.recipe import FUSIONS, ORDERS, REFINES, RERANK_HOWS, ROUTES

PREFIX = "SOURCEHOUND_"


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One key: its type by its default, its meaning, its choices if it has some, and the range of a number."""

    key: str
    default: str | int | float | bool | tuple[str, ...]
    doc: str
    choices: tuple[str, ...] = ()
    least: float = 0
    most: float = math.inf


TABLE: tuple[Setting, ...] = (
    Setting(key="model", default="built-in", doc="planner: built-in, or a model string as openai:NAME[@URL]"),
    Setting(key="seer", default="", doc="vision model that answers questions about pictures; empty for none"),
    Setting(key="judge", default="", doc="model that checks sentences against their quotes; empty for none"),
    Setting(key="ask.max_steps", default=12, doc="rounds of tool calls for one question"),
    Setting(key="ask.max_tool_calls", default=40, doc="tool calls for one question"),
    Setting(key="ask.max_tokens", default=200_000, doc="tokens in and out for one question"),
    Setting(key="ask.timeout", default=600.0, doc="seconds for one question"),
    Setting(key="web.enabled", default=False, doc="whether ask may use the web without --web"),
    Setting(key="web.engine", default="ddgs", doc="ddgs, or the URL of a server that speaks SearXNG's JSON"),
    Setting(key="web.allow_hosts", default=(), doc="private hosts allowed by name and port, as localhost:8080"),
    Setting(key="index.engine", default="auto", doc="dense search engine", choices=("auto", "exact", "chroma")),
    Setting(key="index.chroma_url", default="", doc="URL of a Chroma server; empty for the embedded one"),
    Setting(
        key="index.vectors",
        default=128,
        doc="most vectors kept of one unit, of encoders that give many; 0 for all; holds for what is encoded from then on",
    ),
    Setting(
        key="index.pooling",
        default="clusters",
        doc="how many vectors become few: clusters of like ones, or the first, for models with nested vectors",
        choices=POOLINGS,
    ),
    Setting(key="index.scheme", default="int8", doc="how many vectors of one unit are kept", choices=MANY_SCHEMES),
    Setting(
        key="index.tiles",
        default=4,
        doc="tiles of a picture that get vectors of their own, so that small things are found; reindex adds missing ones",
    ),
    Setting(
        key="index.regions", default=4, doc="parts of a picture that stand out and get vectors of their own, likewise"
    ),
    Setting(
        key="find.fusion",
        default="follow",
        doc="how words and meaning become one ranking of text; follow: words weigh more where the query's are rare",
        choices=FUSIONS,
    ),
    Setting(
        key="find.seen_fusion",
        default="follow",
        doc="how all lists of pictures and moments become one",
        choices=FUSIONS,
    ),
    Setting(
        key="find.refine",
        default="none",
        doc="gqr moves the query's vector towards what words say before it is searched by meaning again",
        choices=REFINES,
    ),
    Setting(
        key="find.picture_share",
        default=0.5,
        doc="what a picture weighs against words in a query of both, 0..1",
        most=1,
    ),
    Setting(
        key="find.caption_share", default=0.5, doc="what captions and lettering weigh against pixels, 0..1", most=1
    ),
    Setting(
        key="find.order",
        default="chance",
        doc="how hits of several kinds come together: by their chance, or interleaved by rank within each kind",
        choices=ORDERS,
    ),
    Setting(
        key="find.rerank",
        default="",
        doc="who judges the best hits once more: hf:FOLDER of a cross-encoder, or a model string; empty for nobody",
    ),
    Setting(
        key="find.rerank_how",
        default="point",
        doc="how a model judges hits: one by one (point), in one list, or by statements of the query (parts)",
        choices=RERANK_HOWS,
    ),
    Setting(key="find.rerank_sees", default=False, doc="whether the model that judges hits is shown pictures"),
    Setting(key="find.rerank_depth", default=20, doc="hits that are judged once more", least=1),
    Setting(key="find.rerank_least", default=0.2, doc="least chance of what the judge of hits keeps, 0..1", most=1),
    Setting(
        key="find.route",
        default="cues",
        doc="cues: words like photo or said raise the chances of the kinds that they name",
        choices=ROUTES,
    ),
    Setting(
        key="find.written",
        default=True,
        doc="whether what `describe` had a model write about things helps to find them",
    ),
    Setting(
        key="find.drop",
        default=0.0,
        doc="hits of less than this share of the best one's chance are left out, 0..1",
        most=1,
    ),
    Setting(key="find.depth", default=200, doc="candidates that each list brings to the fusion", least=1),
    Setting(
        key="find.candidates", default=200, doc="units whose many vectors are all compared with the query's", least=1
    ),
    Setting(key="find.vectors", default=0, doc="vectors of each that are used, the first of those kept; 0 for all"),
    Setting(
        key="encoders.text",
        default="minilm",
        doc="text encoder; where none is named, a library keeps the one it was made with",
    ),
    Setting(
        key="encoders.picture",
        default="auto",
        doc="picture encoder: conse (rough), hf:FOLDER of a CLIP-like model, or auto: such a model if one is found",
    ),
    Setting(
        key="encoders.page",
        default="",
        doc="encoder of PDF pages as they look: hf:FOLDER of a ColPali-like or embedding model; empty for their words alone;"
        " where none is named, a library keeps the one it was made with",
    ),
    Setting(key="weights.path", default="", doc="folder in which weights are looked for first"),
    Setting(key="compute.threads", default=2, doc="threads for encoders, OCR and speech", least=1),
)
_BY_KEY = {setting.key: setting for setting in TABLE}


@dataclass(frozen=True, slots=True)
class Settings:
    """Values of every key, parsed and checked.

    Attributes:
        values: by key.
        given: the keys that some layer named; the others have their defaults.
    """

    values: Mapping[str, Any]
    given: frozenset[str] = frozenset()

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    @classmethod
    def load(cls, home: Path, environ: Mapping[str, str], flags: Mapping[str, Any] | None = None) -> Settings:
        """Read all layers.

        Args:
            home: folder that may hold config.toml.
            environ: the environment.
            flags: values given on the command line or in Python, None for not given.

        Raises:
            ConfigError: a key is unknown or a value has the wrong type; names the layer.
        """
        given: dict[str, Any] = _from_file(home / "config.toml")
        given.update(_from_environ(environ))
        for key, value in (flags or {}).items():
            if value is not None:
                given[key] = _parse(_known(key, "the call"), value, "the call")
        return cls({setting.key: setting.default for setting in TABLE} | given, frozenset(given))

    def to_environ(self) -> dict[str, str]:
        """The values that were given as variables of the environment, for a process that is to have the same."""
        return {variable(key): _as_text(self.values[key]) for key in sorted(self.given)}


def variable(key: str) -> str:
    """The environment variable of a key."""
    return PREFIX + key.upper().replace(".", "__")


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(value) if isinstance(value, tuple) else str(value)


def _from_environ(environ: Mapping[str, str]) -> dict[str, Any]:
    return {
        setting.key: _parse(setting, environ[variable(setting.key)], variable(setting.key))
        for setting in TABLE
        if variable(setting.key) in environ
    }


def _from_file(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid TOML: {error}", remedy="mend the file or move it away") from error
    flat: dict[str, Any] = {}
    for name, value in data.items():
        if isinstance(value, dict):
            flat.update({f"{name}.{key}": inner for key, inner in value.items()})
        else:
            flat[name] = value
    return {key: _parse(_known(key, str(path)), value, str(path)) for key, value in flat.items()}


def _known(key: str, where: str) -> Setting:
    if key not in _BY_KEY:
        near = difflib.get_close_matches(key, _BY_KEY, n=1)
        remedy = f"did you mean {near[0]}?" if near else f"known keys: {', '.join(_BY_KEY)}"
        raise ConfigError(f"unknown setting {key} in {where}", remedy=remedy)
    return _BY_KEY[key]


def _parse(setting: Setting, value: Any, where: str) -> Any:
    wrong = ConfigError(
        f"{setting.key} in {where} must be {_type_name(setting)}, not {value!r}",
        remedy="see the settings table in README",
    )
    default = setting.default
    try:
        if isinstance(default, bool):
            if isinstance(value, str) and value.lower() not in {"true", "false", "1", "0", "yes", "no"}:
                raise wrong
            return value.lower() in {"true", "1", "yes"} if isinstance(value, str) else bool(value)
        if isinstance(default, tuple):
            parts = value.split(",") if isinstance(value, str) else value
            return tuple(str(part).strip() for part in parts if str(part).strip())
        parsed = type(default)(value)
    except (TypeError, ValueError) as error:
        raise wrong from error
    if setting.choices and parsed not in setting.choices:
        raise wrong
    if isinstance(parsed, int | float) and not setting.least <= parsed <= setting.most:
        raise wrong
    return parsed


def _type_name(setting: Setting) -> str:
    if setting.choices:
        return "one of " + ", ".join(setting.choices)
    names = {bool: "true or false", int: "a whole number", float: "a number", str: "text", tuple: "a list of texts"}
    bounds = ""
    if isinstance(setting.default, int | float) and not isinstance(setting.default, bool):
        bounds = (
            f" of {setting.least:g} or more" if math.isinf(setting.most) else f" in {setting.least:g}..{setting.most:g}"
        )
    return names[type(setting.default)] + bounds
