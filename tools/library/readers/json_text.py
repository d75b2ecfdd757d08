"""JSON values as lines of words, each with its JSON path: what of a record is its title, its text and its other fields.

Knows nothing of files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sourcehound.tools.library.readers.json_stream import Number
from sourcehound.tools.library.readers.naming import one_line
from sourcehound.tools.library.reading import Anchor, Section

_TITLES = ("title", "name")
_TEXTS = ("text", "body", "content")
_STOPS = (".", "!", "?", "…", "。", "！", "？", '."', ".”")
_PLAIN_KEY = re.compile(r"[^\W\d]\w*")
MOST_LINES = 200_000
"""Values of one file that are kept: each is a line with a place of its own."""
_LONGEST_TITLE = 300
_LONGEST_KEY = 80
_LONGEST_LINE = 400
"""Characters of a list that stands on one line."""
_MOST_NUMBERS = 32
"""A longer list of numbers is a vector or a picture, not words."""
_BLOB = 1000
"""A longer run without a blank is data in letters."""
_MAX_DEPTH = 64


@dataclass(slots=True)
class Leftovers:
    """What of the values is no words or too much, for the reading's warnings; `n_lines` counts what was kept."""

    n_lines: int = 0
    is_cut: bool = False
    n_numbers: int = 0
    n_blobs: int = 0
    n_deep: int = 0

    def warnings(self) -> tuple[str, ...]:
        """One line for each kind."""
        told = (
            (self.n_numbers, f"lists of more than {_MOST_NUMBERS} numbers are left out"),
            (self.n_blobs, "values that are data in letters are left out"),
            (self.n_deep, f"values nested deeper than {_MAX_DEPTH} levels are left out"),
        )
        cut = (f"only the first {MOST_LINES:,} values are read",) if self.is_cut else ()
        return (*cut, *(f"{line} ({n:,})" for n, line in told if n))


@dataclass(slots=True, kw_only=True)
class Lines:
    """A section being filled, line by line.

    Attributes:
        producer: of the section.
        named: whether each line has its JSON path as its part.
        left: counts what is left out.
    """

    producer: str
    named: bool
    left: Leftovers
    _parts: list[str] = field(default_factory=list[str])
    _anchors: list[Anchor] = field(default_factory=list[Anchor])
    length: int = 0

    def add(self, words: str, path: str, *, after: str = "\n\n") -> None:
        """Add words that stand at a path; blank lines stand between, so that each can be quoted alone."""
        if not words.strip():
            return
        self.left.n_lines += 1
        if self.left.n_lines > MOST_LINES:
            self.left.is_cut = True
            return
        if self.named:
            self._anchors.append(Anchor(start=self.length, end=self.length + len(words), part=path))
        self._parts += [words, after]
        self.length += len(words) + len(after)

    def field(self, key: str, value: Any, path: str, depth: int = 0) -> None:
        """Add a value under its key, what is nested with its way there: `author.name: …`."""
        if self.left.is_cut:
            return
        if depth > _MAX_DEPTH:
            self.left.n_deep += 1
        elif isinstance(value, dict):
            for name, inner in cast("dict[str, Any]", value).items():
                self.field(_joined(key, name), inner, path_of(path, name), depth + 1)
        elif isinstance(value, list):
            self._list(key, cast("list[Any]", value), path, depth)
        else:
            words = self._scalar(value)
            self.add(f"{key}: {words}" if key and words else words, path)

    def section(self, *, part: str, headings: tuple[str, ...] = ()) -> Section:
        """The section."""
        return Section(
            text="".join(self._parts),
            part=part,
            anchors=tuple(self._anchors),
            headings=headings,
            producer=self.producer,
        )

    def _list(self, key: str, values: Sequence[Any], path: str, depth: int) -> None:
        if len(values) > _MOST_NUMBERS and all(isinstance(value, Number) for value in values):
            self.left.n_numbers += 1
            return
        if all(not isinstance(value, dict | list) for value in values):
            words = ", ".join(filter(None, map(self._scalar, values)))
            if len(words) <= _LONGEST_LINE and "\n" not in words:
                self.add(f"{key}: {words}" if key and words else words, path)
                return
        for place, value in enumerate(values):
            self.field(f"{key}[{place}]" if key else "", value, f"{path}[{place}]", depth + 1)

    def _scalar(self, value: Any) -> str:
        if isinstance(value, bool):
            return str(value).lower()
        if not isinstance(value, str):
            return ""
        if _is_blob(value):
            self.left.n_blobs += 1
            return ""
        return value.strip()


def record(lines: Lines, value: Any, *, path: str, part: str, heading: str = "") -> Section:
    """A record as a section: its title, its text, then its other fields as `key: value`.

    Args:
        lines: empty.
        value: any value; only an object has a title and a text.
        path: its JSON path.
        part: of the section.
        heading: of a record that has no title.
    """
    title = ""
    taken: set[str] = set()
    if isinstance(value, dict):
        fields = cast("dict[str, Any]", value)
        for key in _first(fields, _TITLES, longest=_LONGEST_TITLE):
            title = one_line(fields[key])
            lines.add(fields[key].strip(), path_of(path, key))
            taken.add(key)
        for key in _first(fields, _TEXTS):
            words = fields[key].strip()
            # what follows whole sentences, an id as a rule, stays in their passage
            lines.add(words, path_of(path, key), after="\n" if words.endswith(_STOPS) else "\n\n")
            taken.add(key)
        value = {key: inner for key, inner in fields.items() if key not in taken}
    lines.field("", value, path)
    return lines.section(part=part, headings=tuple(filter(None, [title or one_line(heading)])))


def title_of(fields: dict[str, Any]) -> str:
    """What an object calls itself, empty if it does not."""
    return next((one_line(fields[key]) for key in _first(fields, _TITLES, longest=_LONGEST_TITLE)), "")


def is_titled(fields: dict[str, Any]) -> bool:
    """Whether an object has a title or a text: then it is a record."""
    return bool(title_of(fields)) or any(_first(fields, _TEXTS))


def path_of(path: str, key: str) -> str:
    """The JSON path of a member.

    Example:
        >>> path_of("$.items[3]", "name"), path_of("$", "odd key")
        ('$.items[3].name', "$['odd key']")
    """
    if _PLAIN_KEY.fullmatch(key):
        return f"{path}.{key[:_LONGEST_KEY]}"
    shown = one_line(key)[:_LONGEST_KEY].replace("\\", "\\\\").replace("'", "\\'")
    return f"{path}['{shown}']"


def _joined(key: str, name: str) -> str:
    shown = name if _PLAIN_KEY.fullmatch(name) else one_line(name)
    return f"{key}.{shown[:_LONGEST_KEY]}" if key else shown[:_LONGEST_KEY]


def _first(fields: dict[str, Any], names: Sequence[str], *, longest: int | None = None) -> Iterator[str]:
    """The first key that is named so and has words, whatever its case."""
    for name in names:
        for key, value in fields.items():
            if (
                len(key) != len(name)
                or key.casefold() != name
                or not isinstance(value, str)
                or isinstance(value, Number)
            ):
                continue
            fits = longest is None or (len(value) <= longest and "\n" not in value.strip())
            if value.strip() and fits and not _is_blob(value):
                yield key
                return


def _is_blob(value: str) -> bool:
    if len(value) <= _BLOB or isinstance(value, Number):
        return False
    return max(map(len, value.split()), default=0) > _BLOB and value.isascii()
