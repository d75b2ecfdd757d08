"""Spec strings: an encoder and everything about it that changes its vectors, in one line.

`minilm`, `minilm-late`, `conse`, `effnet-features` and `auto` stand alone; `hf:FOLDER[?option=value&…]` names a model's
folder and, as a query of a URL has them, its options. Knows nothing of which models there are or how they are loaded.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self, get_args
from urllib.parse import parse_qsl, quote, unquote

from sourcehound.tools.errors import ConfigError

Kind = Literal["single", "multi"]
Pooling = Literal["mean", "cls", "last", "max"]
BUILT_IN = ("minilm", "minilm-late", "conse", "effnet-features", "auto")
FOLDER_FORM = "hf:FOLDER"

_SCHEME = "hf:"
_SURROGATES = range(0xD800, 0xE000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """An encoder by name. `str` gives its one canonical form, which `parse` reads back and every stamp carries.

    Attributes:
        name: `minilm`, `minilm-late`, `conse`, `effnet-features`, `auto`, or `hf` for a model in a folder.
        folder: the model's folder, absolute; None for all but `hf`.
        kind: one row an item, or several; None for what the model's family gives.
        dimension: numbers that are kept of each row (Matryoshka), >= 1; None for all.
        instruction: what queries begin with; None for what the folder itself says.
        item_instruction: what items begin with; None for what the folder itself says.
        adapter: a LoRA adapter, as a folder or as a name within the model's folder.
        tokens: tokens of a text at most, >= 2; None for what the model was made for.
        pixels: pixels of a picture at most, >= 1; None for what the model was made for.
        pooling: how the states of tokens become one row; None for what the folder says.
        vectors: rows of an item at most where there are several, >= 1; None for all.
        text_weight: share of the words in an item of words and a picture, 0..1, where the model encodes the two apart.
    """

    name: str
    folder: Path | None = None
    kind: Kind | None = None
    dimension: int | None = None
    instruction: str | None = None
    item_instruction: str | None = None
    adapter: str | None = None
    tokens: int | None = None
    pixels: int | None = None
    pooling: Pooling | None = None
    vectors: int | None = None
    text_weight: float | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a spec.

        Raises:
            ConfigError: the name or an option is unknown, a value is of the wrong kind, or two options contradict.

        Example:
            >>> str(Spec.parse("hf:/models/bge?tokens=256&dimension=128"))
            'hf:/models/bge?dimension=128&tokens=256'
        """
        if text in BUILT_IN:
            return cls(name=text)
        if not text.startswith(_SCHEME) or text.partition("?")[0] == _SCHEME:
            raise _unknown(text)
        path, _, query = text.removeprefix(_SCHEME).partition("?")
        folder = Path(unquote(path, errors="surrogateescape")).expanduser().absolute()
        spec = cls(name="hf", folder=folder, **_options(query, text))
        spec._check(text)
        return spec

    @classmethod
    def of_folder(cls, folder: Path) -> Self:
        """A model's folder without any option."""
        return cls(name="hf", folder=folder.absolute())

    @property
    def options(self) -> dict[str, Any]:
        """The options that are given, by name."""
        return {name: value for name in _OPTIONS if (value := getattr(self, name)) is not None}

    def __str__(self) -> str:
        if self.folder is None:
            return self.name
        given = [f"{name}={quote(_written(value), safe=':/,')}" for name, value in self.options.items()]
        return "?".join(filter(None, (f"{_SCHEME}{_path(self.folder)}", "&".join(given))))

    def _check(self, text: str) -> None:
        if self.kind == "single" and self.vectors is not None:
            raise _wrong(text, "kind=single and vectors contradict each other", "leave one of them out")
        if self.kind == "multi" and self.pooling is not None:
            raise _wrong(text, "kind=multi and pooling contradict each other", "leave one of them out")


def _whole(least: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not value.isdecimal() or int(value) < least:
            raise ValueError(f"a whole number from {least}")
        return int(value)

    return read


def _share(value: str) -> float:
    try:
        share = float(value)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise ValueError("a number from 0 to 1")
    return share


def _choice(choices: tuple[str, ...]) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value not in choices:
            raise ValueError(" or ".join(choices))
        return value

    return read


_OPTIONS: dict[str, Callable[[str], Any]] = {
    "adapter": str,
    "dimension": _whole(1),
    "instruction": str,
    "item_instruction": str,
    "kind": _choice(get_args(Kind)),
    "pixels": _whole(1),
    "pooling": _choice(get_args(Pooling)),
    "text_weight": _share,
    "tokens": _whole(2),
    "vectors": _whole(1),
}
"""How each option is read, in the order in which it is written."""
OPTIONS = tuple(_OPTIONS)


def _options(query: str, text: str) -> dict[str, Any]:
    options: dict[str, Any] = {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name not in _OPTIONS:
            raise _wrong(text, f"unknown option {name!r}", f"known are {', '.join(_OPTIONS)}")
        if name in options:
            raise _wrong(text, f"{name} is given twice", "leave one of them out")
        try:
            options[name] = _OPTIONS[name](value)
        except ValueError as error:
            raise _wrong(text, f"{name} must be {error}, not {value!r}", "correct it or leave it out") from error
        if options[name] == "" and name == "adapter":
            raise _wrong(text, "adapter is empty", "name the adapter's folder or leave it out")
    return options


def _written(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _path(folder: Path) -> str:
    """The path with what a spec cannot hold as itself (`%`, `?`, bytes that are not UTF-8) in percent signs."""
    return "".join(
        quote(os.fsencode(letter), safe="") if letter in "%?" or ord(letter) in _SURROGATES else letter
        for letter in str(folder)
    )


def _unknown(text: str) -> ConfigError:
    return ConfigError(f"unknown encoder {text!r}", remedy=f"known are {', '.join((*BUILT_IN, FOLDER_FORM))}")


def _wrong(text: str, what: str, remedy: str) -> ConfigError:
    return ConfigError(f"{what} in the encoder {text!r}", remedy=remedy)
