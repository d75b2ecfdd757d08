"""The languages that a text encoder was made for, as far as it says so: vectors of others are there and mean little.

Knows nothing of libraries.
"""

from __future__ import annotations

import re
from pathlib import Path

from sourcehound.tools.encoders.spec import Spec
from sourcehound.tools.errors import ConfigError

_BUILT_IN = {"minilm": frozenset({"en"}), "minilm-late": frozenset({"en"})}
_CARD = "README.md"
_MOST_BYTES = 65_536
_FRONT = re.compile(r"\A---\s*\n(.*?)\n---", re.DOTALL)
_LANGUAGE = re.compile(r"^language:[ \t]*(.*(?:\n[ \t]*-.*)*)", re.MULTILINE)
_CODE = re.compile(r"\b[a-z]{2,3}(?![a-z])")
_ALL = ("multilingual", "multi")


def languages_of(encoder: str) -> frozenset[str] | None:
    """The languages an encoder declares, ISO 639-1; None where it declares none or says that it takes any.

    Args:
        encoder: its spec, as stamps carry it.
    """
    if encoder in _BUILT_IN:
        return _BUILT_IN[encoder]
    try:
        folder = Spec.parse(encoder).folder
    except ConfigError:
        return None
    return None if folder is None else _of_card(folder)


def _of_card(folder: Path) -> frozenset[str] | None:
    """What the head of a model's card says, as the hub's cards have it: one code, or a list."""
    try:
        with (folder / _CARD).open(encoding="utf-8", errors="replace") as file:
            front = _FRONT.match(file.read(_MOST_BYTES))
    except OSError:
        return None
    said = _LANGUAGE.search(front[1]) if front else None
    if said is None or any(word in said[1].lower() for word in _ALL):
        return None
    return frozenset(_CODE.findall(said[1].lower())) or None
