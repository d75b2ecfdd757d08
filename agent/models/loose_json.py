"""Reads JSON as language models write it: prose around it, single quotes, trailing commas, doubled braces, cut ends.

Valid JSON reads exactly as `json` reads it. Knows nothing of what the values mean.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

MOST_CHARS = 40_000
MOST_DEPTH = 16
_CLOSERS = {'"': '"', "'": "'", "`": "`", "“": "”“", "‘": "’‘"}
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_WORDS = {"true": True, "false": False, "null": None, "none": None, "undefined": None}
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,17})(?:\.\d{1,17})?(?:[eE][-+]?\d{1,3})?")
_SPACE = re.compile(r"\s*")
_STRICT = json.JSONDecoder(strict=False)


@dataclass(frozen=True, slots=True)
class Found:
    """A JSON object or array in a text, and the characters `[start, end)` that it takes up there."""

    start: int
    end: int
    value: Any


def found_in(text: str) -> Iterator[Found]:
    """Every outermost object or array in the first `MOST_CHARS` characters of a text, in order. Never raises."""
    text = text[:MOST_CHARS]
    place = 0
    while (opening := re.compile(r"[{\[]").search(text, place)) is not None:
        start = opening.start()
        value, place = _read(text, start)
        yield Found(start, place, value)


def first_object(text: str) -> dict[str, Any] | None:
    """The first JSON object in a text, None if there is none."""
    return next((found.value for found in found_in(text) if isinstance(found.value, dict)), None)


def pairs_in(text: str) -> dict[str, Any]:
    """Arguments as a call in a programming language has them: `query="cat", n=3`; a bare value has the name ``""``."""
    reader = _Reader("{" + text[:MOST_CHARS] + "}")
    value = reader.value(0)
    return value if isinstance(value, dict) else {}


def _read(text: str, start: int) -> tuple[Any, int]:
    try:
        return _STRICT.raw_decode(text, start)
    except (ValueError, RecursionError):
        reader = _Reader(text, start)
        return reader.value(0), max(reader.place, start + 1)


class _Reader:
    """Reads one value leniently; every step moves on, so that any text is read in time linear in its length."""

    def __init__(self, text: str, place: int = 0) -> None:
        self.text = text
        self.place = place

    def value(self, depth: int) -> Any:
        self._skip()
        mark = self._mark()
        if mark in {"{", "["} and depth >= MOST_DEPTH:
            self.place = len(self.text)
            return None
        if mark == "{":
            return self._object(depth)
        if mark == "[":
            return self._array(depth)
        if mark in _CLOSERS:
            return self._string()
        return self._bare(",}]\n")

    def _object(self, depth: int) -> Any:
        self.place += 1
        self._skip()
        if self._mark() == "{":  # doubled braces, as templates write them
            inner = self.value(depth + 1)
            self._skip()
            self.place += self._mark() == "}"
            return inner
        found: dict[str, Any] = {}
        while self._goes_on("}"):
            before = self.place
            key, is_bare = self._key()
            self._skip()
            if self._mark() in {":", "="}:
                self.place += 2 if self.text.startswith(("=>", ":="), self.place) else 1
                found[key] = self.value(depth + 1)
            elif key or not is_bare:
                found.setdefault("", key)
            self.place += self.place == before
        return found

    def _array(self, depth: int) -> list[Any]:
        self.place += 1
        found: list[Any] = []
        while self._goes_on("]"):
            before = self.place
            found.append(self.value(depth + 1))
            self.place += self.place == before
        return found

    def _goes_on(self, closer: str) -> bool:
        """Skip commas; whether another member follows. The closer is taken; the other kind of closer ends it too."""
        self._skip()
        while self._mark() in {",", ";"}:
            self.place += 1
            self._skip()
        mark = self._mark()
        if mark == closer:
            self.place += 1
        return mark not in {"", "}", "]"}

    def _key(self) -> tuple[str, bool]:
        if self._mark() in _CLOSERS:
            return self._string(), False
        return str(self._bare(":=,}]\n{[", plain=True)), True

    def _string(self) -> str:
        closers = _CLOSERS[self._mark()]
        self.place += 1
        found: list[str] = []
        while self.place < len(self.text):
            mark = self._mark()
            self.place += 1
            if mark == "\\":
                found.append(self._escape())
            elif mark in closers and self._ends_here():
                break
            else:
                found.append(mark)
        return "".join(found)

    def _ends_here(self) -> bool:
        """Whether a quotation mark closes its string: what follows is no letter of an unescaped inner quotation."""
        match = _SPACE.match(self.text, self.place)
        after = match.end() if match else self.place
        return after >= len(self.text) or self.text[after] in ",:;=}])" or "\n" in self.text[self.place : after]

    def _escape(self) -> str:
        mark = self._mark()
        self.place += 1
        code = re.compile(r"[0-9a-fA-F]{4}").match(self.text, self.place) if mark == "u" else None
        if code is None:
            return _ESCAPES.get(mark, mark)
        self.place = code.end()
        char = chr(int(code[0], 16))
        return char if not "\ud800" <= char <= "\udfff" else "\ufffd"

    def _bare(self, until: str, *, plain: bool = False) -> Any:
        start = self.place
        while self.place < len(self.text) and self.text[self.place] not in until:
            self.place += 1
        word = self.text[start : self.place].strip()
        if plain or not word:
            return word
        if word.lower() in _WORDS:
            return _WORDS[word.lower()]
        if _NUMBER.fullmatch(word):
            return json.loads(word)
        return word

    def _mark(self) -> str:
        return self.text[self.place : self.place + 1]

    def _skip(self) -> None:
        match = _SPACE.match(self.text, self.place)
        if match is not None:
            self.place = match.end()
